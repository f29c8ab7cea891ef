"""Reads over the course tree: outlines, the catalogue, how long things take."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import Page

from accounts.prepared import AllRows
from cms.search import best_of, ranked_keys
from courses.enums import Length, Level
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
    # Of all that it was put together from; empty for one that nobody keeps drawings of.
    digest: str = ""

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
    """Return the published modules and steps of a course in order. One query.

    The rows are asked for each time, and what they say is put together once: it is the same for all readers until somebody publishes.
    """
    rows = _ROWS_BELOW.get(f"{course.path}{'0' * Page.steplen}", f"{course.path}{'Z' * 2 * Page.steplen}", course.depth + 2)
    return _outline(course.pk, course.lesson_need, tuple(rows))


def outlines_of(courses: Iterable[CoursePage]) -> dict[int, Outline]:
    """Return the outlines of several courses by course id. One query however many there are."""
    courses = list(courses)
    if not courses:
        return {}
    under = Q(pk__in=[])
    for course in courses:
        under |= Q(path__startswith=course.path, depth__gt=course.depth, depth__lte=course.depth + 2)
    length, found = len(courses[0].path), {}
    for row in _outline_rows(under):
        found.setdefault(row[1][:length], []).append(row)
    return {course.pk: _outline(course.pk, course.lesson_need, tuple(found.get(course.path, ()))) for course in courses}


@lru_cache(maxsize=512)
def _outline(course: int, lesson_need: str, rows: tuple[tuple, ...]) -> Outline:
    outline, kinds = Outline(course, [], blake2b(repr((course, lesson_need, rows)).encode(), digest_size=12).hexdigest()), _kinds()
    for values in rows:
        row = dict(zip(_COLUMNS, values, strict=True))
        kind = kinds.get(row["content_type_id"])
        if kind == "module":
            outline.modules.append(Module(row["pk"], row["path"], row["title"]))
        # A live step of an unpublished module is no part of the course: the module before it is another one.
        elif kind and outline.modules and row["path"].startswith(outline.modules[-1].path):
            outline.modules[-1].steps.append(_step(row, kind, lesson_need))
    return outline


def _outline_rows(under: Q) -> QuerySet:
    return Page.objects.filter(under, live=True).order_by("path").values_list(*_COLUMNS)


_COLUMNS = (
    "pk", "path", "title", "translation_key", "url_path", "content_type_id", "lessonpage__minutes", "lessonpage__reading_minutes",
    "lessonpage__need", "quizpage__minutes", "quizpage__quiz_id", "quizpage__is_required")
_ROWS_BELOW = AllRows(
    lambda first, last, deepest: _outline_rows(Q(path__gte=first, path__lte=last, depth__lte=deepest)),
    ("ZZZZZZZ1", Page._meta.get_field("path")), ("ZZZZZZZ2", Page._meta.get_field("path")), (900_001, Page._meta.get_field("depth")))


def _kinds() -> dict[int, str]:
    # Content types are kept by Django's own manager after the first look.
    types = ContentType.objects.get_for_models(ModulePage, LessonPage, QuizPage)
    return {types[ModulePage].pk: "module", types[LessonPage].pk: "lesson", types[QuizPage].pk: "quiz"}


def _step(row: dict, kind: str, lesson_need: str) -> Step:
    if kind == "lesson":
        minutes = row["lessonpage__minutes"] or row["lessonpage__reading_minutes"] or 1
        return Step(row["pk"], row["translation_key"], kind, row["title"], address(row["url_path"]), minutes, need=row["lessonpage__need"] or lesson_need)
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


class Listed(Sequence):
    """Courses of a list, of which only those that are looked at are fetched. Two queries a look."""

    def __init__(self, keys: Sequence[int]):
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, place: int | slice):
        wanted = self.keys[place]
        found = _in_order(wanted if isinstance(place, slice) else [wanted])
        return found if isinstance(place, slice) else found[0]

    def __iter__(self) -> Iterator[CoursePage]:
        return iter(_in_order(self.keys))


def _in_order(keys: Sequence[int]) -> list[CoursePage]:
    found = CoursePage.objects.select_related("topic").prefetch_related("audiences").in_bulk(keys)
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True)
class Found:
    """What the catalogue shows: the courses, and for a search the lessons and articles that match too."""

    courses: Listed
    lessons: list[LessonPage]
    provisions: list[Provision]
    facets: dict[str, list[Facet]]
    # How many were found, in words: "7", or "20+" when only the best are shown.
    lessons_told: str = "0"
    provisions_told: str = "0"


# Of one course by filter: {"topic": {"phap-luat": "Pháp luật"}, ...}
Values = dict[str, dict[str, str]]


def find_in_catalogue(
    *, q: str | None = None, topic: Iterable[Topic] | None = None, audience: Iterable[Audience] | None = None,
    level: Iterable[str] | None = None, length: Iterable[str] | None = None,
) -> Found:
    """Return the open courses that fit, best match first, else by topic and title. Nine queries at most, however many courses, a look at them included."""
    values = _values_by_course()
    wanted = {
        "topic": {item.slug for item in topic or ()}, "audience": {item.slug for item in audience or ()},
        "level": set(level or ()), "length": set(length or ()),
    }
    fitting = {key: None for key, found in values.items() if all(not chosen or chosen & found[name].keys() for name, chosen in wanted.items())}
    facets = {name: _facet(name, values.values(), chosen) for name, chosen in wanted.items()}
    if not q:
        return Found(Listed([*fitting]), [], [], facets)
    ranked = [key for key in ranked_keys(CoursePage.objects.live(), q) if key in fitting]
    narrowed = any(wanted.values())
    lessons = [] if narrowed else best_of(LessonPage.objects.live(), q, FOUND_AT_MOST + 1)
    provisions = [] if narrowed else best_of(Provision.objects.select_related("document"), q, FOUND_AT_MOST + 1)
    return Found(Listed(ranked), lessons[:FOUND_AT_MOST], provisions[:FOUND_AT_MOST], facets, _told(lessons), _told(provisions))


def _told(found: list) -> str:
    return f"{FOUND_AT_MOST}+" if len(found) > FOUND_AT_MOST else str(len(found))


def _values_by_course() -> dict[int, Values]:
    """Return the filters' values of the open courses, by topic and title. Two queries, and one for the restrictions; no course is fetched for it."""
    courses = CoursePage.objects.live().public().order_by("topic__rank", "title")
    found: dict[int, Values] = {}
    for key, level, minutes, slug, name in courses.values_list("pk", "level", "total_minutes", "topic__slug", "topic__name"):
        length = Length.LONG if minutes >= LONG_FROM_MINUTES else Length.SHORT
        found[key] = {
            "topic": {slug: name} if slug else {}, "audience": {}, "level": {level: Level(level).label}, "length": {length.value: length.label}}
    audiences = CoursePage.audiences.through.objects.order_by("audience__rank", "audience__name")
    for key, slug, name in audiences.values_list("coursepage", "audience__slug", "audience__name"):
        if key in found:
            found[key]["audience"][slug] = name
    return found


def _facet(name: str, courses: Iterable[Values], chosen: set[str]) -> list[Facet]:
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    for course in courses:
        for value, label in course[name].items():
            labels[value] = label
            counts[value] = counts.get(value, 0) + 1
    return [Facet(value, str(label), counts[value], value in chosen) for value, label in labels.items()]


def open_courses(limit: int) -> list[CoursePage]:
    """Return the newest open courses for the home page. One query."""
    return list(CoursePage.objects.live().public().select_related("topic").order_by("topic__rank", "title")[:limit])
