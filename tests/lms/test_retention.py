"""The schedule of deletion: counted exactly, done in chunks, told of, and never more than what is over."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Act, RequestKind
from accounts.models import LogEntry, PrivacyRequest, RetentionRun, SignInSlip, User
from accounts.services import register_person, retaining
from certificates.enums import PrintoutKind
from certificates.models import Certificate, Look, Notice, Printout
from lms import retention
from quizzes.models import Attempt
from quizzes.services import start_attempt, submit_attempt
from tests.factories import accounts, privacy, quizzes, unions
from tests.factories import training as office
from unions.models import RosterImport

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

YEAR = timedelta(days=365)


@pytest.fixture
def old_and_new(learner, administrator, now):
    """Of each class something that is over and something that is not."""
    for at in (now - YEAR - timedelta(days=1), now - YEAR + timedelta(days=1)):
        LogEntry.objects.create(about=learner, by=administrator, act=Act.LOOKED, at=at)
        LogEntry.objects.create(about=learner, by=administrator, act=Act.CHANGED, at=at)
        Look.objects.create(kind="public", at=at)
        SignInSlip.objects.create(
            user=learner, digest=f"{at:%Y%m%d}", made_at=at - timedelta(days=30), expires_at=at, used_at=at)
        _visitor(at)
    for days in (8, 6):
        Printout.objects.create(
            kind=PrintoutKind.LIST_PDF, by=administrator, made_at=now - timedelta(days=days), state="done", file=ContentFile(b"x", "ds.pdf"))
    unit = unions.unit()
    for days, state in ((31, "ready"), (31, "applying"), (29, "ready")):
        job = RosterImport.objects.create(unit=unit, on=now.date(), file_name="a.xlsx", made_at=now - timedelta(days=days), state=state)
        job.rows.create(number=1, verdict="new", data={"name": "Ai"})
    _requests(learner, now)
    live, dead = privacy.session_of(learner), privacy.session_of(learner)
    Session.objects.filter(session_key=live.session_key).update(expire_date=now + timedelta(days=1))
    Session.objects.filter(session_key=dead.session_key).update(expire_date=now - timedelta(days=1))


def _visitor(at) -> None:
    attempt = start_attempt(quiz=quizzes.quiz(mode="contest", is_open_to_all=True), visitor="v" * 64, shown_name="Mai, tổ may 3", now=at)
    submit_attempt(attempt=attempt, now=at)


def _requests(person, now) -> None:
    for kind, years in ((RequestKind.ACCESS, 4), (RequestKind.RESTRICT, 4), (RequestKind.ERASE, 2), (RequestKind.CORRECT, None)):
        done = now - years * YEAR if years else None
        PrivacyRequest.objects.create(
            user=person, kind=kind, made_at=now - 5 * YEAR, answer_by=now.date(), due_on=now.date(), done_at=done, state="done" if done else "open")


def test_a_dry_run_counts_what_the_run_then_deletes(old_and_new, now):
    rows = {model: model.objects.count() for model in (LogEntry, Look, SignInSlip, Printout, RosterImport, PrivacyRequest, Session, UserSession, Attempt)}
    dry = retention.apply_retention(now=now, dry_run=True)
    assert {model: model.objects.count() for model in rows} == rows
    done = retention.apply_retention(now=now)
    assert (dry.counts, dry.is_dry_run, dry.error, done.error) == (done.counts, True, "", "")
    assert {key: count for key, count in done.counts.items() if count} == {
        "sessions": 1, "sign_ins": 1, "slips": 1, "looks": 1, "certificate_looks": 1, "requests": 1, "printouts": 1, "rosters": 1, "visitors": 1}
    assert set(retention.apply_retention(now=now).counts.values()) == {0}, "safe to call twice"


def test_what_is_not_over_or_still_needed_stays(old_and_new, learner, now):
    retention.apply_retention(now=now)
    assert sorted(LogEntry.objects.values_list("act", flat=True)) == ["changed", "changed", "looked"]
    assert sorted(PrivacyRequest.objects.values_list("kind", flat=True)) == ["correct", "erase", "restrict"]
    assert sorted(RosterImport.objects.values_list("state", flat=True)) == ["applying", "ready"]
    assert sorted(Attempt.objects.values_list("shown_name", flat=True)) == ["Không nêu tên", "Mai, tổ may 3"]
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_names_of_visitors_who_never_handed_in_go_too(now):
    quiz = quizzes.quiz(mode="contest", is_open_to_all=True)
    for years in (2, 0):
        start_attempt(quiz=quiz, visitor=f"{years}" * 64, shown_name="Mai, tổ may 3", now=now - years * YEAR)
    assert retention.apply_retention(now=now).counts["visitors"] == 1
    assert sorted(Attempt.objects.values_list("shown_name", flat=True)) == ["Không nêu tên", "Mai, tổ may 3"]


def test_addresses_of_notices_that_could_not_be_sent_go_too(learner, now):
    paper = office.certified(learner)
    old, new = now - 3 * YEAR, now - YEAR
    for days, (state, at, sent_at) in enumerate([("sent", old, old), ("failed", old, None), ("waiting", old, None), ("failed", new, None)]):
        Notice.objects.create(certificate=paper, kind="ending", days=days, email="mai@example.org", state=state, made_at=at, due_at=at, sent_at=sent_at)
    assert retention.apply_retention(now=now).counts["notices"] == 2
    assert list(Notice.objects.exclude(email="").order_by("days").values_list("days", flat=True)) == [2, 3]


def test_the_file_goes_with_its_row(administrator, now):
    printout = Printout.objects.create(
        kind=PrintoutKind.LIST_PDF, by=administrator, made_at=now - timedelta(days=8), state="done", file=ContentFile(b"x", "ds.pdf"))
    retention.apply_retention(now=now)
    assert not printout.file.storage.exists(printout.file.name)


def test_the_register_is_never_touched(learner, now):
    office.certified(learner)
    before = Certificate.objects.values().get()
    retention.apply_retention(now=now + 40 * YEAR)
    assert Certificate.objects.values().get() == before


def test_accounts_whose_address_was_never_proved_go_and_no_others(learner, now):
    gone = register_person(full_name="Quên Rồi", email="quen@example.org", phone=None, password=accounts.PASSWORD, language="vi")
    placed = register_person(full_name="Có Chức", email="chuc@example.org", phone=None, password=accounts.PASSWORD, language="vi")
    by_phone = register_person(full_name="Có Số", email="so@example.org", phone="+84987000111", password=accounts.PASSWORD, language="vi")
    unions.post(placed, unions.unit())
    User.objects.update(joined_at=now - timedelta(days=31))
    run = retention.apply_retention(now=now)
    assert run.counts["unfinished"] == 1
    assert not User.objects.filter(pk=gone.pk).exists() and not EmailAddress.objects.filter(email="quen@example.org").exists()
    assert {learner, placed, by_phone} == set(User.objects.all())


def test_idle_accounts_are_only_told_of(learner, now):
    User.objects.update(joined_at=now - 4 * YEAR)
    assert retention.apply_retention(now=now).counts["idle"] == 1
    assert retention.forget_by_clock(now) == 0 and User.objects.filter(pk=learner.pk).exists()


def test_chunks_are_short_and_all_is_done(learner, monkeypatch, now):
    monkeypatch.setattr(retaining, "CHUNK", 10)
    LogEntry.objects.bulk_create(LogEntry(about=learner, act=Act.LOOKED, at=now - 2 * YEAR) for _number in range(25))
    with CaptureQueriesContext(connection) as asked:
        run = retention.apply_retention(now=now)
    deleted = [query["sql"] for query in asked if query["sql"].startswith("DELETE") and "logentry" in query["sql"]]
    assert (run.counts["looks"], len(deleted), LogEntry.objects.count()) == (25, 3, 0)


def test_one_class_that_fails_is_noted_and_keeps_no_other_from_it(learner, monkeypatch, now):
    LogEntry.objects.create(about=learner, act=Act.LOOKED, at=now - 2 * YEAR)

    def broken(_now):
        raise OSError("disk")

    schedule = [retaining.Kept("broken", "", 1, "", "", "", broken), *retention.SCHEDULE]
    run = retaining.apply_schedule(schedule=schedule, now=now)
    assert (run.error, run.counts["looks"], "broken" in run.counts) == ("broken: OSError", 1, False)


def test_what_stays_in_spite_of_it_is_not_tried_for_ever(learner, now):
    LogEntry.objects.create(about=learner, act=Act.LOOKED, at=now - 2 * YEAR)
    stays = retaining.Kept("stays", "", 1, "", "", "", lambda _now: LogEntry.objects.all(), lambda rows: None)
    assert retaining.apply_schedule(schedule=[stays], now=now).error == "stays: OSError"


def test_the_command_counts_and_then_deletes(learner, now):
    LogEntry.objects.create(about=learner, act=Act.LOOKED, at=now - 9 * YEAR)
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert "1  looks" in out.getvalue() and LogEntry.objects.exists()
    call_command("apply_retention", stdout=out)
    assert not LogEntry.objects.exists()
    assert list(RetentionRun.objects.order_by("pk").values_list("is_dry_run", flat=True)) == [True, False]
