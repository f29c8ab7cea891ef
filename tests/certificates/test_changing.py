"""What the register is corrected in, what is refused, and what a paper that is issued anew says."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from certificates import services
from certificates.enums import Entry, NoticeKind, State
from certificates.models import Certificate, Notice
from certificates.selectors.states import facts_now
from certificates.services import errors
from certificates.services.changing import correct_certificate, reissue_certificate, revoke_certificate
from tests.factories import certificates as factory

pytestmark = pytest.mark.django_db
REASON = "Ghi sai, theo đơn đề nghị"


@pytest.fixture
def certificate(learner):
    return factory.certificate(learner)


def corrected(certificate, by, now, **changes):
    return correct_certificate(
        certificate=certificate, changes=changes, reason=REASON, decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 18), by=by, now=now)


def test_a_correction_is_an_entry_and_leaves_paper_and_snapshot(certificate, administrator, now):
    snapshot, paper = certificate.snapshot, certificate.pdf.open().read()
    corrected(certificate, administrator, now, name="Nguyễn Thị  Mây", born_on="1988", gender="female", grade="Giỏi")
    row = Certificate.objects.get(pk=certificate.pk)
    entry = row.entries.get(kind=Entry.CORRECTED)
    assert (row.snapshot, row.pdf.open().read(), services.typeset_again(row)) == (snapshot, paper, paper)
    assert facts_now(row)["name"] == "Nguyễn Thị Mây"
    assert (entry.reason, entry.decision_number, entry.decision_on, entry.by, entry.at) == (REASON, "15/QĐ-CĐ", date(2026, 11, 18), administrator, now)
    assert entry.changes == {"name": ["Nguyễn Thị Mai", "Nguyễn Thị Mây"], "born_on": ["", "1988"], "gender": ["", "female"]}
    assert Notice.objects.get(kind=NoticeKind.CHANGED).certificate == row


def test_correcting_back_leaves_two_entries_and_nothing_corrected(certificate, administrator, now):
    corrected(certificate, administrator, now, name="Nguyễn Thị Mây")
    row = corrected(certificate, administrator, now, name="Nguyễn Thị Mai")
    assert (row.corrected, row.entries.filter(kind=Entry.CORRECTED).count()) == ({}, 2)


def test_what_makes_no_sense_is_refused_and_changes_nothing(certificate, administrator, now):
    with pytest.raises(errors.NothingToCorrect):
        corrected(certificate, administrator, now, name=certificate.snapshot["name"])
    with pytest.raises(errors.NameMissing):
        corrected(certificate, administrator, now, name=" ")
    with pytest.raises(errors.PeriodBackwards):
        corrected(certificate, administrator, now, begun_on="2026-12-01")
    with pytest.raises(ValueError, match="payload"):
        corrected(certificate, administrator, now, payload="0")
    with pytest.raises(services.ReasonMissing):
        correct_certificate(certificate=certificate, changes={"grade": "Khá"}, reason=" ", by=administrator, now=now)
    revoke_certificate(certificate=certificate, reason=REASON, by=administrator, now=now)
    with pytest.raises(errors.NotToCorrect):
        corrected(certificate, administrator, now, grade="Khá")
    assert (Certificate.objects.get(pk=certificate.pk).corrected, certificate.entries.count()) == ({}, 2)


def test_whoever_looked_before_another_corrected_is_told(certificate, administrator, now):
    corrected(certificate, administrator, now, grade="Khá")
    with pytest.raises(errors.ChangedMeanwhile):
        correct_certificate(certificate=certificate, changes={"name": "Nguyễn Thị Mây"}, reason=REASON, by=administrator, now=now, seen=1)
    assert facts_now(Certificate.objects.get(pk=certificate.pk))["name"] == "Nguyễn Thị Mai"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_correct_at_once_one_is_told(learner, administrator, now, race):
    certificate = factory.certificate(learner)
    tasks = [lambda name=name: correct_certificate(
        certificate=certificate, changes={"name": name}, reason=REASON, by=administrator, now=now, seen=1) for name in ("Nguyễn Thị Mây", "Nguyễn Thị May")]
    found = race(tasks)
    assert sorted(type(one).__name__ for one in found) == ["Certificate", "ChangedMeanwhile"]
    assert certificate.entries.count() == 2


def test_a_reissue_without_a_decision_keeps_the_one_that_stands(learner, administrator, now):
    factory.issuer()
    done = factory.completion(learner)
    first = services.issue_certificate(
        user=learner, course=done.enrolment.course, completion=done, now=now, decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 18))
    second = reissue_certificate(certificate=first, reason=REASON, by=administrator, now=now)
    assert (second.snapshot["decision_number"], second.snapshot["decision_on"]) == ("15/QĐ-CĐ", "2026-11-18")
    # The reissue itself was nobody's decision, and the register does not say so.
    assert (second.entries.get().decision_number, second.entries.get().decision_on) == ("", None)


def test_a_reissue_takes_corrections_along_and_says_by_which_decision(certificate, learner, administrator, now):
    corrected(certificate, administrator, now, name="Nguyễn Thị Mây", born_on="1988", unit="CĐCS Khác", course="Đối thoại", begun_on="2026-11-01", grade="Khá")
    learner.full_name = "Tên Khác"
    learner.save()
    second = reissue_certificate(
        certificate=certificate, reason=REASON, by=administrator, now=now + timedelta(days=9), decision_number="16/QĐ-CĐ", decision_on=date(2026, 11, 28))
    facts = second.snapshot
    assert [facts[name] for name in ("name", "given_name", "born_on", "unit", "course", "begun_on", "grade")] == [
        "Nguyễn Thị Mây", "Mây", "1988", "CĐCS Khác", "Đối thoại", "2026-11-01", "Khá"]
    assert (second.corrected, facts["replaces"], facts["decision_number"], facts["decision_on"]) == ({}, "001/GCN-CĐ", "16/QĐ-CĐ", "2026-11-28")
    assert {entry.decision_on for entry in (certificate.entries.latest("pk"), second.entries.get())} == {date(2026, 11, 28)}
    assert services.typeset_again(Certificate.objects.get(pk=second.pk)) == second.pdf.open().read()
    with pytest.raises(services.AlreadyReplaced):
        corrected(certificate, administrator, now, grade="Giỏi")


def test_what_came_from_an_older_register_can_be_issued_anew(certificate, administrator, now):
    old = certificate.snapshot | {"birth_place": "tỉnh Tân Hòa", "born_on": "1965", "hours": "0", "begun_on": None, "ended_on": None, "rule_set": None}
    Certificate.objects.filter(pk=certificate.pk).update(user=None, course=None, pdf="", snapshot=old, cycle=0)
    second = reissue_certificate(certificate=certificate, reason=REASON, by=administrator, now=now)
    assert (second.user, second.snapshot["name"], second.snapshot["born_on"], second.snapshot["birth_place"]) == (None, "Nguyễn Thị Mai", "1965", "tỉnh Tân Hòa")
    assert (second.pdf.open().read()[:4], Certificate.objects.get(pk=certificate.pk).state) == (b"%PDF", State.SUPERSEDED)


def test_a_hidden_one_stays_hidden_when_it_is_issued_anew(certificate, administrator, now):
    Certificate.objects.filter(pk=certificate.pk).update(hidden_at=now)
    assert reissue_certificate(certificate=certificate, reason=REASON, by=administrator, now=now).hidden_at == now


def test_a_revoked_paper_beside_a_valid_one_of_the_same_course_is_issued_anew_without_the_course(certificate, administrator, now):
    revoke_certificate(certificate=certificate, reason=REASON, by=administrator, now=now)
    other = Certificate.objects.get(pk=certificate.pk)
    other.pk, other.uuid, other.code, other.number, other.state = None, uuid4(), "OTHER00001", 900, State.VALID
    other.save(force_insert=True)
    row = reissue_certificate(certificate=certificate, reason=REASON, by=administrator, now=now)
    assert (row.user, row.course, row.snapshot["course"], row.version) == (certificate.user, None, certificate.snapshot["course"], certificate.version)
    assert set(Certificate.objects.filter(state=State.VALID)) == {other, row}
