"""The register's stories: issuing, issuing again, revoking, replacing, expiring, and what must never be left behind by a failure."""

import hashlib
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.storage import storages

from certificates import selectors, services
from certificates.enums import Entry, State
from certificates.models import Certificate, NameConsent, RegisterEntry, Series
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions
from unions.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner):
    return factory.certificate(learner)


def entries_of(certificate) -> list[tuple]:
    return list(certificate.entries.order_by("pk").values_list("kind", "reason", "decision_number", "by", "at"))


# Issuing

def test_issue_writes_down_what_was_true_on_the_day(learner, now):
    learner.date_of_birth = date(1988, 2, 5)
    learner.save()
    unions.post(learner, unions.unit("CĐCS Công ty TNHH An Phú", "AP"))
    course = courses.course("Thương lượng tập thể", hours="3.5", code="KH02")
    certificate = factory.certificate(learner, course)
    snapshot = certificate.snapshot
    assert (certificate.state, certificate.number, certificate.register_number) == (State.VALID, 1, "001/GCN-CĐ")
    assert (snapshot["register_entry"], snapshot["issued_on"], snapshot["rule_set"]) == ("0001/2026", "2026-11-20", 1)
    assert (snapshot["name"], snapshot["born_on"], snapshot["post"], snapshot["unit"]) == (
        "Nguyễn Thị Mai", "1988-02-05", "Chủ tịch", "CĐCS Công ty TNHH An Phú")
    assert (snapshot["course"], snapshot["hours"], snapshot["begun_on"], snapshot["ended_on"], snapshot["grade"]) == (
        "Thương lượng tập thể", "3.5", "2026-11-02", "2026-11-20", "Giỏi")
    assert (snapshot["issuer"], snapshot["signer"], snapshot["place"]) == ("Công đoàn phường Tân Lập", "Trần Văn An", "Tân Lập")
    assert entries_of(certificate) == [(Entry.ISSUED, "", "", None, now)]


def test_paper_is_stored_privately_and_can_be_computed_again(certificate):
    stored = certificate.pdf.open().read()
    assert certificate.pdf.storage is storages["private"]
    assert hashlib.sha256(stored).hexdigest() == certificate.pdf_sha256
    assert services.typeset_again(Certificate.objects.get(pk=certificate.pk)) == stored


def test_paper_stays_when_person_course_and_issuer_change(certificate, learner):
    before = certificate.pdf.open().read()
    learner.full_name = "Nguyễn Thị Hoa"
    learner.save()
    certificate.series.issuer.name = "Công đoàn phường Khác"
    certificate.series.issuer.save()
    certificate.course.title = "Tên khác"
    certificate.course.save()
    assert services.typeset_again(Certificate.objects.get(pk=certificate.pk)) == before


def test_issue_twice_is_issue_once(certificate, learner):
    again = services.issue_certificate(user=learner, course=certificate.course, now=factory.NOW + timedelta(days=1))
    assert (again.pk, Series.objects.get().taken, RegisterEntry.objects.count()) == (certificate.pk, 1, 1)


def test_issue_does_not_bring_back_what_was_revoked(certificate, learner, administrator, now):
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=now)
    again = services.issue_certificate(user=learner, course=certificate.course, now=now)
    assert (again.pk, again.state, Certificate.objects.count()) == (certificate.pk, State.REVOKED, 1)


def test_a_new_cycle_gets_a_new_certificate(certificate, learner):
    renewed = factory.completion(learner, certificate.course, cycle=2)
    second = services.issue_certificate(user=learner, course=certificate.course, completion=renewed, now=factory.NOW)
    assert (second.number, second.cycle) == (2, 2)


def test_numbers_begin_again_each_year_of_the_local_calendar(learner, outsider):
    course = courses.course()
    # 17:30 on 31 December in London is already the new year in Hà Nội.
    first = factory.certificate(learner, course, now=datetime(2026, 12, 31, 16, 59, tzinfo=UTC))
    second = factory.certificate(outsider, course, now=datetime(2026, 12, 31, 17, 1, tzinfo=UTC))
    assert [(each.series.year, each.number) for each in (first, second)] == [(2026, 1), (2027, 1)]


def test_unit_is_named_as_it_was_called_on_the_day(learner):
    unit = unions.unit("CĐCS Công ty An Phú", "AP")
    unions.post(learner, unit)
    from unions.services import rename_unit
    rename_unit(unit=unit, name="CĐCS Tập đoàn An Phú", on=date(2026, 12, 1))
    assert factory.certificate(learner).snapshot["unit"] == "CĐCS Công ty An Phú"


def test_issue_is_refused_without_completion(learner, outsider):
    factory.issuer()
    course = courses.course()
    with pytest.raises(services.NotComplete) as refused:
        services.issue_certificate(user=learner, course=course, now=factory.NOW)
    assert refused.value.code == "not_complete"
    with pytest.raises(services.NotComplete):
        services.issue_certificate(user=learner, course=course, completion=factory.completion(outsider, course), now=factory.NOW)
    assert Certificate.objects.count() == 0


def test_issue_is_refused_without_issuer(learner):
    completion = factory.completion(learner)
    with pytest.raises(services.NoIssuer) as refused:
        services.issue_certificate(user=learner, course=completion.enrolment.course, now=factory.NOW)
    assert refused.value.code == "no_issuer"


def test_nothing_is_issued_by_itself_in_the_name_of_a_unit_that_has_ended(learner):
    issuer = factory.issuer()
    issuer.unit.active_until = factory.NOW.date()
    issuer.unit.save()
    completion = factory.completion(learner)
    with pytest.raises(services.NoIssuer):
        services.issue_certificate(user=learner, course=completion.enrolment.course, now=factory.NOW)


@pytest.mark.parametrize("name", ["Ỷ", unicodedata.normalize("NFD", "Nguyễn Thị Thuỷ Tiên"), "Nguyễn " * 17 + "A", "O'Neil \"Bé\" #1 {x}"])
def test_any_name_can_be_issued_to(name):
    certificate = factory.certificate(people.person(name, "nguoi@example.org"))
    assert certificate.snapshot["name"] == unicodedata.normalize("NFC", " ".join(name.split()))


def test_a_number_is_given_back_when_the_disk_is_full(learner, outsider, monkeypatch):
    course = courses.course()
    factory.certificate(outsider, course)
    completion = factory.completion(learner, course)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(storages["private"], "_save", full)
        with pytest.raises(OSError, match="No space left"):
            services.issue_certificate(user=learner, course=course, completion=completion, now=factory.NOW)
    assert (Certificate.objects.filter(user=learner).exists(), Series.objects.get().taken) == (False, 1)
    assert services.issue_certificate(user=learner, course=course, completion=completion, now=factory.NOW).number == 2


def test_no_file_is_left_behind_when_the_entry_fails(learner, monkeypatch):
    completion = factory.completion(learner)
    factory.issuer()
    storage = storages["private"]
    before = set(storage.listdir("certificates/2026")[1]) if storage.exists("certificates/2026") else set()
    monkeypatch.setattr(RegisterEntry.objects, "bulk_create", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.issue_certificate(user=learner, course=completion.enrolment.course, completion=completion, now=factory.NOW)
    assert set(storage.listdir("certificates/2026")[1]) == before
    assert Series.objects.count() == 0


# Revoking, replacing, expiring

def test_revoke_is_an_entry_with_reason_person_and_time(certificate, administrator, now):
    revoked = services.revoke_certificate(
        certificate=certificate, reason="  Ghi sai thời gian đào tạo ", by=administrator, now=now, decision_number="15/QĐ-CĐ")
    assert revoked.state == State.REVOKED
    assert entries_of(certificate)[1:] == [(Entry.REVOKED, "Ghi sai thời gian đào tạo", "15/QĐ-CĐ", administrator.pk, now)]


def test_revoke_is_refused_without_reason_and_a_second_time(certificate, administrator, now):
    with pytest.raises(services.ReasonMissing):
        services.revoke_certificate(certificate=certificate, reason=" \n", by=administrator, now=now)
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=now)
    with pytest.raises(services.AlreadyRevoked):
        services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=now)
    assert certificate.entries.count() == 2


def test_reissue_keeps_the_facts_and_takes_the_present_name(certificate, learner, administrator, now):
    learner.full_name = "Nguyễn Thị Ngọc Mai"
    learner.save()
    certificate.course.title = "Tên khác"
    certificate.course.save()
    second = services.reissue_certificate(certificate=certificate, reason="Sai họ tên", by=administrator, now=now + timedelta(days=9))
    certificate.refresh_from_db()
    assert (certificate.state, second.state, second.replaces) == (State.SUPERSEDED, State.VALID, certificate)
    assert (second.number, second.snapshot["name"], second.snapshot["course"]) == (2, "Nguyễn Thị Ngọc Mai", "Thương lượng tập thể")
    assert (second.snapshot["replaces"], second.snapshot["issued_on"]) == ("001/GCN-CĐ", "2026-11-29")
    assert second.code != certificate.code
    assert [entry[0] for entry in entries_of(certificate)] == [Entry.ISSUED, Entry.SUPERSEDED]
    assert [entry[0] for entry in entries_of(second)] == [Entry.REISSUED]


def test_reissue_of_a_replaced_one_is_refused(certificate, administrator, now):
    services.reissue_certificate(certificate=certificate, reason="Sai họ tên", by=administrator, now=now)
    with pytest.raises(services.AlreadyReplaced):
        services.reissue_certificate(certificate=certificate, reason="Sai họ tên", by=administrator, now=now)
    with pytest.raises(services.NotValid):
        services.revoke_certificate(certificate=certificate, reason="Sai họ tên", by=administrator, now=now)
    assert Certificate.objects.count() == 2


def test_a_revoked_one_can_be_replaced_and_stays_revoked(certificate, administrator, now):
    services.revoke_certificate(certificate=certificate, reason="Ghi sai", by=administrator, now=now)
    second = services.reissue_certificate(certificate=certificate, reason="Cấp lại cho đúng", by=administrator, now=now)
    certificate.refresh_from_db()
    assert (certificate.state, second.state) == (State.REVOKED, State.VALID)


def test_expire_enters_what_is_over_and_nothing_else(learner, outsider, now):
    course = courses.course()
    over, still = factory.certificate(learner, course), factory.certificate(outsider, course)
    Certificate.objects.filter(pk=over.pk).update(valid_until=date(2026, 11, 20))
    Certificate.objects.filter(pk=still.pk).update(valid_until=date(2026, 11, 21))
    assert (services.expire_certificates(now=now), services.expire_certificates(now=now)) == (1, 0)
    over.refresh_from_db()
    still.refresh_from_db()
    assert (over.state, still.state) == (State.EXPIRED, State.VALID)
    assert [entry[0] for entry in entries_of(over)] == [Entry.ISSUED, Entry.EXPIRED]


# Consent

def test_consent_is_given_once_withdrawn_and_given_again(learner, now):
    services.give_name_consent(user=learner, now=now)
    services.give_name_consent(user=learner, now=now + timedelta(days=1))
    assert NameConsent.objects.values_list("text_version", "given_at", "withdrawn_at").get() == ("2026-11", now, None)
    services.withdraw_name_consent(user=learner, now=now + timedelta(days=2))
    services.withdraw_name_consent(user=learner, now=now + timedelta(days=3))
    assert NameConsent.objects.get().withdrawn_at == now + timedelta(days=2)
    services.give_name_consent(user=learner, now=now + timedelta(days=4))
    assert NameConsent.objects.count() == 2


# Who sees what

def test_only_holder_and_roles_over_the_unit_see_a_certificate(learner, outsider, trainer, administrator):
    province = unions.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    ward = unions.unit("Công đoàn phường Tân Lập", "TL-2", parent=province)
    base = unions.unit("CĐCS An Phú", "AP", parent=ward)
    elsewhere = unions.unit("CĐCS Khác", "KH", parent=province)
    unions.post(learner, base)
    certificate = factory.certificate(learner)
    unions.role(trainer, ward)
    unions.role(outsider, elsewhere)
    unions.role(outsider, ward, Role.TRAINER)
    seen = {user: list(Certificate.objects.visible_to(user)) for user in (learner, trainer, administrator, outsider)}
    assert seen == {learner: [certificate], trainer: [certificate], administrator: [certificate], outsider: []}


def test_completions_without_certificate_leave_out_issued_and_uncertified_courses(learner, outsider, trainer):
    course = courses.course()
    factory.certificate(learner, course)
    missing = factory.completion(outsider, course)
    factory.completion(trainer, courses.course("Không cấp giấy", "khong-cap", gives_certificate=False))
    assert list(selectors.completions_without_certificate()) == [missing]
