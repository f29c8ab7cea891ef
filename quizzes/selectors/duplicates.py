"""Reads of questions that say the same: equal stems but for case, diacritics, spaces and punctuation."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Window
from django.db.models.functions import RowNumber

from quizzes.freezing import put_words
from quizzes.models import AttemptSlot, Question
from quizzes.selectors.versions import Line, lines_of_question

PER_PAGE = 20
# Of one group; whoever imported the same file fifty times archives them in turns.
SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class Twin:
    """One question of a group, with what it asks and how often it was asked."""

    question: Question
    lines: list[Line]
    asked: int


@dataclass(frozen=True)
class Group:
    """Questions with the same stem, earliest first."""

    twins: list[Twin]
    count: int

    @property
    def stem(self) -> str:
        return self.twins[0].question.stem_text

    @property
    def hidden(self) -> int:
        return self.count - len(self.twins)


@dataclass(frozen=True)
class DuplicatesPage:
    page: Page
    groups: list[Group]


def duplicates(number: str | int | None) -> DuplicatesPage:
    """Return one page of the groups of questions with the same stem, those with the newest question first; archived ones do not count.

    Four queries, however many groups there are and whatever they hold.
    """
    digests = (
        Question.objects.kept().exclude(stem_digest="").order_by().values("stem_digest").annotate(count=Count("pk"), newest=Max("pk"))
        .filter(count__gt=1).order_by("-newest"))
    page = Paginator(digests, PER_PAGE).get_page(number)
    counts = {row["stem_digest"]: row["count"] for row in page.object_list}
    by_digest: dict[str, list[Question]] = defaultdict(list)
    place = Window(RowNumber(), partition_by=F("stem_digest"), order_by=F("pk").asc())
    first = Question.objects.kept().filter(stem_digest__in=list(counts)).annotate(place=place).filter(place__lte=SHOWN_AT_MOST)
    for question in first.select_related("category", "version").order_by("pk"):
        by_digest[question.stem_digest].append(question)
    asked = asked_counts([question.pk for questions in by_digest.values() for question in questions])
    return DuplicatesPage(page, [
        Group([Twin(question, lines_of_question(question), asked.get(question.pk, 0)) for question in by_digest[digest]], count)
        for digest, count in counts.items()])


def asked_counts(keys: list[int]) -> dict[int, int]:
    """Return how often each of these questions was asked, in any attempt; those never asked are left out. One query."""
    slots = AttemptSlot.objects.filter(version__question__in=keys).order_by().values("version__question")
    return dict(slots.annotate(count=Count("pk")).values_list("version__question", "count"))


def twins_of(question: Question) -> list[Question]:
    """Return at most five other questions with the same stem as this one has in memory, draft or not. One query."""
    now = Question(code=question.code)
    now.content = question.content
    put_words(now)
    if not now.stem_digest:
        return []
    return list(Question.objects.kept().filter(stem_digest=now.stem_digest).exclude(pk=question.pk).only("code", "stem_text", "uuid").order_by("pk")[:5])
