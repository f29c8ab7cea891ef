"""Which questions an attempt gets, and the versions of them that it keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from laws.models import Provision
from quizzes.freezing import digest_of, freeze, provisions_of, written_out
from quizzes.models import AttemptSlot, Category, Question, QuestionVersion, Quiz
from quizzes.selectors import fixed_items


@dataclass(frozen=True)
class Pick:
    question: Question
    points: Decimal


def draw_questions(*, quiz: Quiz, user, random: Random) -> list[Pick]:
    """Choose the questions of one attempt, section by section; fewer than asked for when the bank holds fewer.

    Only published questions, none twice; chance prefers questions that this person has not met in any attempt. Queries: one for
    the categories, one a drawn section, one for what was met, one for the questions.
    """
    sections = list(quiz.sections.raw_data)
    taken = {item["question"] for section in sections for item in fixed_items(section)}
    draws = [section["value"] for section in sections if section["type"] == "draw"]
    paths = dict(Category.objects.filter(pk__in=[draw["category"] for draw in draws]).values_list("pk", "path")) if draws else {}
    met = _met_by(user) if draws else set()
    wanted: list[tuple[int, Decimal]] = []
    for section in sections:
        value = section["value"]
        if section["type"] == "fixed":
            wanted += [(item["question"], _points(item)) for item in fixed_items(section)]
        elif path := paths.get(value["category"]):
            drawn = _draw(path, value, taken, met, random)
            taken.update(drawn)
            wanted += [(key, _points(value)) for key in drawn]
    if quiz.shuffle_questions:
        random.shuffle(wanted)
    live = Question.objects.live().in_bulk({key for key, _ in wanted})
    return [Pick(live[key], points) for key, points in dict(wanted).items() if key in live]


def _points(value: dict) -> Decimal:
    return Decimal(str(value.get("points") or 0))


def _met_by(user) -> set[int]:
    return set(AttemptSlot.objects.filter(attempt__user=user).values_list("version__question_id", flat=True).distinct())


def _draw(path: str, value: dict, taken: set[int], met: set[int], random: Random) -> list[int]:
    # In the order of their ids, so that the same seed draws the same questions on every database.
    pool = Question.objects.live().below(path, value.get("difficulty") or "").order_by("pk").values_list("pk", flat=True)
    free = [key for key in pool if key not in taken]
    new, known = [key for key in free if key not in met], [key for key in free if key in met]
    count = int(value["count"])
    drawn = random.sample(new, min(count, len(new)))
    return drawn + random.sample(known, min(count - len(drawn), len(known)))


def freeze_questions(*, questions: Iterable[Question], now: datetime) -> dict[int, QuestionVersion]:
    """Return, by question id, the version that says what each question says now; writes those that nobody was asked yet.

    Three queries when all versions exist already, however many questions.
    """
    questions = list(questions)
    cited = {key for question in questions for key in provisions_of(question)}
    provisions = Provision.objects.select_related("document").in_bulk(cited) if cited else {}
    frozen = {question.pk: freeze(question, provisions) for question in questions}
    digests = {key: digest_of(*parts) for key, parts in frozen.items()}
    versions = _versions_with(digests)
    # In one order for everybody: two takers who write the same versions in different orders would wait for each other for ever.
    missing = sorted((question for question in questions if question.pk not in versions), key=lambda question: question.pk)
    if missing:
        QuestionVersion.objects.bulk_create([
            QuestionVersion(
                question=question, revision_id=question.live_revision_id, digest=digests[question.pk], type=frozen[question.pk][0],
                content=written_out(*frozen[question.pk]), created_at=now)
            for question in missing
        ], ignore_conflicts=True)
        versions = _versions_with(digests)
    return versions


def _versions_with(digests: dict[int, str]) -> dict[int, QuestionVersion]:
    found = QuestionVersion.objects.filter(question__in=digests, digest__in=digests.values())
    return {version.question_id: version for version in found if digests[version.question_id] == version.digest}
