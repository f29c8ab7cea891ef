"""The holder's pages: what there is, when it ends, what happened to it, who looked, and what the holder allows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import erase_person
from certificates import services, typesetting
from certificates.enums import CONSENT_NOW, Entry, LookKind, NoticeKind, State
from certificates.models import Certificate, Look, NameConsent, Notice, RegisterEntry, Series
from certificates.selectors import holding_of, verification_of
from certificates.selectors.holding import shelf_of
from certificates.services.errors import NotHolder
from certificates.services.hiding import forget_holder, hide_certificate, show_certificate
from certificates.services.looks import note_look
from tests.factories import certificates as factory
from tests.factories import unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
NOW, TODAY = factory.NOW, timezone.localdate(factory.NOW)


@pytest.fixture
def certificate(learner):
    unions.post(learner, unions.unit("CĐCS Công ty TNHH An Phú", "AP"))
    return factory.certificate(learner)


@pytest.fixture
def officer(trainer, learner, certificate):
    unions.role(trainer, learner.posts.get().unit)
    return trainer


def brought_in(user, number: int = 9) -> Certificate:
    """A paper from an older register: no PDF, no course here, and not every field known."""
    series, _created = Series.objects.get_or_create(issuer=factory.issuer(), paper="GCN", year=2021, defaults={"taken": 50})
    row = Certificate.objects.create(
        code=f"OLD{number:07d}", series=series, number=number, register_number=f"{number:03d}/GCN-LĐLĐ", user=user, issued_at=NOW - timedelta(days=2000),
        snapshot={"name": user.full_name, "course": "Nghiệp vụ công đoàn khóa 12", "paper": "GCN"})
    RegisterEntry.objects.create(certificate=row, kind=Entry.IMPORTED, at=NOW)
    return row


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def english(as_user, user):
    return as_user(user, headers={"accept-language": "en"})


# The list

def test_every_state_has_its_word_and_what_ends_soon_is_said(as_user, learner, administrator, certificate):
    learner.language = "en"
    learner.save()
    paper = holding_of(learner, TODAY).papers[0]
    assert (paper.state, paper.ends_soon, paper.days_left) == (State.VALID, False, None)
    for until, state, soon, left in [
        (TODAY + timedelta(days=61), State.VALID, False, 61), (TODAY + timedelta(days=60), State.VALID, True, 60),
        (TODAY + timedelta(days=1), State.VALID, True, 1), (TODAY, State.EXPIRED, False, 0),
    ]:
        Certificate.objects.update(valid_until=until)
        paper = holding_of(learner, TODAY).papers[0]
        assert (paper.state, paper.ends_soon, paper.days_left, paper.latest_day) == (state, soon, left, until - timedelta(days=1))
    Certificate.objects.update(valid_until=None)
    services.revoke_certificate(certificate=certificate, reason="Ghi sai thời gian", by=administrator, now=NOW)
    assert "tag--bad" in text_of(as_user(learner).get("/chung-nhan/"))


def test_a_replaced_paper_leads_to_the_one_in_its_place(as_user, learner, administrator, certificate):
    newer = services.reissue_certificate(certificate=certificate, reason="Sai tên", by=administrator, now=NOW)
    certificate.refresh_from_db()
    html = text_of(as_user(learner).get(certificate.get_absolute_url()))
    assert newer.get_absolute_url() in html and newer.register_number in html


def test_a_paper_from_an_older_register_has_no_pdf_and_breaks_nothing(as_user, learner):
    old, client = brought_in(learner), as_user(learner)
    html = text_of(client.get("/chung-nhan/"))
    assert "Nghiệp vụ công đoàn khóa 12" in html and "thumb--none" in html and "tai-pdf" not in html
    page = text_of(client.get(old.get_absolute_url()))
    assert old.register_number in page and "hinh.png" not in page and "huy-hieu" not in page
    for name in ("download-certificate", "show-picture"):
        assert client.get(reverse(f"certificates:{name}", args=[old.uuid])).status_code == 404


def test_the_list_costs_the_same_with_1_and_30_papers_and_notices(as_user, learner, certificate):
    client = as_user(learner)
    client.get("/chung-nhan/")

    def queries() -> int:
        Notice.objects.update(seen_at=None)
        Certificate.objects.update(valid_until=TODAY + timedelta(days=30))
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/chung-nhan/").status_code == 200
        return len(caught)

    Notice.objects.create(certificate=certificate, kind=NoticeKind.ISSUED, made_at=NOW, due_at=NOW)
    one = queries()
    for number in range(29):
        row = brought_in(learner, number + 10)
        Notice.objects.create(certificate=row, kind=NoticeKind.ENDING, days=30, made_at=NOW, due_at=NOW)
    assert queries() == one <= 10


def test_a_notice_is_new_once(as_user, learner, certificate):
    notice = Notice.objects.create(certificate=certificate, kind=NoticeKind.ISSUED, made_at=NOW, due_at=NOW)
    client = as_user(learner)
    client.head("/chung-nhan/")
    assert "tin-moi" in text_of(client.get("/chung-nhan/"))
    notice.refresh_from_db()
    assert notice.seen_at is not None
    assert "tin-moi" not in text_of(client.get("/chung-nhan/"))


def test_the_home_says_what_ends_or_ended_and_nothing_else(as_user, learner, certificate, django_assert_num_queries):
    for until, told in [(None, 0), (TODAY + timedelta(days=61), 0), (TODAY + timedelta(days=60), 1), (TODAY - timedelta(days=59), 1), (TODAY - timedelta(days=61), 0)]:
        Certificate.objects.update(valid_until=until)
        with django_assert_num_queries(1):
            assert len(shelf_of(learner, TODAY).ending) == told, until
    Certificate.objects.update(valid_until=timezone.localdate() + timedelta(days=20))
    assert "001/GCN-CĐ" in text_of(as_user(learner).get(reverse("learning:home")))


# One paper

def test_the_page_tells_what_happened_why_and_by_whom(as_user, learner, administrator, certificate):
    services.revoke_certificate(certificate=certificate, reason="Ghi sai thời gian", by=administrator, now=NOW, decision_number="12/QĐ-CĐ")
    RegisterEntry.objects.create(
        certificate=certificate, kind=Entry.CORRECTED, changes={"born_on": ["1988-02-05", "1988-05-02"]}, reason="Theo căn cước", by=administrator, at=NOW)
    learner.language = "en"
    learner.save()
    html = text_of(english(as_user, learner).get(certificate.get_absolute_url()))
    for told in ("Date of birth", "Ghi sai thời gian", "12/QĐ-CĐ", administrator.full_name, "Theo căn cước", "05/02/1988", "02/05/1988"):
        assert told in html, told
    assert administrator.email not in html


def test_the_page_shows_what_was_corrected(as_user, learner, certificate):
    Certificate.objects.update(corrected={"name": "Nguyễn Thị Mơ"})
    assert "Nguyễn Thị Mơ" in text_of(as_user(learner).get(certificate.get_absolute_url()))


def test_the_holder_sees_who_looked_and_how_often(as_user, learner, administrator, certificate):
    for day, kind, by in [(0, LookKind.PUBLIC, None), (0, LookKind.PUBLIC, None), (0, LookKind.OFFICE, administrator), (1, LookKind.PUBLIC, None)]:
        note_look(certificate=certificate, kind=kind, now=NOW - timedelta(days=day), by=by)
    note_look(certificate=certificate, kind=LookKind.DOWNLOAD, now=NOW, by=learner)
    full = as_user(learner).get(certificate.get_absolute_url()).context["full"]
    assert {(look.day, look.kind, look.name, look.count) for look in full.looks} == {
        (TODAY, "public", "", 2), (TODAY, "office", administrator.full_name, 1), (TODAY - timedelta(days=1), "public", "", 1)}


def test_the_page_costs_the_same_however_much_happened(as_user, learner, administrator, certificate):
    client = as_user(learner)
    client.get(certificate.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(certificate.get_absolute_url())
    for number in range(60):
        note_look(certificate=certificate, kind=LookKind.OFFICE, now=NOW - timedelta(days=number), by=administrator)
        RegisterEntry.objects.create(certificate=certificate, kind=Entry.CORRECTED, by=administrator, at=NOW)
    with CaptureQueriesContext(connection) as many:
        full = client.get(certificate.get_absolute_url()).context["full"]
    assert len(full.looks) == 50
    assert len(many) == len(few) <= 10


def test_the_office_is_noted_when_it_opens_or_downloads_and_the_holder_is_not(as_user, learner, officer, certificate):
    as_user(learner).get(certificate.get_absolute_url())
    as_user(learner).get(reverse("certificates:download-certificate", args=[certificate.uuid]))
    assert not Look.objects.exists()
    client = as_user(officer)
    page = client.get(certificate.get_absolute_url())
    client.get(reverse("certificates:download-certificate", args=[certificate.uuid]))
    assert list(Look.objects.order_by("pk").values_list("kind", "by")) == [("office", officer.pk), ("download", officer.pk)]
    html = text_of(page)
    assert "ai-da-xem" not in html and "tat-tra-cuu" not in html and "huy-hieu" not in html


def test_a_signed_pdf_is_said_to_be_signed(as_user, learner, certificate):
    client = english(as_user, learner)
    learner.language = "en"
    learner.save()
    Certificate.objects.update(signed_with="")
    assert "carries no digital signature" in text_of(client.get(certificate.get_absolute_url()))
    Certificate.objects.update(signed_with="a" * 64)
    assert "carries the digital signature" in text_of(client.get(certificate.get_absolute_url()))


# The public page by the holder's wish

def test_the_holder_switches_the_public_page_off_and_on_and_the_register_keeps_both(as_user, learner, certificate):
    client = as_user(learner)
    for _ in range(2):
        client.post(reverse("certificates:switch-off", args=[certificate.uuid]))
    assert verification_of(certificate.code, TODAY).state == "unknown"
    assert client.get("/chung-nhan/").status_code == client.get(certificate.get_absolute_url()).status_code == 200
    for _ in range(2):
        client.post(reverse("certificates:switch-on", args=[certificate.uuid]))
    assert verification_of(certificate.code, TODAY).state == "valid"
    entries = RegisterEntry.objects.filter(kind=Entry.HIDDEN).order_by("pk")
    assert [entry.by for entry in entries] == [learner, learner]
    off, on = (entry.get_kind_display() for entry in entries)
    assert off != on


def test_nobody_else_switches_it(as_user, officer, administrator, outsider, certificate):
    for person in (officer, administrator, outsider):
        assert as_user(person).post(reverse("certificates:switch-off", args=[certificate.uuid])).status_code == 404
        with pytest.raises(NotHolder):
            hide_certificate(certificate=certificate, by=person, now=NOW)
        with pytest.raises(NotHolder):
            show_certificate(certificate=certificate, by=person, now=NOW)
    assert as_user(officer).get(reverse("certificates:switch-off", args=[certificate.uuid])).status_code == 405


# Consent

def test_the_words_that_were_agreed_to_are_shown_with_day_and_version(as_user, learner, certificate):
    services.give_name_consent(user=learner, now=NOW)
    html = text_of(as_user(learner).get("/chung-nhan/"))
    assert str(CONSENT_NOW.label) in html and "2026-11" in html and "20/11/2026" in html
    assert 'name="agree"' not in html


def test_a_yes_to_older_words_shows_no_name_and_is_asked_anew(as_user, learner, certificate):
    NameConsent.objects.create(user=learner, text_version="2020-01", given_at=NOW - timedelta(days=2000))
    told = verification_of(certificate.code, TODAY)
    assert (told.name, told.grade, told.is_masked) == ("NGUYỄN T*** MAI", "", True)
    client = as_user(learner)
    assert 'name="agree" id="id_agree">' in text_of(client.get("/chung-nhan/"))
    client.post(reverse("certificates:give-consent"), {"agree": "on"})
    assert verification_of(certificate.code, TODAY).name == "NGUYỄN THỊ MAI"
    assert [(row.text_version, row.withdrawn_at is None) for row in NameConsent.objects.order_by("given_at")] == [("2020-01", False), ("2026-11", True)]


def test_consent_that_was_withdrawn_stays_on_record(learner, certificate):
    services.give_name_consent(user=learner, now=NOW)
    services.withdraw_name_consent(user=learner, now=NOW + timedelta(days=1))
    services.give_name_consent(user=learner, now=NOW + timedelta(days=2))
    assert [row.withdrawn_at for row in NameConsent.objects.order_by("given_at")] == [NOW + timedelta(days=1), None]


# A holder who is erased after issue

@pytest.fixture
def erased(learner, administrator, certificate, django_capture_on_commit_callbacks):
    services.give_name_consent(user=learner, now=NOW)
    services.picture_of(certificate=certificate)
    for kind, state in ((NoticeKind.ISSUED, "sent"), (NoticeKind.ENDING, "waiting")):
        Notice.objects.create(certificate=certificate, kind=kind, state=state, email=learner.email, made_at=NOW, due_at=NOW)
    note_look(certificate=certificate, kind=LookKind.OFFICE, now=NOW, by=administrator)
    before = Certificate.objects.values().get()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=learner, by=administrator, now=NOW, reason="Đơn của chị Mai ngày 18/11/2026")
    return before


def test_of_an_erased_holder_the_register_keeps_entry_number_snapshot_and_pdf(erased, administrator):
    after = Certificate.objects.values().get()
    assert after.pop("hidden_at") is not None
    erased.pop("hidden_at")
    assert after == erased
    row = Certificate.objects.get()
    assert "NGUYỄN THỊ MAI" in typesetting.text_of(row.pdf.read())
    entry = row.entries.latest("pk")
    assert (entry.kind, entry.by, entry.reason) == (Entry.HIDDEN, administrator, "Đơn của chị Mai ngày 18/11/2026")


def test_of_an_erased_holder_strangers_and_offices_are_told_nothing(as_user, erased, officer, administrator, certificate):
    assert verification_of(certificate.code, TODAY).state == "unknown"
    assert as_user(None).get(reverse("certificates:show-verification", args=[certificate.code])).status_code == 404
    for person in (officer, administrator):
        for name in ("show-certificate", "download-certificate", "show-picture"):
            assert as_user(person).get(reverse(f"certificates:{name}", args=[certificate.uuid])).status_code == 404


def test_of_an_erased_holder_consent_addresses_looks_and_pictures_go(erased, certificate, learner):
    assert NameConsent.objects.get().withdrawn_at is not None
    assert list(Notice.objects.values_list("state", "email")) == [("sent", "")]
    assert not Look.objects.exists()
    _folders, pictures = certificate.pdf.storage.listdir("certificates/pictures")
    assert not [name for name in pictures if str(certificate.uuid) in name]


def test_forgetting_twice_makes_no_second_entry(erased, learner, administrator):
    assert forget_holder(user=learner, by=administrator, now=NOW, reason="Lần hai") == 0
    assert RegisterEntry.objects.filter(kind=Entry.HIDDEN).count() == 1


def test_looks_of_an_erased_person_at_others_lose_the_name(certificate, administrator, outsider, django_capture_on_commit_callbacks):
    note_look(certificate=certificate, kind=LookKind.OFFICE, now=NOW, by=outsider)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=outsider, by=administrator, now=NOW, reason="Theo đơn ngày 18/11")
    assert Look.objects.get().by is None

