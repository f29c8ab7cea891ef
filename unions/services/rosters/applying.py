"""Writing a list: all of its decided rows within one transaction, or none.

Keeps true: what was looked at is what is written; whoever changed one of these people or posts meanwhile stops everything, and the list is read again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from accounts.enums import Act
from accounts.models import LogEntry, User
from cms.work import WorkState
from unions.enums import RosterMode
from unions.models import Post, RosterImport
from unions.services.errors import NotYourUnit, Overtaken, RosterRefused
from unions.services.rosters.collecting import rarely_collecting
from unions.services.rosters.kinds import Kinds
from unions.services.rosters.reading import CHUNK, Stopped, tell, units_of
from unions.services.rosters.receiving import Clock, forget_file
from unions.services.rosters.within import Place
from unions.services.rosters.writing import Entry, Preparing, log_of, rows_of, seen_of, subject_of
from unions.signals import posts_changed

_PERSON_FIELDS = ["full_name", "given_name", "gender", "phone", "email", "member_code", "date_of_birth", "birth_year", "phone_verified_at", "sort_key", "search_key"]
_POST_FIELDS = ["full_time", "manner", "term", "decision_number", "valid_from", "valid_until"]


@rarely_collecting()
def apply_roster(*, job: RosterImport, by, now: datetime, clock: Clock) -> RosterImport:
    """Write the decided rows of a list that was read: people, posts, log. Safe to call twice. Sends `posts_changed` after commit.

    What takes long – judging every row once more – is done before the one transaction; that locks units and people in the order of their ids.

    :raises Overtaken: when people or posts have changed since the list was looked at. Nothing is written then; the list waits to be read again.
    :raises NotYourUnit: when whoever sent it manages the unit no more.
    """
    if not job.claim(WorkState.READY, WorkState.APPLYING, clock(), done=0):
        return job
    try:
        if not units_of(job).filter(pk=job.unit_id).exists():
            raise NotYourUnit
        _Applying(job, by, now, clock).run()
    except Stopped:
        job.refresh_from_db()
        return job
    except BaseException as error:
        raise _given_back(job, error) from error
    job.refresh_from_db()
    forget_file(job=job)
    return job


class _Applying:
    def __init__(self, job: RosterImport, by, now: datetime, clock: Clock):
        self.job, self.by, self.now, self.clock = job, by, now, clock
        self.held_since = job.alive_at
        self.kinds = Kinds()
        self.units = job_units(job)
        self.names = dict(units_of(job).filter(pk__in=self.units).values_list("pk", "name")) if len(self.units) < CHUNK else self._names()
        self.people: dict[Place, int] = {}
        # Whose posts of which unit this work has written already.
        self._written: set[tuple[int, int]] = set()
        self.touched: set[int] = set()
        self.ended = 0

    def run(self) -> None:
        total = 2 * self.job.rows.count()
        state = _state_of(self.units)
        ready = self._prepare(total)
        with _telling(self) as say, transaction.atomic():
            self._lock(state)
            if self.job.mode == RosterMode.CONGRESS:
                self._end_terms()
            for start in range(0, len(ready), CHUNK):
                self._write(ready[start:start + CHUNK])
                say(done=total // 2 + start // 2, total=total)
            self._finish(len(ready))

    def _names(self) -> dict[int, str]:
        return dict(units_of(self.job).values_list("pk", "name").iterator(chunk_size=5_000))

    def _prepare(self, total: int) -> list[Entry]:
        preparing, ready, seen = Preparing(self.job, self.now), [], 0
        for chunk in rows_of(self.job):
            ready += preparing.prepare(chunk)
            seen += len(chunk)
            self.held_since = tell(self.job, WorkState.APPLYING, self.held_since, self.clock, done=seen, total=total)
        return ready

    def _lock(self, state: tuple) -> None:
        for start in range(0, len(self.units), CHUNK):
            wanted = self.units[start:start + CHUNK]
            standing = units_of(self.job).on(self.job.on).filter(pk__in=wanted).select_for_update().order_by("pk")
            if len(standing.values_list("pk")) < len(wanted):
                raise Overtaken(_("Meanwhile a unit of this list has ended or was moved. The file is read again; look at it once more."))
        if _state_of(self.units) != state:
            raise _overtaken()

    def _end_terms(self) -> None:
        """A congress ends what was held before in its units: all posts of cadres."""
        for start in range(0, len(self.units), CHUNK):
            held = Post.objects.on(self.job.on).filter(unit__in=self.units[start:start + CHUNK], kind__is_cadre=True, valid_from__lt=self.job.on)
            found = list(held.values_list("pk", "user_id", "kind_id", "unit_id"))
            Post.objects.filter(pk__in=[pk for pk, *_rest in found]).update(valid_until=self.job.on)
            LogEntry.objects.bulk_create([LogEntry(
                about_id=person, by=self.by, act=Act.POST_ENDED, subject=subject_of(self.kinds, kind, self.names.get(unit, "")), at=self.now)
                for _pk, person, kind, unit in found], batch_size=1_000)
            self.touched |= {person for _pk, person, *_rest in found}
            self.ended += len(found)

    def _write(self, chunk: Sequence[Entry]) -> None:
        self._check(chunk)
        new = [entry for entry in chunk if entry.new is not None]
        User.objects.bulk_create([entry.new for entry in new])
        self.people |= {entry.place: entry.new.pk for entry in new}
        self._change_people([entry for entry in chunk if entry.fields])
        self._write_posts(chunk)
        entries = [note for entry in chunk for note in log_of(entry, self._person_of(entry), self.job, self.kinds, self.names.get(entry.unit, ""), self.by, self.now)]
        LogEntry.objects.bulk_create(entries, batch_size=1_000)

    def _person_of(self, entry: Entry) -> int:
        return entry.person or self.people[entry.head or entry.place]

    def _check(self, chunk: Sequence[Entry]) -> None:
        """Lock who is there already, and look whether their posts are still those that were seen."""
        there = {entry.person for entry in chunk if entry.person}
        if not there:
            return
        people = {person.pk: person for person in User.objects.select_for_update().filter(pk__in=there).order_by("pk")}
        if len(people) < len(there) or any(not _is_as_seen(people[entry.person], entry) for entry in chunk if entry.person):
            raise _overtaken()
        posts: dict[tuple[int, int], list[Post]] = {}
        for post in Post.objects.filter(user__in=there, unit__in={entry.unit for entry in chunk}):
            posts.setdefault((post.user_id, post.unit_id), []).append(post)
        if self.job.mode == RosterMode.CONGRESS:
            return
        seen: set[tuple[int, int]] = set()
        for entry in chunk:
            key = (entry.person, entry.unit)
            # A second row of the same person and unit finds what the first one wrote.
            if entry.person and key not in seen and key not in self._written and seen_of(posts.get(key, [])) != entry.seen:
                raise _overtaken()
            seen.add(key)
        self._written |= seen

    def _change_people(self, entries: Sequence[Entry]) -> None:
        people = {person.pk: person for person in User.objects.filter(pk__in=[entry.person for entry in entries])}
        moved = []
        for entry in entries:
            person = people[entry.person]
            for name, value in entry.fields.items():
                setattr(person, name, value)
            if "phone" in entry.fields:
                person.phone_verified_at = None
            if "email" in entry.fields:
                moved.append(person)
            person.set_keys()
        User.objects.bulk_update(people.values(), _PERSON_FIELDS, batch_size=100)
        # The former mailbox opens nothing any more.
        EmailAddress.objects.filter(user__in=moved).delete()

    def _write_posts(self, chunk: Sequence[Entry]) -> None:
        changed = []
        for entry in chunk:
            self.touched.add(self._person_of(entry))
            for post, fields in entry.changed:
                for name, value in fields.items():
                    setattr(post, name, value)
                changed.append(post)
            for post in entry.begins:
                post.user_id = self._person_of(entry)
        Post.objects.bulk_update(changed, _POST_FIELDS, batch_size=100)
        Post.objects.bulk_create([post for entry in chunk for post in entry.begins])

    def _finish(self, written: int) -> None:
        counts = self.job.counts | {"written": written, "posts_ended": self.ended}
        # Held to the end by whoever began: somebody who took the work over writes it, and this one nothing.
        tell(
            self.job, WorkState.APPLYING, self.held_since, self.clock, state=WorkState.DONE, counts=counts, error="", finished_at=self.clock(),
            done=written, total=written)
        people = frozenset(self.touched)
        transaction.on_commit(lambda: posts_changed.send_robust(sender=Post, people=set(people)))


def _is_as_seen(person: User, entry: Entry) -> bool:
    """Say whether what the row changes is still as it was, or is so already: two rows of one person may say the same."""
    return all(getattr(person, name) in (before, entry.fields[name]) for name, before in entry.before.items())


def job_units(job: RosterImport) -> list[int]:
    """Return the ids of the units that the rows to be written are of, in their order."""
    return sorted(unit for unit in job.rows.order_by().values_list("data__unit", flat=True).distinct() if unit)


def _state_of(units: Sequence[int]) -> tuple:
    """What changes when somebody enters or leaves a post in these units."""
    found = []
    for start in range(0, len(units), CHUNK):
        posts = Post.objects.filter(unit__in=units[start:start + CHUNK])
        found.append(tuple(posts.aggregate(count=Count("pk"), latest=Max("pk"), held=Count("pk", filter=Q(valid_until__isnull=True))).values()))
    return tuple(found)


@contextmanager
def _telling(work: _Applying) -> Iterator:
    """Hand out what tells how far the transaction is, past the transaction; where the database has one writer at a time, nothing is told."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield lambda **fields: None
        return
    other = connection.copy()

    def say(**fields) -> None:
        moment = work.clock()
        sets = ", ".join(f"{name} = %s" for name in ("alive_at", *fields))
        with suppress(DatabaseError), other.cursor() as cursor:
            cursor.execute(
                f"UPDATE {RosterImport._meta.db_table} SET {sets} WHERE id = %s AND state = %s",  # noqa: S608  # nosec B608 # our own names
                [moment, *fields.values(), work.job.pk, WorkState.APPLYING])
            work.held_since = moment

    try:
        yield say
    finally:
        other.close()


def _overtaken() -> Overtaken:
    return Overtaken(_("Meanwhile people or posts of this list have changed. The file is read again; look at it once more."))


def _given_back(job: RosterImport, error: BaseException) -> BaseException:
    """Put the work back where it may be tried again, and return what to raise."""
    if isinstance(error, IntegrityError):
        error = _overtaken()
    state, said = WorkState.READY, _("The list could not be written. Nothing was changed; try again.")
    if isinstance(error, Overtaken):
        state, said = WorkState.WAITING, error.message
    elif isinstance(error, (RosterRefused, NotYourUnit)):
        said = error.message
    RosterImport.objects.filter(pk=job.pk, state=WorkState.APPLYING).update(state=state, error=said)
    job.refresh_from_db()
    return error

