"""Reads for takers outside courses: the list of quizzes with where they stand, and what they have done by category."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.utils.text import slugify

from quizzes.enums import AttemptState
from quizzes.grading.review import shown_at
from quizzes.models import Attempt, AttemptSlot, Category, Quiz
from quizzes.querysets import Taker
from quizzes.selectors.results import shown_to_taker
from quizzes.selectors.sizes import question_counts_of
from quizzes.selectors.standing import Result, counting_results
from vietnamese.text import fold, search_key

# A mark this close to the whole is the whole: fractions are floats.
WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Shelved:
    """A quiz of the list, with where its reader stands."""

    quiz: Quiz
    question_count: int
    made: int = 0
    open_attempt: Attempt | None = None
    # The result that counts, as far as it may be shown.
    best: Result | None = None
    opens_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def attempts_left(self) -> int | None:
        return max(0, self.quiz.attempts_allowed - self.made) if self.quiz.attempts_allowed else None

    @property
    def limit_minutes(self) -> int | None:
        return -(-self.quiz.time_limit_seconds // 60) if self.quiz.time_limit_seconds else None


@dataclass(frozen=True)
class Place:
    """A category in its tree. Its slug is made of the names down to it: people read it in the address."""

    category: Category
    names: tuple[str, ...]

    @property
    def slug(self) -> str:
        return "--".join(slugify(fold(name)) for name in self.names)

    @property
    def depth(self) -> int:
        return len(self.names)

    @property
    def whole_name(self) -> str:
        return " › ".join(self.names)


@dataclass(frozen=True)
class Group:
    """The quizzes of one category; without a place, those that have none."""

    place: Place | None
    rows: list[Shelved]


@dataclass(frozen=True)
class ShelfPage:
    groups: list[Group]
    # The categories that the list can be narrowed to.
    places: list[Place]
    chosen: Place | None = None

    @property
    def count(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def places_in_tree() -> dict[int, Place]:
    """Return every category with the names above it, by id, in the order of the tree. One query."""
    names: dict[str, tuple[str, ...]] = {}
    places = {}
    for category in Category.objects.order_by("path"):
        names[category.path] = (*names.get(category.path[:-Category.steplen], ()), category.name)
        places[category.pk] = Place(category, names[category.path])
    return places


def shelf_of(user, *, text: str = "", slug: str = "", now: datetime) -> ShelfPage:
    """Return the listed quizzes by category, narrowed to words of their title or category and to one category with those below it.

    Diacritics, case and the place of tone marks do not matter. At most eight queries, however many quizzes there are.
    """
    places = places_in_tree()
    quizzes = list(Quiz.objects.listed().defer("introduction", "success_text", "failure_text").order_by("title", "pk"))
    used = _with_those_above(places, {quiz.category_id for quiz in quizzes})
    chosen = next((place for place in used if place.slug == slug), None) if slug else None
    kept = [quiz for quiz in quizzes if _is_below(places.get(quiz.category_id), chosen) and _matches(quiz, places.get(quiz.category_id), text)]
    rows = _with_standing(kept, user, now)
    by_category: dict[int | None, list[Shelved]] = defaultdict(list)
    for row in rows:
        by_category[row.quiz.category_id].append(row)
    shown = {place.category.pk for place in _with_those_above(places, by_category)}
    groups = [Group(place, by_category.get(key, [])) for key, place in places.items() if key in shown]
    return ShelfPage(groups + ([Group(None, by_category[None])] if None in by_category else []), used, chosen)


def _with_those_above(places: dict[int, Place], keys: Iterable[int | None]) -> list[Place]:
    paths = [places[key].category.path for key in keys if key in places]
    return [place for place in places.values() if any(path.startswith(place.category.path) for path in paths)]


def _is_below(place: Place | None, chosen: Place | None) -> bool:
    return chosen is None or (place is not None and place.category.path.startswith(chosen.category.path))


def _matches(quiz: Quiz, place: Place | None, text: str) -> bool:
    key = search_key(f"{quiz.title} {place.whole_name if place else ''}")
    return all(word in key for word in search_key(text).split())


def _with_standing(quizzes: list[Quiz], user, now: datetime) -> list[Shelved]:
    counts, made = question_counts_of(quizzes, now=now) if quizzes else {}, defaultdict(list)
    attempts = Attempt.objects.visible_to(user).filter(quiz__in=quizzes, context="").order_by("number") if quizzes else []
    known = {quiz.pk: quiz for quiz in quizzes}
    for attempt in attempts:
        made[attempt.quiz_id].append(_with(attempt, known[attempt.quiz_id]))
    results = counting_results(user, "") if made else {}
    return [
        Shelved(
            quiz, counts[quiz.pk], len(made[quiz.pk]),
            next((attempt for attempt in made[quiz.pk] if attempt.state == AttemptState.IN_PROGRESS), None),
            showable(results.get(quiz.pk), made[quiz.pk], now=now),
            quiz.opens_at if quiz.opens_at and quiz.opens_at > now else None, quiz.closes_at if quiz.is_closed(now) else None)
        for quiz in quizzes
    ]


def showable(result: Result | None, attempts: Iterable[Attempt], *, now: datetime) -> Result | None:
    """Return the result if its taker may see the mark of the attempt it stands for, else None. No query."""
    if result is None:
        return None
    attempt = next((attempt for attempt in attempts if attempt.uuid == result.uuid), None)
    return result if attempt and shown_to_taker(attempt, now=now).mark else None


@dataclass(frozen=True)
class CategoryProgress:
    """What was asked of a category and those below it, and how much of it was right."""

    place: Place
    asked: int
    right: int

    @property
    def right_fraction(self) -> float:
        return self.right / self.asked


@dataclass(frozen=True)
class PastPaper:
    """A finished attempt in the list of past papers."""

    attempt: Attempt
    shows_mark: bool
    # Where nothing but the mark is told, the share of a category with one question would tell of that question.
    shows_categories: bool

    @classmethod
    def of(cls, attempt: Attempt, now: datetime) -> "PastPaper":
        shows = shown_to_taker(attempt, now=now)
        shows_mark = attempt.state == AttemptState.MARKED and shows.mark
        explains = shows.questions or any(shown_at(attempt.shown, moment).questions for moment in ("after_pass", "after_failure"))
        return cls(attempt, shows_mark, shows_mark and explains)


@dataclass(frozen=True)
class ProgressPage:
    categories: list[CategoryProgress] = field(default_factory=list)
    papers: list[PastPaper] = field(default_factory=list)


def papers_of(quiz: Quiz, taker: Taker, *, now: datetime) -> list[PastPaper]:
    """Return a taker's attempts at one quiz outside courses, also those begun in this session before signing in. One query."""
    attempts = Attempt.objects.taken_by(taker).filter(quiz=quiz, context="").order_by("started_at", "pk")
    return [PastPaper.of(_with(attempt, quiz), now) for attempt in attempts]


def _with(attempt: Attempt, quiz: Quiz) -> Attempt:
    attempt.quiz = quiz
    return attempt


def progress_of(taker: Taker, *, now: datetime) -> ProgressPage:
    """Return what a taker has done by category, and their finished attempts, latest first. Three queries.

    Categories are counted over the attempts whose result names topics: no share tells what a result keeps back. A question counts where it
    stands in the bank today, so renaming or moving a category loses nothing.
    """
    attempts = Attempt.objects.taken_by(taker).finished().select_related("quiz").order_by("-submitted_at", "-pk")
    attempts = attempts.defer("quiz__sections", "quiz__introduction", "quiz__success_text", "quiz__failure_text")
    papers = [PastPaper.of(one, now) for one in attempts]
    shown = [paper.attempt.pk for paper in papers if paper.shows_categories]
    return ProgressPage(_by_category(shown) if shown else [], papers)


def _by_category(attempts: list[int]) -> list[CategoryProgress]:
    slots = AttemptSlot.objects.filter(attempt__in=attempts, max_points__gt=0).order_by().values_list("version__question__category")
    rows = {key: (asked, right) for key, asked, right in slots.annotate(asked=Count("pk"), right=Count("pk", filter=Q(fraction__gte=WHOLE)))}
    places = places_in_tree()
    found = []
    for place in _with_those_above(places, rows):
        below = [counts for key, counts in rows.items() if places[key].category.path.startswith(place.category.path)]
        found.append(CategoryProgress(place, sum(asked for asked, _right in below), sum(right for _asked, right in below)))
    return found
