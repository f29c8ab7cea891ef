"""Every look at another person's record stands in that person's log: pages, papers, proofs, exports."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.enums import Act
from accounts.models import LogEntry
from accounts.services import note
from learning.models import OutsideStudy
from lms.retention import forget_by_clock
from tests.factories import certificates as papers
from tests.factories import training as office

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def noted(user) -> list[tuple]:
    return list(LogEntry.objects.filter(about=user).order_by("pk").values_list("by", "act", "subject"))


def test_a_record_a_course_elsewhere_and_its_proof(as_user, admin_a, hoa, now):
    enrolment = office.enrolled(hoa)
    study = OutsideStudy.objects.create(
        user=hoa, title="Lớp ở trường", organiser="Trường", ended_on=now.date(), entered_by=hoa, entered_at=now,
        proof=ContentFile(b"%PDF-1.4", "minh-chung.pdf"), proof_name="minh-chung.pdf")
    desk = as_user(admin_a)
    desk.get(reverse("training:show-learner", args=[enrolment.uuid]))
    desk.get(reverse("training:show-study", args=[study.uuid]))
    desk.get(reverse("training:download-proof", args=[study.uuid]))
    assert noted(hoa) == [(admin_a.pk, Act.LOOKED, "Thương lượng tập thể"), *[(admin_a.pk, Act.LOOKED, "Lớp ở trường")] * 2]


def test_papers_and_the_transcript(as_user, admin_a, province, hoa):
    papers.issuer(unit=province.ward_a)
    certificate = office.certified(hoa)
    desk = as_user(admin_a)
    for name in ("show-record", "download-paper"):
        assert desk.get(reverse(f"books:{name}", args=[certificate.uuid])).status_code == 200
    assert desk.get(reverse("certificates:download-transcript-of", args=[hoa.uuid])).status_code == 200
    number = certificate.register_number
    assert noted(hoa) == [
        (admin_a.pk, Act.LOOKED, number), (admin_a.pk, Act.EXPORTED, number), (admin_a.pk, Act.EXPORTED, "Bảng kết quả học tập")]


def test_an_export_is_noted_with_everybody_in_it_once_and_nobody_else(as_user, admin_a, hoa, binh):
    office.enrolled(hoa)
    office.enrolled(hoa, office.course("Khóa thứ hai", "khoa-hai"))
    office.enrolled(binh)
    assert as_user(admin_a).get(reverse("training:export-learners")).status_code == 200
    assert (noted(hoa), noted(binh)) == ([(admin_a.pk, Act.EXPORTED, "Danh sách học viên")], [])


def test_the_clock_forgets_old_looks_of_both_kinds(hoa, admin_a, now):
    note(about=hoa, act=Act.LOOKED, by=admin_a, now=now - timedelta(days=400))
    assert (forget_by_clock(now), noted(hoa)) == (1, [])
