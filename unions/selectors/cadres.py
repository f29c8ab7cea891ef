"""Cadres as their office sees them: a list of everybody in its units, and one person's record.

Built for 300,000 people: the gate is one subquery over posts, pages follow each other by a mark instead of a number, and nobody counts
further than COUNTED.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.enums import LOOKS
from accounts.models import ERASED_DOMAIN, LogEntry, User
from unions.models import Post, PostKind, RoleGrant, Unit
from unions.selectors.posts import told_of
from unions.selectors.roles import keeps_account, roles_given_over
from unions.selectors.scopes import Office, people_under

PER_PAGE = 50
COUNTED = 10_000
CHANGES_SHOWN = 30


@dataclass(frozen=True)
class Filters:
    """What the list was asked for; `full_time` and `seen` are "", "1" or "0"."""

    q: str = ""
    unit: Unit | None = None
    kind: PostKind | None = None
    full_time: str = ""
    sector: str = ""
    seen: str = ""

    @property
    def params(self) -> dict[str, str]:
        """The same as parts of an address; what is empty is left out."""
        parts = {
            "q": self.q, "unit": str(self.unit.uuid) if self.unit else "", "kind": self.kind.slug if self.kind else "",
            "full_time": self.full_time, "sector": self.sector, "seen": self.seen}
        return {name: value for name, value in parts.items() if value}

    @property
    def asks_for_posts(self) -> bool:
        return bool(self.unit or self.kind or self.full_time or self.sector)


@dataclass(frozen=True)
class CadreRow:
    person: User
    posts: list[Post]


@dataclass(frozen=True)
class CadresPage:
    """Some lines of the list; `before` and `after` are marks of the pages beside it, None where there is none."""

    rows: list[CadreRow]
    count: int
    before: UUID | None
    after: UUID | None

    @property
    def is_counted(self) -> bool:
        """Whether `count` is the number of all, or only says that there are more."""
        return self.count <= COUNTED


@dataclass(frozen=True)
class PostLine:
    post: Post
    may_change: bool

    @property
    def told(self) -> str:
        return told_of(self.post)


@dataclass(frozen=True)
class CadreRecord:
    """What one office knows of one person: only posts and roles in its own units."""

    person: User
    held: list[PostLine]
    past: list[PostLine]
    grants: list[tuple[RoleGrant, bool]]
    # Whether posts may be added; whether the facts may be changed; whether roles may be given somewhere.
    is_managed: bool
    is_kept: bool
    may_give: bool
    is_oneself: bool
    # None: the log is not for this office to read.
    changes: list[LogEntry] | None


def people_seen(office: Office, on: date) -> QuerySet[User]:
    """Return whoever holds a post that day in the office's units; an administrator of the site sees also those without one."""
    if office.sees_all:
        return User.objects.exclude(email__endswith=f"@{ERASED_DOMAIN}")
    return User.objects.filter(pk__in=people_under(office.units, on))


def cadres_page(office: Office, filters: Filters, on: date, *, after: UUID | None = None, before: UUID | None = None) -> CadresPage:
    """Return one page of the list in Vietnamese order. Four queries however long: the mark, the lines, the count, their posts."""
    found = cadres_of(office, filters, on)
    is_back = before is not None and after is None
    mark = User.objects.filter(uuid=after or before).values_list("sort_key", "pk").first() if after or before else None
    people = list(_beyond(found, mark, is_back=is_back)[:PER_PAGE + 1])
    has_more, people = len(people) > PER_PAGE, people[:PER_PAGE]
    if is_back:
        people.reverse()
    posts = posts_seen(office, [person.pk for person in people], on, filters.unit)
    has_before, has_after = (has_more, mark is not None) if is_back else (mark is not None, has_more)
    return CadresPage(
        [CadreRow(person, posts.get(person.pk, [])) for person in people], found.order_by()[:COUNTED + 1].count(),
        people[0].uuid if people and has_before else None, people[-1].uuid if people and has_after else None)


def _beyond(found: QuerySet[User], mark: tuple[str, int] | None, *, is_back: bool) -> QuerySet[User]:
    if mark is not None:
        key, pk = mark
        found = found.filter(
            Q(sort_key__lte=key) & (Q(sort_key__lt=key) | Q(pk__lt=pk)) if is_back else Q(sort_key__gte=key) & (Q(sort_key__gt=key) | Q(pk__gt=pk)))
    return found.order_by("-sort_key", "-id") if is_back else found.in_order()


def cadres_of(office: Office, filters: Filters, on: date) -> QuerySet[User]:
    """Return the people whom the office sees and who answer to the filters; those about posts must fit one and the same post. No query yet."""
    people = people_seen(office, on) if office.sees_all or not filters.asks_for_posts else User.objects.all()
    if filters.asks_for_posts:
        people = people.filter(pk__in=_posts_asked(office, filters, on).values("user"))
    if filters.seen:
        people = people.filter(last_login__isnull=filters.seen == "0")
    return people.named(filters.q) if filters.q else people


def _posts_asked(office: Office, filters: Filters, on: date) -> QuerySet[Post]:
    posts = _posts_in(office, on, filters.unit)
    if filters.kind:
        posts = posts.filter(kind=filters.kind)
    if filters.full_time:
        posts = posts.filter(full_time=filters.full_time == "1")
    return posts.filter(unit__sector=filters.sector) if filters.sector else posts


def _posts_in(office: Office, on: date, unit: Unit | None) -> QuerySet[Post]:
    posts = Post.objects.on(on)
    if unit:
        return posts.filter(unit__in=office.units & Unit.objects.under(unit))
    return posts if office.sees_all else posts.filter(unit__in=office.units)


def posts_seen(office: Office, people: list[int], on: date, unit: Unit | None = None) -> dict[int, list[Post]]:
    """Return the posts that these people hold that day in the units one sees, the highest first, by person. One query."""
    posts: dict[int, list[Post]] = {}
    held = _posts_in(office, on, unit).filter(user__in=people).select_related("unit", "kind")
    for post in held.order_by("kind__rank", "-full_time", "valid_from", "pk"):
        posts.setdefault(post.user_id, []).append(post)
    return posts


def record_of(office: Office, person: User, on: date) -> CadreRecord:
    """Return what the office knows of the person. Nine queries at most: posts, roles, what may be done with each, whether the log is open, the log."""
    posts = Post.objects.filter(user=person, unit__in=office.units).select_related("user", "unit", "kind").order_by("-valid_from", "kind__rank", "pk")
    lines = [PostLine(post, office.manages(post.unit)) for post in posts]
    held = [line for line in lines if line.post.valid_until is None or line.post.valid_until > on]
    is_managed = any(line.may_change and line.post.valid_from <= on for line in held) or office.sees_all
    is_oneself = person.pk == office.user.pk
    is_kept = keeps_account(office.user, person, on)
    return CadreRecord(
        person, held, [line for line in lines if line not in held], _grants_of(office, person, is_oneself=is_oneself), is_managed, is_kept,
        not is_oneself and bool(office.managed_paths or office.sees_all), is_oneself,
        _changes_of(person) if is_managed and _is_all_theirs(office, person) else None)


def _grants_of(office: Office, person: User, *, is_oneself: bool) -> list[tuple[RoleGrant, bool]]:
    """The person's roles over units that one sees, each with whether one may take it away. Two queries."""
    grants = list(RoleGrant.objects.visible_to(office.user).filter(user=person).select_related("unit", "granted_by").order_by("unit__path", "role"))
    if office.sees_all:
        return [(grant, True) for grant in grants]
    given = roles_given_over(office.user, [grant.unit for grant in grants])
    return [(grant, not is_oneself and grant.role in given[grant.unit_id]) for grant in grants]


def _is_all_theirs(office: Office, person: User) -> bool:
    """Whether every post of the person is in this office's care: what the log tells of other units is not for its eyes."""
    return office.sees_all or not Post.objects.filter(user=person).exclude(unit__in=office.managed_units).exists()


def _changes_of(person: User) -> list[LogEntry]:
    return list(LogEntry.objects.filter(about=person).exclude(act__in=LOOKS).select_related("by").order_by("-at", "-pk")[:CHANGES_SHOWN])
