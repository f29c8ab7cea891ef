"""Reads on what people have done: where somebody stands in a course, what to do next, the learner's home."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from wagtail.models import Page

from accounts.prepared import AllRows, FirstRow
from courses.models import CoursePage
from courses.selectors import Outline, Step, address, outline_of, outlines_of, rules_of
from learning.completion import Facts, step_is_done
from learning.enums import StepState
from learning.models import Enrolment, OutsideStudy, StepRecord
from learning.selectors.assignments import Asked, asked_of


def _newest_at(user: int, path: str) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(user=user, course__path=path).select_related("course", "completion").order_by("-cycle")


_OF_ENROLMENT = [field.name for field in Enrolment._meta.concrete_fields]
# What the pages of a course's steps show of the course; a course is a wide row.
_OF_COURSE = [f"course__{name}" for name in ("title", "slug", "path", "depth", "url_path", "lesson_need", "live", "content_type")]
_PLACES = (900_000_007, Enrolment._meta.get_field("user")), ("ZZZZZZZ0", Page._meta.get_field("path"))
# Every page of a lesson asks for the first of these, and for the records.
_READING_AT = FirstRow(lambda user, path: _newest_at(user, path).only(*_OF_ENROLMENT, *_OF_COURSE, "completion"), *_PLACES)
_NEWEST_AT = FirstRow(_newest_at, *_PLACES)
_RECORDS = AllRows(lambda enrolment: StepRecord.objects.filter(enrolment=enrolment), (900_000_009, StepRecord._meta.get_field("enrolment")))


@dataclass(frozen=True)
class StepPlace:
    """A step of the outline with how it stands for one person."""

    step: Step
    state: StepState = StepState.NOT_YET
    is_current: bool = False
    record: StepRecord | None = None

    @property
    def is_done(self) -> bool:
        return self.state == StepState.DONE


@dataclass(frozen=True)
class ModulePlace:
    title: str
    steps: list[StepPlace]

    @property
    def is_done(self) -> bool:
        return bool(self.steps) and all(place.is_done for place in self.steps)


@dataclass(frozen=True)
class Place:
    """Where one person stands in one course; without an enrolment everything is "not yet"."""

    course: CoursePage
    outline: Outline
    modules: list[ModulePlace]
    enrolment: Enrolment | None = None
    completed: bool = False
    steps: list[StepPlace] = field(default_factory=list)

    @property
    def done_count(self) -> int:
        return sum(place.is_done for place in self.steps)

    @property
    def lessons_done(self) -> int:
        return sum(place.is_done for place in self.steps if place.step.kind == "lesson")

    @property
    def next(self) -> StepPlace | None:
        """The step to go on with: where the person stopped if that is not done, else the first one not done."""
        return next((place for place in self.steps if place.state == StepState.NOW), None)

    @property
    def minutes_left(self) -> int:
        return sum(place.step.minutes for place in self.steps if not place.is_done)

    @property
    def started(self) -> bool:
        return any(place.record is not None for place in self.steps)

    @property
    def url(self) -> str:
        return address(self.course.url_path)

    @property
    def current_module(self) -> ModulePlace | None:
        return next((module for module in self.modules if any(place.is_current for place in module.steps)), None)

    @property
    def current(self) -> StepPlace | None:
        return next((place for place in self.steps if place.is_current), None)

    @property
    def weave(self) -> list[str]:
        """One state per step for the weave; from 25 steps on, one per module."""
        if len(self.steps) < 25:
            return [place.state.value for place in self.steps]
        now = next((number for number, module in enumerate(self.modules) if not module.is_done), None)
        return [
            (StepState.DONE if module.is_done else StepState.NOW if number == now else StepState.NOT_YET).value
            for number, module in enumerate(self.modules)
        ]

    @property
    def mark(self) -> str:
        """All that a drawing of the steps depends on, for whoever keeps drawings: many readers stand at the same place. Results of quizzes are not in it."""
        states = "".join(place.state.value[0] for place in self.steps)
        here = next((number for number, place in enumerate(self.steps) if place.is_current), "")
        return f"{self.outline.digest}:{self.course.title}:{self.course.url_path}:{states}:{here}:{self.enrolment is not None}:{self.completed}"

    def beside_current(self) -> tuple[Step | None, Step | None]:
        """Return the steps before and after the current one."""
        current = self.current
        before, _step, after = self.outline.around(current.step.page_id) if current else (None, None, None)
        return before, after


def enrolment_in(user, course_id: int) -> Enrolment | None:
    """Return the person's newest enrolment in the course, with its completion. One query; none for strangers."""
    if not user.is_authenticated:
        return None
    return Enrolment.objects.filter(user=user, course_id=course_id).select_related("completion").order_by("-cycle").first()


def enrolment_at(user, page: Page) -> Enrolment | None:
    """Return the person's newest enrolment in the course that this lesson or quiz page belongs to, with the course. One query."""
    return _NEWEST_AT.get(user.pk, page.path[:-2 * Page.steplen]) if user.is_authenticated else None


def enrolment_reading(user, page: Page) -> Enrolment | None:
    """Return the same for whoever only looks at the page: of the course only what pages of steps show is fetched. One query."""
    return _READING_AT.get(user.pk, page.path[:-2 * Page.steplen]) if user.is_authenticated else None


def enrolment_by_context(context: str) -> Enrolment | None:
    """Return the enrolment whose attempts carry this context, or None when the context is none of ours."""
    try:
        return Enrolment.objects.select_related("course", "completion", "user").filter(uuid=UUID(context)).first()
    except ValueError:
        return None


def place_of(course: CoursePage, enrolment: Enrolment | None, *, current_page: int | None = None) -> Place:
    """Return where the person stands. Two queries, one without an enrolment."""
    records = _RECORDS.get(enrolment.pk) if enrolment else []
    return _place(course, outline_of(course), enrolment, records, current_page)


def _place(
    course: CoursePage, outline: Outline, enrolment: Enrolment | None, records: Iterable[StepRecord], current_page: int | None = None,
) -> Place:
    by_page = {record.page_id: record for record in records}
    completed = enrolment is not None and hasattr(enrolment, "completion")
    done = {
        step.page_id: completed or (step.page_id in by_page and step_is_done(rule_of(step), facts_of(by_page[step.page_id])))
        for step in outline.steps
    }
    now = _step_to_do(done, enrolment, current_page)
    modules = [
        ModulePlace(module.title, [
            StepPlace(
                step, StepState.DONE if done[step.page_id] else StepState.NOW if step.page_id == now else StepState.NOT_YET,
                is_current=step.page_id == current_page, record=by_page.get(step.page_id))
            for step in module.steps
        ])
        for module in outline.modules
    ]
    return Place(course, outline, modules, enrolment, completed, [place for module in modules for place in module.steps])


def _step_to_do(done: dict[int, bool], enrolment: Enrolment | None, current_page: int | None) -> int | None:
    if enrolment is None:
        return None
    # The page being read comes first, then where the reader stopped, then the first one that is not done.
    for page in (current_page, enrolment.last_page_id):
        if page in done and not done[page]:
            return page
    return next((page for page, is_done in done.items() if not is_done), None)


def rule_of(step: Step) -> dict:
    """Return today's rule for one step, for drawing ticks; completion itself goes by the stored rule set."""
    if step.kind == "lesson":
        return {"page": step.page_id, "kind": "lesson", "need": step.need}
    return {"page": step.page_id, "kind": "quiz", "required": step.is_required, "pass": 2.0}


def facts_of(record: StepRecord) -> Facts:
    """Turn a stored record into the facts that completion is a function of."""
    return Facts(
        opened=record.opened_at is not None, read=record.read_at is not None, watched=record.watched_at is not None,
        passed=record.passed_at is not None, best_fraction=record.best_fraction)


def facts_by_page(enrolment: Enrolment) -> dict[int, Facts]:
    """Return the person's facts by page id. One query."""
    return {record.page_id: facts_of(record) for record in enrolment.records.all()}


@dataclass(frozen=True)
class Required:
    """A required course with where the person stands in it."""

    asked: Asked
    place: Place

    @property
    def is_begun(self) -> bool:
        return self.place.enrolment is not None and not self.place.completed

    @property
    def waits_for_paper(self) -> bool:
        """Whether the course is done and only its certificate is missing."""
        return self.place.completed and self.asked.needs_certificate

    @property
    def can_begin(self) -> bool:
        """Whether one tap begins it, for the first time or once more."""
        return not self.is_begun and not self.waits_for_paper and bool(self.place.steps) and self.place.course.live


@dataclass(frozen=True)
class Home:
    """The learner's home: what is required, by its day; one thing to do next, then the other courses, then what is finished."""

    next: Place | None
    going_on: list[Place]
    finished: list[Place]
    required: list[Required] = field(default_factory=list)

    @property
    def first_required(self) -> Required | None:
        """The required course that is offered in the first place: the one due first that the person can do something about."""
        return next((one for one in self.required if one.can_begin or (one.is_begun and one.place.next)), None)

    @property
    def optional(self) -> list[Place]:
        """The courses under way that are not required."""
        required = {one.place.course.pk for one in self.required}
        return [place for place in [*([self.next] if self.next else []), *self.going_on] if place.course.pk not in required]

    @property
    def minutes(self) -> int:
        """Minutes learnt in all courses together."""
        return sum(place.enrolment.seconds for place in [*self.going_on, *self.finished, *([self.next] if self.next else [])]) // 60


def home_of(user, on: date) -> Home:
    """Return the learner's home on that day. Four queries however many enrolments and required courses."""
    enrolments, asked = list(enrolments_of(user)), asked_of(user, on)
    outlines = outlines_of({enrolment.course for enrolment in enrolments} | {one.course for one in asked})
    records: dict[int, list[StepRecord]] = {}
    for record in StepRecord.objects.filter(enrolment__in=enrolments):
        records.setdefault(record.enrolment_id, []).append(record)
    places = [_place(row.course, outlines[row.course_id], row, records.get(row.pk, [])) for row in enrolments]
    going_on = [place for place in places if not place.completed]
    finished = [place for place in places if place.completed]
    first = going_on[0] if going_on and going_on[0].next else None
    standing = {place.course.pk: place for place in places}
    required = [Required(one, standing.get(one.course.pk) or _place(one.course, outlines[one.course.pk], None, [])) for one in asked]
    return Home(first, going_on[1:] if first else going_on, finished, required)


def enrolments_of(user) -> QuerySet[Enrolment]:
    """Return the newest enrolment in each course, latest seen first."""
    return (
        Enrolment.objects.filter(user=user)
        .exclude(user__enrolments__course=F("course"), user__enrolments__cycle__gt=F("cycle"))
        .select_related("course", "completion")
        .order_by(F("last_seen_at").desc(nulls_last=True), "-enrolled_at")
    )


def newest_rules(enrolment: Enrolment):
    """Return the newest rule set of the enrolment's course, or None before the first publishing. One query."""
    return rules_of([enrolment.course_id]).get(enrolment.course_id)


def studies_of(user) -> QuerySet[OutsideStudy]:
    """Return the courses that the person took elsewhere, the latest first, with who decided. One query."""
    return OutsideStudy.objects.filter(user=user).select_related("decided_by", "entered_by").order_by("-ended_on", "-pk")
