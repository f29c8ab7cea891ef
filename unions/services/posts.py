"""Writes on posts: who holds which office where, from which day until which.

Keeps true: nobody holds the same post in the same unit twice on one day, and no post reaches beyond the days of its unit. Rows are locked
in one order, the unit before the person, so that a merger of units and an appointment never wait for each other in a ring.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.enums import Act
from accounts.models import User
from accounts.services import note
from unions.models import Audience, Post, PostKind, RoleGrant, RosterImportRow, Unit
from unions.selectors.posts import facts_of, told_of
from unions.services.errors import EndsBeforeItBegins, PostChangedMeanwhile, PostEndedAlready, PostGone, PostOverlaps, UnitNotActive
from unions.services.roles import keep_staff_flag
from unions.signals import posts_changed


@dataclass(frozen=True)
class Term:
    """What is said about a post besides whose it is and where."""

    kind: PostKind
    valid_from: date
    valid_until: date | None = None
    full_time: bool = False
    manner: str = ""
    decision_number: str = ""
    term: str = ""


@transaction.atomic
def appoint_person(
    *, user: User, unit: Unit, kind: PostKind, valid_from: date, valid_until: date | None = None, full_time: bool = False, manner: str = "",
    decision_number: str = "", term: str = "", by: User | None = None, now: datetime | None = None,
) -> Post:
    """Put the person into a post of the unit, or return the post that begins and ends on these days already.

    Locks the unit and the person. Tells the floors above after commit. Without `now` nothing is written into the log (a program that sets up a site).

    :raises EndsBeforeItBegins: when the last day does not lie after the first.
    :raises UnitNotActive: when the unit is not active from the first day to the last.
    :raises PostOverlaps: when the person holds the same post there on one of these days.
    """
    said = Term(kind, valid_from, valid_until, full_time, manner, decision_number, term)
    unit = _locked(user, unit)
    others = _held_within(user, unit, said)
    if same := next((post for post in others if (post.valid_from, post.valid_until) == (valid_from, valid_until)), None):
        return same
    _check(unit, said, others)
    post = Post.objects.create(user=user, unit=unit, **vars(said))
    _tell(post, Act.APPOINTED, by=by, now=now, changes={name: ["", value] for name, value in facts_of(post).items() if value})
    return post


@transaction.atomic
def end_post(*, post: Post, on: date, by: User | None, now: datetime | None, seen: str = "") -> Post:
    """End the post on that day, the first on which it is no longer held. The same day again changes nothing. Locks the unit and the person.

    :param seen: what the page told of the post when it was opened (`told_of`); "" asks nothing.
    :raises PostGone, PostChangedMeanwhile: when somebody else was quicker.
    :raises EndsBeforeItBegins: when the day does not lie after the first.
    :raises PostEndedAlready: when the post ended earlier.
    """
    post = _locked_post(post)
    if post.valid_until == on:
        return post
    if post.valid_until is not None and post.valid_until < on:
        raise PostEndedAlready(post)
    if on <= post.valid_from:
        raise EndsBeforeItBegins
    _look_again(post, seen)
    return _changed(post, lambda: setattr(post, "valid_until", on), Act.POST_ENDED, by=by, now=now)


@transaction.atomic
def correct_post(*, post: Post, said: Term, by: User | None, now: datetime | None, seen: str = "") -> Post:
    """Write what the post should have said from the beginning; whose it is and in which unit stays. Locks the unit and the person.

    :param seen: as for `end_post`.
    :raises PostGone, PostChangedMeanwhile: when somebody else was quicker.
    :raises EndsBeforeItBegins, UnitNotActive, PostOverlaps: as for `appoint_person`.
    """
    post = _locked_post(post)
    _look_again(post, seen)
    _check(post.unit, said, [other for other in _held_within(post.user, post.unit, said) if other.pk != post.pk])

    def write() -> None:
        for name, value in vars(said).items():
            setattr(post, name, value)

    return _changed(post, write, Act.POST_CHANGED, by=by, now=now)


@transaction.atomic
def withdraw_post(*, post: Post, by: User | None, now: datetime | None) -> None:
    """Take back a post that was entered by mistake: it never was. What it said stays in the log. Locks the unit and the person.

    :raises PostGone: when somebody else was quicker.
    """
    post = _locked_post(post)
    _tell(post, Act.POST_CHANGED, by=by, now=now, changes={name: [value, ""] for name, value in facts_of(post).items() if value})
    Post.objects.filter(pk=post.pk).delete()


def release_person(*, user: User, on: date) -> None:
    """End the person's posts on that day and take their roles away; posts that were to begin later, or begin on that day, never were.

    Rows about them in lists that were brought in go too, and their place among hand-picked people.
    """
    with transaction.atomic():
        Post.objects.filter(user=user, valid_from__gte=on).delete()
        Post.objects.filter(user=user).exclude(valid_until__lte=on).update(valid_until=on)
        if RoleGrant.objects.filter(user=user).delete()[0]:
            keep_staff_flag(user=user)
        RosterImportRow.objects.filter(person=user).delete()
        Audience.people.through.objects.filter(user=user).delete()
        _send(user.pk)


def _locked(user: User, unit: Unit) -> Unit:
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return unit


def _locked_post(post: Post) -> Post:
    _locked(post.user, post.unit)
    found = Post.objects.select_related("user", "unit", "kind").filter(pk=post.pk).first()
    if found is None:
        raise PostGone
    return found


def _look_again(post: Post, seen: str) -> None:
    if seen and seen != told_of(post):
        raise PostChangedMeanwhile


def _held_within(user: User, unit: Unit, said: Term) -> list[Post]:
    """Posts of the same kind there that share a day with what is said; the last day is no longer held."""
    held = Post.objects.filter(user=user, unit=unit, kind=said.kind).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=said.valid_from))
    if said.valid_until is not None:
        held = held.filter(valid_from__lt=said.valid_until)
    return list(held.order_by("valid_from"))


def _check(unit: Unit, said: Term, others: list[Post]) -> None:
    if said.valid_until is not None and said.valid_until <= said.valid_from:
        raise EndsBeforeItBegins
    if said.valid_from < unit.active_from or (unit.active_until and (said.valid_until is None or said.valid_until > unit.active_until)):
        raise UnitNotActive(unit)
    if others:
        raise PostOverlaps(others[0])


def _changed(post: Post, write: Callable[[], None], act: str, *, by: User | None, now: datetime | None) -> Post:
    before = facts_of(post)
    write()
    after = facts_of(post)
    if changes := {name: [before[name], after[name]] for name in before if before[name] != after[name]}:
        post.save()
        _tell(post, act, by=by, now=now, changes=changes)
    return post


def _tell(post: Post, act: str, *, by: User | None, now: datetime | None, changes: dict) -> None:
    if now is not None:
        note(about=post.user, act=act, by=by, now=now, subject=f"{post.kind.name}, {post.unit.name}", changes=changes)
    _send(post.user_id)


def _send(person: int) -> None:
    transaction.on_commit(lambda: posts_changed.send_robust(sender=Post, people={person}))
