"""The transcript: every course once, in words of the paper, and only for whom it is."""

import io
import time
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import page as validator
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from certificates import services
from certificates.enums import State
from certificates.models import Certificate, Look, Series
from certificates.selectors.transcripts import transcript_of
from certificates.services.renewals import issue_by_itself
from certificates.services.transcripts import printed, typeset_transcript
from learning.models import Completion, Enrolment
from learning.services import StudyFacts, decide_study, enter_study
from tests.factories import certificates as factory
from tests.factories import courses, renewals, unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
NOW, TODAY = factory.NOW, timezone.localdate(factory.NOW)


@pytest.fixture
def studied(learner, administrator):
    """One course finished with a paper, one under way, a paper from before, and two courses elsewhere, of which one is approved."""
    learner.date_of_birth = date(1988, 2, 5)
    learner.save()
    unions.post(learner, unions.unit("CĐCS Công ty TNHH An Phú", "AP"))
    factory.certificate(learner, courses.course(hours=8, code="TL-01"))
    Enrolment.objects.create(user=learner, course=courses.course("Kỹ năng đối thoại", "doi-thoai", hours=4), enrolled_at=NOW, steps_done=3, steps_total=8)
    series = Series.objects.create(issuer=factory.issuer(), paper="GCN", year=2021, taken=50)
    Certificate.objects.create(
        code="OLD0000009", series=series, number=9, register_number="009/GCN-LĐLĐ", user=learner, issued_at=NOW - timedelta(days=2000),
        snapshot={"name": learner.full_name, "course": "Nghiệp vụ công đoàn khóa 12", "hours": "40", "paper": "GCN"})
    for title, approves in (("Tin học văn phòng", True), ("Tiếng Anh", False)):
        study = enter_study(
            user=learner, by=learner, facts=StudyFacts(title, "Trung tâm Tân Hòa", date(2026, 5, 20), hours=Decimal("12.5"), paper_number="A12"), now=NOW)
        if approves:
            decide_study(study=study, approves=True, by=administrator, now=NOW)
    return learner


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_every_course_stands_where_it_belongs(studied):
    found = transcript_of(studied, TODAY)
    assert [(line.title, line.number, line.grade, line.hours, line.state) for line in found.finished] == [
        ("Thương lượng tập thể", "001/GCN-CĐ", "Giỏi", Decimal(8), "valid")]
    assert [(line.title, line.steps) for line in found.under_way] == [("Kỹ năng đối thoại", (3, 8))]
    assert [(line.title, line.number) for line in found.earlier] == [("Nghiệp vụ công đoàn khóa 12", "009/GCN-LĐLĐ")]
    assert [(line.title, line.organiser, line.number) for line in found.outside] == [("Tin học văn phòng", "Trung tâm Tân Hòa", "A12")]
    assert found.hours == Decimal("60.5")


def test_a_course_is_told_with_its_newest_paper_and_a_revoked_one_gives_no_hours(studied, administrator):
    first = Certificate.objects.get(number=1)
    newer = services.reissue_certificate(certificate=first, reason="Sai tên", by=administrator, now=NOW)
    assert [line.number for line in transcript_of(studied, TODAY).finished] == [newer.register_number]
    services.revoke_certificate(certificate=newer, reason="Thi hộ", by=administrator, now=NOW)
    found = transcript_of(studied, TODAY)
    assert (found.finished[0].state, found.hours) == ("revoked", Decimal("52.5"))


def test_the_hours_of_a_refresher_count_once(learner):
    refresher = renewals.taught("Cập nhật thương lượng", "cap-nhat", gives_certificate=False, hours=2)
    course = renewals.taught("Thương lượng tập thể", "thuong-luong", valid_months=24, renewal_course=refresher, hours=16)
    renewals.issued(learner, course, NOW, ends_in=20)
    enrolment = Enrolment.objects.create(user=learner, course=refresher, enrolled_at=NOW - timedelta(days=1))
    [renewed] = issue_by_itself(completion=renewals.completed(enrolment, NOW), now=NOW)
    found = transcript_of(learner, TODAY)
    assert [line.hours for line in found.finished] == [16, 2]
    assert [(line.number, line.hours) for line in found.earlier] == [(renewed.register_number, 0)]
    assert found.hours == 18
    newer = services.reissue_certificate(certificate=renewed, reason="Sai tên", by=learner, now=NOW)
    found = transcript_of(learner, TODAY)
    assert ([line.number for line in found.earlier], found.hours) == ([newer.register_number], 18)


def test_older_papers_of_one_course_all_stand_there(learner):
    course, series = courses.course(), Series.objects.create(issuer=factory.issuer(), paper="GCN", year=2021, taken=50)
    for number, state in ((7, State.EXPIRED), (9, State.VALID), (8, State.EXPIRED)):
        Certificate.objects.create(
            code=f"OLD000000{number}", series=series, number=number, register_number=f"00{number}/GCN", user=learner, course=course, cycle=0, state=state,
            issued_at=NOW - timedelta(days=2000), snapshot={"name": learner.full_name, "course": course.title, "paper": "GCN"})
    assert [line.number for line in transcript_of(learner, TODAY).earlier] == ["007/GCN", "009/GCN", "008/GCN"]


def test_the_pdf_says_it_all_in_composed_letters(studied):
    studied.full_name = unicodedata.normalize("NFD", "Nguyễn Thị Hường Ước Diệp Ẵm")
    studied.save()
    text = text_of(typeset_transcript(user=studied, by=studied, now=NOW))
    for words in (
        "NGUYỄN THỊ HƯỜNG ƯỚC DIỆP ẴM", "05/02/1988", "CĐCS Công ty TNHH An Phú", "CÔNG ĐOÀN PHƯỜNG TÂN LẬP", "ngày 20 tháng 11 năm 2026", "TL-01",
        "001/GCN-CĐ", "còn hiệu lực", "85%, Giỏi", "3/8 phần", "009/GCN-LĐLĐ", "Tin học văn phòng", "12,5", "60,5", "Bảng này không thay giấy chứng nhận", "Trang 1/1",
    ):
        assert unicodedata.normalize("NFC", words) in text, words
    assert "Tiếng Anh" not in text


def test_the_pdf_is_archival_and_tagged_and_the_same_twice(studied, tmp_path):

    first = typeset_transcript(user=studied, by=studied, now=NOW)
    assert first == typeset_transcript(user=studied, by=studied, now=NOW)
    path = Path(tmp_path / "bang.pdf")
    path.write_bytes(first)
    for profile in ("2a", "ua1"):
        report = str(validator.validate_pdf(str(path), profile=profile))
        assert "0 failed" in report and "no failures" in report, report


def test_200_courses_are_fast_over_many_pages_with_the_same_queries(studied, as_user):
    client = as_user(studied)
    for name in ("show-transcript", "download-transcript"):
        client.get(reverse(f"certificates:{name}"))
    few = {name: queries(client, name) for name in ("show-transcript", "download-transcript")}
    course = courses.course("Khóa dài tên: pháp luật lao động cơ bản cho cán bộ công đoàn cơ sở", "khoa-dai", hours=2)
    rules = Completion.objects.first().rule_set
    rows = Enrolment.objects.bulk_create(Enrolment(user=studied, course=course, cycle=number + 1, enrolled_at=NOW) for number in range(200))
    Completion.objects.bulk_create(Completion(enrolment=row, rule_set=rules, completed_at=NOW, fraction=0.9) for row in rows)
    started = time.process_time()
    assert {name: queries(client, name) for name in few} == few
    assert time.process_time() - started < 3
    pdf = typeset_transcript(user=studied, by=studied, now=NOW)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 5 and f"Trang 2/{len(pages)}" in " ".join(pages[1].extract_text().split())
    assert "Kết quả" in pages[1].extract_text()


def queries(client, name: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        response = client.get(reverse(f"certificates:{name}"))
        assert response.status_code == 200
    assert len(caught) <= 9
    return len(caught)


def test_nothing_studied_is_a_transcript_too(as_user, outsider):
    assert "Chưa có khóa học nào" in text_of(typeset_transcript(user=outsider, by=outsider, now=NOW))
    assert printed(transcript_of(outsider, TODAY))["groups"] == []
    assert as_user(outsider).get(reverse("certificates:show-transcript")).status_code == 200


def test_only_the_office_of_the_unit_gets_anothers_and_is_noted(as_user, studied, trainer, outsider, administrator):
    address = reverse("certificates:download-transcript-of", args=[studied.uuid])
    unit = studied.posts.get().unit
    for role in ("trainer", "reviewer"):
        unions.role(outsider, unit, role)
    unions.role(trainer, unit, "viewer")
    assert as_user(None).get(address).status_code == 302
    assert as_user(outsider).get(address).status_code == 404
    assert not Look.objects.exists()
    response = as_user(trainer).get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert set(Look.objects.values_list("certificate__number", "kind", "by")) == {(1, "printed", trainer.pk), (9, "printed", trainer.pk)}
    assert as_user(administrator).get(address).status_code == 200
    assert as_user(studied).get(reverse("certificates:download-transcript")).status_code == 200
