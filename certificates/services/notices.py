"""The outbox: messages to holders, posted at once for many and sent one by one.

Keeps true: a certificate has one notice of each kind and day, however often it is posted; no two workers send the same notice, because
each is claimed by a conditional update before it leaves. A worker that is killed between the mail server's yes and its own note sends
that one notice again after CLAIM_HOLDS, under the same Message-ID.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from smtplib import SMTPException, SMTPRecipientsRefused

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates.enums import NoticeKind, NoticeState, State
from certificates.models import Certificate, Notice
from certificates.services.letters import letter_of

logger = logging.getLogger(__name__)

CHUNK = 500
# Nobody else touches a claimed notice for so long; handing one letter over takes seconds (EMAIL_TIMEOUT for each word of the server).
CLAIM_HOLDS = timedelta(minutes=10)
# How long to wait after the first failure, the second, …; the sixth is the last.
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
TRIES = len(WAITS) + 1
# A batch ends after this, so that whoever sends can do the rest of its work.
BATCH_LASTS = timedelta(seconds=45)


@dataclass
class Sent:
    """What a batch did."""

    sent: int = 0
    failed: int = 0
    # There may be more that is due.
    is_full: bool = False
    # Nothing more can be sent for now: the mail server does not answer.
    is_stopped: bool = False


def post_notices(*, certificates: Iterable[Certificate], kind: str, now: datetime, days: int = 0) -> int:
    """Post a notice for each certificate and return how many are new; posting again adds none.

    Takes a queryset or any iterable, 500 at a time: three queries for each 500. Holders without an address get a notice that only
    their own page shows; papers without an account, and people whose account is closed, get none. Sends nothing.
    """
    return sum(_post(keys, kind, now, days) for keys in _chunks(certificates))


def _chunks(certificates: Iterable[Certificate]) -> Iterator[list[int]]:
    if isinstance(certificates, QuerySet):
        keys = certificates.values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    else:
        keys = (certificate.pk for certificate in certificates)
    while chunk := list(islice(keys, CHUNK)):
        yield chunk


def _post(keys: list[int], kind: str, now: datetime, days: int) -> int:
    posted = Notice.objects.filter(certificate=OuterRef("pk"), kind=kind, days=days)
    rows = (
        Certificate.objects.filter(~Exists(posted), pk__in=keys, user__is_active=True)
        .annotate(is_unproved=_is_unproved("user")).values_list("pk", "user__email", "is_unproved"))
    notices = [_notice(pk, "" if is_unproved else email or "", kind, now, days) for pk, email, is_unproved in rows]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(notices)


def _is_unproved(holder: str) -> Exists:
    """Say whether the holder's address waits for its proof: it may be a stranger's (ADR 0008)."""
    return Exists(EmailAddress.objects.filter(user=OuterRef(holder), email=OuterRef(f"{holder}__email"), verified=False))


def _notice(certificate_id: int, email: str, kind: str, now: datetime, days: int) -> Notice:
    state = NoticeState.WAITING if email else NoticeState.NO_EMAIL
    return Notice(certificate_id=certificate_id, kind=kind, days=days, email=email, state=state, made_at=now, due_at=now)


def send_notices(*, now: datetime, limit: int = CHUNK) -> Sent:
    """Send what is due, the longest waiting first, at most `limit` and for at most BATCH_LASTS, over one connection.

    Four short queries a notice, no transaction around them. A letter that cannot be handed over is tried again after each of WAITS and
    given up after TRIES, at once when the server refuses the address for good. A server that does not answer costs nobody a try.
    """
    keys = list(Notice.objects.due(now).order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    if not keys:
        return Sent()
    batch = _Batch(now)
    batch.outcome.is_full = len(keys) == limit
    try:
        for place, key in enumerate(keys):
            if not batch.is_open(keys[place:]):
                break
            batch.send(key)
    finally:
        batch.close()
    return batch.outcome


class _Batch:
    """One connection to the mail server, and the clock that goes on while it is used."""

    def __init__(self, now: datetime) -> None:
        self.begun_at, self.begun = now, time.monotonic()
        self.connection: BaseEmailBackend = get_connection()
        self.is_connected, self.outcome = False, Sent()

    @property
    def now(self) -> datetime:
        # A batch that waits for a slow server must not stamp its claims in the past, where others would take them for given up.
        return self.begun_at + timedelta(seconds=int(time.monotonic() - self.begun))

    def is_open(self, keys: list[int]) -> bool:
        """Say whether the next one can be sent; connect if that is still to be done, and put all off when nobody answers."""
        if self.now - self.begun_at >= BATCH_LASTS:
            self.outcome.is_full = True
            return False
        if self.is_connected:
            return True
        try:
            self.connection.open()
        except (SMTPException, OSError) as error:
            logger.warning("The mail server does not answer: %s", error)
            _put_off(keys, error, self.now)
            self.outcome.is_stopped = True
        else:
            self.is_connected = True
        return self.is_connected

    def close(self) -> None:
        try:
            self.connection.close()
        except (SMTPException, OSError):
            logger.info("The mail server was gone before the batch ended.")
        self.is_connected = False

    def send(self, key: int) -> None:
        notice = _claimed(key, self.now)
        if notice is None or not _is_to_be_sent(notice, self.now):
            return
        try:
            self.connection.send_messages([letter_of(notice, to=notice.email, on=timezone.localdate(self.now))])
        except Exception as error:
            # Whatever is wrong with one letter, the others are sent.
            logger.warning("Notice %s could not be sent: %s", notice.pk, error)
            _note_failure(notice, error, self.now)
            self.outcome.failed += 1
            self.close()
        else:
            Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=self.now, error="", email=notice.email)
            self.outcome.sent += 1


def _claimed(key: int, now: datetime) -> Notice | None:
    """Take the notice for CLAIM_HOLDS; None when another worker was faster. Of two updates the second finds it not due any more."""
    if not Notice.objects.due(now).filter(pk=key).update(tries=F("tries") + 1, due_at=now + CLAIM_HOLDS):
        return None
    return (
        Notice.objects.select_related("certificate__user", "certificate__course__renewal_course")
        .annotate(is_unproved=_is_unproved("certificate__user")).filter(pk=key).first())


def _is_to_be_sent(notice: Notice, now: datetime) -> bool:
    """Say whether the notice is still true and has an address; drop or mark it otherwise."""
    certificate = notice.certificate
    if certificate.user is None or not certificate.user.is_active or _is_overtaken(notice):
        notice.delete()
        return False
    if notice.tries > TRIES:
        # Whoever worked on it was stopped in the middle each time: something in it stops them.
        _note_failure(notice, RuntimeError("stopped in the middle"), now)
        return False
    # The address of today: it may have been changed since, taken away, or wait for its proof.
    notice.email = "" if notice.is_unproved else certificate.user.email or ""
    if not notice.email:
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.NO_EMAIL, email="", error="")
    return bool(notice.email)


def _is_overtaken(notice: Notice) -> bool:
    certificate = notice.certificate
    if notice.kind == NoticeKind.ENDING:
        return certificate.state != State.VALID or Certificate.objects.filter(renews=certificate).exists()
    return notice.kind == NoticeKind.ISSUED and certificate.state in (State.REVOKED, State.SUPERSEDED)


def _note_failure(notice: Notice, error: Exception, now: datetime) -> None:
    is_last = notice.tries >= TRIES or _is_for_good(error)
    state, wait = (NoticeState.FAILED, timedelta(0)) if is_last else (NoticeState.WAITING, WAITS[notice.tries - 1])
    Notice.objects.filter(pk=notice.pk).update(state=state, due_at=now + wait, error=_in_words(error))


def _put_off(keys: list[int], error: Exception, now: datetime) -> None:
    """Note for all that the server does not answer; no try is counted, for the fault is not theirs."""
    for chunk in (keys[start:start + CHUNK] for start in range(0, len(keys), CHUNK)):
        Notice.objects.due(now).filter(pk__in=chunk).update(due_at=now + WAITS[0], error=_in_words(error))


def _is_for_good(error: Exception) -> bool:
    """Say whether the server refuses the address with a permanent code (RFC 5321, 4.2.1: 5yz)."""
    return isinstance(error, SMTPRecipientsRefused) and all(500 <= code < 600 for code, _text in error.recipients.values())


def _in_words(error: Exception) -> str:
    """Write what went wrong for the office, in the site's own language, with the server's words behind it."""
    with override(settings.LANGUAGE_CODE):
        if isinstance(error, SMTPRecipientsRefused):
            said = "; ".join(f"{code} {_decoded(text)}" for code, text in error.recipients.values())
            words = _("The mail server refuses this address: %(said)s") % {"said": said}
        elif isinstance(error, SMTPException):
            words = _("The mail server refuses the letter: %(said)s") % {"said": error}
        elif isinstance(error, OSError):
            words = _("The mail server does not answer: %(said)s") % {"said": error}
        else:
            words = _("The letter could not be written: %(said)s") % {"said": error}
    return words[:300]


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def resend_notices(*, notices: QuerySet[Notice], now: datetime) -> int:
    """Put notices that failed, or had no address when their holders have one by now, back into the outbox; return how many. One query."""
    stuck = Q(state=NoticeState.FAILED) | Q(~_is_unproved("certificate__user"), state=NoticeState.NO_EMAIL, certificate__user__email__isnull=False)
    keys = notices.filter(stuck, certificate__user__is_active=True).order_by().values("pk")
    return Notice.objects.filter(pk__in=keys).update(state=NoticeState.WAITING, tries=0, due_at=now, error="")


def note_seen(*, user, now: datetime) -> int:
    """Note that the holder has seen their notices on their own page. One query."""
    return Notice.objects.filter(certificate__user=user, seen_at__isnull=True).update(seen_at=now)


def forget_addresses(*, user) -> None:
    """Take somebody who is erased out of the outbox: what waits is dropped, what was sent keeps no address."""
    own = Notice.objects.filter(certificate__user=user)
    own.filter(state=NoticeState.WAITING).delete()
    own.update(email="", error="")
