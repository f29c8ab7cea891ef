"""Reads over roles: which ones somebody may give where, and who holds them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.models import User
from unions.enums import Role
from unions.models import Post, RoleGrant, Unit
from unions.powers import may_give
from unions.selectors.scopes import Office, people_under
from vietnamese.text import search_key

PER_PAGE = 50


@dataclass(frozen=True)
class GrantRow:
    """A role, whether one may take it away, and whether one sees the record of its holder."""

    grant: RoleGrant
    may_take: bool
    is_seen: bool


@dataclass(frozen=True)
class GrantsPage:
    page: Page
    rows: list[GrantRow]


def roles_to_give(giver: User, unit: Unit) -> frozenset[str]:
    """Return the roles that somebody may give and take over this unit: those that a role of theirs, there or above, may give. One query."""
    return roles_given_over(giver, [unit])[unit.pk]


def roles_to_give_anywhere(giver: User) -> frozenset[str]:
    """Return the roles that somebody may give over one unit at least. One query; none for an administrator of the site."""
    if giver.is_superuser:
        return frozenset(Role)
    return frozenset().union(*map(may_give, giver.role_grants.values_list("role", flat=True)))


def roles_given_over(giver: User, units: Iterable[Unit]) -> dict[int, frozenset[str]]:
    """Return the same for many units, by id. One query; none for an administrator of the site."""
    if giver.is_superuser:
        return dict.fromkeys((unit.pk for unit in units), frozenset(Role))
    grants = list(giver.role_grants.values_list("role", "unit__path"))
    return {
        unit.pk: frozenset().union(*(may_give(role) for role, path in grants if unit.path.startswith(path)))
        for unit in units}


def keeps_account(keeper: User, person: User, on: date) -> bool:
    """Say whether somebody may change how the person is reached and gets in: whoever can do that can become the person.

    So nobody may whose roles do not reach as far as the person's: the person stands under a role of theirs that manages, all roles of the person
    are such as they may give, and whoever administers the whole site or may work in the editor is an administrator's only. Four queries at most.
    """
    if keeper.pk == person.pk or (person.is_superuser and not keeper.is_superuser):
        return False
    if keeper.is_superuser:
        return True
    if User.objects.filter(Q(groups__isnull=False) | Q(user_permissions__isnull=False), pk=person.pk).exists():
        return False
    if not Post.objects.on(on).filter(user=person, unit__in=Unit.objects.managed_by(keeper)).exists():
        return False
    held = list(person.role_grants.select_related("unit"))
    given = roles_given_over(keeper, [grant.unit for grant in held])
    return all(grant.role in given[grant.unit_id] for grant in held)


def belongs_elsewhere(keeper: User, person: User, on: date) -> bool:
    """Say whether the person holds posts, now or later, and all of them in units of other offices. Two queries; none for an administrator of the site."""
    if keeper.is_superuser:
        return False
    held = Post.objects.filter(user=person).exclude(valid_until__lte=on)
    return held.exists() and not held.filter(unit__in=Unit.objects.managed_by(keeper)).exists()


def grants_page(office: Office, q: str, role: str, number: str | int | None, on: date) -> GrantsPage:
    """Return one page of who holds which role over the units that the office sees, the highest units first. Five queries however long."""
    found = RoleGrant.objects.visible_to(office.user)
    if role:
        found = found.filter(role=role)
    for word in search_key(q).split():
        found = found.filter(Q(user__search_key__contains=word) | Q(unit__search_key__contains=word))
    ordered = found.select_related("user", "unit", "granted_by").order_by("unit__path", "user__sort_key", "role", "pk")
    page = Paginator(ordered, PER_PAGE).get_page(number)
    return GrantsPage(page, _rows_of(office, list(page.object_list), on))


def _rows_of(office: Office, grants: list[RoleGrant], on: date) -> list[GrantRow]:
    given = roles_given_over(office.user, [grant.unit for grant in grants])
    people = User.objects.filter(pk__in=[grant.user_id for grant in grants])
    seen = set((people if office.sees_all else people.filter(pk__in=people_under(office.units, on))).values_list("pk", flat=True))
    return [
        GrantRow(grant, grant.role in given[grant.unit_id] and (office.sees_all or grant.user_id != office.user.pk), grant.user_id in seen)
        for grant in grants]
