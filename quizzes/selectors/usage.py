"""Reads of where a question is used: quizzes, attempts, versions; and what a quiz should know of its questions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Sum
from django.utils.functional import cached_property

from quizzes.enums import AttemptState
from quizzes.models import AttemptSlot, Category, Question, QuestionVersion, Quiz
from quizzes.querysets import day_of
from quizzes.selectors.bank import categories_of, fixed_items, tags_of
from quizzes.selectors.flags import Flag, flags_of
from quizzes.selectors.lines import Line
from quizzes.selectors.sizes import question_counts_of
from quizzes.selectors.staleness import Ending, endings_of
from quizzes.selectors.versions import lines_of_question, newest_version_of


@dataclass(frozen=True)
class QuizUse:
    """A quiz that names a question or may draw it; how many questions it asks for, and how many an attempt begun now would get."""

    quiz: Quiz
    is_fixed: bool
    wants: int
    gets: int

    @property
    def is_short(self) -> bool:
        return self.gets < self.wants


@dataclass(frozen=True)
class OpenUse:
    """Attempts under way at one quiz that were asked one version."""

    quiz: Quiz
    version: QuestionVersion
    count: int


@dataclass(frozen=True)
class VersionUse:
    """A version, how often it was asked, and the mean of what was earned by finished answers (0 to 1), None without any."""

    version: QuestionVersion
    number: int
    is_newest: bool
    asked: int
    mean: float | None


@dataclass(frozen=True)
class Usage:
    """Where a question is used."""

    question: Question
    quizzes: list[QuizUse]
    versions: list[VersionUse]
    # Attempts under way that hold an older version than the newest.
    keeping_old: list[OpenUse]
    finished: int
    under_way: int
    endings: list[Ending] = field(default_factory=list)
    # From the stored analyses of the quizzes that asked it.
    flags: list[Flag] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[Line]:
        """What it says now, in words."""
        return lines_of_question(self.question)

    @cached_property
    def fixed_in(self) -> list[QuizUse]:
        return [use for use in self.quizzes if use.is_fixed]

    @cached_property
    def drawn_by(self) -> list[QuizUse]:
        return [use for use in self.quizzes if not use.is_fixed]

    @property
    def asked(self) -> int:
        return self.finished + self.under_way

    @property
    def is_used(self) -> bool:
        return bool(self.quizzes or self.asked)

    @property
    def old_count(self) -> int:
        return sum(use.count for use in self.keeping_old)

    @property
    def may_be_drawn(self) -> bool:
        """Whether chance may take it at all."""
        return self.question.live and self.question.archived_at is None and not self.endings


def usage_of(question: Question, *, now: datetime) -> Usage:
    """Return where a question is used. At most thirteen queries, however many quizzes and attempts there are."""
    endings = endings_of([question.pk], day=day_of(now)).get(question.pk, [])
    asked, newest = _asked(question), newest_version_of(question)
    versions = list(question.versions.defer("content").order_by("-created_at", "-pk"))
    quizzes = {quiz.pk: quiz for quiz in Quiz.objects.defer("introduction", "success_text", "failure_text").order_by("title", "pk")}
    is_drawable = question.live and question.archived_at is None and not endings
    by_key = {version.pk: version for version in versions}
    open_rows = [row for row in asked if row["attempt__state"] == AttemptState.IN_PROGRESS]
    return Usage(
        question, _uses(question, quizzes.values(), is_drawable=is_drawable, now=now), _versions(versions, newest, asked),
        [OpenUse(quizzes[row["attempt__quiz"]], by_key[row["version"]], row["asked"]) for row in open_rows if row["version"] != newest],
        finished=sum(row["asked"] for row in asked) - sum(row["asked"] for row in open_rows),
        under_way=sum(row["asked"] for row in open_rows), endings=endings, flags=flags_of([question]).get(question.pk, []))


def _asked(question: Question) -> list[dict]:
    """Return how often each version was asked in each quiz, by how far the attempts are. One query."""
    slots = AttemptSlot.objects.filter(version__question=question).values("version", "attempt__quiz", "attempt__state")
    return list(slots.annotate(asked=Count("pk"), marked=Count("fraction"), total=Sum("fraction")).order_by("attempt__quiz", "version"))


def _versions(versions: list[QuestionVersion], newest: int | None, asked: list[dict]) -> list[VersionUse]:
    uses = []
    for place, version in enumerate(versions):
        mine = [row for row in asked if row["version"] == version.pk]
        over = [row for row in mine if row["attempt__state"] != AttemptState.IN_PROGRESS]
        marked = sum(row["marked"] for row in over)
        mean = sum(row["total"] or 0.0 for row in over) / marked if marked else None
        uses.append(VersionUse(version, len(versions) - place, version.pk == newest, sum(row["asked"] for row in mine), mean))
    return uses


def _uses(question: Question, quizzes: Iterable[Quiz], *, is_drawable: bool, now: datetime) -> list[QuizUse]:
    paths = dict(Category.objects.values_list("pk", "path"))
    tags = set(question.tagged.values_list("tag__name", flat=True))
    named, drawing = [], []
    for quiz in quizzes:
        sections = list(quiz.sections.raw_data)
        if any(item["question"] == question.pk for section in sections for item in fixed_items(section)):
            named.append(quiz)
        elif is_drawable and any(_fits(question, tags, section["value"], paths) for section in sections if section["type"] == "draw"):
            drawing.append(quiz)
    found = [*named, *drawing]
    counts = question_counts_of(found, now=now) if found else {}
    return [QuizUse(quiz, number < len(named), wanted_by(quiz), counts[quiz.pk]) for number, quiz in enumerate(found)]


def _fits(question: Question, tags: set[str], draw: dict, paths: dict[int, str]) -> bool:
    if question.category_id not in categories_of(draw, paths):
        return False
    if draw.get("difficulty") and draw["difficulty"] != question.difficulty:
        return False
    wanted = tags_of(draw)
    return not wanted or bool(tags.intersection(wanted))


def wanted_by(quiz: Quiz) -> int:
    """Return how many questions a quiz asks for: those that it names, and as many as its drawn sections say. No query."""
    sections = list(quiz.sections.raw_data)
    named = {item["question"] for section in sections for item in fixed_items(section)}
    return len(named) + sum(int(section["value"]["count"] or 0) for section in sections if section["type"] == "draw")


@dataclass(frozen=True)
class Doubt:
    """A question that a quiz names, and what is the matter with it."""

    question: Question
    endings: list[Ending]

    @property
    def is_archived(self) -> bool:
        return self.question.archived_at is not None


@dataclass(frozen=True)
class QuizDoubts:
    """What the author of a quiz should know: questions that it names and that rest on ended law, are archived or not asked; draws too small."""

    doubts: list[Doubt]
    wants: int
    gets: int

    @property
    def is_short(self) -> bool:
        return self.gets < self.wants

    @property
    def anything(self) -> bool:
        return bool(self.doubts) or self.is_short


def doubts_of(quiz: Quiz, *, now: datetime) -> QuizDoubts:
    """Return what its author should know of a quiz as it would be asked now. At most six queries, however many questions it has."""
    keys = {item["question"] for section in quiz.sections.raw_data for item in fixed_items(section)}
    questions = Question.objects.defer("content", "explanation", "citations").in_bulk(keys) if keys else {}
    endings = endings_of(keys, day=day_of(now)) if keys else {}
    doubts = [
        Doubt(question, endings.get(key, [])) for key, question in sorted(questions.items())
        if key in endings or question.archived_at or not question.live]
    return QuizDoubts(doubts, wanted_by(quiz), question_counts_of([quiz], now=now)[quiz.pk])
