"""Bringing an older register in: all of its new rows within one transaction, or none.

Keeps true: old numbers stay as they are written; a series goes on behind the highest of them and gives none of them a second time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates import codes, snapshots
from certificates.enums import Entry, State
from certificates.models import Certificate, RegisterEntry, RegisterImport, RegisterImportRow, Series
from certificates.services.duties import follow_papers
from certificates.services.importing.matching import Matcher
from certificates.services.importing.reading import day_of, rows_of
from certificates.services.importing.receiving import Clock, Overtaken, forget_file
from cms.work import WorkState
from vietnamese.names import sort_key

CHUNK = 500
# Papers from before belong to no cycle of a course here: whoever completes it here is given a certificate none the less.
BEFORE = 0
_MOVES = {State.REVOKED: Entry.REVOKED, State.SUPERSEDED: Entry.SUPERSEDED, State.EXPIRED: Entry.EXPIRED}


@dataclass
class Prepared:
    """A row that is ready to be written."""

    row: RegisterImportRow
    certificate: Certificate


def bring_register_in(*, job: RegisterImport, by, now: datetime, clock: Clock) -> RegisterImport:
    """Write the new rows of a register that was read into the register. Safe to call twice.

    What takes long – matching people, drawing codes – is done before the one transaction, which locks the series of the file's years.

    :raises Overtaken: when a number was taken since the file was read. Nothing is written then, and the file waits to be read again.
    """
    if not job.claim(WorkState.READY, WorkState.APPLYING, now, done=0):
        return job
    try:
        ready = _prepare(job, clock)
        with transaction.atomic():
            _lock(job)
            _write(job, ready, by, now)
            RegisterImport.objects.filter(pk=job.pk).update(
                state=WorkState.DONE, done=len(ready), total=len(ready), error="", finished_at=clock(), alive_at=clock())
    except BaseException as error:
        raise _given_back(job, error) from error
    job.refresh_from_db()
    forget_file(job=job)
    return job


def _prepare(job: RegisterImport, clock: Clock) -> list[Prepared]:
    matcher, maker, ready = Matcher(), _Maker(job), []
    total = job.counts.get("new", 0)
    for chunk in rows_of(job):
        matched = matcher.match([row.data for row in chunk])
        for row, (user, unit), code in zip(chunk, matched, maker.unused_codes(len(chunk)), strict=True):
            ready.append(Prepared(row, maker.make(row.data, user, unit, matcher.course_of(row.data), code)))
        RegisterImport.objects.filter(pk=job.pk, state=WorkState.APPLYING).update(done=len(ready), total=total, alive_at=clock())
    return ready


class _Maker:
    """Makes the certificates of one file. Two queries when made."""

    def __init__(self, job: RegisterImport):
        self.job = job
        self.issuer = snapshots.issuer_of(job.issuer) | {"signer": "", "signer_form": "", "signer_title": "", "signers": []}
        valid = Certificate.objects.filter(state=State.VALID, cycle=BEFORE, user__isnull=False, course__isnull=False)
        self.drawn: set[str] = set()
        self.awarded = set(valid.values_list("user_id", "course_id"))

    def make(self, facts: dict, user: int | None, unit: int | None, course: int | None, code: str) -> Certificate:
        """Return the certificate of a row, without its series."""
        issued_at = timezone.make_aware(datetime.combine(date.fromisoformat(facts["issued_on"]), time(12)))
        row = Certificate(
            code=code, number=facts["number"], register_number=facts["register_number"], user_id=user, unit_id=unit, cycle=BEFORE,
            course_id=self._award(facts, user, course), state=facts["state"], issued_at=issued_at, valid_until=day_of(facts["valid_until"]))
        row.snapshot = self._snapshot(facts, unit, code)
        row.search_key = snapshots.search_key_of(row.snapshot)
        return row

    def unused_codes(self, count: int) -> list[str]:
        """Draw codes that neither the register nor this file has. One query, unless one of 31 bits meets another."""
        found: set[str] = set()
        while len(found) < count:
            found |= {codes.new_code() for _ in range(count - len(found))} - self.drawn
            found -= set(Certificate.objects.filter(code__in=found).values_list("code", flat=True))
        self.drawn |= found
        return list(found)

    def _award(self, facts: dict, user: int | None, course: int | None) -> int | None:
        """Of two valid papers of one person and course the first names the course; the other keeps its words."""
        if user is None or course is None or facts["state"] != State.VALID:
            return course
        if (user, course) in self.awarded:
            return None
        self.awarded.add((user, course))
        return course

    def _snapshot(self, facts: dict, unit: int | None, code: str) -> dict:
        kept = (
            "name", "given_name", "born_on", "birth_place", "gender", "post", "unit", "course", "begun_on", "ended_on", "grade", "register_number",
            "register_entry", "decision_number", "decision_on", "issued_on", "valid_until", "note")
        return {name: facts[name] for name in kept} | self.issuer | {
            "name_key": sort_key(facts["name"], facts["given_name"]), "paper": self.job.headings["paper"], "unit_id": unit, "code": code,
            "course_code": "", "rule_set": None, "hours": "0", "fraction": None, "form": "", "replaces": "", "payload": "",
            "address": f"{settings.SITE_URL}{reverse('certificates:show-verification', args=[code])}#"}


def _lock(job: RegisterImport) -> None:
    if not RegisterImport.objects.select_for_update().filter(pk=job.pk, state=WorkState.APPLYING).exists():
        raise Overtaken(_("This import was called off."))


def _write(job: RegisterImport, ready: Sequence[Prepared], by, now: datetime) -> None:
    by_year: dict[int, list[Prepared]] = defaultdict(list)
    for one in ready:
        by_year[one.row.data["year"]].append(one)
    # In the order of years: two imports that meet the same ones then wait for each other in one direction only.
    for year, some in sorted(by_year.items()):
        _put_into(_locked(job, year), some)
    for start in range(0, len(ready), CHUNK):
        chunk = ready[start:start + CHUNK]
        Certificate.objects.bulk_create([one.certificate for one in chunk])
        follow_papers(certificates=[one.certificate for one in chunk], now=now)
        RegisterEntry.objects.bulk_create([entry for one in chunk for entry in _entries(one, by, now)])
        for one in chunk:
            one.row.certificate = one.certificate
        RegisterImportRow.objects.bulk_update([one.row for one in chunk], ["certificate"])


def _locked(job: RegisterImport, year: int) -> Series:
    series, _created = Series.objects.select_for_update().get_or_create(issuer=job.issuer, paper=job.headings["paper"], year=year)
    return series


def _put_into(series: Series, some: Sequence[Prepared]) -> None:
    numbers = [one.certificate.number for one in some]
    for start in range(0, len(numbers), CHUNK):
        if taken := Certificate.objects.filter(series=series, number__in=numbers[start:start + CHUNK]).first():
            raise Overtaken(_("Meanwhile number %(number)s was given to somebody else. The file is read again; look at it once more.") % {
                "number": taken.register_number})
    for one in some:
        one.certificate.series = series
    series.taken = max(series.taken, *numbers)
    series.save(update_fields=["taken"])


def _entries(one: Prepared, by, now: datetime) -> list[RegisterEntry]:
    """Say where it came from, what was corrected before, and how it ended before."""
    facts, certificate = one.row.data, one.certificate
    entries = [RegisterEntry(
        certificate=certificate, kind=Entry.IMPORTED, reason=f"{one.row.job.name}, dòng {one.row.line}", decision_number=facts["decision_number"],
        decision_on=day_of(facts["decision_on"]), by=by, at=now)]
    decided = {"decision_number": facts["correction_decision"], "decision_on": day_of(facts["correction_on"]), "by": by, "at": now}
    move = _MOVES.get(State(facts["state"]))
    if facts["correction"] and not move:
        entries.append(RegisterEntry(certificate=certificate, kind=Entry.CORRECTED, reason=facts["correction"], **decided))
    if move:
        reason = "; ".join(part for part in (facts["correction"], facts["note"]) if part) or "Theo sổ gốc cũ"
        entries.append(RegisterEntry(certificate=certificate, kind=move, reason=reason, **decided | {"at": _ended_at(facts, now)}))
    return entries


def _ended_at(facts: dict, now: datetime) -> datetime:
    """The day on which it ended, where the old register tells it: strangers are told that day."""
    ended_on = day_of(facts["correction_on"]) or (facts["state"] == State.EXPIRED and _last_day(facts)) or None
    return timezone.make_aware(datetime.combine(ended_on, time(12))) if ended_on else now


def _last_day(facts: dict) -> date | None:
    ends = day_of(facts["valid_until"])
    return ends - timedelta(days=1) if ends else None


def _given_back(job: RegisterImport, error: BaseException) -> BaseException:
    """Put the import back where it may be tried again, and return what to raise."""
    if isinstance(error, IntegrityError):
        error = Overtaken(_("Meanwhile the register has changed. The file is read again; look at it once more."))
    state, said = (WorkState.WAITING, error.message) if isinstance(error, Overtaken) else (
        WorkState.READY, _("The register could not be written. Nothing was changed; try again."))
    RegisterImport.objects.filter(pk=job.pk, state=WorkState.APPLYING).update(state=state, error=said)
    job.refresh_from_db()
    return error
