"""Switching the public page of a paper off, by its holder's wish or because its holder was erased; the register entry stays.

Keeps true: every switch is an entry with reason, person and time; number, snapshot and stored PDF are never touched.
"""

from datetime import datetime

from django.db import transaction

from certificates.enums import Entry
from certificates.models import Certificate, Look, RegisterEntry, RegisterImportRow
from certificates.models.register import SHOWN_AGAIN
from certificates.services.consent import withdraw_name_consent
from certificates.services.errors import NotHolder
from certificates.services.notices import forget_addresses
from certificates.services.pictures import drop_picture

# Written into the register, so in Vietnamese whatever language the holder reads.
BY_WISH = "Theo yêu cầu của người được cấp"
BY_WISH_AGAIN = "Người được cấp cho phép tra cứu trở lại"


def hide_certificate(*, certificate: Certificate, by, now: datetime) -> Certificate:
    """Switch the public page off: whoever asks by code is told what is told of an unknown code. Locks the certificate.

    The holder's right to withdraw and to object (Law 91/2025/QH15, Art. 4). Doing it twice is doing it once.

    :raises NotHolder: when somebody else asks.
    """
    with transaction.atomic():
        row = _own(certificate, by)
        if row.hidden_at is None:
            _hide(row, reason=BY_WISH, by=by, now=now)
    return row


def show_certificate(*, certificate: Certificate, by, now: datetime) -> Certificate:
    """Switch the public page on again. Locks the certificate; doing it twice is doing it once.

    :raises NotHolder: when somebody else asks.
    """
    with transaction.atomic():
        row = _own(certificate, by)
        if row.hidden_at is not None:
            row.hidden_at = None
            row.save(update_fields=["hidden_at"])
            RegisterEntry.objects.create(certificate=row, kind=Entry.HIDDEN, reason=BY_WISH_AGAIN, changes=SHOWN_AGAIN, by=by, at=now)
    return row


def hide_all(*, user, by, now: datetime) -> int:
    """Withdraw the consent to be shown by name, switch off the public pages of all papers of a person, and return how many pages. Safe to call twice.

    By the holder's wish that their data be used less; each page is theirs to switch on again. Locks the papers.
    """
    with transaction.atomic():
        withdraw_name_consent(user=user, now=now)
        open_ones = list(Certificate.objects.select_for_update().filter(user=user, hidden_at=None))
        for row in open_ones:
            _hide(row, reason=BY_WISH, by=by, now=now)
    return len(open_ones)


def forget_holder(*, user, by, now: datetime, reason: str) -> int:
    """Keep of an erased person's papers only what the register must keep, and return how many public pages were switched off.

    Withdraws the consent; drops waiting notices, addresses of sent ones, pictures, and who looked at what. Entry, number, snapshot and
    stored PDF stay (Law 91/2025/QH15, Art. 14). Safe to call twice.
    """
    with transaction.atomic():
        withdraw_name_consent(user=user, now=now)
        papers = list(Certificate.objects.select_for_update().filter(user=user))
        open_ones = [row for row in papers if row.hidden_at is None]
        for row in open_ones:
            _hide(row, reason=reason, by=by, now=now)
        forget_addresses(user=user)
        RegisterImportRow.objects.filter(certificate__user=user).delete()
        Look.objects.filter(certificate__user=user).delete()
        Look.objects.filter(by=user).update(by=None)
        transaction.on_commit(lambda: [drop_picture(certificate=row) for row in papers])
    return len(open_ones)


def _hide(row: Certificate, *, reason: str, by, now: datetime) -> None:
    row.hidden_at = now
    row.save(update_fields=["hidden_at"])
    RegisterEntry.objects.create(certificate=row, kind=Entry.HIDDEN, reason=reason, by=by, at=now)


def _own(certificate: Certificate, by) -> Certificate:
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if row.user_id is None or row.user_id != by.pk:
        raise NotHolder
    return row
