"""The letters of reminders: they wait in the outbox and are sent one by one, as notices of certificates are.

Keeps true: a letter goes only to an address that its owner has proved or an office has typed, and to nobody who has done meanwhile what it asks for.
"""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import ConsentPurpose
from accounts.selectors.consents import allows
from certificates.services.outbox import CHUNK, Sent, is_unproved, send_waiting
from training.enums import ReminderState
from training.models import Reminder
from training.selectors.reminders import is_met


class _Reminders:
    """The reminders as a box of letters."""

    rows, states, address_field = Reminder.objects.all(), ReminderState, "address"

    def fetched(self, key: int) -> Reminder | None:
        found = Reminder.objects.select_related("user", "target__unit", "by").annotate(
            is_unproved=is_unproved("user"), agrees=allows(ConsentPurpose.REMINDERS, "user"))
        return found.prefetch_related("target__courses").filter(pk=key).first()

    def is_overtaken(self, row: Reminder) -> bool:
        """Never: the row stands in the list of who was reminded and when; `address_of` says that nothing is sent."""
        return False

    def address_of(self, row: Reminder) -> str:
        # The address of today: it may have been changed since, taken away, or wait for its proof; and today's word on letters.
        address = "" if row.is_unproved or not row.agrees else row.user.email or ""
        if not address or not row.user.is_active or not row.target.is_active or is_met(row):
            Reminder.objects.filter(pk=row.pk).update(state=ReminderState.SHOWN, address="", error="")
            return ""
        return address

    def letter_of(self, row: Reminder, *, to: str, now: datetime) -> EmailMessage:
        return letter_of(row, to=to)


def send_reminders(*, now: datetime, limit: int = CHUNK) -> Sent:
    """Send the reminders that are due, as `certificates.services.outbox.send_waiting` does."""
    return send_waiting(box=_Reminders(), now=now, limit=limit)


def letter_of(reminder: Reminder, *, to: str) -> EmailMessage:
    """Return the letter in the person's language: what is asked, by which day, by whom, and the link to their own page; nothing else of them.

    No query when person, target, its courses and the asker are loaded. A letter that is sent twice carries the same Message-ID.
    """
    with override(reminder.user.language):
        target = reminder.target
        context = {
            "person": reminder.user, "target": target, "courses": target.courses.all(), "day": date_format(target.due_on, "d/m/Y"),
            "asker": reminder.by, "asked_on": date_format(timezone.localtime(reminder.at), "d/m/Y"),
            "url": f"{settings.SITE_URL}{reverse('learning:home')}", "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
        text = render_to_string("training/email/reminder.txt", context)
        subject = _("Reminder: %(target)s, by %(day)s") % {"target": target.title, "day": context["day"]}
    host = settings.SITE_URL.split("://", 1)[-1].split("/")[0].split(":")[0]
    headers = {"Message-ID": f"<reminder.{target.uuid}.{reminder.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(" ".join(subject.split())[:200], text, to=[to], headers=headers)
