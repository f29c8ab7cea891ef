"""What the clock does to certificates: they expire, and their holders are told beforehand.

Keeps true: an expiry is entered once; a reminder is posted once for each certificate and day, and never one whose turn has passed.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from certificates.enums import Entry, NoticeKind, State
from certificates.models import Certificate, RegisterEntry
from certificates.selectors import certificates_to_expire
from certificates.selectors.renewals import ending_between
from certificates.services.notices import post_notices
from certificates.validity import REMINDERS

CHUNK = 500


def expire_certificates(*, now: datetime) -> int:
    """Enter the expiry of every valid certificate whose time is over, and return how many there were.

    500 in one transaction, each time anew: memory stays flat, and who stops it in the middle loses nothing. Locks the certificates of a chunk.
    """
    count = 0
    while entered := _expire_some(now):
        count += entered
    return count


def _expire_some(now: datetime) -> int:
    with transaction.atomic():
        due = certificates_to_expire(timezone.localdate(now)).select_for_update(of=("self",)).values_list("pk", flat=True)
        keys = list(due[:CHUNK])
        Certificate.objects.filter(pk__in=keys).update(state=State.EXPIRED)
        RegisterEntry.objects.bulk_create([RegisterEntry(certificate_id=key, kind=Entry.EXPIRED, at=now) for key in keys])
    return len(keys)


def remind_ending(*, now: datetime) -> int:
    """Post the reminders 60, 30 and 7 days before the end, and return how many are new.

    When nobody ran this for some days, only the nearest to the end is posted. Left out: what was renewed, revoked or replaced, whose
    holder has no account any more, and reminders whose day had passed already when the certificate was issued.
    """
    on = timezone.localdate(now)
    posted = 0
    for days, nearer in zip(REMINDERS, (*REMINDERS[1:], 0), strict=True):
        ending = ending_between(on + timedelta(days=nearer), on + timedelta(days=days), days=days)
        posted += post_notices(certificates=ending, kind=NoticeKind.ENDING, now=now, days=days)
    return posted
