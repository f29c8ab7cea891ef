"""What is due by the clock is done, once however often it is asked for."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from certificates.enums import Entry, LookKind, NoticeState, PrintoutKind, State
from certificates.models import Certificate, Look, Notice, Printout, RegisterImport
from certificates.services import note_look
from lms.management.commands import keep_time
from quizzes.enums import AttemptState
from quizzes.services import start_attempt
from tests.factories import certificates as factory
from tests.factories import courses, quizzes

pytestmark = pytest.mark.django_db


def test_scheduled_lesson_goes_online_when_its_time_has_come():
    lesson = courses.lesson(courses.module(courses.course()))
    lesson.unpublish()
    for hours, expected in ((1, False), (-1, True)):
        lesson.go_live_at = timezone.now() + timedelta(hours=hours)
        lesson.save_revision(approved_go_live_at=lesson.go_live_at)
        call_command("keep_time")
        lesson.refresh_from_db()
        assert lesson.live is expected


def test_attempt_whose_time_is_over_is_closed_without_its_taker(learner):
    begun = timezone.now() - timedelta(hours=2)
    attempt = start_attempt(quiz=quizzes.quiz(time_limit_seconds=600), user=learner, now=begun)
    running = start_attempt(quiz=quizzes.quiz(title="Khác"), user=learner, now=begun)
    for _time in range(2):
        call_command("keep_time")
    attempt.refresh_from_db()
    running.refresh_from_db()
    assert (attempt.state, attempt.submitted_at) == (AttemptState.MARKED, begun + timedelta(minutes=10))
    assert running.state == AttemptState.IN_PROGRESS


def test_an_attempt_that_cannot_be_closed_keeps_no_other_open_and_is_told(learner, outsider, trainer, monkeypatch):
    now = timezone.now()
    quiz = quizzes.quiz(time_limit_seconds=600)
    first, *others = (start_attempt(quiz=quiz, user=user, now=now - timedelta(hours=2 - 0.1 * place)) for place, user in enumerate((learner, outsider, trainer)))
    close = keep_time.close_if_expired

    def close_but_the_first(*, attempt, now):
        if attempt.pk == first.pk:
            raise ValueError("broken")
        return close(attempt=attempt, now=now)

    monkeypatch.setattr(keep_time, "close_if_expired", close_but_the_first)
    # A portion is over long before all are closed.
    monkeypatch.setattr(keep_time, "ATTEMPTS_AT_ONCE", 1)
    with pytest.raises(ValueError, match="broken"):
        keep_time.close_attempts(now)
    assert {attempt.pk: attempt.state for attempt in type(first).objects.all()} == {
        first.pk: AttemptState.IN_PROGRESS, **dict.fromkeys((attempt.pk for attempt in others), AttemptState.MARKED)}


def test_files_with_names_do_not_lie_about(administrator):
    now = timezone.now()
    for days in (6, 8):
        Printout.objects.create(kind=PrintoutKind.LIST_PDF, by=administrator, made_at=now - timedelta(days=days))
    for days in (29, 31):
        RegisterImport.objects.create(issuer=factory.issuer(), name="so-goc.xlsx", sha256="0" * 64, made_at=now - timedelta(days=days))
    call_command("keep_time")
    assert (Printout.objects.count(), RegisterImport.objects.count()) == (1, 1)


def test_certificates_expire_reminders_are_sent_and_old_looks_forgotten(learner, outsider):
    now = timezone.now()
    ending, over = factory.certificate(learner), factory.certificate(outsider, courses.course(slug="khac"))
    Certificate.objects.update(issued_at=now - timedelta(days=400))
    Certificate.objects.filter(pk=ending.pk).update(valid_until=timezone.localdate(now) + timedelta(days=20))
    Certificate.objects.filter(pk=over.pk).update(valid_until=timezone.localdate(now))
    for days in (364, 366):
        note_look(certificate=ending, kind=LookKind.PUBLIC, now=now - timedelta(days=days))
    for _time in range(2):
        call_command("keep_time")
    over.refresh_from_db()
    assert (over.state, over.entries.filter(kind=Entry.EXPIRED).count()) == (State.EXPIRED, 1)
    assert (Notice.objects.get().state, len(mail.outbox)) == (NoticeState.SENT, 1)
    assert Look.objects.count() == 1


def test_part_that_fails_is_logged_and_stops_no_other(monkeypatch, caplog):
    done = []

    def broken(now):
        raise RuntimeError("broken")

    monkeypatch.setattr(keep_time, "PARTS", {"first": broken, "second": lambda now: done.append(now) or 1})
    call_command("keep_time")
    assert (len(done), "Not done by the clock: first" in caplog.text) == (1, True)
