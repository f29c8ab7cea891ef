"""Writes on posts: who holds which office where, from which day until which."""

from datetime import date

from django.db import transaction

from unions.models import Post, PostKind, RoleGrant, Unit


def appoint_person(
    *, user, unit: Unit, kind: PostKind, valid_from: date, valid_until: date | None = None, full_time: bool = False, manner: str = "",
    decision_number: str = "",
) -> Post:
    """Put the person into a post of the unit, or return the post that began on that day already."""
    post, _created = Post.objects.get_or_create(
        user=user, unit=unit, kind=kind, valid_from=valid_from,
        defaults={"valid_until": valid_until, "full_time": full_time, "manner": manner, "decision_number": decision_number})
    return post


def release_person(*, user, on: date) -> None:
    """End the person's posts on that day and take their roles away; posts that were to begin later, or begin on that day, never were."""
    with transaction.atomic():
        Post.objects.filter(user=user, valid_from__gte=on).delete()
        Post.objects.filter(user=user).exclude(valid_until__lte=on).update(valid_until=on)
        RoleGrant.objects.filter(user=user).delete()
