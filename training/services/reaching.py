"""Reaching those who are missing from a target: enrolling them, reminding them, at once or in the background.

Keeps true: nobody is enrolled or reminded who is not of the units that the asker manages today, and nobody is reminded of the same target
twice within PAUSE. Two who ask at once wait for each other at the target.
"""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts.enums import Act, ConsentPurpose
from accounts.models import User
from accounts.selectors.consents import allows
from accounts.services import note_many
from certificates.services.outbox import is_unproved
from courses.models import CoursePage
from courses.selectors import outline_of
from learning.enums import Source
from learning.selectors.done import completions_by, studies_by
from learning.services import LearningError, enrol_many
from training.enums import Match, ReminderState
from training.models import Reminder, Target
from training.selectors.coverage import people_in_state
from training.services.errors import NoOpenCourse, TooManyAtOnce
from unions.models import Post, Unit

AT_ONCE = 500
CHUNK = 500
PAUSE = timedelta(days=3)
# How long somebody may come back and look at what became of it.
TOLD_FOR = 24 * 3600

Tell = Callable[[int, int], object]


@dataclass
class Reached:
    """What came of it, in people."""

    people: int = 0
    # Enrolled or reminded just now.
    reached: int = 0
    # Enrolled before; nothing was to be done.
    standing: int = 0
    # Reminded of this target within PAUSE.
    lately: int = 0
    # Reminded on the home page only: there is no address that is known to be theirs.
    without_address: int = 0
    # Of units that the asker does not manage today, or whose account is closed.
    elsewhere: int = 0

    def add(self, other: "Reached") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def enrol_missing(
    *, target: Target, unit: Unit, on: date, tree: str, by: User, now: datetime, at_most: int | None = None, tell: Tell = lambda done, total: None,
) -> Reached:
    """Enrol whoever is missing from the target in the unit and below in its courses that are open; of "any one of them" in the first.

    500 in one transaction, under the lock of the target; courses that somebody has done already are left out. Safe to call twice.

    :param at_most: refuse beyond so many people, because somebody waits.
    :raises NoOpenCourse: when none of the target's courses is open and has lessons.
    :raises TooManyAtOnce: when there are more; then ask for it in the background (`begin_reaching`).
    """
    courses = [course for course in target.courses.order_by("path") if course.live and outline_of(course).steps]
    if not courses:
        raise NoOpenCourse
    wanted = courses[:1] if target.match == Match.ANY else courses
    return _reach(_missing(target, unit, on, tree, now, at_most), target, by, now, tell, lambda people: _enrol(people, wanted, target, by, now))


def remind_missing(
    *, target: Target, unit: Unit, on: date, tree: str, by: User, now: datetime, at_most: int | None = None, tell: Tell = lambda done, total: None,
) -> Reached:
    """Remind whoever is missing from the target in the unit and below: on their home page, and by a letter where there is an address.

    Sends nothing itself: the letters wait in the outbox (`training.services.reminding.send_reminders`). Else as `enrol_missing`.

    :raises TooManyAtOnce: as there.
    """
    return _reach(_missing(target, unit, on, tree, now, at_most), target, by, now, tell, lambda people: _remind(people, target, by, now))


def _missing(target: Target, unit: Unit, on: date, tree: str, now: datetime, at_most: int | None) -> list[int]:
    people = people_in_state(target=target, unit=unit, on=on, tree=tree, state="missing", now=now)
    if at_most is not None and len(people) > at_most:
        raise TooManyAtOnce(len(people))
    return people


def _reach(people: list[int], target: Target, by: User, now: datetime, tell: Tell, act: Callable[[list[int]], Reached]) -> Reached:
    outcome = Reached()
    tell(0, len(people))
    for start in range(0, len(people), CHUNK):
        chunk = people[start:start + CHUNK]
        with transaction.atomic():
            Target.objects.select_for_update().get(pk=target.pk)
            mine = _managed(chunk, by, now)
            outcome.add(Reached(people=len(chunk), elsewhere=len(chunk) - len(mine)))
            outcome.add(act(mine))
        tell(min(start + CHUNK, len(people)), len(people))
    return outcome


def _managed(people: list[int], by: User, now: datetime) -> list[int]:
    """Keep whom the asker manages today: a former day's list may hold people who have left since."""
    active = User.objects.filter(pk__in=people, is_active=True)
    if not by.is_superuser:
        posts = Post.objects.on(timezone.localdate(now)).filter(user__in=people, unit__in=Unit.objects.managed_by(by))
        active = active.filter(pk__in=posts.values("user"))
    return list(active.order_by("pk").values_list("pk", flat=True))


def _enrol(people: list[int], courses: list[CoursePage], target: Target, by: User, now: datetime) -> Reached:
    new: set[int] = set()
    for course in courses:
        done = _who_did(people, course, target, now)
        try:
            enrolled = enrol_many(people=[pk for pk in people if pk not in done], course=course, now=now, source=Source.OFFICE)
        except LearningError:
            # Closed or emptied just now: the others are begun meanwhile.
            continue
        note_many(about=enrolled, act=Act.ENROLLED, by=by, now=now, subject=course.title)
        new.update(enrolled)
    return Reached(reached=len(new), standing=len(people) - len(new))


def _who_did(people: Collection[int], course: CoursePage, target: Target, now: datetime) -> set[int]:
    on = timezone.localdate(now)
    completed = completions_by([course.pk], on, target.since).filter(enrolment__user__in=people).values_list("enrolment__user", flat=True)
    return {*completed, *studies_by([course.pk], on, target.since).filter(user__in=people).values_list("user", flat=True)}


def _remind(people: list[int], target: Target, by: User, now: datetime) -> Reached:
    lately = set(Reminder.objects.filter(target=target, at__gt=now - PAUSE, user__in=people).values_list("user", flat=True))
    rest = User.objects.filter(pk__in=[pk for pk in people if pk not in lately]).annotate(
        is_unproved=is_unproved(), agrees=allows(ConsentPurpose.REMINDERS)).order_by("pk")
    reminders = [
        _reminder(pk, "" if unproved or not agrees else email or "", target, by, now)
        for pk, email, unproved, agrees in rest.values_list("pk", "email", "is_unproved", "agrees")]
    Reminder.objects.bulk_create(reminders, batch_size=CHUNK)
    note_many(about=[row.user_id for row in reminders], act=Act.REMINDED, by=by, now=now, subject=target.title)
    return Reached(reached=len(reminders), lately=len(lately), without_address=sum(not row.address for row in reminders))


def _reminder(user_id: int, address: str, target: Target, by: User, now: datetime) -> Reminder:
    state = ReminderState.WAITING if address else ReminderState.SHOWN
    return Reminder(user_id=user_id, target=target, by=by, at=now, address=address, state=state, due_at=now)


# In the background

KINDS: dict[str, Callable[..., Reached]] = {"enrol": enrol_missing, "remind": remind_missing}


def begin_reaching(*, kind: str, by: User) -> UUID:
    """Note that somebody asked for it in the background, and return the key under which they see how far it is; the task `reach` does the work."""
    key = uuid4()
    _tell(key, {"by": by.pk, "kind": kind, "state": "waiting", "done": 0, "total": 0})
    return key


def reach(*, key: UUID, kind: str, target: Target, unit: Unit, on: date, tree: str, by: User, now: datetime) -> Reached:
    """Do what was asked for, telling how far it is. What is stopped in the middle stays done, and asking again does the rest."""
    told = {"by": by.pk, "kind": kind, "state": "running", "done": 0, "total": 0}
    try:
        outcome = KINDS[kind](
            target=target, unit=unit, on=on, tree=tree, by=by, now=now,
            tell=lambda done, total: _tell(key, told | {"done": done, "total": total}))
    except BaseException:
        _tell(key, told | {"state": "failed"})
        raise
    _tell(key, told | {"state": "done", "done": outcome.people, "total": outcome.people, "outcome": asdict(outcome)})
    return outcome


def how_far(key: UUID, user: User) -> dict | None:
    """Return how far it is, for whoever asked for it; None for others, and a day later."""
    told = cache.get(f"reaching:{key}")
    return told if told and told["by"] == user.pk else None


def _tell(key: UUID, told: dict) -> None:
    cache.set(f"reaching:{key}", told, TOLD_FOR)
