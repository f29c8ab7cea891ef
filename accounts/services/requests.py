"""What people ask to be done with their data: noted with its deadlines, answered in words, done or refused with the reason.

Keeps true: one request of a kind is open at a time; every step stands in the person's log; nobody answers their own request.
"""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import Act, ConsentPurpose, RequestKind, RequestState
from accounts.models import LogEntry, PrivacyRequest, User
from accounts.records import Fate
from accounts.selectors import mailbox_of
from accounts.selectors.requests import version_of
from accounts.selectors.workdays import deadlines_of
from accounts.services.consents import withdraw_consent
from accounts.services.erasing import preview_erasure
from accounts.services.errors import AnsweredMeanwhile, AnswerMissing, NotOwnRequest, RequestClosed
from accounts.services.log import note
from accounts.signals import person_restricted
from accounts.wording import RESTRICTED, TAKEN_BACK

logger = logging.getLogger(__name__)


def ask(*, user: User, kind: str, text: str, now: datetime) -> PrivacyRequest:
    """Note what the person asks, with the days by which it is answered and done. The same kind asked again while it is open is the same request.

    What the person can have at once is done at once: a restriction needs nobody's decision (`restrict_person`).
    """
    days = deadlines_of(kind, timezone.localdate(now))
    fields = {"text": text.strip(), "made_at": now, "answer_by": days.answer_by, "due_on": days.due_on}
    try:
        with transaction.atomic():
            request, is_new = PrivacyRequest.objects.get_or_create(user=user, kind=kind, done_at=None, defaults=fields)
    except IntegrityError:
        # Two taps at the same moment; what the other has asked may be done already.
        request, is_new = PrivacyRequest.objects.filter(user=user, kind=kind).latest("made_at", "pk"), False
    if is_new:
        _note(request, by=user, now=now, what="đã gửi")
    if kind == RequestKind.RESTRICT:
        restrict_person(request=request, now=now)
    return request


def restrict_person(*, request: PrivacyRequest, now: datetime) -> PrivacyRequest:
    """Show the person's account to fewer, from this moment: no rankings, no reminding letters, no public pages of papers; their record stays.

    Sends `person_restricted` within the same transaction: it is not said to be done unless it is, on every floor. Each part is the person's own
    to allow again. Safe to call twice. Locks the request.
    """
    with transaction.atomic():
        row = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
        for purpose in (ConsentPurpose.RANKING, ConsentPurpose.REMINDERS):
            withdraw_consent(user=row.user, purpose=purpose, now=now)
        if row.done_at is None:
            row.state, row.answer, row.answered_at, row.done_at = RequestState.DONE, RESTRICTED, now, now
            row.save(update_fields=["state", "answer", "answered_at", "done_at"])
            _note(row, by=None, now=now, what="đã làm")
        person_restricted.send(sender=User, user=row.user, by=row.user, now=now)
    return row


def answer_request(*, request: PrivacyRequest, by: User, answer: str, state: str, now: datetime, seen: str | None = None) -> PrivacyRequest:
    """Write what the office says to a request, and whether it is being done, is done or is refused; the person is told by letter. Locks it.

    The same answer once more changes nothing and sends no second letter.

    :param state: one of ANSWERED, DONE and REFUSED.
    :param seen: what stood there when the person opened the page (`selectors.requests.version_of`); None when nobody looked.
    :raises AnswerMissing: without words: a refusal needs its reason, an answer says what is done and by when.
    :raises RequestClosed: when it was done or refused meanwhile; :raises AnsweredMeanwhile: when somebody has answered since.
    :raises NotOwnRequest: when somebody would answer themselves.
    """
    answer = answer.strip()
    if not answer:
        raise AnswerMissing
    if by.pk == request.user_id:
        raise NotOwnRequest
    with transaction.atomic():
        row = PrivacyRequest.objects.select_related("user").select_for_update(of=("self",)).get(pk=request.pk)
        if (row.state, row.answer) == (state, answer):
            return row
        _check_seen(row, seen)
        row.answer, row.state, row.handled_by, row.answered_at = answer, state, by, row.answered_at or now
        row.done_at = now if state in (RequestState.DONE, RequestState.REFUSED) else None
        row.save(update_fields=["answer", "state", "handled_by", "answered_at", "done_at"])
        _note(row, by=by, now=now, what={RequestState.DONE: "đã làm", RequestState.REFUSED: "không làm được"}.get(state, "đã trả lời"))
        _tell_later(row)
    return row


def _tell_later(row: PrivacyRequest) -> None:
    """Looked up now: an erasure in the same transaction takes away what says whether the address was ever proved, and what there was to erase."""
    to = mailbox_of(row.user)
    is_erasure = (row.kind, row.state) == (RequestKind.ERASE, RequestState.DONE)
    fates = preview_erasure(user=row.user) if to and is_erasure else None
    transaction.on_commit(lambda: tell_person(request=row, to=to, fates=fates))


def _check_seen(row: PrivacyRequest, seen: str | None) -> None:
    if row.done_at is None:
        # A page of the last release says nothing of what it showed: it answers only what nobody has answered.
        if seen is None or seen == version_of(row) or (not seen and row.state == RequestState.OPEN):
            return
        if row.state == RequestState.OPEN:
            raise AnsweredMeanwhile
    # Of several answers the row keeps the time of the first.
    latest = LogEntry.objects.filter(about=row.user, act=Act.CHANGED, subject__startswith=_subject(row)).order_by("-at", "-pk").select_related("by").first()
    error = RequestClosed if row.done_at else AnsweredMeanwhile
    raise error(latest.by, latest.at) if latest else error


def take_back(*, request: PrivacyRequest, now: datetime) -> bool:
    """Close a request that its person no longer wants, under what the office has said; say whether it was open. Safe to call twice. Locks it."""
    with transaction.atomic():
        row = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
        if row.done_at is not None:
            return False
        row.state, row.done_at, row.answer = RequestState.DONE, now, "\n".join(filter(None, [row.answer, TAKEN_BACK]))
        row.save(update_fields=["state", "done_at", "answer"])
        _note(row, by=row.user, now=now, what="đã rút lại")
    return True


def tell_person(*, request: PrivacyRequest, to: str, fates: list[Fate] | None = None) -> bool:
    """Send the person a letter that their request was answered, in their language; the answer itself stands behind their sign-in.

    Says whether one went out. A dead mail server keeps nothing from being done.

    :param to: an address that they have proved or an office has typed; "" without one.
    :param fates: what an erasure took and left; then all of it stands in the letter, because nobody can sign in any more.
    """
    if not to:
        return False
    with override(request.user.language):
        url = f"{settings.SITE_URL}{reverse('accounts:show-data')}"
        context = {"person": request.user, "request": request, "url": url, "site_name": settings.SITE_NAME, "fates": fates}
        text = render_to_string("accounts/email/request_answered.txt", context)
        subject = _("Your request about your data: %(state)s") % {"state": request.get_state_display()}
    try:
        EmailMessage(" ".join(subject.split()), text, to=[to], headers={"Auto-Submitted": "auto-generated"}).send()
    except (SMTPException, OSError):
        logger.exception("The answer to request %s could not be sent by mail.", request.pk)
        return False
    return True


def _note(request: PrivacyRequest, *, by: User | None, now: datetime, what: str) -> None:
    note(about=request.user, act=Act.CHANGED, by=by, now=now, subject=f"{_subject(request)} {what}")


def _subject(request: PrivacyRequest) -> str:
    """What all entries about this kind of request begin with; the log keeps one language."""
    with override("vi"):
        return f"Yêu cầu về dữ liệu cá nhân ({request.get_kind_display()}):"
