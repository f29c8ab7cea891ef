"""Reads over posts: where a person stands on a day, and which people one may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from unions.models import Post, UnitName


@dataclass(frozen=True)
class Standing:
    """The highest post of a person on a day, in the words of that day."""

    unit_id: int
    unit_name: str
    post_id: int
    post_name: str

    def __str__(self) -> str:
        return f"{self.post_name} {self.unit_name}"


def unit_of(user, on: date) -> Standing | None:
    """Return the person's highest post and its unit on that day, or None for somebody without a post. One query.

    Highest is the lowest rank of the kind of post; among equals a full-time post, then the one held longest.
    """
    return units_of([user.pk], on).get(user.pk)


def units_of(people: Iterable[int] | QuerySet, on: date) -> dict[int, Standing]:
    """Return the highest post and its unit on that day of many people, by the id of the person; who has none is left out. One query.

    :param people: ids, or a query that gives ids.
    """
    name_then = UnitName.objects.on(on).filter(unit=OuterRef("unit")).order_by("-valid_from").values("name")[:1]
    posts = (
        Post.objects.on(on).filter(user__in=people).select_related("kind", "unit").annotate(unit_name_then=Subquery(name_then))
        .order_by("kind__rank", "-full_time", "valid_from", "pk"))
    standings: dict[int, Standing] = {}
    for post in posts:
        standings.setdefault(post.user_id, Standing(post.unit_id, post.unit_name_then or post.unit.name, post.pk, post.kind.name))
    return standings


def visible_people(viewer, on: date) -> QuerySet[User]:
    """Return the people whom the viewer may see: oneself, and whoever holds a post that day under a role of the viewer that opens records. One query more."""
    if not viewer.is_authenticated:
        return User.objects.none()
    if viewer.is_superuser:
        return User.objects.all()
    posts = Post.objects.under_roles_of(viewer, on).filter(user=OuterRef("pk"))
    return User.objects.filter(Q(pk=viewer.pk) | Exists(posts))
