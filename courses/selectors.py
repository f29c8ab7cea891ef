"""Reads over the course tree: outlines, the catalogue, how long things take."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import Page

from courses.enums import Length
from courses.models import Audience, CoursePage, LessonPage, ModulePage, QuizPage, RuleSet, Topic
from laws.models import Provision

LONG_FROM_MINUTES = 90
# Lessons and articles of one search: beyond these a more exact question finds more than a longer list.
FOUND_AT_MOST = 20


@dataclass(frozen=True)
class Step:
    """A lesson or a quiz page, as the outline shows it."""

    page_id: int
    key: UUID
    kind: str
    title: str
    url: str
    minutes: int
    need: str = ""
    quiz_id: int | None = None
    is_required: bool = True


@dataclass(frozen=True)
class Module:
    page_id: int
    path: str
    title: str
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Outline:
    course_id: int
    modules: list[Module]

    @property
    def steps(self) -> list[Step]:
        return [step for module in self.modules for step in module.steps]

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def lesson_count(self) -> int:
        return sum(step.kind == "lesson" for step in self.steps)

    def around(self, page_id: int) -> tuple[Step | None, Step | None, Step | None]:
        """Return the step before, the step itself and the step after; None where there is none."""
        steps = self.steps
        for place, step in enumerate(steps):
            if step.page_id == page_id:
                return (steps[place - 1] if place else None), step, (steps[place + 1] if place + 1 < len(steps) else None)
        return None, None, None


def outline_of(course: CoursePage) -> Outline:
    """Return the published modules and steps of a course in order. One query."""
    return outlines_of([course])[course.pk]


def outlines_of(courses: Iterable[CoursePage]) -> dict[int, Outline]:
    """Return the outlines of several courses by course id. One query however many there are."""
    courses = list(courses)
    outlines = {course.pk: Outline(course.pk, []) for course in courses}
    if not courses:
        return outlines
    length = len(courses[0].path)
    by_path = {course.path: course for course in courses}
    under = Q(pk__in=[])
    for course in courses:
        under |= Q(path__startswith=course.path, depth__gt=course.depth, depth__lte=course.depth + 2)
    kinds = _kinds()
    for row in _outline_rows(under):
        course = by_path.get(row["path"][:length])
        kind = kinds.get(row["content_type_id"])
        if course is None or kind is None:
            continue
        outline = outlines[course.pk]
        if kind == "module":
            outline.modules.append(Module(row["pk"], row["path"], row["title"]))
        # A live step of an unpublished module is no part of the course: the module before it is another one.
        elif outline.modules and row["path"].startswith(outline.modules[-1].path):
            outline.modules[-1].steps.append(_step(row, kind, course))
    return outlines


def _outline_rows(under: Q) -> QuerySet:
    return Page.objects.filter(under, live=True).order_by("path").values(
        "pk", "path", "title", "translation_key", "url_path", "content_type_id", "lessonpage__minutes", "lessonpage__reading_minutes",
        "lessonpage__need", "quizpage__minutes", "quizpage__quiz_id", "quizpage__is_required")


def _kinds() -> dict[int, str]:
    # Content types are kept by Django's own manager after the first look.
    types = ContentType.objects.get_for_models(ModulePage, LessonPage, QuizPage)
    return {types[ModulePage].pk: "module", types[LessonPage].pk: "lesson", types[QuizPage].pk: "quiz"}


def _step(row: dict, kind: str, course: CoursePage) -> Step:
    if kind == "lesson":
        minutes = row["lessonpage__minutes"] or row["lessonpage__reading_minutes"] or 1
        return Step(row["pk"], row["translation_key"], kind, row["title"], address(row["url_path"]), minutes, need=row["lessonpage__need"] or course.lesson_need)
    return Step(
        row["pk"], row["translation_key"], kind, row["title"], address(row["url_path"]), row["quizpage__minutes"],
        quiz_id=row["quizpage__quiz_id"], is_required=row["quizpage__is_required"])


def address(url_path: str) -> str:
    """Turn a page's path in the tree into its address: without the home page, which is the site's root."""
    return "/" + url_path.split("/", 2)[2]


def rules_of(course_ids: Iterable[int]) -> dict[int, RuleSet]:
    """Return the newest rule set of each course by course id. One query."""
    newest: dict[int, RuleSet] = {}
    for rule_set in RuleSet.objects.filter(course_id__in=list(course_ids)).order_by("course_id", "number"):
        newest[rule_set.course_id] = rule_set
    return newest


@dataclass(frozen=True)
class Facet:
    """A filter's value with how many open courses have it."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Found:
    """What the catalogue shows: the page of courses, and for a search the lessons and articles that match too."""

    courses: list[CoursePage]
    lessons: list[LessonPage]
    provisions: list[Provision]
    facets: dict[str, list[Facet]]
    # How many were found, in words: "7", or "20+" when only the best are shown.
    lessons_told: str = "0"
    provisions_told: str = "0"


def find_in_catalogue(
    *, q: str | None = None, topic: Iterable[Topic] | None = None, audience: Iterable[Audience] | None = None,
    level: Iterable[str] | None = None, length: Iterable[str] | None = None,
) -> Found:
    """Return the open courses that fit, best match first, else by topic and title. Nine queries at most, however many courses."""
    courses = list(CoursePage.objects.live().public().select_related("topic").prefetch_related("audiences").order_by("topic__rank", "title"))
    wanted = {
        "topic": {item.slug for item in topic or ()}, "audience": {item.slug for item in audience or ()},
        "level": set(level or ()), "length": set(length or ()),
    }
    fitting = [course for course in courses if _fits(course, wanted)]
    facets = {name: _facet(name, courses, values) for name, values in wanted.items()}
    if not q:
        return Found(fitting, [], [], facets)
    by_id = {course.pk: course for course in fitting}
    ranked = [by_id[page.pk] for page in CoursePage.objects.live().search(q, operator="and") if page.pk in by_id]
    narrowed = any(wanted.values())
    lessons = [] if narrowed else list(LessonPage.objects.live().search(q, operator="and")[:FOUND_AT_MOST + 1])
    provisions = [] if narrowed else list(Provision.objects.select_related("document").search(q, operator="and")[:FOUND_AT_MOST + 1])
    return Found(ranked, lessons[:FOUND_AT_MOST], provisions[:FOUND_AT_MOST], facets, _told(lessons), _told(provisions))


def _told(found: list) -> str:
    return f"{FOUND_AT_MOST}+" if len(found) > FOUND_AT_MOST else str(len(found))


def _values(course: CoursePage) -> dict[str, dict[str, str]]:
    length = Length.LONG if course.total_minutes >= LONG_FROM_MINUTES else Length.SHORT
    return {
        "topic": {course.topic.slug: course.topic.name} if course.topic else {},
        "audience": {item.slug: item.name for item in sorted(course.audiences.all(), key=lambda item: item.rank)},
        "level": {course.level: course.get_level_display()},
        "length": {length.value: length.label},
    }


def _fits(course: CoursePage, wanted: dict[str, set[str]]) -> bool:
    values = _values(course)
    return all(not chosen or chosen & values[name].keys() for name, chosen in wanted.items())


def _facet(name: str, courses: list[CoursePage], chosen: set[str]) -> list[Facet]:
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    for course in courses:
        for value, label in _values(course)[name].items():
            labels[value] = str(label)
            counts[value] = counts.get(value, 0) + 1
    return [Facet(value, label, counts[value], value in chosen) for value, label in labels.items()]


def open_courses(limit: int) -> list[CoursePage]:
    """Return the newest open courses for the home page. One query."""
    return list(CoursePage.objects.live().public().select_related("topic").order_by("topic__rank", "title")[:limit])
