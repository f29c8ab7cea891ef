"""Following what was cut off: a server that is killed between two transactions leaves the first one true and the second one undone.

Keeps true: a result or a completion that follows from facts that are stored is there soon after, whoever was killed in between.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from courses.models import QuizPage
from learning.models import Enrolment, StepRecord
from learning.services.progress import record_result, update_completion
from quizzes.enums import AttemptState
from quizzes.models import Attempt

# What is older was looked at again and again, also after an outage over a long weekend.
LOOKS_BACK = timedelta(days=4)
CHUNK = 500


def catch_up(*, now: datetime) -> int:
    """Record results and complete courses that follow from stored facts and were not followed, and return for how many people.

    Two queries for each 500 people who were learning within LOOKS_BACK and have not completed, and those of `record_result` and
    `update_completion` for each who is behind. Safe to call twice and beside the requests that do the same.
    """
    recent = Enrolment.objects.filter(completion__isnull=True, last_seen_at__gte=now - LOOKS_BACK)
    count = 0
    for chunk in _chunks(recent):
        for attempt, enrolment in _unrecorded(chunk):
            record_result(enrolment=enrolment, attempt=attempt, now=now)
            count += 1
    for enrolment in _uncounted(recent):
        count += update_completion(enrolment=enrolment, now=now) is not None
    return count


def _chunks(enrolments: QuerySet[Enrolment]) -> Iterator[dict[str, int]]:
    keys = list(enrolments.values_list("uuid", "user_id"))
    for start in range(0, len(keys), CHUNK):
        yield {str(uuid): user for uuid, user in keys[start:start + CHUNK]}


def _unrecorded(people: dict[str, int]) -> list[tuple[Attempt, Enrolment]]:
    """Return marked attempts of these enrolments (context: person) whose result stands on no quiz page of theirs."""
    attempts = list(Attempt.objects.filter(user__in=set(people.values()), context__in=people, state=AttemptState.MARKED))
    if not attempts:
        return []
    enrolments = {str(one.uuid): one for one in Enrolment.objects.filter(uuid__in={attempt.context for attempt in attempts}).select_related("course")}
    shown = dict(QuizPage.objects.filter(quiz__in={attempt.quiz_id for attempt in attempts}).values_list("pk", "quiz_id"))
    best = {
        (enrolment, shown[page]): fraction for enrolment, page, fraction in
        StepRecord.objects.filter(enrolment__in=enrolments.values(), page__in=shown, best_fraction__isnull=False)
        .order_by("best_fraction").values_list("enrolment_id", "page_id", "best_fraction")}
    return [
        (attempt, enrolments[attempt.context]) for attempt in attempts
        if attempt.quiz_id in shown.values() and best.get((enrolments[attempt.context].pk, attempt.quiz_id), -1.0) < attempt.fraction]


def _uncounted(enrolments: QuerySet[Enrolment]) -> list[Enrolment]:
    """Return enrolments with more steps done than were counted, or with all of them counted and no completion. One query."""
    done = Count("records", filter=Q(records__read_at__isnull=False) | Q(records__passed_at__isnull=False))
    behind = Q(done__gt=F("steps_done")) | Q(steps_total__gt=0, steps_done__gte=F("steps_total"))
    return list(enrolments.annotate(done=done).filter(behind).select_related("course"))
