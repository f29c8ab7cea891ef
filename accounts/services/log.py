"""Writing down who changed or looked at whose record."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.enums import LOOKS, Act
from accounts.models import LogEntry, User
from accounts.selectors import facts_in_words

# Long enough to ask who looked, and no longer than that needs (Law 91/2025/QH15, Art. 3).
LOOKS_KEPT = timedelta(days=365)
SAME_LOOK = timedelta(minutes=30)
CHUNK = 1000
_MOST = LogEntry._meta.get_field("subject").max_length


def note(*, about: User, act: str, by: User | None, now: datetime, subject: str = "", changes: dict | None = None, own: bool = False) -> None:
    """Write down what somebody did with a person's record; their own looks at their own record are not noted, unless `own` says so."""
    if act in LOOKS and by is not None and by.pk == about.pk and not own:
        return
    LogEntry.objects.create(about=about, by=by, act=act, subject=subject[:_MOST], changes=changes or {}, at=now)


def note_look(*, about: User, by: User, now: datetime, subject: str = "") -> None:
    """Write down that somebody looked at a person's record; the same look within SAME_LOOK is the same, for pages that are gone through in steps."""
    same = LogEntry.objects.filter(about=about, by=by, act=Act.LOOKED, subject=subject[:_MOST], at__gt=now - SAME_LOOK)
    if about.pk != by.pk and not same.exists():
        note(about=about, act=Act.LOOKED, by=by, now=now, subject=subject)


def note_changes(*, about: User, before: dict[str, str], by: User | None, now: datetime) -> None:
    """Write down what of a person's facts is other than before (`selectors.facts_in_words`); nothing new writes nothing."""
    after = facts_in_words(about)
    if changes := {name: [before[name], after[name]] for name in before if before[name] != after[name]}:
        note(about=about, act=Act.CHANGED, by=by, now=now, changes=changes)


def note_many(*, about: Iterable[int], act: str, by: User | None, now: datetime, subject: str = "") -> None:
    """Write down the same of many people, by their ids; in chunks of 1,000."""
    others = (pk for pk in about if not (act in LOOKS and by is not None and by.pk == pk))
    entries = (LogEntry(about_id=pk, by=by, act=act, subject=subject[:_MOST], at=now) for pk in others)
    LogEntry.objects.bulk_create(entries, batch_size=CHUNK)


def old_looks(now: datetime) -> QuerySet[LogEntry]:
    """Return the looks that were noted longer ago than LOOKS_KEPT."""
    return LogEntry.objects.filter(act__in=LOOKS, at__lt=now - LOOKS_KEPT)


def forget_old_looks(*, now: datetime) -> int:
    """Delete looks that were noted longer ago than LOOKS_KEPT, 1,000 at a time, and return how many there were."""
    count = 0
    old = old_looks(now).order_by("at").values_list("pk", flat=True)
    while keys := list(old[:CHUNK]):
        count += LogEntry.objects.filter(pk__in=keys).delete()[0]
    return count
