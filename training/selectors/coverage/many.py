"""How each of many people stands, as conditions within a statement: for branches too large to be read into memory.

Says the same as `training.tally.facts_of`; tests hold the two against each other.
"""

from collections.abc import Callable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from accounts.models import User
from certificates.selectors.held import valid_on
from learning.models import Enrolment, StepRecord
from learning.selectors.done import completions_by, midnight, studies_by
from training.selectors.coverage.live import Branch
from training.selectors.coverage.measures import Measure, end_of
from training.selectors.coverage.trees import overlap
from unions.models import Post
from unions.selectors.audiences import posts_meant

STATES = ("missing", "under_way", "done")


def posts_in(branch: Branch, measure: Measure) -> QuerySet[Post]:
    """Return the posts of the branch that the target means, not yet read. One query for the scope of the target by another day's tree; one more by
    today's where a unit was divided since, into units within and without the branch.
    """
    scope = branch.ground.roots_of([measure.target.unit]).get(measure.target.unit_id, ())
    roots = overlap([branch.root] if branch.root else [], scope)
    posts = posts_meant(measure.meant, branch.ground.units_in(roots), branch.on)
    divided = [unit for unit, places in branch.ground.followed.places.items() if len(places) > 1]
    if not divided or not roots:
        return posts
    strays: dict[int, list[int]] = {}
    for person, unit in posts.filter(unit__in=divided).values_list("user", "unit"):
        if not branch.ground.place_of(person, unit, "").startswith(roots):
            strays.setdefault(unit, []).append(person)
    for unit, people in strays.items():
        posts = posts.exclude(unit=unit, user__in=people)
    return posts


def people_by_state(posts: QuerySet[Post], branch: Branch, measure: Measure, one_by_one: bool = False) -> dict[str, QuerySet[User]]:
    """Return who holds one of these posts, by state, not yet read.

    :param one_by_one: look at one person after the other, in order, instead of at all who did something: much sooner for the first few of many.
    """
    has = _has_one if one_by_one else _has_some
    people = User.objects.filter(has(posts.filter(user=OuterRef("pk"))) if one_by_one else Q(pk__in=posts.order_by().values("user")))
    done, under_way = _done(measure, branch, has), has(_under_way(measure, branch))
    return {"missing": people.filter(~done, ~under_way), "under_way": people.filter(~done, under_way), "done": people.filter(done)}


def _has_some(rows: QuerySet) -> Q:
    return Q(Exists(rows))


def _has_one(rows: QuerySet) -> Q:
    # A value, unlike EXISTS, is never turned into a join or a table of everybody by PostgreSQL.
    return Q(GreaterThan(Coalesce(Subquery(rows.order_by().annotate(one=Value(1)).values("one")[:1]), Value(0)), Value(0)))


def _done(measure: Measure, branch: Branch, has: Callable[[QuerySet], Q]) -> Q:
    courses = sorted(measure.asked.courses)
    if not courses:
        return Q(pk__in=[])
    groups: Sequence[Sequence[int]] = [[course] for course in courses] if measure.asked.all_of_them else [courses]
    wanted = Q()
    for group in groups:
        wanted &= _passed(group, measure, branch, has)
    return wanted


def _passed(courses: Sequence[int], measure: Measure, branch: Branch, has: Callable[[QuerySet], Q]) -> Q:
    since = measure.target.since
    if measure.asked.certificate:
        return has(valid_on(courses, branch.on, since).filter(user=OuterRef("pk")))
    completed = completions_by(courses, branch.on, since).filter(enrolment__user=OuterRef("pk"))
    return has(completed) | has(studies_by(courses, branch.on, since).filter(user=OuterRef("pk")))


def _under_way(measure: Measure, branch: Branch) -> QuerySet[Enrolment]:
    ended = end_of(branch.on)
    opened = Exists(StepRecord.objects.filter(enrolment=OuterRef("pk"), opened_at__lt=ended))
    there = Q(last_seen_at__lt=ended) | Q(completion__completed_at__lt=ended) | Q(Q(last_seen_at__isnull=False) | Q(completion__isnull=False), opened)
    found = Enrolment.objects.filter(there, user=OuterRef("pk"), course__in=sorted(measure.asked.courses), enrolled_at__lt=ended)
    if measure.target.since is not None:
        is_open = Q(completion__isnull=True) | Q(completion__completed_at__gte=ended)
        found = found.filter(is_open | Q(completion__completed_at__gte=midnight(measure.target.since)))
    return found
