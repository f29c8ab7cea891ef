"""Taking an erased person out of the office's own tables."""

from django.db import transaction

from training.models import Export, Reminder


def forget_person(*, user) -> None:
    """Drop the person's reminders, sent or waiting, and the lists that they had written, with their files. Safe to call twice."""
    with transaction.atomic():
        Reminder.objects.filter(user=user).delete()
        for export in Export.objects.filter(user=user):
            if export.file:
                export.file.delete(save=False)
            export.delete()
