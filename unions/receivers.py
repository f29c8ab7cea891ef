"""What units hear from below: people who are erased."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import erasure_previewed, person_erased, person_exported
from unions.selectors import personal
from unions.services import release_person


@receiver(person_erased)
def release(sender, user, now, **kwargs) -> None:
    release_person(user=user, on=timezone.localdate(now))


@receiver(person_exported)
def export(sender, user, **kwargs):
    return personal.sections_of(user)


@receiver(erasure_previewed)
def preview_erasure(sender, user, **kwargs):
    return personal.fates_of(user)
