"""What learning keeps of a person: as parts of their export, and as what erasing takes and leaves."""

from collections.abc import Iterator
from datetime import datetime

from accounts.records import Fate, Packed, Section, read
from learning.enums import Source, StudyState
from learning.models import Assignment, Completion, Enrolment, OutsideStudy, StepRecord

_STUDIES = "Giữ đến khi tài khoản bị xóa, vì giấy chứng nhận và số liệu đào tạo dựa vào đó; sau khi xóa chỉ còn dòng không tên."


def sections_of(user, now: datetime) -> list[Section]:
    """Return the parts of the person's export that stand here. One query a part, when it is read, and one for the proofs."""
    return [*_learned(user), *_asked(user)]


def _learned(user) -> list[Section]:
    enrolments = Enrolment.objects.filter(user=user).order_by("pk")
    records = StepRecord.objects.filter(enrolment__user=user).order_by("pk")
    return [
        Section(
            "enrolments", "Khóa học đã ghi danh", _STUDIES, {
                "uuid": "Mã ghi danh", "course": "Khóa học", "cycle": "Lần học", "source": "Ai ghi danh", "enrolled_at": "Ghi danh lúc",
                "last_seen_at": "Học gần nhất", "steps_done": "Phần đã xong", "steps_total": "Tổng số phần", "seconds": "Số giây đã học"},
            read(enrolments, uuid="uuid", course="course__title", cycle="cycle", source="source", enrolled_at="enrolled_at",
                 last_seen_at="last_seen_at", steps_done="steps_done", steps_total="steps_total", seconds="seconds"),
            words={"source": dict(Source.choices)}, place=30),
        Section(
            "reading", "Từng bài đã mở, đã đọc", _STUDIES, {
                "course": "Khóa học", "page": "Bài", "opened_at": "Mở lúc", "read_at": "Đọc hết lúc", "watched_at": "Xem hết video lúc",
                "passed_at": "Đạt lúc", "seconds": "Số giây", "anchor_title": "Dừng ở mục", "seen_at": "Xem gần nhất", "best_fraction": "Kết quả cao nhất (0–1)"},
            read(records, course="enrolment__course__title", page="page__title", opened_at="opened_at", read_at="read_at",
                 watched_at="watched_at", passed_at="passed_at", seconds="seconds", anchor_title="anchor_title", seen_at="seen_at",
                 best_fraction="best_fraction"), place=31),
        Section(
            "completions", "Khóa học đã hoàn thành", _STUDIES, {"course": "Khóa học", "completed_at": "Hoàn thành lúc", "fraction": "Kết quả (0–1)"},
            read(Completion.objects.filter(enrolment__user=user).order_by("pk"), course="enrolment__course__title", completed_at="completed_at",
                 fraction="fraction"), place=32),
    ]


def _asked(user) -> list[Section]:
    studies = OutsideStudy.objects.filter(user=user).order_by("pk")
    return [
        Section(
            "required", "Khóa học bắt buộc", _STUDIES, {
                "rule": "Quy định", "course": "Khóa học", "period": "Kỳ", "assigned_at": "Giao lúc", "due_on": "Hạn", "met_at": "Đạt lúc", "ended_at": "Thôi áp dụng lúc"},
            read(Assignment.objects.filter(user=user).order_by("pk"), rule="rule__title", course="rule__course__title", period="period",
                 assigned_at="assigned_at", due_on="due_on", met_at="met_at", ended_at="ended_at"), place=33),
        Section(
            "outside_studies", "Khóa học ngoài đơn vị", _STUDIES, {
                "title": "Lớp", "organiser": "Nơi tổ chức", "form": "Hình thức", "begun_on": "Từ ngày", "ended_on": "Đến ngày", "hours": "Số giờ",
                "grade": "Xếp loại", "paper_number": "Số giấy", "state": "Trạng thái", "counts_as": "Tính như khóa", "reason": "Trả lời",
                "entered_at": "Khai lúc", "entered_by": "Người khai", "decided_at": "Xét lúc", "decided_by": "Người xét", "proof": "Tên tệp minh chứng"},
            read(studies, title="title", organiser="organiser", form="form", begun_on="begun_on", ended_on="ended_on", hours="hours", grade="grade",
                 paper_number="paper_number", state="state", counts_as="counts_as__title", reason="reason", entered_at="entered_at",
                 entered_by="entered_by__full_name", decided_at="decided_at", decided_by="decided_by__full_name", proof="proof_name"),
            files=lambda: _proofs(user), words={"state": dict(StudyState.choices)}, place=34),
    ]


def _proofs(user) -> Iterator[Packed]:
    for study in OutsideStudy.objects.filter(user=user).exclude(proof="").order_by("pk").iterator():
        yield Packed(study.proof_name or study.proof.name, lambda proof=study.proof: proof.storage.open(proof.name))


def fates_of(user) -> list[Fate]:
    """Return what erasing takes and leaves here. Three queries."""
    studies = OutsideStudy.objects.filter(user=user)
    approved = studies.filter(state=StudyState.APPROVED).count()
    return [
        Fate("Khóa học ngoài đơn vị chưa được duyệt, minh chứng và số giấy của mọi khóa", studies.count()),
        Fate("Khóa học ngoài đơn vị đã được duyệt, không còn minh chứng", approved, stays=True, why="Số liệu đào tạo đã báo cáo dựa vào đó; dòng không còn tên."),
        Fate("Khóa học đã ghi danh, bài đã đọc, kết quả", Enrolment.objects.filter(user=user).count(), stays=True,
             why="Giấy chứng nhận và số liệu đào tạo dựa vào đó; dòng không còn tên."),
    ]
