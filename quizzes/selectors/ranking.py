"""The ranking of a contest: who stands where, computed for everybody at once and kept for a few seconds."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import caches
from django.db.models import Avg, Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, FirstValue, Replace, RowNumber

from accounts.enums import ConsentPurpose
from accounts.selectors.consents import allows
from quizzes.codes import LOOKALIKES, alike, normalise
from quizzes.enums import AttemptState, Counting
from quizzes.models import Attempt, Quiz
from quizzes.querysets import Taker

PER_PAGE = 100
# How long one computation serves everybody, in seconds.
KEPT = 3
# After the end and its grace the clock still has to close attempts that nobody touches.
SETTLING = timedelta(minutes=2)


@dataclass(frozen=True)
class Rank:
    """A line of the ranking."""

    place: int
    name: str
    fraction: float
    seconds: int
    # Who it is: never shown.
    taker: str

    @property
    def clock(self) -> str:
        """The time taken, as minutes and seconds: "12:05"."""
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"


@dataclass(frozen=True)
class Ranking:
    ranks: list[Rank]
    # Names this state of the ranking: two equal ones look the same.
    digest: str
    is_final: bool = False

    def of(self, taker: Taker) -> Rank | None:
        """Return the taker's own line: the person's, else that of the session."""
        for key in _keys_of(taker):
            if found := next((rank for rank in self.ranks if rank.taker == key), None):
                return found
        return None


def contest_by_code(typed: str) -> Quiz | None:
    """Return the published contest of this code, however it was typed; of codes that look alike, the one that was typed. One query."""
    code = normalise(typed)
    if not code:
        return None
    written = F("join_code")
    for letter, digit in LOOKALIKES.items():
        written = Replace(written, Value(letter), Value(digit))
    found = list(Quiz.objects.contests().annotate(written=written).filter(written=alike(code)).order_by("pk"))
    return next((quiz for quiz in found if quiz.join_code == code), found[0] if found else None)


def ranking_of(quiz: Quiz, *, now: datetime) -> Ranking:
    """Return the ranking as it was computed last, at most KEPT seconds ago. One query when it is computed, else none.

    The slot of time is part of the key, so that no lock is needed and no process lags behind: two who find nothing compute the same.
    """
    key = f"ranking:{quiz.pk}:{quiz.counting}:{int(now.timestamp()) // KEPT}"
    ranks, digest = caches["pages"].get(key) or (None, "")
    if ranks is None:
        ranks = _computed(quiz)
        digest = hashlib.sha256(repr(ranks).encode()).hexdigest()[:16]
        caches["pages"].set(key, (ranks, digest), 2 * KEPT)
    return Ranking(ranks, digest, is_settled(quiz, now=now))


def is_settled(quiz: Quiz, *, now: datetime) -> bool:
    """Whether the contest is over for good: closed, and no answer is on its way any more."""
    return quiz.closes_at is not None and now >= quiz.closes_at + timedelta(seconds=quiz.grace_seconds) + SETTLING


def _computed(quiz: Quiz) -> list[Rank]:
    found: list[Rank] = []
    for position, row in enumerate(_counting_attempts(quiz).values_list("counted", "counted_seconds", "name", "user_id", "visitor"), start=1):
        fraction, seconds, name, user, visitor = float(row[0]), int(row[1]), *row[2:]
        is_tie = found and (found[-1].fraction, found[-1].seconds) == (fraction, seconds)
        found.append(Rank(found[-1].place if is_tie else position, name, fraction, seconds, _key(user, visitor)))
    return found


def _counting_attempts(quiz: Quiz) -> QuerySet[Attempt]:
    """Return one row a taker: the attempt that counts, best first.

    Only marked attempts stand here; one that still takes late answers or waits for a marker comes in when it is marked. Of the taker's names
    the newest is shown, and none of whoever does not agree to be named (`accounts.selectors.consents.allows`).
    """
    each = [F("user"), F("visitor")]
    mine = Attempt.objects.filter(quiz=quiz, context="", state=AttemptState.MARKED)
    seconds = Coalesce(F("seconds_taken"), 0)
    is_average = quiz.counting == Counting.AVERAGE
    mine = mine.annotate(
        turn=Window(RowNumber(), partition_by=each, order_by=_order_by(quiz.counting)),
        typed=Window(FirstValue("shown_name"), partition_by=each, order_by=[F("number").desc()]),
        counted=Window(Avg("fraction"), partition_by=each) if is_average else F("fraction"),
        counted_seconds=Window(Avg(seconds), partition_by=each) if is_average else Coalesce(F("seconds_taken"), 0, output_field=IntegerField()))
    named = Case(When(Q(user=None) | allows(ConsentPurpose.RANKING, "user"), then=F("typed")), default=Value(""))
    return mine.filter(turn=1).annotate(name=named).order_by("-counted", "counted_seconds", "submitted_at", "pk")


def _order_by(counting: str) -> list[OrderBy]:
    match counting:
        case Counting.FIRST:
            return [F("number").asc()]
        case Counting.LATEST | Counting.AVERAGE:
            return [F("number").desc()]
        case _:
            return [F("fraction").desc(), F("seconds_taken").asc(), F("number").asc()]


def _key(user: int | None, visitor: str) -> str:
    return f"user:{user}" if user else f"visitor:{visitor}"


def _keys_of(taker: Taker) -> Iterable[str]:
    if taker.user:
        yield _key(taker.user.pk, "")
    if taker.visitor:
        yield _key(None, taker.visitor)
