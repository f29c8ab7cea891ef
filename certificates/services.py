"""Writes on the register.

Keeps true: the number is taken under the lock of its series, in the same transaction as the entry, so a failure anywhere gives it
back; an issued record, its PDF and its hash never change; every move of a state is an entry with reason, person and time.
"""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates import codes, snapshots, typesetting
from certificates.enums import Entry, Paper, State
from certificates.models import Certificate, Issuer, NameConsent, RegisterEntry, Series
from certificates.selectors import certificates_to_expire, completion_of, default_issuer, standing_certificate
from learning.models import Completion

# The words of the consent on "My certificates"; a change of the words is a new version.
CONSENT_TEXT_VERSION = "2026-11"
PICTURE_WIDTH = 720


class CertificateError(Exception):
    """Something asked of the register cannot be done; `message` says what to do instead."""

    code = "certificate"
    message = ""


class NotComplete(CertificateError):
    code = "not_complete"
    message = _("This person has not completed the course yet.")


class NoIssuer(CertificateError):
    code = "no_issuer"
    message = _("No unit is set up to issue certificates. Enter one under “Issuing units” first.")


class AlreadyRevoked(CertificateError):
    code = "already_revoked"
    message = _("This certificate has been revoked already.")


class NotValid(CertificateError):
    code = "not_valid"
    message = _("This certificate is no longer valid, so there is nothing to revoke.")


class AlreadyReplaced(CertificateError):
    code = "already_replaced"
    message = _("Another certificate has replaced this one already. Use the newest one.")


class ReasonMissing(CertificateError):
    code = "reason_missing"
    message = _("Write down the reason.")


def issue_certificate(
    *, user, course, now: datetime, completion: Completion | None = None, by=None, decision_number: str = "", issuer: Issuer | None = None,
) -> Certificate:
    """Issue the certificate for a completed course, or return the one that was issued for it, whatever its state.

    Locks the series of the issuer's year while the number is taken, the paper typeset and the entry made (about 15 ms).

    :raises NotComplete: when the person has no completion of the course, or the completion is another person's.
    :raises NoIssuer: when no unit is named and none is the default.
    """
    completion = completion or completion_of(user, course)
    if completion is None or completion.enrolment.user_id != user.pk or completion.enrolment.course_id != course.pk:
        raise NotComplete
    cycle = completion.enrolment.cycle
    if standing := standing_certificate(user, course, cycle):
        return standing
    issuer = issuer or default_issuer()
    if issuer is None:
        raise NoIssuer
    snapshot = snapshots.facts_of(completion, timezone.localdate(now)) | {"decision_number": decision_number, "replaces": ""}
    row = Certificate(user=user, course=course, cycle=cycle, issued_at=now)
    try:
        with transaction.atomic():
            series = _locked_series(issuer, now)
            if standing := standing_certificate(user, course, cycle):
                return standing
            return _enter(row=row, series=series, facts=snapshot, kind=Entry.ISSUED, by=by)
    except IntegrityError:
        # Two issuers at once: the series are two, so only the constraint "one valid" met them.
        if standing := standing_certificate(user, course, cycle):
            return standing
        raise


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
        return _enter(row=row, series=_locked_series(former.series.issuer, now), facts=facts, kind=Entry.REISSUED, by=by, reason=reason)


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


def give_name_consent(*, user, now: datetime) -> NameConsent:
    """Keep the holder's consent to show full name and grade on the verification page; giving it twice is giving it once."""
    consent, _created = NameConsent.objects.get_or_create(
        user=user, withdrawn_at=None, defaults={"text_version": CONSENT_TEXT_VERSION, "given_at": now})
    return consent


def withdraw_name_consent(*, user, now: datetime) -> None:
    """End the consent; the public page masks the name from the next request on. What was consented to, and until when, stays on record."""
    NameConsent.objects.filter(user=user, withdrawn_at__isnull=True).update(withdrawn_at=now)


def picture_of(*, certificate: Certificate) -> bytes:
    """Return the picture of the stored PDF, drawn on the first call and kept beside it.

    :raises FileNotFoundError: when the PDF is not in the storage.
    """
    storage, name = certificate.pdf.storage, f"certificates/pictures/{certificate.uuid}-{PICTURE_WIDTH}.png"
    if storage.exists(name):
        with storage.open(name) as file:
            return file.read()
    with storage.open(certificate.pdf.name) as file:
        picture = typesetting.picture_of(file.read(), PICTURE_WIDTH)
    storage.save(name, ContentFile(picture))
    return picture


def typeset_again(certificate: Certificate) -> bytes:
    """Set the paper from the snapshot; the bytes are those of the stored PDF, so its hash can be computed again."""
    snapshot = certificate.snapshot
    return typesetting.typeset(
        snapshots.printed(snapshot), qr_text=(snapshot["address"], snapshot["payload"]), design=certificate.design,
        issued_at=certificate.issued_at)


def _locked_series(issuer: Issuer, now: datetime) -> Series:
    year = timezone.localdate(now).year
    series, _created = Series.objects.select_for_update().get_or_create(issuer=issuer, paper=Paper.CERTIFICATE, year=year)
    return series


def _enter(*, row: Certificate, series: Series, facts: dict, kind: str, by, reason: str = "") -> Certificate:
    """Take the next number of the locked series, typeset the paper, and write record and entry. The caller holds the transaction."""
    series.taken += 1
    series.save(update_fields=["taken"])
    person = snapshots.person_of(row.user) | snapshots.issuer_of(series.issuer)
    row.series, row.number, row.code, row.design = series, series.taken, _unused_code(), typesetting.DESIGN
    row.snapshot = snapshots.entered(
        facts | person, number=series.taken, series_code=series.issuer.series_code, paper=series.paper, code=row.code, now=row.issued_at)
    row.register_number = row.snapshot["register_number"]
    pdf = typeset_again(row)
    row.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    row.pdf.save(f"{row.uuid}.pdf", ContentFile(pdf), save=False)
    try:
        row.save(force_insert=True)
        RegisterEntry.objects.create(
            certificate=row, kind=kind, reason=reason, decision_number=facts["decision_number"], by=by, at=row.issued_at)
    except BaseException:
        row.pdf.storage.delete(row.pdf.name)
        raise
    return row


def _unused_code() -> str:
    while Certificate.objects.filter(code=(code := codes.new_code())).exists():
        pass
    return code


def _move(row: Certificate, state: str, kind: str, *, now: datetime, reason: str = "", by=None, decision_number: str = "") -> None:
    row.state = state
    row.save(update_fields=["state"])
    RegisterEntry.objects.create(certificate=row, kind=kind, reason=reason, decision_number=decision_number, by=by, at=now)


def _required(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    return reason
