"""The clock of all machines jumps an hour ahead and, a moment later, back: what was closed or stamped meanwhile."""

import time
from datetime import timedelta

from bench.faults_scenes import Seen, answer, begun_attempt, signed_in, status_of, until
from bench.faults_site import Site
from bench.walk import Diary

HOUR = 3600
# Between these moments a walk may have been told that its time was over.
_wrong: list[tuple[float, float]] = []


def is_told(diary: Diary) -> bool:
    """Say whether a walk ended because the person was told that their time was over, while the clock was wrong."""
    is_meanwhile = any(began <= diary.ended <= ended for began, ended in _wrong)
    # A question that is closed shows no options to choose from.
    return is_meanwhile and (diary.error.startswith("IndexError") or " answered 4" in diary.error)


def wrong_clock(site: Site, options) -> Seen:
    """An hour ahead for a while, then back: no acknowledged answer is lost or outranked, nobody is locked out, nothing is done twice."""
    seen, began = Seen("clock an hour ahead, then back"), time.monotonic()
    site.take_clock()
    someone, slip = signed_in(site, -6), make_slip(site.emails[-7])
    place, _page = begun_attempt(someone)
    seen.expect(answer(someone, f"{place}1/luu/", 0)[0] == 200, "an answer before the jump was not taken")
    site.set_clock(HOUR)
    until(lambda: False, 6 if options.small else 60)
    late = answer(someone, f"{place}2/luu/", 0)
    site.set_clock(0)
    until(lambda: False, 3)
    _held(seen, place, late, again=answer(someone, f"{place}2/luu/", 1) if late[0] == 200 else None)
    seen.expect(status_of(someone, "GET", "/hoc-tap/")[0] == 200, "somebody was signed out")
    seen.expect(opens(site, slip), "a slip opens nothing any more")
    _duties(seen)
    _wrong.append((began, time.monotonic() + 30))
    _mark_late(seen, options)
    return seen


def _held(seen: Seen, place: str, late: tuple[int, str], again: tuple[int, str] | None) -> None:
    """Both answers stand where they were acknowledged; one that was given while the clock was ahead does not outrank what came after it."""
    from quizzes.models import Attempt

    attempt = Attempt.objects.get(uuid=place.split("/")[3])
    first, second = attempt.slots.order_by("position")[:2]
    seen.expect(bool(first.answer), "the answer from before the jump is gone")
    seen.lines.append(f"an attempt with an hour's limit is {attempt.state} after the jump; an answer during the jump: {late[0]}")
    if again is not None:
        options = [option["key"] for option in second.version.content["options"]]
        seen.expect((again[0] == 200 and second.answer == {"chosen": [options[1]]}) or '"is_newest": true' in again[1].lower(),
                    f"an answer after the jump does not count: {again[0]} {again[1][:200]}")


def make_slip(email: str) -> str:
    from django.utils import timezone

    from accounts.models import User
    from accounts.services.slips import make_slips

    person = User.objects.get(email=email)
    [made] = make_slips(people=[person.pk], by=person, now=timezone.now(), kind="reset")
    return made.code


def opens(site: Site, code: str) -> bool:
    """Say whether the door for slips takes this code."""
    from django.utils import timezone

    from accounts.services.slips import look_up_slip

    return look_up_slip(code=code, now=timezone.now()).slip is not None


def _duties(seen: Seen) -> None:
    """No duty may wait for an hour that will not come."""
    from django.utils import timezone

    from cms.models import Duty

    def waiting() -> list[str]:
        ahead = timezone.now() + timedelta(minutes=30)
        return [name for name in Duty.objects.filter(next_at__gt=ahead).values_list("name", flat=True) if "forgotten" not in name and "removed" not in name]

    until(lambda: not waiting(), 15)
    seen.expect(not waiting(), f"duties wait for the wrong hour: {waiting()}")


def _mark_late(seen: Seen, options) -> None:
    """What was closed by the wrong clock waits for late answers at most until its grace is over: hand that moment in, and all have their marks."""
    from django.db import connections

    from quizzes.enums import AttemptState
    from quizzes.models import Attempt
    from quizzes.services import close_if_expired

    closed = list(Attempt.objects.filter(state=AttemptState.SUBMITTED, late_until__isnull=False))
    for attempt in closed:
        close_if_expired(attempt=attempt, now=attempt.late_until + timedelta(seconds=1))
    left = Attempt.objects.filter(state=AttemptState.SUBMITTED).count()
    seen.expect(not left, f"{left} attempts were closed and have no marks")
    seen.lines.append(f"{len(closed)} attempts were closed ahead of time and took late answers until their own deadline; all are marked then")
    connections.close_all()
