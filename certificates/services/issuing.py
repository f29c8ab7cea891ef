"""Entering certificates into the register, one or a list of them.

Keeps true: numbers are taken under the lock of their series, in the transaction of their entries, so a failure anywhere gives them back
and leaves no file; an issued record, its PDF and its hash never change.
"""

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates import codes, signing, snapshots, typesetting
from certificates.enums import Entry, Paper
from certificates.models import Certificate, DesignVersion, Issuer, RegisterEntry, Series
from certificates.selectors import completion_of, default_issuer, standing_certificate
from certificates.services.awards import put_awards
from certificates.services.designs import version_for
from certificates.services.duties import follow_papers
from certificates.services.errors import DiplomaNotAllowed, NoIssuer, NotComplete, NotSigned
from certificates.services.keys import note_key_in_use
from certificates.validity import first_day_without
from learning.models import Completion

# Typesetting lets other threads run; beyond two cores the register's lock is what is waited for.
THREADS = 2
# Stands on previews; its check character is wrong.
NO_CODE = "X" * codes.LENGTH


@dataclass
class Draft:
    """A certificate on its way into the register: its row without a number, what it certifies, and the entry to be made of it."""

    row: Certificate
    facts: dict
    kind: str = Entry.ISSUED
    reason: str = ""
    # Number and day of the decision on the entry, where it is another than the paper names: a paper that is issued anew keeps its own.
    decision: tuple[str, date | None] | None = None


def issue_certificate(
    *, user, course, now: datetime, completion: Completion | None = None, by=None, decision_number: str = "", decision_on: date | None = None,
    issuer: Issuer | None = None,
) -> Certificate:
    """Issue the certificate for a completed course, or return the one that was issued for it, whatever its state.

    Locks the series of the issuer's year while the number is taken, the paper typeset and the entry made (about 15 ms).

    :raises NotComplete: when the person has no completion of the course, or the completion is another person's.
    :raises NoIssuer: when no unit is named and none is the default, or that one has ended.
    :raises DiplomaNotAllowed: when the design is that of a Chứng chỉ, which the issuer may not issue.
    """
    completion = completion or completion_of(user, course)
    if completion is None or completion.enrolment.user_id != user.pk or completion.enrolment.course_id != course.pk:
        raise NotComplete
    cycle = completion.enrolment.cycle
    if standing := standing_certificate(user, course, cycle):
        return standing
    issuer = issuer or default_issuer(timezone.localdate(now))
    if issuer is None:
        raise NoIssuer
    version = version_for(course=course, issuer=issuer)
    [draft] = drafts_of([completion], version=version, issued_at=now, decision_number=decision_number, decision_on=decision_on)
    try:
        with transaction.atomic():
            series = locked_series(issuer, now, paper_of(version, issuer))
            if standing := standing_certificate(user, course, cycle):
                return standing
            enter_all([draft], series=series, by=by, now=now)
            return draft.row
    except IntegrityError:
        # Two issuers at once: the series are two, so only the constraint "one valid" met them.
        if standing := standing_certificate(user, course, cycle):
            return standing
        raise


def paper_of(version: DesignVersion | None, issuer: Issuer) -> str:
    """Return the kind of paper that a design makes.

    :raises DiplomaNotAllowed: for a Chứng chỉ, where the issuer has no permission for it.
    """
    paper = version.spec["paper"] if version else Paper.CERTIFICATE
    if paper == Paper.DIPLOMA and not issuer.may_issue_diplomas:
        raise DiplomaNotAllowed
    return paper


def drafts_of(
    completions: Sequence[Completion], *, version: DesignVersion | None, issued_at: datetime, decision_number: str = "", decision_on: date | None = None,
) -> list[Draft]:
    """Begin a certificate for each completion, in this order, with what is true on the day of issue. Two queries; three with renewals.

    :param completions: with person, course and rule set fetched.
    """
    day = timezone.localdate(issued_at)
    decided = {"decision_number": decision_number, "decision_on": decision_on.isoformat() if decision_on else None, "replaces": ""}
    drafts = [
        Draft(_row(completion, version, issued_at, day), facts | decided)
        for completion, facts in zip(completions, snapshots.facts_of(completions, day), strict=True)]
    put_awards(drafts, completions)
    return drafts


def _row(completion: Completion, version: DesignVersion | None, issued_at: datetime, day: date) -> Certificate:
    enrolment = completion.enrolment
    return Certificate(
        user=enrolment.user, course=enrolment.course, cycle=enrolment.cycle, version=version, issued_at=issued_at,
        valid_until=first_day_without(day, enrolment.course.valid_months))


def typeset_again(certificate: Certificate) -> bytes:
    """Set the paper from the snapshot; the bytes are those of the stored PDF before it was signed, so its hash can be computed again."""
    return typesetting.typeset_paper(
        certificate.snapshot, version=certificate.version, design=certificate.design, issued_at=certificate.issued_at)


def series_of(issuer: Issuer, now: datetime, paper: str = Paper.CERTIFICATE) -> Series:
    """Return the numbers of the issuer for this kind of paper and year, made when there are none yet."""
    series, _created = Series.objects.get_or_create(issuer=issuer, paper=paper, year=timezone.localdate(now).year)
    return series


def locked_series(issuer: Issuer, now: datetime, paper: str = Paper.CERTIFICATE) -> Series:
    """Return the same numbers locked until the transaction ends: who comes second waits."""
    series, _created = Series.objects.select_for_update().get_or_create(issuer=issuer, paper=paper, year=timezone.localdate(now).year)
    return series


def preview_of(draft: Draft, *, issuer: Issuer) -> bytes:
    """Set the paper as it would be issued next, and take no number. Two queries.

    Its code is none of ours and its QR code holds no signature, so that nobody can pass it off as issued.
    """
    paper = paper_of(draft.row.version, issuer)
    year = timezone.localdate(draft.row.issued_at).year
    series = Series.objects.filter(issuer=issuer, paper=paper, year=year).first() or Series(issuer=issuer, paper=paper, year=year)
    _put_number(draft, series.taken + 1, NO_CODE, series, snapshots.issuer_of(issuer))
    draft.row.snapshot["payload"] = "0" * len(draft.row.snapshot["payload"])
    return typeset_again(draft.row)


def enter(
    *, row: Certificate, series: Series, facts: dict, kind: str, by, reason: str = "", decision: tuple[str, date | None] | None = None,
) -> Certificate:
    """Take the next number of the locked series, typeset and sign the paper, and write record and entry. The caller holds the transaction."""
    enter_all([Draft(row, facts, kind, reason, decision)], series=series, by=by, now=row.issued_at)
    return row


def enter_all(drafts: Sequence[Draft], *, series: Series, by, now: datetime) -> None:
    """The same for several, in this order. The caller holds the transaction and the lock."""
    prepare(drafts, series=series, now=now)
    try:
        write_down(drafts, series=series, by=by, now=now)
    except BaseException:
        forget_papers(draft.row for draft in drafts)
        raise


def prepare(drafts: Sequence[Draft], *, series: Series, now: datetime) -> None:
    """Number the drafts from the series' next number on, write their snapshots, and typeset, sign and store their papers.

    Takes no number yet: `write_down` does, under the lock, or nobody. When one paper fails, the files of all are removed.
    """
    note_key_in_use(now=now)
    issuer = series.issuer
    issuer_facts, free = snapshots.issuer_of(issuer), _unused_codes(len(drafts))
    for number, (draft, code) in enumerate(zip(drafts, free, strict=True), start=series.taken + 1):
        _put_number(draft, number, code, series, issuer_facts)
    _store_papers([draft.row for draft in drafts], unit_code=issuer.unit.code, now=now)


def write_down(drafts: Sequence[Draft], *, series: Series, by, now: datetime) -> None:
    """Take the numbers of prepared drafts and write records and entries. The caller holds the transaction and the lock of the series."""
    rows = [draft.row for draft in drafts]
    try:
        series.taken += len(rows)
        series.save(update_fields=["taken"])
        # In the order of people: two issuers who meet the same ones then wait for each other in one direction only.
        Certificate.objects.bulk_create(sorted(rows, key=lambda row: row.user_id or 0))
        RegisterEntry.objects.bulk_create([_entry(draft, by, now) for draft in drafts])
        follow_papers(certificates=rows, now=now)
    except BaseException:
        forget_papers(rows)
        raise


def forget_papers(rows: Iterable[Certificate]) -> None:
    """Remove the files of certificates that were not entered after all."""
    for row in rows:
        # A full disk leaves the beginning of a file that the row does not name yet.
        field = row._meta.get_field("pdf")
        field.storage.delete(row.pdf.name or field.generate_filename(row, _file_name(row)))
        row.pdf = ""


def _put_number(draft: Draft, number: int, code: str, series: Series, issuer_facts: dict) -> None:
    row = draft.row
    # What was corrected about a person stands in the facts, and counts more than the account.
    person = snapshots.person_of(row.user) if row.user else {}
    row.series, row.number, row.code = series, number, code
    row.design = "" if row.version_id else typesetting.DESIGN
    row.snapshot = snapshots.entered(
        issuer_facts | person | draft.facts, number=number, issuer=series.issuer, paper=series.paper, code=code, now=row.issued_at,
        valid_until=row.valid_until)
    row.register_number, row.unit_id = row.snapshot["register_number"], row.snapshot["unit_id"]
    row.search_key = snapshots.search_key_of(row.snapshot)


def _store_papers(rows: list[Certificate], *, unit_code: str, now: datetime) -> None:
    def store(row: Certificate) -> None:
        _store_paper(row, unit_code, now)

    try:
        if len(rows) == 1:
            store(rows[0])
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(store, rows))
    except BaseException:
        forget_papers(rows)
        raise


def _store_paper(row: Certificate, unit_code: str, now: datetime) -> None:
    plain = typeset_again(row)
    try:
        paper = signing.sign_paper(plain, unit_code=unit_code, at=now)
    except signing.SigningError as error:
        raise NotSigned(error) from error
    row.typeset_sha256, row.pdf_sha256 = hashlib.sha256(plain).hexdigest(), hashlib.sha256(paper.pdf).hexdigest()
    row.signed_with = paper.fingerprint
    row.pdf.save(_file_name(row), ContentFile(paper.pdf), save=False)


def _file_name(row: Certificate) -> str:
    return f"{row.uuid}.pdf"


def _entry(draft: Draft, by, now: datetime) -> RegisterEntry:
    named_on = draft.facts.get("decision_on")
    number, day = draft.decision or (draft.facts["decision_number"], date.fromisoformat(named_on) if named_on else None)
    return RegisterEntry(certificate=draft.row, kind=draft.kind, reason=draft.reason, decision_number=number, decision_on=day, by=by, at=now)


def _unused_codes(count: int) -> list[str]:
    """Draw codes that nobody holds. One query, unless one of 40 bits meets another."""
    found: set[str] = set()
    while len(found) < count:
        found |= {codes.new_code() for _ in range(count - len(found))}
        found -= set(Certificate.objects.filter(code__in=found).values_list("code", flat=True))
    return list(found)
