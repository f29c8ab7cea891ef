"""Which questions an attempt gets, and the versions of them that it keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from laws.models import Provision
from quizzes.freezing import digest_of, freeze, provisions_of, written_out
from quizzes.models import Question, QuestionVersion, Quiz
from quizzes.querysets import Taker, day_of
from quizzes.selectors.bank import Lot, fixed_items, lots_of


@dataclass(frozen=True)
class Pick:
    question: Question
    points: Decimal
    section: str = ""


@dataclass(frozen=True)
class Wanted:
    question: int
    points: Decimal
    section: str


def draw_questions(*, quiz: Quiz, taker: Taker, seed: int, now: datetime) -> list[Pick]:
    """Choose the questions of one attempt, section by section; fewer than asked for when the bank holds fewer.

    Only published questions, none twice; chance leaves out what was archived or rests on law that has ended, and prefers questions that this
    taker has not met in any attempt. The same seed, bank and day draw the same questions. Two queries, one without drawn sections, however many questions the bank holds.
    """
    sections = list(quiz.sections.raw_data)
    taken = {item["question"] for section in sections for item in fixed_items(section)}
    lots = lots_of(sections, taker=taker, seed=seed, day=day_of(now), without=taken)
    wanted: list[Wanted] = []
    for number, section in enumerate(sections):
        value = section["value"]
        if section["type"] == "fixed":
            wanted += [Wanted(item["question"], _points(item), value.get("title") or "") for item in fixed_items(section)]
        else:
            drawn = _drawn(lots.get(number, []), taken, int(value["count"]), Random(f"{seed}:{number}"))  # noqa: S311
            taken.update(drawn)
            wanted += [Wanted(key, _points(value), value.get("title") or "") for key in drawn]
    if quiz.shuffle_questions:
        Random(seed).shuffle(wanted)  # noqa: S311
    live = Question.objects.live().select_related("version").only("pk", "version").in_bulk({one.question for one in wanted})
    once = {one.question: one for one in wanted}
    return [Pick(live[key], one.points, one.section) for key, one in once.items() if key in live]


def _points(value: dict) -> Decimal:
    return Decimal(str(value.get("points") or 0))


def _drawn(lots: list[Lot], taken: set[int], count: int, random: Random) -> list[int]:
    free = [lot.question for lot in sorted(lots, key=lambda lot: (lot.is_met, lot.rank)) if lot.question not in taken]
    drawn = free[:count]
    # Those not yet met would otherwise always stand first.
    random.shuffle(drawn)
    return drawn


def freeze_questions(*, questions: Iterable[Question], now: datetime) -> dict[int, QuestionVersion]:
    """Return, by question id, the version that says what each question says now; writes those that were not asked since they changed.

    No query when every question knows its version; else four, and those for the pictures and pages that the new ones name.
    """
    questions = list(questions)
    changed = [question.pk for question in questions if question.version_id is None]
    versions = {question.pk: question.version for question in questions if question.version_id is not None}
    if changed:
        # In one order for everybody: two takers who write the same versions in different orders would wait for each other for ever.
        versions |= _written(list(Question.objects.filter(pk__in=changed).order_by("pk")), now)
    return versions


def _written(questions: list[Question], now: datetime) -> dict[int, QuestionVersion]:
    cited = {key for question in questions for key in provisions_of(question)}
    provisions = Provision.objects.select_related("document").in_bulk(cited) if cited else {}
    frozen = [(question, *freeze(question, provisions)) for question in questions]
    versions = QuestionVersion.objects.bulk_create([
        QuestionVersion(
            question=question, revision_id=question.live_revision_id, digest=digest_of(kind, content), type=kind,
            content=written_out(kind, content), created_at=now)
        for question, kind, content in frozen
        # A version that exists already keeps its content: naming its type again only gives back its id.
    ], update_conflicts=True, unique_fields=["question", "digest"], update_fields=["type"])
    for question, version in zip(questions, versions, strict=True):
        question.version = version
    Question.objects.bulk_update(questions, ["version"])
    return {version.question_id: version for version in versions}
