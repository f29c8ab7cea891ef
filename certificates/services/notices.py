"""The outbox: messages to holders, posted at once for many and sent one by one.

Keeps true: a certificate has one notice of each kind and day, however often it is posted; how they are sent is `outbox`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import ConsentPurpose
from accounts.selectors.consents import allows
from certificates.enums import NoticeKind, NoticeState, State
from certificates.models import Certificate, Notice
from certificates.services.letters import letter_of
from certificates.services.outbox import BATCH_LASTS, CHUNK, CLAIM_HOLDS, TRIES, WAITS, Sent, is_unproved, send_waiting

__all__ = [
    "BATCH_LASTS", "CHUNK", "CLAIM_HOLDS", "TRIES", "WAITS", "Sent", "forget_addresses", "note_seen", "post_notices", "resend_notices", "send_notices",
]


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
        .annotate(is_unproved=is_unproved("user")).values_list("pk", "user__email", "is_unproved"))
    notices = [_notice(pk, "" if unproved else email or "", kind, now, days) for pk, email, unproved in rows]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(notices)


def _notice(certificate_id: int, email: str, kind: str, now: datetime, days: int) -> Notice:
    state = NoticeState.WAITING if email else NoticeState.NO_EMAIL
    return Notice(certificate_id=certificate_id, kind=kind, days=days, email=email, state=state, made_at=now, due_at=now)


class _Notices:
    """The notices as a box of letters."""

    rows, states, address_field = Notice.objects.all(), NoticeState, "email"

    def fetched(self, key: int) -> Notice | None:
        return (
            Notice.objects.select_related("certificate__user", "certificate__course__renewal_course")
            .annotate(is_unproved=is_unproved("certificate__user"), agrees=allows(ConsentPurpose.REMINDERS, "certificate__user"))
            .filter(pk=key).first())

    def is_overtaken(self, row: Notice) -> bool:
        """Say whether the notice is no longer true, or its holder's account is closed."""
        certificate = row.certificate
        if certificate.user is None or not certificate.user.is_active:
            return True
        if row.kind == NoticeKind.ENDING:
            return certificate.state != State.VALID or Certificate.objects.filter(renews=certificate).exists()
        return row.kind == NoticeKind.ISSUED and certificate.state in (State.REVOKED, State.SUPERSEDED)

    def address_of(self, row: Notice) -> str:
        # The address of today: it may have been changed since, taken away, or wait for its proof. What merely reminds is the holder's to allow.
        is_unwanted = row.kind == NoticeKind.ENDING and not row.agrees
        address = "" if row.is_unproved or is_unwanted else row.certificate.user.email or ""
        if not address:
            Notice.objects.filter(pk=row.pk).update(state=NoticeState.NO_EMAIL, email="", error="")
        return address

    def letter_of(self, row: Notice, *, to: str, now: datetime) -> EmailMessage:
        return letter_of(row, to=to, on=timezone.localdate(now))


def send_notices(*, now: datetime, limit: int = CHUNK) -> Sent:
    """Send the notices that are due, as `send_waiting` does."""
    return send_waiting(box=_Notices(), now=now, limit=limit)


def resend_notices(*, notices: QuerySet[Notice], now: datetime) -> int:
    """Put notices that failed, or had no address when their holders have one by now, back into the outbox; return how many. One query."""
    stuck = Q(state=NoticeState.FAILED) | Q(~is_unproved("certificate__user"), state=NoticeState.NO_EMAIL, certificate__user__email__isnull=False)
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
