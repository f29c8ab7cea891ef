"""What happens to a certificate after it was issued: every move is an entry with reason, decision, person and time; nothing is deleted."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from certificates import snapshots
from certificates.enums import Entry, State
from certificates.models import Certificate, RegisterEntry
from certificates.selectors import certificates_to_expire
from certificates.services.errors import AlreadyReplaced, AlreadyRevoked, NotValid, ReasonMissing
from certificates.services.issuing import enter, locked_series


def revoke_certificate(*, certificate: Certificate, reason: str, by, now: datetime, decision_number: str = "") -> Certificate:
    """Revoke the certificate: its public page says so, with the reason, from the next request on. Locks the certificate.

    :raises ReasonMissing: without a reason.
    :raises AlreadyRevoked: when it is.
    :raises NotValid: when it has expired or was replaced.
    """
    reason = _required(reason)
    with transaction.atomic():
        row = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if row.state == State.REVOKED:
            raise AlreadyRevoked
        if row.state != State.VALID:
            raise NotValid
        _move(row, State.REVOKED, Entry.REVOKED, reason=reason, by=by, now=now, decision_number=decision_number)
    return row


def reissue_certificate(*, certificate: Certificate, reason: str, by, now: datetime, decision_number: str = "") -> Certificate:
    """Issue a new paper in place of this one: same facts, the person's present name, a new number and code; it names the former.

    A valid one becomes superseded; a revoked or expired one stays what it is. Locks the certificate and the series.

    :raises ReasonMissing: without a reason.
    :raises AlreadyReplaced: when another one stands in its place.
    """
    reason = _required(reason)
    with transaction.atomic():
        former = Certificate.objects.select_for_update(of=("self",)).select_related("user", "course", "series__issuer").get(pk=certificate.pk)
        if former.state == State.SUPERSEDED or Certificate.objects.filter(replaces=former).exists():
            raise AlreadyReplaced
        if former.state == State.VALID:
            _move(former, State.SUPERSEDED, Entry.SUPERSEDED, reason=reason, by=by, now=now, decision_number=decision_number)
        facts = snapshots.facts_again(former) | {"decision_number": decision_number, "replaces": former.register_number}
        row = Certificate(
            user=former.user, course=former.course, cycle=former.cycle, issued_at=now, replaces=former, valid_until=former.valid_until)
        return enter(row=row, series=locked_series(former.series.issuer, now), facts=facts, kind=Entry.REISSUED, by=by, reason=reason)


def expire_certificates(*, now: datetime) -> int:
    """Enter the expiry of every valid certificate whose time is over, and return how many there were. One transaction each."""
    count = 0
    for found in certificates_to_expire(timezone.localdate(now)).iterator(chunk_size=500):
        with transaction.atomic():
            row = Certificate.objects.select_for_update().get(pk=found.pk)
            if row.state == State.VALID:
                _move(row, State.EXPIRED, Entry.EXPIRED, now=now)
                count += 1
    return count


def _move(row: Certificate, state: str, kind: str, *, now: datetime, reason: str = "", by=None, decision_number: str = "") -> None:
    row.state = state
    row.save(update_fields=["state"])
    RegisterEntry.objects.create(certificate=row, kind=kind, reason=reason, decision_number=decision_number, by=by, at=now)


def _required(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    return reason
