"""Entering certificates into the register.

Keeps true: the number is taken under the lock of its series, in the same transaction as the entry, so a failure anywhere gives it
back; an issued record, its PDF and its hash never change.
"""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates import codes, signing, snapshots, typesetting
from certificates.enums import Entry, Paper
from certificates.models import Certificate, Issuer, RegisterEntry, Series
from certificates.selectors import completion_of, default_issuer, standing_certificate
from certificates.services.errors import NoIssuer, NotComplete
from certificates.validity import first_day_without
from learning.models import Completion


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
    ends = first_day_without(timezone.localdate(now), course.valid_months)
    row = Certificate(user=user, course=course, cycle=cycle, issued_at=now, valid_until=ends)
    try:
        with transaction.atomic():
            series = locked_series(issuer, now)
            if standing := standing_certificate(user, course, cycle):
                return standing
            return enter(row=row, series=series, facts=snapshot, kind=Entry.ISSUED, by=by)
    except IntegrityError:
        # Two issuers at once: the series are two, so only the constraint "one valid" met them.
        if standing := standing_certificate(user, course, cycle):
            return standing
        raise


def typeset_again(certificate: Certificate) -> bytes:
    """Set the paper from the snapshot; the bytes are those of the stored PDF, so its hash can be computed again."""
    snapshot = certificate.snapshot
    return typesetting.typeset(
        snapshots.printed(snapshot), qr_text=(snapshot["address"], snapshot["payload"]), design=certificate.design,
        issued_at=certificate.issued_at)


def locked_series(issuer: Issuer, now: datetime, paper: str = Paper.CERTIFICATE) -> Series:
    year = timezone.localdate(now).year
    series, _created = Series.objects.select_for_update().get_or_create(issuer=issuer, paper=paper, year=year)
    return series


def enter(*, row: Certificate, series: Series, facts: dict, kind: str, by, reason: str = "") -> Certificate:
    """Take the next number of the locked series, typeset and sign the paper, and write record and entry. The caller holds the transaction."""
    series.taken += 1
    series.save(update_fields=["taken"])
    issuer = series.issuer
    person = snapshots.person_of(row.user) | snapshots.issuer_of(issuer)
    row.series, row.number, row.code, row.design = series, series.taken, _unused_code(), typesetting.DESIGN
    row.snapshot = snapshots.entered(
        facts | person, number=series.taken, issuer=issuer, paper=series.paper, code=row.code, now=row.issued_at, valid_until=row.valid_until)
    row.register_number, row.unit_id = row.snapshot["register_number"], row.snapshot["unit_id"]
    row.search_key = snapshots.search_key_of(row.snapshot)
    _store_paper(row)
    try:
        row.save(force_insert=True)
        RegisterEntry.objects.create(
            certificate=row, kind=kind, reason=reason, decision_number=facts["decision_number"], by=by, at=row.issued_at)
    except BaseException:
        row.pdf.storage.delete(row.pdf.name)
        raise
    return row


def _store_paper(row: Certificate) -> None:
    plain = typeset_again(row)
    paper = signing.sign_paper(plain, unit_code=row.series.issuer.unit.code, at=row.issued_at)
    row.typeset_sha256, row.pdf_sha256 = hashlib.sha256(plain).hexdigest(), hashlib.sha256(paper.pdf).hexdigest()
    row.signed_with = paper.fingerprint
    row.pdf.save(f"{row.uuid}.pdf", ContentFile(paper.pdf), save=False)


def _unused_code() -> str:
    while Certificate.objects.filter(code=(code := codes.new_code())).exists():
        pass
    return code
