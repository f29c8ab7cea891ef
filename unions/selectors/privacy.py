"""Requests about personal data, as the office of the person's unit sees them."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from accounts.models import PrivacyRequest
from accounts.selectors.requests import in_order_of_need
from unions.selectors.people import Standing, units_of
from unions.selectors.roles import keeps_account
from unions.selectors.scopes import Office, people_under

PER_PAGE = 50


@dataclass(frozen=True)
class RequestLine:
    request: PrivacyRequest
    standing: Standing | None
    is_late: bool


@dataclass(frozen=True)
class RequestsPage:
    page: Page
    lines: list[RequestLine]
    open: int
    late: int


def requests_governed(office: Office, on: date) -> QuerySet[PrivacyRequest]:
    """Return the requests of whoever holds a post that day in units that the office governs; an administrator of the site sees all.

    Not one's own: nobody answers themselves.
    """
    found = PrivacyRequest.objects.exclude(user=office.user.pk)
    return found if office.sees_all else found.filter(user__in=people_under(office.governed_units, on))


def requests_page(office: Office, number: str | int | None, on: date, *, closed: bool = False) -> RequestsPage:
    """Return one page of requests, overdue ones on top, then by the day that is next; or of closed ones, the latest first. Four queries however long."""
    found = requests_governed(office, on)
    counts = found.aggregate(open=Count("pk", filter=Q(done_at=None)), late=Count("pk", filter=_is_late(on)))
    shown = in_order_of_need(found.filter(done_at__isnull=not closed)).select_related("user", "handled_by")
    page = Paginator(shown, PER_PAGE).get_page(number)
    rows = list(page.object_list)
    standings = units_of([row.user_id for row in rows], on)
    return RequestsPage(page, [RequestLine(row, standings.get(row.user_id), late_on(row, on)) for row in rows], **counts)


def _is_late(on: date) -> Q:
    return Q(done_at=None) & (Q(answered_at=None, answer_by__lt=on) | Q(due_on__lt=on))


def late_on(request: PrivacyRequest, on: date) -> bool:
    """Say whether a day that was to be kept has gone by. No query."""
    return request.done_at is None and ((request.answered_at is None and request.answer_by < on) or request.due_on < on)


@dataclass(frozen=True)
class RequestInFull:
    """A request with who asks, and whether the reader may erase them."""

    request: PrivacyRequest
    standing: Standing | None
    is_late: bool
    may_erase: bool


def request_in_full(office: Office, request: PrivacyRequest, on: date) -> RequestInFull:
    """Return a request as its page shows it. Five queries at most."""
    standing = units_of([request.user_id], on).get(request.user_id)
    return RequestInFull(request, standing, late_on(request, on), keeps_account(office.user, request.user, on))
