"""Reading, passing, completing: facts only move forward."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from wagtail.models import Page

from courses.models import RuleSet
from courses.selectors import outline_of
from learning.completion import count_done, is_complete, overall_fraction
from learning.models import Completion, Enrolment, StepRecord
from learning.selectors import facts_by_page, newest_rules
from learning.signals import course_completed
from quizzes.models import Attempt

# A reader who says nothing for longer than this has put the phone down.
ACTIVE_WITHIN = timedelta(seconds=60)


def open_step(*, enrolment: Enrolment, page: Page, now: datetime) -> None:
    """Keep the fact that the person opened the page, and that this is where they are."""
    StepRecord.objects.bulk_create(
        [StepRecord(enrolment=enrolment, page=page, opened_at=now, seen_at=now)], ignore_conflicts=True)
    Enrolment.objects.filter(pk=enrolment.pk).update(last_seen_at=now, last_page=page)


def record_reading(
    *, enrolment: Enrolment, page: Page, now: datetime, read_to_end: bool = False, watched: bool = False,
    anchor: str = "", anchor_title: str = "",
) -> bool:
    """Keep what a reader just did on a lesson, and say whether that completed the course.

    Time is counted on the server: the distance from the last word of this reader, at most ACTIVE_WITHIN, so that repeating a
    request adds nothing and a phone left open counts for little. Locks the record.
    """
    with transaction.atomic():
        StepRecord.objects.get_or_create(enrolment=enrolment, page=page, defaults={"opened_at": now, "seen_at": now})
        record = StepRecord.objects.select_for_update().get(enrolment=enrolment, page=page)
        seconds = _active_seconds(record, now)
        was_done = record.read_at is not None and (record.watched_at is not None or not watched)
        record.seconds += seconds
        record.seen_at = max(now, record.seen_at or now)
        record.opened_at = record.opened_at or now
        if read_to_end:
            record.read_at = record.read_at or now
        if watched:
            record.watched_at = record.watched_at or now
        if anchor:
            record.anchor, record.anchor_title = anchor[:80], anchor_title[:160]
        record.save()
        # Opening a page says where the reader is; the last report of the page before may come in after that.
        Enrolment.objects.filter(pk=enrolment.pk).update(last_seen_at=now, seconds=F("seconds") + seconds)
    if was_done or not (read_to_end or watched):
        return False
    return update_completion(enrolment=enrolment, now=now) is not None


def _active_seconds(record: StepRecord, now: datetime) -> int:
    since = now - (record.seen_at or now)
    return int(since.total_seconds()) if timedelta(0) < since <= ACTIVE_WITHIN else 0


def record_result(*, enrolment: Enrolment, attempt: Attempt, now: datetime) -> None:
    """Keep the result of a marked attempt on every quiz page of the course that shows this quiz, then look at completion."""
    pages = [step.page_id for step in outline_of(enrolment.course).steps if step.quiz_id == attempt.quiz_id]
    with transaction.atomic():
        for page_id in pages:
            StepRecord.objects.get_or_create(enrolment=enrolment, page_id=page_id, defaults={"opened_at": now})
        for record in StepRecord.objects.select_for_update().filter(enrolment=enrolment, page_id__in=pages):
            record.seen_at = now
            record.best_fraction = max(record.best_fraction or 0.0, attempt.fraction or 0.0)
            if attempt.passed:
                record.passed_at = record.passed_at or now
            record.save()
        Enrolment.objects.filter(pk=enrolment.pk).update(last_seen_at=now, **({"last_page_id": pages[0]} if pages else {}))
    update_completion(enrolment=enrolment, now=now)


def update_completion(*, enrolment: Enrolment, now: datetime) -> Completion | None:
    """Count the steps done anew and, when every rule is met for the first time, complete the course.

    Sends `course_completed` after commit. Whoever is complete already stays so, whatever the rules say today.
    """
    rule_set = newest_rules(enrolment)
    if rule_set is None:
        return None
    facts = facts_by_page(enrolment)
    Enrolment.objects.filter(pk=enrolment.pk).update(steps_done=count_done(rule_set.steps, facts), steps_total=len(rule_set.steps))
    if not is_complete(rule_set.steps, facts) or Completion.objects.filter(enrolment=enrolment).exists():
        return None
    return _complete(enrolment, rule_set, overall_fraction(rule_set.steps, facts), now)


def _complete(enrolment: Enrolment, rule_set: RuleSet, fraction: float | None, now: datetime) -> Completion | None:
    try:
        with transaction.atomic():
            completion = Completion.objects.create(enrolment=enrolment, rule_set=rule_set, completed_at=now, fraction=fraction)
            transaction.on_commit(lambda: course_completed.send_robust(sender=Completion, completion=completion))
    except IntegrityError:
        # Another request met the last requirement at the same moment; its completion is the one that counts.
        return None
    return completion


def recount_course(*, course_id: int, now: datetime) -> int:
    """Bring the counts of everybody still learning in line with the newest rules, and complete whom these complete. Return how many.

    Runs in the background; goes through the enrolments in chunks, so memory stays flat.
    """
    count = 0
    for enrolment in Enrolment.objects.filter(course_id=course_id, completion__isnull=True).select_related("course").iterator(chunk_size=500):
        update_completion(enrolment=enrolment, now=now)
        count += 1
    return count
