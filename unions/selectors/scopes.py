"""Who may see and do what in the office: a role over a unit covers its subtree."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from unions.models import Post, Unit
from unions.powers import GOVERNING, MANAGING, SEEING


@dataclass(frozen=True)
class Office:
    """What one person may see (`paths`), change (`managed_paths`) and govern (`governed_paths`), as roots of subtrees; a superuser has no bounds."""

    user: object
    sees_all: bool = False
    paths: tuple[str, ...] = ()
    managed_paths: tuple[str, ...] = ()
    governed_paths: tuple[str, ...] = ()

    @property
    def units(self) -> QuerySet[Unit]:
        """The units whose people one may see."""
        return Unit.objects.all() if self.sees_all else Unit.objects.under_paths(self.paths)

    @property
    def managed_units(self) -> QuerySet[Unit]:
        """The units whose people one may enrol, import, assign to and certify."""
        return Unit.objects.all() if self.sees_all else Unit.objects.under_paths(self.managed_paths)

    @property
    def governed_units(self) -> QuerySet[Unit]:
        """The units that one may rename, move, split, merge and close."""
        return Unit.objects.all() if self.sees_all else Unit.objects.under_paths(self.governed_paths)

    def sees(self, unit: Unit) -> bool:
        return self.sees_all or unit.path.startswith(self.paths)

    def manages(self, unit: Unit) -> bool:
        return self.sees_all or unit.path.startswith(self.managed_paths)

    def governs(self, unit: Unit) -> bool:
        return self.sees_all or unit.path.startswith(self.governed_paths)

    @property
    def runs_site(self) -> bool:
        """Whether they look after the site itself: a superuser, or the system administrator of a unit that stands under no other."""
        return self.sees_all or any(path.count("/") == 1 for path in self.governed_paths)


def office_of(user) -> Office | None:
    """Return what the person may do in the office, or None for somebody who has no business there. One query; none for a superuser."""
    if not user.is_authenticated:
        return None
    if user.is_superuser:
        return Office(user, sees_all=True)
    grants = list(user.role_grants.filter(role__in=SEEING).values_list("role", "unit__path"))
    if not grants:
        return None
    return Office(
        user, paths=tuple(path for _role, path in grants), managed_paths=tuple(path for role, path in grants if role in MANAGING),
        governed_paths=tuple(path for role, path in grants if role in GOVERNING))


def people_under(units: QuerySet[Unit], on: date) -> QuerySet:
    """Return the ids of whoever holds a post in these units that day, for use as a subquery: SQLite looks it through once, not once a row."""
    return Post.objects.on(on).filter(unit__in=units).values("user")
