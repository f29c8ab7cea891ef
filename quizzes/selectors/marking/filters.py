"""What the list of attempts can be narrowed to, and what there is to choose from."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib.auth.models import Group
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from quizzes.enums import AttemptState, MarkingState, Settling
from quizzes.grading.receipts import tidy_code
from quizzes.models import Attempt, AttemptSlot, HandMark, Question, Quiz
from quizzes.selectors.marking.blind import IS_BLIND, has_code
from vietnamese.text import search_key

# Of people without an account a search finds so many names at most.
VISITORS_FOUND = 200

STANDS = {
    MarkingState.WAITING: Q(state=AttemptState.SUBMITTED, late_until__isnull=True),
    MarkingState.LATE: Q(state=AttemptState.SUBMITTED, late_until__isnull=False),
    MarkingState.MARKED: Q(state=AttemptState.MARKED),
}
WAITS = Q(fraction__isnull=True) & ~Q(answer={})
_TWO = Q(attempt__quiz__needs_second_marker=True)
# Of answers that know how many people have marked them (`with_markers`).
WAITS_FOR = {
    Settling.FIRST: WAITS & (~_TWO | Q(markers=0)),
    Settling.SECOND: WAITS & _TWO & Q(markers=1),
    Settling.DECISION: WAITS & _TWO & Q(markers__gt=1),
}


def may_mark(user) -> bool:
    """Say whether the person has any business with other people's attempts. At most two queries."""
    return user.is_authenticated and (user.has_perm("quizzes.mark_attempt") or user.has_perm("quizzes.view_every_attempt"))


def quizzes_to_mark(user) -> QuerySet[Quiz]:
    """Return the quizzes whose attempts the person may see, by title."""
    return Quiz.objects.marked_by(user).order_by("title", "pk")


def questions_to_mark(user, quiz: Quiz | None, chosen: UUID | None) -> QuerySet[Question]:
    """Return the questions that wait for a person in the attempts that this one may see, and the chosen one if it was asked there."""
    attempts = Attempt.objects.markable_by(user)
    attempts = attempts.filter(quiz=quiz) if quiz else attempts
    waiting = AttemptSlot.objects.filter(WAITS, attempt__in=attempts.filter(state=AttemptState.SUBMITTED).values("pk"))
    wanted = Q(pk__in=waiting.values("version__question"))
    if chosen:
        asked = AttemptSlot.objects.filter(version__question__uuid=chosen, attempt__in=Attempt.objects.markable_by(user).values("pk"))
        wanted |= Q(uuid=chosen) & Q(Exists(asked))
    return Question.objects.filter(wanted).only("uuid", "code", "stem_text").order_by("stem_text", "pk")


def groups_to_mark(user) -> QuerySet[Group]:
    """Return the classes that somebody belongs to who took a quiz that this person marks, by name."""
    return Group.objects.filter(Exists(Attempt.objects.markable_by(user).filter(user__groups=OuterRef("pk")))).order_by("name")


@dataclass(frozen=True)
class Filters:
    """What the list was asked for; days are those on which attempts were handed in."""

    q: str = ""
    quiz: Quiz | None = None
    question: Question | None = None
    group: Group | None = None
    state: str = ""
    waits: str = ""
    passed: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def params(self) -> dict[str, str]:
        """The same as parts of an address; what is empty is left out."""
        parts = {
            "q": self.q, "quiz": str(self.quiz.uuid) if self.quiz else "", "question": str(self.question.uuid) if self.question else "",
            "group": self.group.name if self.group else "", "state": self.state, "waits": self.waits, "passed": self.passed,
            "since": f"{self.since:%d/%m/%Y}" if self.since else "", "until": f"{self.until:%d/%m/%Y}" if self.until else "",
        }
        return {name: value for name, value in parts.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.params)


def asked_for(attempts: QuerySet[Attempt], filters: Filters) -> QuerySet[Attempt]:
    """Keep the attempts that fit the filters."""
    if filters.quiz:
        attempts = attempts.filter(quiz=filters.quiz)
    if filters.state:
        attempts = attempts.filter(STANDS[MarkingState(filters.state)])
    if filters.passed:
        attempts = attempts.filter(passed=filters.passed == "yes")
    if filters.since:
        attempts = attempts.filter(submitted_at__gte=_midnight(filters.since))
    if filters.until:
        attempts = attempts.filter(submitted_at__lt=_midnight(filters.until + timedelta(days=1)))
    if filters.group:
        attempts = attempts.filter(user__groups=filters.group)
    if filters.waits:
        attempts = attempts.filter(STANDS[MarkingState.WAITING])
    if filters.question or filters.waits:
        attempts = attempts.filter(Exists(answers_asked_for(filters).filter(attempt=OuterRef("pk"))))
    return attempts.filter(_matches(attempts, filters.q)) if filters.q else attempts


def answers_asked_for(filters: Filters) -> QuerySet[AttemptSlot]:
    """Return the answers that the filters speak of: those to one question, or all; those that wait for one thing, or all."""
    answers = with_markers(AttemptSlot.objects.all())
    if filters.question:
        answers = answers.filter(version__question=filters.question)
    return answers.filter(WAITS_FOR[Settling(filters.waits)]) if filters.waits else answers


def with_markers(answers: QuerySet[AttemptSlot]) -> QuerySet[AttemptSlot]:
    """Add to each answer how many people have marked it beside each other, as `markers`."""
    given = HandMark.objects.filter(slot=OuterRef("pk"), decides=False).order_by().values("slot").annotate(count=Count("by", distinct=True))
    return answers.annotate(markers=Coalesce(Subquery(given.values("count")), 0))


def waits_for_person(user) -> Q:
    """Match the answers that this person can do something about: of two markers nobody is both, nor the one who decides."""
    theirs = HandMark.objects.filter(slot=OuterRef("pk"), by=user, decides=False)
    return WAITS & (~_TWO | ~Q(Exists(theirs)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _matches(attempts: QuerySet[Attempt], text: str) -> Q:
    """Match the taker by words of name, e-mail and telephone number, without diacritics; or a receipt by its code.

    Attempts that are marked blind are found by their number only.
    """
    words = search_key(text).split()
    if not words:
        return Q(pk__in=[])
    names = attempts.filter(~IS_BLIND, user=None).order_by().values_list("shown_name", flat=True).distinct()
    visitors = [name for name in names if name and all(word in search_key(name) for word in words)][:VISITORS_FOUND]
    known = Q(user__in=User.objects.named(text).values("pk")) | Q(receipt_code=tidy_code(text)) | Q(user=None, shown_name__in=visitors)
    return ~IS_BLIND & known | has_code(text)
