"""What is to be written of a list, made ready before the one transaction: people, posts, entries of the log.

Keeps true: nothing is made ready that was not looked at; a row that would now become something else stops everything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, UNUSABLE_PASSWORD_SUFFIX_LENGTH
from django.utils.translation import gettext as _

from accounts.enums import Act
from accounts.models import LogEntry, User
from unions.enums import Verdict
from unions.models import Post, RosterImport, RosterImportRow
from unions.services.errors import Overtaken
from unions.services.rosters.deciding import said_of
from unions.services.rosters.judging import Judge, Judged
from unions.services.rosters.kinds import Kinds
from unions.services.rosters.matching import People
from unions.services.rosters.reading import CHUNK, managed_units
from unions.services.rosters.within import Place

_WORKED_ON = (Verdict.NEW, Verdict.CHANGED)


@dataclass
class Entry:
    """One row: the person as they are to be, their posts, and what was seen when this was made ready."""

    place: Place
    # An unsaved person; None where the row is about somebody who is there, or about the person of an earlier row.
    new: User | None
    person: int | None
    head: Place | None
    fields: dict
    before: dict
    unit: int
    begins: list[Post]
    changed: list[tuple[Post, dict]]
    told: dict
    seen: list[tuple] = field(default_factory=list)


def rows_of(job: RosterImport) -> Iterator[list[RosterImportRow]]:
    """Go through all rows in their order, 500 at a time."""
    rows = job.rows.order_by("sheet", "number")
    sheet, number = 0, 0
    while chunk := list((rows.filter(sheet=sheet, number__gt=number) | rows.filter(sheet__gt=sheet))[:CHUNK]):
        yield chunk
        sheet, number = chunk[-1].sheet, chunk[-1].number


class Preparing:
    """Makes the rows of a list ready, chunk by chunk."""

    def __init__(self, job: RosterImport, now: datetime):
        self._job, self._now = job, now
        self._people = People(job, managed_units(job))
        self._judge = Judge(job, self._people)

    def prepare(self, chunk: Sequence[RosterImportRow]) -> list[Entry]:
        """Return what is to be written of these rows. Six to nine queries.

        :raises Overtaken: when a row would now become something else than what was looked at.
        """
        judged = self._judge.judge([said_of(row) for row in chunk])
        ready = []
        for row, one in zip(chunk, judged, strict=True):
            if (row.verdict, row.person_id, row.changes) != (one.verdict, one.person.pk if one.person else None, one.changes):
                raise Overtaken(_("Meanwhile something about row %(row)s has changed. The file is read again; look at it once more.") % {"row": row.number})
            if one.verdict in _WORKED_ON:
                ready.append(self._entry(row, one))
        return ready

    def _entry(self, row: RosterImportRow, one: Judged) -> Entry:
        head = tuple(row.data["as_row"]) if row.data.get("as_row") else None
        unit, person = row.data["unit"], one.person
        return Entry(
            (row.sheet, row.number), None if person or head else _new_person(one.fields), person.pk if person else None, head if not person else None,
            one.fields if person else {}, {name: getattr(person, name) for name in one.fields} if person else {}, unit,
            [Post(unit_id=unit, kind_id=plan.kind, **plan.begins) for plan in one.posts if plan.begins],
            [(plan.post, plan.changed) for plan in one.posts if plan.post and plan.changed], one.changes,
            seen_of(self._people.posts(person.pk, unit)) if person else [])


def _new_person(said: dict) -> User:
    person = User(**said)
    # What `set_unusable_password` does, thirty times as fast: a mark, and something that no two accounts share.
    person.password = f"{UNUSABLE_PASSWORD_PREFIX}{token_urlsafe(30)[:UNUSABLE_PASSWORD_SUFFIX_LENGTH]}"
    person.set_keys()
    return person


def seen_of(posts: Sequence[Post]) -> list[tuple]:
    """Return what would tell that somebody has changed these posts meanwhile."""
    return sorted((post.pk, post.valid_from, str(post.valid_until), post.full_time, post.manner, post.term, post.decision_number) for post in posts)


def log_of(entry: Entry, person: int, job: RosterImport, kinds: Kinds, unit_name: str, by, now: datetime) -> list[LogEntry]:
    """Return what is noted about a person whose row was written."""
    common = {"about_id": person, "by": by, "at": now}
    noted = []
    if entry.new is not None:
        noted.append(LogEntry(act=Act.MADE, subject=job.file_name, **common))
    if entry.fields:
        changes = {name: entry.told[name] for name in entry.fields}
        noted.append(LogEntry(act=Act.CHANGED, subject=job.file_name, changes=changes, **common))
    for post in entry.begins:
        noted.append(LogEntry(act=Act.APPOINTED, subject=subject_of(kinds, post.kind_id, unit_name), **common))
    for post, changed in entry.changed:
        ends = set(changed) == {"valid_until"}
        changes = {} if ends else {name: entry.told.get(f"post:{post.kind_id}:{name}", []) for name in changed}
        noted.append(LogEntry(act=Act.POST_ENDED if ends else Act.POST_CHANGED, subject=subject_of(kinds, post.kind_id, unit_name), changes=changes, **common))
    return noted


def subject_of(kinds: Kinds, kind: int, unit_name: str) -> str:
    """Return a post in words, for the log."""
    return f"{kinds.names.get(kind, '')}, {unit_name}"[:300]
