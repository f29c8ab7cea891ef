"""Who answers to an audience on a day: the posts that are meant, as one query."""

from datetime import date

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery

from accounts.enums import Gender
from accounts.models import User
from unions.models import Audience, Post, Unit, UnitFigures
from unions.terms import months_after


def posts_meant(audience: Audience, within: QuerySet[Unit] | None, on: date) -> QuerySet[Post]:
    """Return the posts held that day that are meant, hand-picked people's included. Five queries for what the audience lists, none for the posts.

    :param within: the units that the rule or the target is for, or that somebody may see; None: all.
    """
    held = Post.objects.on(on)
    if within is not None:
        held = held.filter(unit__in=within)
    picked = Q(user__in=list(audience.people.values_list("pk", flat=True)))
    return held.filter(picked if audience.only_people else _described(audience, on) | picked)


def people_meant(audience: Audience, within: QuerySet[Unit] | None, on: date) -> QuerySet[User]:
    """Return the people who are meant that day, each once; whoever never signed in is one of them."""
    posts = posts_meant(audience, within, on)
    return User.objects.filter(pk__in=posts.values("user"))


def _described(audience: Audience, on: date) -> Q:
    wanted = _kinds(audience) & _units(audience, on)
    if audience.full_time is not None:
        wanted &= Q(full_time=audience.full_time)
    if audience.women_only:
        wanted &= Q(user__gender=Gender.FEMALE)
    if audience.new_within_months:
        wanted &= _is_new(audience, on)
    return wanted


def _kinds(audience: Audience) -> Q:
    kinds = list(audience.kinds.values_list("pk", flat=True))
    if audience.from_kind is None:
        return Q(kind__in=kinds) if kinds else Q(kind__is_cadre=True)
    up = Q(kind__is_cadre=True, kind__rank__lte=audience.from_kind.rank)
    return up | Q(kind__in=kinds) if kinds else up


def _units(audience: Audience, on: date) -> Q:
    wanted = Q()
    if audience.sector:
        wanted &= Q(unit__sector=audience.sector)
    if types := list(audience.unit_types.values_list("pk", flat=True)):
        wanted &= Q(unit__type__in=types)
    if paths := list(audience.units.values_list("path", flat=True)):
        wanted &= Q(unit__in=Unit.objects.under_paths(paths))
    if audience.members_from is not None or audience.members_below is not None:
        wanted &= Q(unit__in=_of_size(audience, on))
    return wanted


def _of_size(audience: Audience, on: date) -> QuerySet[Unit]:
    """Units of the size that is asked for on that day; one whose members nobody has counted is no unit of any size."""
    counted = UnitFigures.objects.filter(unit=OuterRef("pk"), valid_from__lte=on).order_by("-valid_from").values("members")[:1]
    units = Unit.objects.annotate(members_then=Subquery(counted, output_field=IntegerField()))
    if audience.members_from is not None:
        units = units.filter(members_then__gte=audience.members_from)
    if audience.members_below is not None:
        units = units.filter(members_then__lt=audience.members_below)
    return units


def _is_new(audience: Audience, on: date) -> Q:
    """Nobody is new in a post of a kind that they held before, here or elsewhere, however the posts follow each other."""
    begun = months_after(on, -audience.new_within_months)
    before = Post.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"), valid_from__lte=begun)
    return Q(valid_from__gt=begun) & ~Q(Exists(before))
