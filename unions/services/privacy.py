"""Erasing a person because they asked for it: what must be said to them, and the deed, together."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.enums import RequestKind, RequestState
from accounts.models import PrivacyRequest, User
from accounts.services import erase_person
from accounts.services.requests import answer_request
from unions.selectors.roles import keeps_account
from unions.services.errors import NotYourPerson


def erase_on_request(*, request: PrivacyRequest, by: User, reason: str, now: datetime, seen: str | None = None) -> User:
    """Tell the person that it is done, by a letter to the address that is about to go, and erase them (`accounts.services.erase_person`).

    All of it or nothing. What it takes and leaves is told before by `accounts.services.preview_erasure`.

    :param seen: what stood in the request when the person opened the page (`accounts.selectors.requests.version_of`).
    :raises NotYourPerson: when the person has rights that reach further than the eraser's.
    :raises AnswerMissing, EraseReasonMissing, RequestClosed, AnsweredMeanwhile, NotOwnRequest, NotOneself: as those do.
    """
    if request.kind != RequestKind.ERASE or not keeps_account(by, request.user, timezone.localdate(now)):
        raise NotYourPerson
    with transaction.atomic():
        row = answer_request(request=request, by=by, answer=reason, state=RequestState.DONE, now=now, seen=seen)
        return erase_person(user=row.user, by=by, now=now, reason=reason)
