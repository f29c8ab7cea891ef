"""What happens to a certificate after it was issued: every move is an entry with reason, decision, person and time; nothing is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from certificates import snapshots
from certificates.enums import REVOCABLE, Entry, NoticeKind, State
from certificates.models import Certificate, RegisterEntry
from certificates.selectors.states import facts_now
from certificates.services.designs import version_for
from certificates.services.duties import follow_papers
from certificates.services.errors import (
    AlreadyReplaced,
    AlreadyRevoked,
    ChangedMeanwhile,
    NameMissing,
    NothingToCorrect,
    NotToCorrect,
    NotValid,
    PeriodBackwards,
    ReasonMissing,
)
from certificates.services.issuing import enter, locked_series
from certificates.services.notices import post_notices
from vietnamese.names import given_name, sort_key
from vietnamese.text import clean, search_key

# What the register may be corrected in: words, and days as ISO dates; of a birth the year alone is enough.
CORRECTABLE = ("name", "born_on", "birth_place", "gender", "unit", "course", "begun_on", "ended_on", "grade")


@dataclass(frozen=True)
class _Ground:
    """Why something is changed, by whose decision, by whom and when."""

    reason: str
    decision_number: str
    decision_on: date | None
    by: object
    now: datetime


def _ground(reason: str, decision_number: str, decision_on: date | None, by, now: datetime) -> _Ground:
    if not (reason := reason.strip()):
        raise ReasonMissing
    return _Ground(reason, decision_number.strip(), decision_on, by, now)


def correct_certificate(
    *, certificate: Certificate, changes: Mapping[str, str], reason: str, by, now: datetime, decision_number: str = "",
    decision_on: date | None = None, seen: int | None = None,
) -> Certificate:
    """Correct what the register says of a certificate. Paper and snapshot stay; register, public page and later papers say the corrected words.

    Locks the certificate. What the register says already is left out; correcting the same twice is refused, and changes nothing.

    :param changes: new values of some of CORRECTABLE, "" for what is not known.
    :param seen: how many entries there were when the person looked; None when nobody did.
    :raises ReasonMissing: without a reason.
    :raises NotToCorrect: when it was revoked; :raises AlreadyReplaced: when another one stands in its place.
    :raises ChangedMeanwhile: when somebody else has made an entry since.
    :raises NothingToCorrect: when the register says all of it already.
    :raises NameMissing: for an empty name; :raises PeriodBackwards: for an end before its beginning.
    """
    ground = _ground(reason, decision_number, decision_on, by, now)
    with transaction.atomic():
        row = Certificate.objects.select_for_update().get(pk=certificate.pk)
        _check_correctable(row, seen)
        new = _new_words(row, changes)
        before = facts_now(row)
        row.corrected = {name: value for name, value in {**row.corrected, **new}.items() if value != (row.snapshot.get(name) or "")}
        if "name" in new:
            _call(row, new["name"])
        row.search_key = search_key(f"{snapshots.search_key_of(facts_now(row))} {row.snapshot['name']}")[:500]
        row.save(update_fields=["corrected", "search_key"])
        _note(row, Entry.CORRECTED, ground, changes={name: [before.get(name) or "", value] for name, value in new.items()})
        post_notices(certificates=[row], kind=NoticeKind.CHANGED, now=now)
    return row


def _check_correctable(row: Certificate, seen: int | None) -> None:
    if row.state == State.REVOKED:
        raise NotToCorrect
    if row.state == State.SUPERSEDED:
        raise AlreadyReplaced
    if seen is not None and row.entries.count() != seen:
        raise ChangedMeanwhile


def _new_words(row: Certificate, changes: Mapping[str, str]) -> dict[str, str]:
    """Return what differs from what the register says now."""
    if unknown := changes.keys() - set(CORRECTABLE):
        raise ValueError(f"The register has no {sorted(unknown)}.")
    before, wanted = facts_now(row), {name: clean(value) for name, value in changes.items()}
    new = {name: value for name, value in wanted.items() if value != (before.get(name) or "")}
    if not new:
        raise NothingToCorrect
    if "name" in new and not new["name"]:
        raise NameMissing
    after = before | new
    if after["begun_on"] and after["ended_on"] and after["begun_on"] > after["ended_on"]:
        raise PeriodBackwards
    return new


def _call(row: Certificate, name: str) -> None:
    """Keep the given name and the place in the order of names in step with the name."""
    if "name" not in row.corrected:
        row.corrected = {key: value for key, value in row.corrected.items() if key not in ("given_name", "name_key")}
        return
    former = row.snapshot["given_name"]
    given = former if former and clean(name).lower().endswith(f" {former.lower()}") else given_name(name)
    row.corrected |= {"given_name": given, "name_key": sort_key(name, given)}


def revoke_certificate(
    *, certificate: Certificate, reason: str, by, now: datetime, decision_number: str = "", decision_on: date | None = None,
) -> Certificate:
    """Revoke the certificate: its public page says so, with the reason, from the next request on. Locks the certificate.

    One that has expired too: what was found to be wrong must not look as if it had been right in its time. Its expiry stays in the register.

    :raises ReasonMissing: without a reason.
    :raises AlreadyRevoked: when it is.
    :raises NotValid: when it was replaced.
    """
    ground = _ground(reason, decision_number, decision_on, by, now)
    with transaction.atomic():
        row = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if row.state == State.REVOKED:
            raise AlreadyRevoked
        if row.state not in REVOCABLE:
            raise NotValid
        _move(row, State.REVOKED, Entry.REVOKED, ground)
        follow_papers(certificates=[row], now=now)
        post_notices(certificates=[row], kind=NoticeKind.REVOKED, now=now)
    return row


def reissue_certificate(
    *, certificate: Certificate, reason: str, by, now: datetime, decision_number: str = "", decision_on: date | None = None,
) -> Certificate:
    """Issue a new paper in place of this one: same facts, corrections taken along, a new number and code; it names the former.

    The name is the person's present one, unless the register was corrected in it. A valid one becomes superseded; a revoked or expired
    one stays what it is. Locks the certificate and the series.

    :raises ReasonMissing: without a reason.
    :raises AlreadyReplaced: when another one stands in its place.
    """
    ground = _ground(reason, decision_number, decision_on, by, now)
    with transaction.atomic():
        former = Certificate.objects.select_for_update(of=("self",)).select_related("user", "course", "series__issuer").get(pk=certificate.pk)
        if former.state == State.SUPERSEDED or Certificate.objects.filter(replaces=former).exists():
            raise AlreadyReplaced
        if former.state == State.VALID:
            _move(former, State.SUPERSEDED, Entry.SUPERSEDED, ground)
        row = _enter_in_place(former, ground)
        post_notices(certificates=[row], kind=NoticeKind.CHANGED, now=now)
    return row


def _enter_in_place(former: Certificate, ground: _Ground) -> Certificate:
    issuer = former.series.issuer
    facts = snapshots.facts_again(former) | {
        **_decided(former, ground), "replaces": former.register_number}
    # The kind of paper stays, whatever today's design of the course makes.
    version = version_for(course=former.course, issuer=issuer) if former.course else None
    if version and version.spec["paper"] != former.series.paper:
        version = former.version
    row = Certificate(
        user=former.user, course=None if _has_another_valid(former) else former.course, cycle=former.cycle, version=version, issued_at=ground.now, replaces=former,
        valid_until=former.valid_until, hidden_at=former.hidden_at)
    series = locked_series(issuer, ground.now, former.series.paper)
    decision = (ground.decision_number, ground.decision_on)
    return enter(row=row, series=series, facts=facts, kind=Entry.REISSUED, by=ground.by, reason=ground.reason, decision=decision)


def _decided(former: Certificate, ground: _Ground) -> dict:
    """A new paper names the decision on it; without one, the decision by which the former was issued still stands."""
    if ground.decision_number:
        return {"decision_number": ground.decision_number, "decision_on": ground.decision_on and ground.decision_on.isoformat()}
    return {name: former.snapshot.get(name) or default for name, default in (("decision_number", ""), ("decision_on", None))}


def _has_another_valid(former: Certificate) -> bool:
    """Older registers hold several papers of one person and course; of two valid ones only the first names the course."""
    if former.user_id is None or former.course_id is None:
        return False
    same = Certificate.objects.filter(user=former.user_id, course=former.course_id, cycle=former.cycle, state=State.VALID)
    return same.exclude(pk=former.pk).exists()


def _move(row: Certificate, state: str, kind: str, ground: _Ground) -> None:
    row.state = state
    row.save(update_fields=["state"])
    _note(row, kind, ground)


def _note(row: Certificate, kind: str, ground: _Ground, changes: dict | None = None) -> None:
    RegisterEntry.objects.create(
        certificate=row, kind=kind, reason=ground.reason, decision_number=ground.decision_number, decision_on=ground.decision_on,
        changes=changes or {}, by=ground.by, at=ground.now)
