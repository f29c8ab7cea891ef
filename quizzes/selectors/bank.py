"""Reads of the bank: which questions chance may take, and what is in use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

from django.db import router
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    IntegerField,
    ProtectedError,
    QuerySet,
    RestrictedError,
    Value,
    When,
)
from django.db.models.deletion import Collector
from django.db.models.functions import Cast, Mod

from quizzes.models import AttemptSlot, Category, Question, Quiz
from quizzes.querysets import Taker


@dataclass(frozen=True)
class Lot:
    """A question that a drawn section may get. The smaller its rank, the earlier its turn."""

    question: int
    is_met: bool
    rank: int


# A prime above every id that we shall ever give; small enough for a product of two to fit in 64 bits.
_PRIME = 2_147_483_647


def lots_of(sections: list[dict], *, taker: Taker, seed: int, day: date, without: Iterable[int] = ()) -> dict[int, list[Lot]]:
    """Return, by number of the drawn section, enough questions to fill it even if the other sections take the same ones. Two queries.

    On `day` in Vietnam: what was archived or rests on law that has ended by then is left out.

    The turn of a question is (id × a + b) mod p with a and b from the seed: every question has the same chance, any two are independent
    (Carter and Wegman, Universal classes of hash functions, 1979), and the database sorts without reading the bank into memory.
    """
    draws = [(number, section["value"]) for number, section in enumerate(sections) if section["type"] == "draw"]
    if not draws:
        return {}
    random, pools = Random(seed), _pools([value for _number, value in draws], day)  # noqa: S311
    without = set(without)
    spare, queries = len(without), []
    for (number, value), pool in zip(draws, pools, strict=True):
        turn = _turn(random.randrange(1, _PRIME), random.randrange(_PRIME))
        first = pool.exclude(pk__in=without).annotate(is_met=_is_met(taker), rank=turn).order_by("is_met", "rank")
        count = int(value["count"])
        if len(draws) == 1:
            queries.append(first.annotate(section=Value(number)).values_list("section", "pk", "is_met", "rank")[:count + spare])
            break
        # SQLite takes no LIMIT in the parts of a union, but in what they are taken from.
        lots = Question.objects.filter(pk__in=first.values("pk")[:count + spare])
        queries.append(lots.annotate(section=Value(number), is_met=_is_met(taker), rank=turn).values_list("section", "pk", "is_met", "rank"))
        spare += count
    found: dict[int, list[Lot]] = {}
    for number, key, is_met, rank in queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]:
        found.setdefault(number, []).append(Lot(key, bool(is_met), rank))
    return found


def _turn(a: int, b: int) -> Mod:
    number = Cast(F("pk"), BigIntegerField()) * Value(a, output_field=BigIntegerField()) + Value(b, output_field=BigIntegerField())
    return Mod(number, Value(_PRIME, output_field=BigIntegerField()), output_field=BigIntegerField())


def _pools(values: list[dict], day: date) -> list[QuerySet[Question]]:
    """Return, for each drawn section, the questions from which it draws. One query, for the tree of categories."""
    paths = dict(Category.objects.values_list("pk", "path"))
    return [_pool(value, paths, day) for value in values]


def _pool(value: dict, paths: dict[int, str], day: date) -> QuerySet[Question]:
    pool = Question.objects.drawable(day).filter(category__in=categories_of(value, paths))
    if difficulty := value.get("difficulty"):
        pool = pool.filter(difficulty=difficulty)
    tags = tags_of(value)
    return pool.tagged(tags) if tags else pool


def categories_of(value: dict, paths: dict[int, str]) -> set[int]:
    """Return the category that a drawn section names and those below it; `paths` are the tree's, by id. No query."""
    top = paths.get(value["category"])
    return {key for key, path in paths.items() if path.startswith(top)} if top else set()


def tags_of(value: dict) -> list[str]:
    """Return the tags of which a drawn section asks for one; none means any question."""
    return [tag.strip() for tag in (value.get("tags") or "").split(",") if tag.strip()]


def _is_met(taker: Taker) -> Case:
    # One list for the whole statement: a question by question look-up would read every attempt ever made.
    mine = {"attempt__user": taker.user} if taker.user else {"attempt__user": None, "attempt__visitor": taker.visitor}
    met = AttemptSlot.objects.filter(**mine).values("version__question")
    return Case(When(pk__in=met, then=Value(1)), default=Value(0), output_field=IntegerField())


def fixed_items(section: dict) -> list[dict]:
    """Return the {"question", "points"} of a stored section of chosen questions; none for a drawn one."""
    if section["type"] != "fixed":
        return []
    items = [item["value"] if item.get("type") == "item" else item for item in section["value"]["questions"]]
    return [item for item in items if item.get("question")]


def those_in_use(things: Iterable[Question | Category | Quiz]) -> list:
    """Return those that the database would refuse to delete, because attempts, questions or pages point at them."""
    return [thing for thing in things if _is_protected(thing)]


def _is_protected(thing: Question | Category | Quiz) -> bool:
    collector = Collector(using=router.db_for_write(type(thing)))
    try:
        # A category takes those under it along.
        collector.collect([thing, *thing.get_descendants()] if isinstance(thing, Category) else [thing])
    except (ProtectedError, RestrictedError):
        return True
    return False
