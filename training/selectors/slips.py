"""Slips in the office: who of a unit may be given one, and what became of those that were made."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import SignInSlip, User
from accounts.selectors import may_have_slips
from training.enums import SlipState, SlipWish
from training.selectors.office import may_manage, posts_in
from unions.models import Post, RoleGrant, Unit
from unions.selectors.scopes import Office, people_under

# Set in three seconds, 63 sheets; whoever has a slip is left out the next time, so a large unit takes several turns.
MOST_AT_ONCE = 500
PER_PAGE = 50
FOUND_AT_ONCE = 30


@dataclass(frozen=True)
class Wish:
    """For whom slips are wanted: of which unit and those below, and who of its people."""

    unit: Unit
    who: str = SlipWish.NEVER
    # Also whoever holds a slip that still opens, which is replaced.
    again: bool = False
    chosen: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Reckoned:
    """How many people a wish means, and how many of them are left out: holding a slip, or with rights that a slip must not give away."""

    people: int
    holding: int
    refused: int

    @property
    def at_once(self) -> int:
        return min(self.people, MOST_AT_ONCE)


@dataclass(frozen=True)
class Wanted:
    """Somebody for whom a slip is to be made."""

    user_id: int
    name: str
    unit: str


@dataclass(frozen=True)
class Standing:
    """What is known of somebody for whom one slip is asked for."""

    post: Post | None
    held: SignInSlip | None
    may_have: bool


@dataclass(frozen=True)
class Line:
    """A slip of the list, with the highest post by which the office sees its person."""

    slip: SignInSlip
    state: SlipState
    post: Post | None
    may_cancel: bool

    @property
    def tone(self) -> str:
        return {SlipState.OPEN: "now", SlipState.USED: "done", SlipState.OVER: "warn"}.get(self.state, "")

    @property
    def latest(self) -> date:
        """The last day on which the slip opens."""
        return timezone.localdate(self.slip.expires_at - timedelta(seconds=1))


def reckon(office: Office, wish: Wish, on: date, now: datetime) -> Reckoned:
    """Say how many people the wish means. Three queries."""
    meant = _posts(office, wish, on).filter(user__in=_wanted_people(wish))
    open_to_all = meant.filter(user__in=_allowed())
    count = _count(open_to_all)
    free = count if wish.again else _count(open_to_all.exclude(user__in=_holding(now)))
    return Reckoned(people=free, holding=count - free, refused=_count(meant) - count)


def people_for(office: Office, wish: Wish, on: date, now: datetime) -> list[Wanted]:
    """Return the first 500 people whom the wish means, by unit and name, each once. One query."""
    posts = _posts(office, wish, on).filter(user__in=_wanted_people(wish)).filter(user__in=_allowed())
    if not wish.again:
        posts = posts.exclude(user__in=_holding(now))
    rows = posts.order_by("unit__search_key", "unit_id", "user__sort_key", "user_id").values_list("user_id", "user__full_name", "unit__name")
    # Somebody with several posts stands there several times.
    found: dict[int, Wanted] = {}
    for row in rows[:3 * MOST_AT_ONCE]:
        if len(found) < MOST_AT_ONCE:
            found.setdefault(row[0], Wanted(*row))
    return list(found.values())


def people_named(office: Office, unit: Unit, text: str, on: date) -> list[User]:
    """Return the first 30 people of the unit and those below whose name, number or address holds the words. One query."""
    people = User.objects.named(text).filter(pk__in=people_under(office.managed_units & Unit.objects.under(unit), on))
    return list(people.in_order()[:FOUND_AT_ONCE])


def manages_person(office: Office, person: User, on: date) -> bool:
    """Say whether the person's password is this office's to renew. One query; none for a superuser."""
    return may_manage(office, person.pk, on)


def standing_for(office: Office, person: User, now: datetime) -> Standing:
    """Say what is known of a person before a slip is made. Three queries."""
    posts = posts_in(office, [person.pk], timezone.localdate(now)).get(person.pk, ())
    held = SignInSlip.objects.open(now).filter(user=person).first()
    return Standing(next(iter(posts), None), held, may_get_slip(person))


def may_get_slip(person: User) -> bool:
    """Say whether a slip may open the person's account: not when they hold a role or any other right. One query."""
    return User.objects.filter(pk=person.pk, pk__in=_allowed()).exists()


def slips_page(office: Office, state: str, text: str, number: str | int | None, on: date, now: datetime) -> tuple[Page, list[Line]]:
    """Return a page of the slips of the office's people, the newest first. Four queries however long; three for a superuser."""
    slips = SignInSlip.objects.select_related("user", "made_by")
    if not office.sees_all:
        slips = slips.filter(user__in=people_under(office.units, on))
    if state:
        slips = slips.filter(_stands(state, now))
    if text:
        slips = slips.filter(user__in=User.objects.named(text).values("pk"))
    page = Paginator(slips.order_by("-pk"), PER_PAGE).get_page(number)
    people = {slip.user_id for slip in page.object_list}
    posts, managed = posts_in(office, people, on), _managed(office, people, on)
    states = [(slip, state_of(slip, now)) for slip in page.object_list]
    return page, [
        Line(slip, state, next(iter(posts.get(slip.user_id, ())), None), state == SlipState.OPEN and slip.user_id in managed)
        for slip, state in states]


def _managed(office: Office, people: set[int], on: date) -> set[int]:
    if office.sees_all:
        return people
    return set(Post.objects.on(on).filter(user__in=people, unit__in=office.managed_units).values_list("user", flat=True))


def state_of(slip: SignInSlip, now: datetime) -> SlipState:
    """Say what became of a slip. No query."""
    if slip.used_at:
        return SlipState.USED
    if slip.cancelled_at:
        return SlipState.CANCELLED
    return SlipState.OPEN if slip.expires_at > now else SlipState.OVER


def _stands(state: str, now: datetime) -> Q:
    unused = Q(used_at__isnull=True, cancelled_at__isnull=True)
    return {
        SlipState.OPEN: unused & Q(expires_at__gt=now), SlipState.OVER: unused & Q(expires_at__lte=now),
        SlipState.USED: Q(used_at__isnull=False), SlipState.CANCELLED: Q(used_at__isnull=True, cancelled_at__isnull=False),
    }[SlipState(state)]


def _posts(office: Office, wish: Wish, on: date) -> QuerySet[Post]:
    return Post.objects.on(on).filter(unit__in=office.managed_units & Unit.objects.under(wish.unit))


def _count(posts: QuerySet[Post]) -> int:
    return posts.values("user").distinct().count()


def _wanted_people(wish: Wish) -> QuerySet:
    people = User.objects.filter(is_active=True)
    if wish.who == SlipWish.CHOSEN:
        people = people.filter(uuid__in=wish.chosen)
    elif wish.who == SlipWish.NEVER:
        people = people.filter(last_login__isnull=True)
    else:
        people = people.filter(_cannot_get_in())
    return people.values("pk")


def _cannot_get_in() -> Q:
    """Nothing to sign in with, or no password and no mailbox that a link for one could be sent to."""
    nameless = Q(phone__isnull=True, member_code__isnull=True, last_login__isnull=True)
    return Q(email__isnull=True) & (nameless | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX))


def _allowed() -> QuerySet:
    """Whoever holds a role is let in by whoever gave it, not by a slip."""
    roles = RoleGrant.objects.filter(user=OuterRef("pk"))
    return may_have_slips().filter(~Exists(roles)).values("pk")


def _holding(now: datetime) -> QuerySet:
    return SignInSlip.objects.open(now).values("user")
