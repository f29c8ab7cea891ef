"""What people asked to be done with their data."""

from django.db.models import Case, F, QuerySet, When
from django.utils.crypto import salted_hmac

from accounts.models import PrivacyRequest, User

LATEST = 50


def requests_of(user: User) -> list[PrivacyRequest]:
    """Return the person's own requests, open ones first, the latest 50. One query."""
    return list(PrivacyRequest.objects.filter(user=user).order_by(F("done_at").desc(nulls_first=True), "-made_at", "-pk")[:LATEST])


def version_of(request: PrivacyRequest) -> str:
    """Return what a form carries to say which request it was opened for and what had been answered by then. No query."""
    return salted_hmac("accounts.requests", f"{request.pk}|{request.state}|{request.answer}", algorithm="sha256").hexdigest()[:32]


def in_order_of_need(requests: QuerySet[PrivacyRequest]) -> QuerySet[PrivacyRequest]:
    """Sort requests by the day that is next to be kept: the answer's until it is answered, then the deed's. Closed ones last, the latest first."""
    return requests.annotate(next_on=Case(When(done_at__isnull=False, then=None), When(answered_at=None, then=F("answer_by")), default=F("due_on"))).order_by(
        F("next_on").asc(nulls_last=True), "-done_at", "pk")
