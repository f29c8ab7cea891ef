"""Letters that wait in a table and are sent one by one, whatever they are about.

Keeps true: no two workers send the same letter, because each is claimed by a conditional update before it leaves. A worker that is killed
between the mail server's yes and its own note sends that one letter again after CLAIM_HOLDS, under the same Message-ID.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any, Protocol

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

logger = logging.getLogger(__name__)

CHUNK = 500
# Nobody else touches a claimed letter for so long; handing one over takes seconds (EMAIL_TIMEOUT for each word of the server).
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


class Box(Protocol):
    """One table of letters with `state`, `due_at`, `tries`, `sent_at` and `error`, and what is to know about them."""

    rows: QuerySet
    # Its words for "waiting", "sent" and "failed", and the field that keeps the address.
    states: Any
    address_field: str

    def fetched(self, key: int) -> Model | None:
        """Return a letter that was claimed, with all that is needed to write it."""

    def is_overtaken(self, row: Any) -> bool:
        """Say whether nobody needs the letter any more: it is dropped."""

    def address_of(self, row: Any) -> str:
        """Return the address of today; empty when there is none, after noting that on the row."""

    def letter_of(self, row: Any, *, to: str, now: datetime) -> EmailMessage:
        """Write the letter."""


def is_unproved(holder: str = "") -> Exists:
    """Say whether the holder's address waits for its proof: it may be a stranger's (ADR 0008). `holder`: the way to the person; empty: the row itself."""
    email = OuterRef(f"{holder}__email" if holder else "email")
    return Exists(EmailAddress.objects.filter(user=OuterRef(holder or "pk"), email=email, verified=False))


def send_waiting(*, box: Box, now: datetime, limit: int = CHUNK) -> Sent:
    """Send what is due, the longest waiting first, at most `limit` and for at most BATCH_LASTS, over one connection.

    Four short queries a letter, no transaction around them. A letter that cannot be handed over is tried again after each of WAITS and
    given up after TRIES, at once when the server refuses the address for good. A server that does not answer costs nobody a try.
    """
    keys = list(_due(box, now).order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    if not keys:
        return Sent()
    batch = _Batch(box, now)
    batch.outcome.is_full = len(keys) == limit
    try:
        for place, key in enumerate(keys):
            if not batch.is_open(keys[place:]):
                break
            batch.send(key)
    finally:
        batch.close()
    return batch.outcome


def _due(box: Box, now: datetime) -> QuerySet:
    """What waits to be sent and may be sent by now; what a worker has claimed is due again when the claim is over."""
    return box.rows.filter(state=box.states.WAITING, due_at__lte=now)


class _Batch:
    """One connection to the mail server, and the clock that goes on while it is used."""

    def __init__(self, box: Box, now: datetime) -> None:
        self.box, self.begun_at, self.begun = box, now, time.monotonic()
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
            logger.warning("The mail server does not answer: %s", type(error).__name__)
            self._put_off(keys, error)
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
        row = self._claimed(key)
        to = self._address(row) if row is not None else ""
        if not to:
            return
        try:
            self.connection.send_messages([self.box.letter_of(row, to=to, now=self.now)])
        except Exception as error:
            # Whatever is wrong with one letter, the others are sent.
            logger.warning("%s %s could not be sent: %s", row._meta.object_name, row.pk, type(error).__name__)
            self._note_failure(row, error)
            self.outcome.failed += 1
            self.close()
        else:
            self._one(row).update(state=self.box.states.SENT, sent_at=self.now, error="", **{self.box.address_field: to})
            self.outcome.sent += 1

    def _one(self, row: Model) -> QuerySet:
        return self.box.rows.filter(pk=row.pk)

    def _claimed(self, key: int) -> Any:
        """Take the letter for CLAIM_HOLDS; None when another worker was faster. Of two updates the second finds it not due any more."""
        if not _due(self.box, self.now).filter(pk=key).update(tries=F("tries") + 1, due_at=self.now + CLAIM_HOLDS):
            return None
        return self.box.fetched(key)

    def _address(self, row: Any) -> str:
        """Return where the letter goes; nowhere when it is no longer true, has stopped whoever worked on it each time, or has no address."""
        if self.box.is_overtaken(row):
            row.delete()
            return ""
        if row.tries > TRIES:
            self._note_failure(row, RuntimeError("stopped in the middle"))
            return ""
        return self.box.address_of(row)

    def _note_failure(self, row: Any, error: Exception) -> None:
        is_last = row.tries >= TRIES or _is_for_good(error)
        state, wait = (self.box.states.FAILED, timedelta(0)) if is_last else (self.box.states.WAITING, WAITS[row.tries - 1])
        self._one(row).update(state=state, due_at=self.now + wait, error=_in_words(error))

    def _put_off(self, keys: list[int], error: Exception) -> None:
        """Note for all that the server does not answer; no try is counted, for the fault is not theirs."""
        for chunk in (keys[start:start + CHUNK] for start in range(0, len(keys), CHUNK)):
            _due(self.box, self.now).filter(pk__in=chunk).update(due_at=self.now + WAITS[0], error=_in_words(error))


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
