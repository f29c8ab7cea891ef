"""Who answers to an audience on a day: the posts that are meant, as one query; and the same audience in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.enums import Gender
from accounts.models import User
from unions.enums import Sector
from unions.models import Audience, Post, PostKind, Unit, UnitFigures, UnitPath, UnitType
from unions.terms import months_after

# In a description further units are only counted.
UNITS_NAMED = 3


@dataclass(frozen=True)
class Meant:
    """What an audience says, read: lines of `unions.models.Audience`, before they are stored too."""

    from_kind: PostKind | None = None
    kinds: tuple[PostKind, ...] = ()
    full_time: bool | None = None
    women_only: bool = False
    sector: str = ""
    unit_types: tuple[UnitType, ...] = ()
    members_from: int | None = None
    members_below: int | None = None
    new_within_months: int | None = None
    units: tuple[Unit, ...] = ()
    people: tuple[int, ...] = ()
    only_people: bool = False


# What is stored in columns of the audience itself.
PLAIN = ("from_kind", "full_time", "women_only", "sector", "members_from", "members_below", "new_within_months", "only_people")


def meant_by(audience: Audience) -> Meant:
    """Return what the audience says. Five queries, one more where it names branches; one less when its kind of post was fetched with it."""
    return Meant(
        **{name: getattr(audience, name) for name in PLAIN},
        kinds=tuple(audience.kinds.order_by("rank", "name")), unit_types=tuple(audience.unit_types.order_by("rank", "name")),
        units=tuple(audience.units.order_by("path").prefetch_related("paths")),
        people=tuple(audience.people.order_by("pk").values_list("pk", flat=True)))


def says(audience: Audience, meant: Meant) -> bool:
    """Tell whether a stored audience says just this, in whatever order. Six queries at most."""
    return _unordered(meant_by(audience)) == _unordered(meant)


def _unordered(meant: Meant) -> tuple:
    return *(getattr(meant, name) for name in PLAIN), *(frozenset(getattr(meant, name)) for name in ("kinds", "unit_types", "units", "people"))


def posts_meant(audience: Audience | Meant, within: QuerySet[Unit] | None, on: date) -> QuerySet[Post]:
    """Return the posts held that day that are meant, hand-picked people's included. Five queries for what the audience lists, none for the posts.

    :param within: the units that the rule or the target is for, or that somebody may see; None: all.
    """
    meant = audience if isinstance(audience, Meant) else meant_by(audience)
    held = Post.objects.on(on)
    if within is not None:
        held = held.filter(unit__in=within)
    picked = Q(user__in=meant.people)
    return held.filter(picked if meant.only_people else _described(meant, on) | picked)


def people_meant(audience: Audience | Meant, within: QuerySet[Unit] | None, on: date) -> QuerySet[User]:
    """Return the people who are meant that day, each once; whoever never signed in is one of them."""
    posts = posts_meant(audience, within, on)
    return User.objects.filter(pk__in=posts.values("user"))


def count_meant(audience: Audience | Meant, within: QuerySet[Unit] | None, on: date) -> int:
    """Return how many people are meant that day, each once. One query; five more for a stored audience."""
    return posts_meant(audience, within, on).aggregate(people=Count("user", distinct=True))["people"]


def _described(meant: Meant, on: date) -> Q:
    wanted = _kinds(meant) & _units(meant, on)
    if meant.full_time is not None:
        wanted &= Q(full_time=meant.full_time)
    if meant.women_only:
        wanted &= Q(user__gender=Gender.FEMALE)
    if meant.new_within_months:
        wanted &= _is_new(meant, on)
    return wanted


def _kinds(meant: Meant) -> Q:
    kinds = [kind.pk for kind in meant.kinds]
    if meant.from_kind is None:
        return Q(kind__in=kinds) if kinds else Q(kind__is_cadre=True)
    up = Q(kind__is_cadre=True, kind__rank__lte=meant.from_kind.rank)
    return up | Q(kind__in=kinds) if kinds else up


def _units(meant: Meant, on: date) -> Q:
    wanted = Q()
    if meant.sector:
        wanted &= Q(unit__sector=meant.sector)
    if meant.unit_types:
        wanted &= Q(unit__type__in=[kind.pk for kind in meant.unit_types])
    if meant.units:
        wanted &= Q(unit__in=_in_branches(meant.units, on))
    if meant.members_from is not None or meant.members_below is not None:
        wanted &= Q(unit__in=_of_size(meant, on))
    return wanted


def _in_branches(units: Iterable[Unit], on: date) -> QuerySet:
    """Units that stood at or below these on that day: what has moved or ended since is where it was."""
    stretches = [row for unit in units for row in unit.paths.all()]
    paths = [row.path for row in stretches if row.valid_from <= on and (row.valid_until is None or row.valid_until > on)]
    return UnitPath.objects.on(on).under_paths(paths).values("unit")


def _of_size(meant: Meant, on: date) -> QuerySet[Unit]:
    """Units of the size that is asked for on that day; one whose members nobody has counted is no unit of any size."""
    counted = UnitFigures.objects.filter(unit=OuterRef("pk"), valid_from__lte=on).order_by("-valid_from").values("members")[:1]
    units = Unit.objects.annotate(members_then=Subquery(counted, output_field=IntegerField()))
    if meant.members_from is not None:
        units = units.filter(members_then__gte=meant.members_from)
    if meant.members_below is not None:
        units = units.filter(members_then__lt=meant.members_below)
    return units


def _is_new(meant: Meant, on: date) -> Q:
    """Nobody is new in a post of a kind that they held before, here or elsewhere, however the posts follow each other."""
    begun = months_after(on, -meant.new_within_months)
    before = Post.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"), valid_from__lte=begun)
    return Q(valid_from__gt=begun) & ~Q(Exists(before))


# In words

def describe(audience: Audience | Meant) -> str:
    """Say in words who is meant: "từ Tổ phó công đoàn trở lên, khu vực ngoài nhà nước, từ 1.000 đoàn viên". Five queries for a stored one."""
    meant = audience if isinstance(audience, Meant) else meant_by(audience)
    return _in_words(meant, len(meant.people))


def describe_many(audiences: Iterable[Audience]) -> dict[int, str]:
    """Say the same of many audiences, by their ids. Five queries however many; hand-picked people are only counted."""
    audiences = list(audiences)
    prefetch_related_objects(audiences, "from_kind", "kinds", "unit_types", "units")
    picked = dict(
        Audience.people.through.objects.filter(audience__in=audiences).values_list("audience").annotate(count=Count("user")))
    return {audience.pk: _in_words(_fetched(audience), picked.get(audience.pk, 0)) for audience in audiences}


def _fetched(audience: Audience) -> Meant:
    return Meant(
        **{name: getattr(audience, name) for name in PLAIN}, kinds=tuple(sorted(audience.kinds.all(), key=lambda kind: kind.rank)),
        unit_types=tuple(sorted(audience.unit_types.all(), key=lambda kind: kind.rank)), units=tuple(sorted(audience.units.all(), key=lambda unit: unit.path)))


def _in_words(meant: Meant, picked: int) -> str:
    people = ngettext("%(count)s hand-picked person", "%(count)s hand-picked people", picked) % {"count": _number(picked)}
    if meant.only_people:
        return people
    words = [*_posts_in_words(meant), *_units_in_words(meant)]
    text = ", ".join(words)
    return _("%(audience)s, and %(people)s") % {"audience": text, "people": people} if picked else text


def _posts_in_words(meant: Meant) -> list[str]:
    kinds = ", ".join(kind.name for kind in meant.kinds)
    words = []
    if meant.from_kind:
        words.append(_("from %(post)s up") % {"post": meant.from_kind.name})
    if kinds:
        words.append(kinds)
    if not words:
        words.append(_("all cadres"))
    if meant.full_time is not None:
        words.append(pgettext("audience", "full-time") if meant.full_time else pgettext("audience", "part-time"))
    if meant.women_only:
        words.append(pgettext("audience", "women"))
    if meant.new_within_months:
        words.append(ngettext(
            "new in post within %(count)s month", "new in post within %(count)s months", meant.new_within_months) % {"count": meant.new_within_months})
    return words


def _units_in_words(meant: Meant) -> list[str]:
    words = []
    if meant.sector:
        words.append({
            Sector.STATE: pgettext("audience", "state sector"), Sector.NON_STATE: pgettext("audience", "non-state sector"),
            Sector.OTHER: pgettext("audience", "other sectors")}[Sector(meant.sector)])
    if meant.unit_types:
        words.append(_("in units of type %(types)s") % {"types": ", ".join(kind.name for kind in meant.unit_types)})
    if meant.members_from is not None:
        words.append(_("at least %(count)s members") % {"count": _number(meant.members_from)})
    if meant.members_below is not None:
        words.append(_("fewer than %(count)s members") % {"count": _number(meant.members_below)})
    if meant.units:
        words.append(_branches(meant))
    return words


def _branches(meant: Meant) -> str:
    names = ", ".join(unit.name for unit in meant.units[:UNITS_NAMED])
    if (more := len(meant.units) - UNITS_NAMED) > 0:
        return _("within %(units)s and %(count)s more") % {"units": names, "count": _number(more)}
    return _("within %(units)s") % {"units": names}


def _number(count: int) -> str:
    return number_format(count, 0, use_l10n=True, force_grouping=True)
