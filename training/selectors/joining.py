"""Class codes: which one is typed, whether it is open, and who joined by it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts import codes
from training.enums import JoinState
from training.models import JoinCode, Joining
from unions.models import Post, PostKind, Unit

PER_PAGE = 50


@dataclass(frozen=True)
class CodeLine:
    """A class code of the list, how many joined by it, and whether it is open."""

    code: JoinCode
    joined: int
    state: JoinState

    @property
    def shown(self) -> str:
        return codes.shown(self.code.code)

    @property
    def tone(self) -> str:
        return {JoinState.OPEN: "now", JoinState.FULL: "done", JoinState.EARLY: "warn"}.get(self.state, "")

    @property
    def latest(self) -> date:
        """The last day on which it lets people join."""
        return timezone.localdate(self.code.closes_at - timedelta(seconds=1))


@dataclass(frozen=True)
class JoinedLine:
    """Somebody who joined, and whether the unit knows them: by a post there, or because its office has said so."""

    joining: Joining
    has_post: bool

    @property
    def is_known(self) -> bool:
        return self.has_post or self.joining.confirmed_at is not None


def code_typed(code: str) -> JoinCode | None:
    """Return the class code, whether it is open or not. One query."""
    return JoinCode.objects.select_related("unit", "course").filter(code=code).first()


def state_of(code: JoinCode, joined: int, now: datetime) -> JoinState:
    """Say whether the code lets one more person join. No query."""
    if code.closed_at is not None or code.closes_at <= now:
        return JoinState.CLOSED
    if code.most is not None and joined >= code.most:
        return JoinState.FULL
    return JoinState.EARLY if code.opens_at > now else JoinState.OPEN


def standing_of(code: JoinCode, now: datetime) -> CodeLine:
    """Return how a class code stands. One query."""
    joined = code.joinings.count()
    return CodeLine(code, joined, state_of(code, joined, now))


def has_joined(code: JoinCode, user) -> bool:
    """Say whether the person joined by this code. One query; none for a stranger."""
    return user.is_authenticated and code.joinings.filter(user=user).exists()


def codes_page(user, number: str | int | None, now: datetime) -> tuple[Page, list[CodeLine]]:
    """Return a page of the class codes of the units that the person sees, the newest first. Three queries however long; two for a superuser."""
    codes = JoinCode.objects.visible_to(user).select_related("unit", "course").annotate(joined=Count("joinings")).order_by("-pk")
    page = Paginator(codes, PER_PAGE).get_page(number)
    return page, [CodeLine(code, code.joined, state_of(code, code.joined, now)) for code in page.object_list]


def joined_page(code: JoinCode, number: str | int | None, on: date) -> tuple[Page, list[JoinedLine]]:
    """Return a page of who joined, whoever the unit does not know first, then by name. Two queries however long."""
    posts = Post.objects.on(on).filter(user=OuterRef("user"), unit__in=Unit.objects.under(code.unit))
    joined: QuerySet[Joining] = code.joinings.select_related("user", "confirmed_by").annotate(has_post=Exists(posts))
    page = Paginator(joined.order_by("has_post", "confirmed_at", "user__sort_key", "pk"), PER_PAGE).get_page(number)
    return page, [JoinedLine(joining, joining.has_post) for joining in page.object_list]


def post_kinds() -> list[PostKind]:
    """Return the posts that somebody who joined may be put into, the highest first. One query."""
    return list(PostKind.objects.order_by("rank", "name"))
