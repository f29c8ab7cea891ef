"""How many questions a quiz would ask today, for one or for a whole list at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef

from quizzes.models import Category, Question, Quiz, TaggedQuestion
from quizzes.querysets import day_of
from quizzes.selectors.bank import categories_of, fixed_items, tags_of

# What a pool is made of: (category, difficulty) of its questions.
Shelf = tuple[int, str]


def question_counts_of(quizzes: Iterable[Quiz], *, now: datetime) -> dict[int, int]:
    """Return, by id of the quiz, how many questions an attempt begun now would have. At most four queries, however many quizzes there are."""
    sections = {quiz.pk: list(quiz.sections.raw_data) for quiz in quizzes}
    fixed = {key: {item["question"] for section in parts for item in fixed_items(section)} for key, parts in sections.items()}
    wanted = set().union(*fixed.values())
    live, drawable = _named(wanted, day_of(now)) if wanted else ({}, {})
    draws = {key: [section["value"] for section in parts if section["type"] == "draw"] for key, parts in sections.items()}
    bank = _Bank([value for values in draws.values() for value in values], day_of(now))
    return {
        key: len(fixed[key] & live.keys()) + sum(
            bank.size_of(value, {one: drawable[one] for one in fixed[key] & drawable.keys()}) for value in draws[key])
        for key in sections
    }


def _named(keys: set[int], day: date) -> tuple[dict[int, Shelf], dict[int, Shelf]]:
    """Return the published ones of these questions with their shelves, and those of them that chance could take as well. One query."""
    could = Question.objects.drawable(day).filter(pk=OuterRef("pk"))
    rows = list(Question.objects.live().filter(pk__in=keys).annotate(could=Exists(could)).values_list("pk", "category", "difficulty", "could"))
    return {key: tuple(shelf) for key, *shelf, _could in rows}, {key: tuple(shelf) for key, *shelf, could in rows if could}


def question_count_of(quiz: Quiz, *, now: datetime) -> int:
    """Return how many questions an attempt begun now would have. At most four queries.

    Where drawn sections overlap and their bank is short, it may be fewer.
    """
    return question_counts_of([quiz], now=now)[quiz.pk]


class _Bank:
    """The sizes of the bank's shelves, as far as some drawn sections ask for them."""

    def __init__(self, draws: list[dict], day: date) -> None:
        self.paths = dict(Category.objects.values_list("pk", "path")) if draws else {}
        below = {key for draw in draws for key in categories_of(draw, self.paths)}
        rows = Question.objects.drawable(day).filter(category__in=below).order_by().values_list("category", "difficulty").annotate(Count("pk"))
        self.sizes: dict[Shelf, int] = {(category, difficulty): size for category, difficulty, size in rows} if draws else {}
        self.tagged: dict[str, dict[int, Shelf]] = defaultdict(dict)
        if tags := {tag for draw in draws for tag in tags_of(draw)}:
            found = TaggedQuestion.objects.filter(tag__name__in=tags, content_object__in=Question.objects.drawable(day))
            for tag, key, *shelf in found.values_list("tag__name", "content_object", "content_object__category", "content_object__difficulty"):
                self.tagged[tag][key] = tuple(shelf)

    def size_of(self, draw: dict, without: dict[int, Shelf]) -> int:
        """Return how many questions the section gets, those left out that the quiz names itself."""
        below, difficulty = categories_of(draw, self.paths), draw.get("difficulty")

        def fits(shelf: Shelf) -> bool:
            return shelf[0] in below and (not difficulty or shelf[1] == difficulty)

        if tags := tags_of(draw):
            size = len({key for tag in tags for key, shelf in self.tagged[tag].items() if fits(shelf)} - without.keys())
        else:
            size = sum(count for shelf, count in self.sizes.items() if fits(shelf)) - sum(fits(shelf) for shelf in without.values())
        return min(int(draw["count"]), size)
