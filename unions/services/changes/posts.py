"""What becomes of posts and roles when a unit ends or is divided.

Keeps true: a post that was held ends and stays; who held it goes on elsewhere under a post of its own, once per person and kind of post.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from unions.enums import Manner
from unions.models import Post, RoleGrant, Unit
from unions.services.changes.ledger import Ledger
from unions.services.changes.plans import NAMES_TOLD, Obstacle
from unions.services.roles import keep_staff_flags

_FACTS = ("pk", "user_id", "unit_id", "kind_id", "full_time", "valid_from", "valid_until", "term")


@dataclass(frozen=True)
class Held:
    """A post that is held on the day of a change or begins later."""

    pk: int
    user_id: int
    unit_id: int
    kind_id: int
    full_time: bool
    valid_from: date
    valid_until: date | None
    term: str

    @property
    def who_and_what(self) -> tuple[int, int]:
        return self.user_id, self.kind_id


@dataclass
class Passing:
    """Which posts end, which go on in another unit (by the post, the unit's place among the successors), which only begin there."""

    ended: list[Held] = field(default_factory=list)
    carried: list[tuple[Held, int, date | None]] = field(default_factory=list)
    rehung: list[tuple[Held, int]] = field(default_factory=list)
    # Who holds the post in the successor already.
    kept: list[Held] = field(default_factory=list)
    # Begin on the day or later in a unit that is no more then, and cannot go on elsewhere.
    stranded: list[Held] = field(default_factory=list)

    @property
    def people(self) -> set[int]:
        return {post.user_id for post in (*self.ended, *(post for post, _place in self.rehung))}

    @property
    def carried_people(self) -> set[int]:
        return {post.user_id for post, *_rest in (*self.carried, *self.rehung)}

    @property
    def counts(self) -> dict[str, int]:
        return {"people": len(self.people), "posts": len(self.ended) + len(self.rehung), "carried": len(self.carried) + len(self.rehung)}

    def facts(self) -> list:
        """What a plan rests on, small."""
        return [len(self.ended), sum(post.pk for post in self.ended), len(self.carried), len(self.rehung), len(self.kept), len(self.stranded)]


def posts_from(units: Collection[Unit], on: date, *, users: Iterable[int] | None = None) -> list[Held]:
    """Return the posts held in the units on that day or later, locked. Who is asked for first is carried on first: full-time, without an end. One query."""
    posts = Post.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), unit__in=units).order_by("pk")
    if users is not None:
        posts = posts.filter(user__in=users)
    found = [Held(*row) for row in posts.values_list(*_FACTS)]
    return sorted(found, key=lambda post: (not post.full_time, post.valid_until is not None, post.pk))


def lock_posts(units: Collection[Unit]) -> None:
    """Lock the posts of these units, so that no list that is brought in meanwhile changes them. One query."""
    list(Post.objects.select_for_update().filter(unit__in=units).order_by("pk").values_list("pk"))


def pass_on(posts: Iterable[Held], goes: Mapping[int, int] | int | None, there: Mapping[int, Iterable[Held]], on: date) -> Passing:
    """Judge what becomes of each post. Plain Python.

    :param goes: the place of the successor, for all or by person; None, or a person who is missing: the post only ends.
    :param there: the posts held in each successor already, by its place.
    """
    passing = Passing()
    holds = {(place, *post.who_and_what): post.valid_from for place, held in there.items() for post in held}
    for post in posts:
        place = goes.get(post.user_id) if isinstance(goes, Mapping) else goes
        if post.valid_from >= on:
            _begin_there(passing, post, place, holds)
            continue
        passing.ended.append(post)
        if place is None:
            continue
        since = holds.get((place, *post.who_and_what))
        if since is not None and since <= on:
            passing.kept.append(post)
        else:
            passing.carried.append((post, place, _earlier(post.valid_until, since)))
            holds[(place, *post.who_and_what)] = on
    return passing


def _begin_there(passing: Passing, post: Held, place: int | None, holds: dict) -> None:
    if place is None or (place, *post.who_and_what) in holds:
        passing.stranded.append(post)
    else:
        passing.rehung.append((post, place))
        holds[(place, *post.who_and_what)] = post.valid_from


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def write_posts(ledger: Ledger, passing: Passing, successors: list[Unit], on: date, decision_number: str) -> None:
    """End the posts on that day and carry them on: designated, under the decision, for as long as they would have been held.

    Nobody else enters a post in a successor meanwhile: it is new, or its row is locked.
    """
    new = {"manner": Manner.DESIGNATED.value, "valid_from": on, "decision_number": decision_number}
    for place, successor in enumerate(successors):
        whole = [post.pk for post, there, until in passing.carried if there == place and until == post.valid_until]
        ledger.copy(Post, whole, Post.objects.filter(unit=successor, valid_from=on), unit_id=successor.pk, **new)
        ledger.make([Post(
            user_id=post.user_id, unit=successor, kind_id=post.kind_id, full_time=post.full_time, valid_until=until, term=post.term, **new)
            for post, there, until in passing.carried if there == place and until != post.valid_until])
    ledger.change(Post, [post.pk for post in passing.ended], valid_until=on)
    for place, successor in enumerate(successors):
        ledger.change(Post, [post.pk for post, there in passing.rehung if there == place], unit_id=successor.pk)


def stranded_posts(passing: Passing) -> list[Obstacle]:
    """Return which posts stand in the way. One query if there are any."""
    if not passing.stranded:
        return []
    names = User.objects.filter(pk__in=[post.user_id for post in passing.stranded[:NAMES_TOLD]]).in_order()
    text = _("These people's posts in a unit that ends begin on that day or later: %(names)s. Choose a later day, or correct their posts first.")
    return [Obstacle("later_posts", text % {"names": ", ".join(names.values_list("full_name", flat=True))})]


def roles_in(units: Collection[Unit]) -> list[RoleGrant]:
    """Return the roles over these units themselves. One query."""
    return list(RoleGrant.objects.filter(unit__in=units).order_by("pk"))


def write_roles(ledger: Ledger, roles: list[RoleGrant], successors: list[Unit], *, by, now: datetime) -> set[int]:
    """Take the roles away and, where there are successors, give them over those instead. Return whom that concerns."""
    held = set(RoleGrant.objects.filter(unit__in=successors).values_list("user_id", "unit_id", "role"))
    wanted = dict.fromkeys((role.user_id, unit.pk, role.role) for unit in successors for role in roles)
    people = {role.user_id for role in roles}
    ledger.remove(roles)
    ledger.make([RoleGrant(user_id=user, unit_id=unit, role=role, granted_by=by, granted_at=now)
                 for user, unit, role in wanted if (user, unit, role) not in held])
    keep_staff_flags(people=people)
    return people
