"""Who may see and do what in the office: a role over a unit covers its subtree."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from learning.models import Enrolment
from unions.enums import Role
from unions.models import Post, Unit

SEEING_ROLES = (Role.TRAINING_ADMIN, Role.VIEWER)


@dataclass(frozen=True)
class Office:
    """What one person may see (`paths`) and change (`managed_paths`), as roots of subtrees; a superuser has no bounds."""

    user: object
    sees_all: bool = False
    paths: tuple[str, ...] = ()
    managed_paths: tuple[str, ...] = ()

    @property
    def units(self) -> QuerySet[Unit]:
        """The units whose people one may see."""
        return Unit.objects.all() if self.sees_all else units_under(self.paths)

    @property
    def managed_units(self) -> QuerySet[Unit]:
        """The units whose people's certificates one may revoke."""
        return Unit.objects.all() if self.sees_all else units_under(self.managed_paths)


def office_of(user) -> Office | None:
    """Return what the person may do in the office, or None for somebody who has no business there. One query; none for a superuser."""
    if not user.is_authenticated:
        return None
    if user.is_superuser:
        return Office(user, sees_all=True)
    grants = list(user.role_grants.filter(role__in=SEEING_ROLES).values_list("role", "unit__path"))
    if not grants:
        return None
    managed = tuple(path for role, path in grants if role == Role.TRAINING_ADMIN)
    return Office(user, paths=tuple(path for _role, path in grants), managed_paths=managed)


def units_under(paths: Iterable[str]) -> QuerySet[Unit]:
    """Return the units at and below these places of today's tree."""
    return Unit.objects.filter(reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[])))


def people_under(units: QuerySet[Unit], on: date) -> QuerySet:
    """Return the ids of whoever holds a post in these units that day, for use as a subquery: SQLite looks it through once, not once a row."""
    return Post.objects.on(on).filter(unit__in=units).values("user")


def enrolments_in(office: Office, on: date, unit: Unit | None = None) -> QuerySet[Enrolment]:
    """Return the enrolments of whoever holds a post that day in the office's units, or in those below one of them.

    Stricter than `Enrolment.objects.visible_to`: one's own enrolments and the roles of trainers and reviewers open nothing here.
    """
    if office.sees_all and unit is None:
        return Enrolment.objects.visible_to(office.user)
    return Enrolment.objects.filter(user__in=people_under(_units_in(office, unit), on))


def posts_in(office: Office, people: Iterable[int], on: date, unit: Unit | None = None) -> dict[int, list[Post]]:
    """Return the posts that these people hold that day in the units one may see, the highest first, by person. One query."""
    held = Post.objects.on(on).filter(user__in=people).select_related("unit", "kind").only("user_id", "unit__name", "kind__name")
    if unit or not office.sees_all:
        held = held.filter(unit__in=_units_in(office, unit))
    posts: dict[int, list[Post]] = {}
    for post in held.order_by("kind__rank", "-full_time", "valid_from", "pk"):
        posts.setdefault(post.user_id, []).append(post)
    return posts


def _units_in(office: Office, unit: Unit | None) -> QuerySet[Unit]:
    return office.units & Unit.objects.under(unit) if unit else office.units


def may_manage(office: Office, user_id: int, on: date) -> bool:
    """Say whether the person's certificates are this office's to revoke. One query; none for a superuser."""
    return office.sees_all or Post.objects.on(on).filter(user=user_id, unit__in=office.managed_units).exists()
