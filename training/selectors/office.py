"""What an office (`unions.selectors.scopes`) sees of what people learn."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from learning.models import Enrolment
from unions.models import Post, Unit
from unions.selectors.scopes import Office, people_under


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
