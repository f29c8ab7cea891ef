"""Reads of item analysis: from stored results only, so that a page costs the same however many attempts there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes import drawings
from quizzes.enums import AttemptState, Counted, WorkState
from quizzes.models import Attempt, Question, QuestionVersion, Quiz, QuizAnalysis
from quizzes.selectors.flags import ORDER, Flag
from quizzes.types import type_of
from quizzes.types.asked import Asked

PER_PAGE, QUESTIONS_PER_PAGE = 50, 100
# A worker that was stopped in the middle says nothing more; after this long the analysis may be asked for again.
GIVEN_UP_AFTER = timedelta(minutes=10)
# From which on an analysis of so few attempts is a first impression only.
FEW = 20


def is_at_work(analysis: QuizAnalysis, now: datetime) -> bool:
    """Say whether a worker has this analysis before it and may be believed alive. No query."""
    return analysis.state in (WorkState.WAITING, WorkState.RUNNING) and analysis.asked_at > now - GIVEN_UP_AFTER


def marked_since(analysis: QuizAnalysis) -> int:
    """Return how many attempts were marked, for the first time or anew, since the analysis was worked out. One query."""
    marked = Attempt.objects.filter(quiz=analysis.quiz_id, state=AttemptState.MARKED)
    return marked.filter(marked_at__gt=analysis.computed_at).count() if analysis.computed_at else marked.count()


@dataclass(frozen=True)
class QuizRow:
    """A quiz with how it did, as far as that was worked out."""

    quiz: Quiz
    attempts: int
    computed_at: datetime | None
    pass_rate: float | None
    flagged: int


def analysed_quizzes(user, number: str | int | None) -> tuple[Page, list[QuizRow]]:
    """Return one page of the quizzes that the person marks, by title, with what is stored of them. Three queries and those of the gate."""
    page = Paginator(Quiz.objects.marked_by(user).only("uuid", "title").order_by("title", "pk"), PER_PAGE).get_page(number)
    quizzes = list(page.object_list)
    counts = dict(
        Attempt.objects.filter(quiz__in=[quiz.pk for quiz in quizzes]).exclude(state=AttemptState.IN_PROGRESS).order_by()
        .values_list("quiz").annotate(Count("pk")))
    stored = QuizAnalysis.objects.filter(quiz__in=[quiz.pk for quiz in quizzes], computed_at__isnull=False)
    # Of two, the one that the link leads to: first attempts ("first" comes last this way round).
    stored = stored.order_by("counted").values_list("quiz_id", "computed_at", "data__scores__pass_rate", "data__flagged")
    rows = {row[0]: row[1:] for row in stored}
    nothing = (None, None, {})
    return page, [
        QuizRow(quiz, counts.get(quiz.pk, 0), at, rate, len(flagged or {}))
        for quiz in quizzes for at, rate, flagged in [rows.get(quiz.pk, nothing)]
    ]


@dataclass(frozen=True)
class QuestionRow:
    """A question with what is known of it."""

    number: int
    data: dict[str, Any]
    question: Question | None
    flags: list[Flag]

    @property
    def text(self) -> str:
        return self.question.stem_text if self.question else ""

    @property
    def kind(self) -> str:
        return str(type_of(self.data["kind"]).label)

    @property
    def count(self) -> int:
        return self.data["count"]

    @property
    def facility(self) -> float | None:
        return self.data["facility"]

    @property
    def deviation(self) -> float | None:
        return self.data["deviation"]

    @property
    def discrimination(self) -> float | None:
        return self.data["discrimination"]

    @property
    def difference(self) -> float | None:
        return self.data["difference"]

    @property
    def seconds(self) -> float | None:
        return self.data["seconds"]["middle"]

    @property
    def time(self) -> str:
        return spoken(self.seconds)

    @property
    def gravity(self) -> tuple[int, int]:
        """What sorts flagged questions first, the gravest before the others."""
        return min((ORDER[flag.code] for flag in self.flags), default=len(ORDER)), self.number


def spoken(seconds: float | None) -> str:
    """Write a time as people say it: "34 s", "2 min 10 s"; nothing for no time."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": rest}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest} if rest else _("%(minutes)s min") % {"minutes": minutes}


# What the table can be sorted by, as it stands in the address; nothing known comes last, whichever way round.
SORTS: dict[str, Callable[[QuestionRow], Any]] = {
    "co": lambda row: row.gravity,
    "cau": lambda row: row.number,
    "dung": lambda row: row.facility,
    "phan-biet": lambda row: row.discrimination,
    "chenh": lambda row: row.difference,
    "giay": lambda row: row.seconds,
    "luot": lambda row: row.count,
}
# The columns of the table: what sorts by them, heading, whether it holds numbers. Flags stand beside the question.
COLUMNS = [
    ("cau", gettext_lazy("No."), True), ("co", gettext_lazy("Question"), False), ("dung", gettext_lazy("Facility"), True), ("phan-biet", gettext_lazy("Discrimination"), True),
    ("chenh", gettext_lazy("Best minus weakest"), True), ("giay", gettext_lazy("Time"), True), ("luot", gettext_lazy("Times asked"), True),
]


@dataclass(frozen=True)
class AnalysisPage:
    """What is stored of a quiz, and how it stands: nothing yet, being worked on, or as of a moment."""

    quiz: Quiz
    counted: Counted
    analysis: QuizAnalysis | None
    is_at_work: bool
    marked_since: int
    rows: list[QuestionRow]

    @property
    def scores(self) -> dict[str, Any]:
        return (self.analysis.data.get("scores") or {}) if self.analysis else {}

    @property
    def is_known(self) -> bool:
        return self.analysis is not None and self.analysis.computed_at is not None

    @property
    def percent(self) -> int:
        return round(100 * self.analysis.done / self.analysis.total) if self.analysis and self.analysis.total else 0

    @property
    def is_stale(self) -> bool:
        """Whether there is reason to work it out anew, and nobody is at it."""
        return not self.is_at_work and (not self.is_known or self.marked_since > 0 or self.analysis.state != WorkState.DONE)

    @property
    def is_few(self) -> bool:
        return self.is_known and self.analysis.attempts < FEW

    @property
    def flagged(self) -> list[QuestionRow]:
        return [row for row in self.rows if row.flags]

    @property
    def reliability(self) -> str:
        """What the reliability means, in words."""
        alpha = self.scores.get("alpha")
        if alpha is None:
            return ""
        if alpha >= 0.8:
            return _("high: the marks can carry decisions about single people")
        return _("fair: enough for a course quiz") if alpha >= 0.6 else _("low: the same people might get quite other marks with other questions")

    @property
    def bars(self) -> drawings.Bars:
        return drawings.histogram_of(self.scores["histogram"], float(self.quiz.pass_fraction))

    @property
    def cloud(self) -> drawings.Cloud:
        return drawings.cloud_of(self.rows)

    def sorted_by(self, name: str) -> list[QuestionRow]:
        """Return the questions by one of SORTS; with "-" before it the other way round."""
        key, is_down = SORTS[name.removeprefix("-")], name.startswith("-")
        known = [row for row in self.rows if key(row) is not None]
        return sorted(known, key=key, reverse=is_down) + [row for row in self.rows if key(row) is None]


def analysis_page(quiz: Quiz, counted: str, *, now: datetime) -> AnalysisPage:
    """Return what is stored of a quiz. Three queries, however many attempts and questions there are; one before anything is worked out."""
    counted = Counted(counted) if counted in Counted.values else Counted.FIRST
    analysis = QuizAnalysis.objects.filter(quiz=quiz, counted=counted).first()
    at_work = analysis is not None and is_at_work(analysis, now)
    if analysis is None or analysis.computed_at is None:
        return AnalysisPage(quiz, counted, analysis, at_work, 0, [])
    return AnalysisPage(quiz, counted, analysis, at_work, marked_since(analysis), _rows(analysis.data["questions"]))


def _rows(found: list[dict[str, Any]]) -> list[QuestionRow]:
    """Return the questions in the order in which they were asked on average. One query."""
    questions = Question.objects.only("uuid", "code", "stem_text").in_bulk([one["question"] for one in found])
    ordered = sorted(found, key=lambda one: (one["place"], one["question"]))
    return [QuestionRow(number, one, questions.get(one["question"]), _flags(one)) for number, one in enumerate(ordered, start=1)]


def _flags(one: dict[str, Any]) -> list[Flag]:
    texts = {option["key"]: _text(one, option) for option in one["options"]}
    return [Flag(flag["code"], tuple(texts.get(key, key) for key in flag["options"])) for flag in one["flags"] if flag["code"] in ORDER]


def _text(one: dict[str, Any], option: dict[str, Any]) -> str:
    """Return the words of an option; those of a statement that is true or false are the reader's language's."""
    if one["kind"] == "true_false":
        return _("True") if option["key"] == "true" else _("False")
    return option["text"] or option["key"]


def sort_of(typed: str) -> str:
    """Return what the table is asked to be sorted by; what is not understood sorts by flags. No query."""
    return typed if typed.removeprefix("-") in SORTS else "co"


def sheet_of(page: AnalysisPage, sort: str, number: str | int | None) -> Page:
    """Return one page of the table of questions. No query."""
    return Paginator(page.sorted_by(sort), QUESTIONS_PER_PAGE).get_page(number)


@dataclass(frozen=True)
class Share:
    """How many chose something: of all, of the best and of the weakest 27 percent, from 0 to 1."""

    text: str
    right: bool | None
    count: int
    all: float
    high: float | None
    low: float | None
    is_warned: bool = False
    is_blank: bool = False


@dataclass(frozen=True)
class QuestionPage:
    """One question of an analysis: its numbers, what was chosen, how long it took, and the question as it was asked."""

    page: AnalysisPage
    row: QuestionRow
    asked: Asked

    @property
    def counted(self) -> str:
        return self.row.data["counted"]

    @property
    def shares(self) -> list[Share]:
        data = self.row.data
        warned = {key for flag in data["flags"] for key in flag["options"]}
        shares = [_share(data, option, _text(data, option), option["right"], is_warned=option["key"] in warned) for option in data["options"]]
        return [*shares, _share(data, data["blank"], "", None, is_blank=True)]

    @property
    def times(self) -> dict[str, str]:
        """The quartiles of the time taken, in words."""
        return {name: spoken(self.row.data["seconds"][name]) for name in ("low", "middle", "high")}

    @property
    def box(self) -> drawings.Box | None:
        seconds = self.row.data["seconds"]
        return drawings.box_of(seconds["low"], seconds["middle"], seconds["high"]) if seconds["count"] else None

    @property
    def box_end(self) -> str:
        return spoken(self.box.end)


def _share(data: dict[str, Any], tally: dict[str, Any], text: str, right: bool | None, **how: bool) -> Share:
    seen = data["seen"]
    high, low = (tally[end] / seen[end] if seen[end] else None for end in ("high", "low"))
    return Share(text, right, tally["all"], tally["all"] / seen["all"], high, low, **how)


def question_page(page: AnalysisPage, question: Question) -> QuestionPage | None:
    """Return one question of an analysis, or None when the quiz did not ask it. One query."""
    row = next((row for row in page.rows if row.data["question"] == question.pk), None)
    if row is None:
        return None
    version = QuestionVersion.objects.get(pk=row.data["version"])
    return QuestionPage(page, row, Asked(row.number, type_of(version.type), version.content, _all_keys(version.content), {}))


def _all_keys(content: dict[str, Any]) -> list[str]:
    """Return the keys of everything that a question offers, in the author's order."""
    if "parts" in content:
        return [f"{part['key']}:{key}" for part in content["parts"] for key in _all_keys(part["content"])]
    return [one["key"] for name in ("options", "pairs", "items", "words", "choices") for one in content.get(name, []) if "key" in one]
