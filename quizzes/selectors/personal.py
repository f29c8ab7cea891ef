"""What quizzes keep of a person: as parts of their export, and as what erasing takes and leaves.

Keeps true: the export tells no mark and no question that the taker's own pages do not show at that moment; never what would be right; no marker's name.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from accounts.records import CHUNK, Fate, Packed, Section, read
from quizzes.enums import AppealState, AttemptState, StepKind
from quizzes.models import AnswerFile, AnswerStep, Appeal, Attempt, AttemptSlot, ExtraTime, Quiz
from quizzes.selectors.results import shown_to_taker

_KEPT = "Giữ đến khi tài khoản bị xóa, vì kết quả và giấy chứng nhận dựa vào đó; sau khi xóa chỉ còn dòng không tên."
_HELD = "Chưa được xem theo quy định của bài kiểm tra."


def sections_of(user, now: datetime) -> list[Section]:
    """Return the parts of the person's export that stand here. One query a part, when it is read, and one for the files."""
    return [*_taken(user, now), *_said(user), *_about(user)]


def _taken(user, now: datetime) -> list[Section]:
    return [
        Section(
            "attempts", "Lần làm bài", _KEPT, {
                "uuid": "Mã lần làm", "quiz": "Bài kiểm tra", "number": "Lần", "state": "Trạng thái", "shown_name": "Tên trong bảng xếp hạng",
                "started_at": "Bắt đầu lúc", "submitted_at": "Nộp lúc", "seconds_taken": "Số giây", "marked_at": "Chấm lúc", "points": "Điểm",
                "max_points": "Điểm tối đa", "fraction": "Kết quả (0–1)", "passed": "Đạt", "receipt_code": "Mã biên nhận", "held_back": "Chưa cho xem"},
            lambda: _attempts(user, now), words={"state": dict(AttemptState.choices)}, place=40),
        Section(
            "answers", "Từng câu trả lời và điểm", _KEPT, {
                "attempt": "Mã lần làm", "position": "Câu số", "question": "Câu hỏi", "answer": "Trả lời (cho máy đọc)", "answer_words": "Trả lời",
                "answered_at": "Lúc", "flagged": "Đánh dấu xem lại", "sureness": "Mức chắc chắn", "is_late": "Đến sau giờ",
                "fraction": "Phần đúng (0–1)", "points": "Điểm", "comment": "Nhận xét", "held_back": "Chưa cho xem"},
            lambda: _answers(user, now), place=41),
        Section(
            "answer_steps", "Mỗi lần sửa câu trả lời", _KEPT, {
                "attempt": "Mã lần làm", "position": "Câu số", "kind": "Việc", "answer": "Trả lời (cho máy đọc)", "received_at": "Lúc", "is_late": "Đến sau giờ"},
            read(AnswerStep.objects.filter(attempt__user=user).order_by("pk"), attempt="attempt__uuid", position="slot__position", kind="kind",
                 answer="answer", received_at="received_at", is_late="is_late"), words={"kind": dict(StepKind.choices)}, place=42),
    ]


def _attempts(user, now: datetime) -> Iterator[dict[str, Any]]:
    for attempt in Attempt.objects.filter(user=user).select_related("quiz").order_by("pk").iterator(chunk_size=CHUNK):
        may = shown_to_taker(attempt, now=now).mark
        yield {
            "uuid": attempt.uuid, "quiz": attempt.quiz.title, "number": attempt.number, "state": attempt.state, "shown_name": attempt.shown_name,
            "started_at": attempt.started_at, "submitted_at": attempt.submitted_at, "seconds_taken": attempt.seconds_taken,
            "marked_at": attempt.marked_at if may else None, "points": attempt.points if may else None, "max_points": attempt.max_points,
            "fraction": attempt.fraction if may else None, "passed": attempt.passed if may else None, "receipt_code": attempt.receipt_code,
            "held_back": "" if may else _HELD}


def _answers(user, now: datetime) -> Iterator[dict[str, Any]]:
    found = AttemptSlot.objects.filter(attempt__user=user).select_related("attempt__quiz", "version__question")
    for slot in found.order_by("attempt_id", "position").iterator(chunk_size=CHUNK):
        may = shown_to_taker(slot.attempt, now=now)
        marked = may.mark and may.correctness
        yield {
            "attempt": slot.attempt.uuid, "position": slot.position, "question": slot.version.question.stem_text if may.questions else None,
            "answer": slot.answer, "answer_words": in_words(slot.version.content, slot.answer) if may.questions else None,
            "answered_at": slot.answered_at, "flagged": slot.flagged, "sureness": slot.sureness, "is_late": slot.is_late,
            "fraction": slot.fraction if marked else None, "points": slot.points if marked else None, "comment": slot.comment if marked else None,
            "held_back": "" if marked and may.questions else _HELD}


def in_words(content: Any, answer: Any) -> str:
    """Return an answer with the texts of the options in place of their keys, whatever the question's type. No query."""
    texts = dict(_texts(content))
    return "; ".join(part for part in _said_words(answer, texts) if part)


def _texts(content: Any) -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        key, text = content.get("key") or content.get("id"), content.get("text")
        if isinstance(key, str) and isinstance(text, str):
            yield key, text
    if isinstance(content, Mapping | list):
        for part in content.values() if isinstance(content, Mapping) else content:
            yield from _texts(part)


def _said_words(answer: Any, texts: Mapping[str, str]) -> Iterator[str]:
    if isinstance(answer, Mapping):
        for key, part in answer.items():
            words = "; ".join(_said_words(part, texts))
            yield f"{texts[key]}: {words}" if key in texts else words
    elif isinstance(answer, list):
        for part in answer:
            yield from _said_words(part, texts)
    elif answer not in (None, ""):
        yield texts.get(str(answer), str(answer))


def _said(user) -> list[Section]:
    return [
        Section(
            "answer_files", "Tệp đã gửi làm câu trả lời", _KEPT, {"name": "Tên tệp", "size": "Số byte", "sha256": "SHA-256", "received_at": "Gửi lúc"},
            read(AnswerFile.objects.filter(slot__attempt__user=user).order_by("pk"), name="name", size="size", sha256="sha256", received_at="received_at"),
            files=lambda: _files(user), place=43),
        Section(
            "appeals", "Ý kiến về câu hỏi", _KEPT, {
                "attempt": "Mã lần làm", "position": "Câu số", "text": "Ý kiến", "made_at": "Gửi lúc", "state": "Trạng thái", "answer": "Trả lời", "decided_at": "Trả lời lúc"},
            read(Appeal.objects.filter(by=user).order_by("pk"), attempt="slot__attempt__uuid", position="slot__position", text="text", made_at="made_at",
                 state="state", answer="answer", decided_at="decided_at"), words={"state": dict(AppealState.choices)}, place=44),
    ]


def _files(user) -> Iterator[Packed]:
    for row in AnswerFile.objects.filter(slot__attempt__user=user).order_by("pk").iterator(chunk_size=CHUNK):
        yield Packed(row.name, lambda file=row.file: file.storage.open(file.name))


def _about(user) -> list[Section]:
    return [
        Section(
            "extra_time", "Thêm giờ làm bài", _KEPT, {"quiz": "Bài kiểm tra", "seconds": "Số giây thêm", "reason": "Lý do"},
            read(ExtraTime.objects.filter(user=user).order_by("pk"), quiz="quiz__title", seconds="seconds", reason="reason"), place=45),
        Section(
            "marker_of", "Bài kiểm tra được phân công chấm", "Giữ đến khi thôi phân công.", {"quiz": "Bài kiểm tra"},
            read(Quiz.objects.filter(markers=user).order_by("pk"), quiz="title"), place=46),
    ]


def fates_of(user) -> list[Fate]:
    """Return what erasing takes and leaves here. Two queries."""
    attempts = Attempt.objects.filter(user=user)
    return [
        Fate("Tên trong bảng xếp hạng, thêm giờ làm bài và phân công chấm", attempts.exclude(shown_name="").count() or 1),
        Fate("Lần làm bài, câu trả lời, điểm, tệp đã gửi, ý kiến về câu hỏi", attempts.count(), stays=True,
             why="Kết quả và giấy chứng nhận dựa vào đó, và câu hỏi được cải tiến từ đó; dòng không còn tên."),
    ]
