"""What units hear from below: people who are erased."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import person_erased
from unions.services import release_person


@receiver(person_erased)
def release(sender, user, now, **kwargs) -> None:
    release_person(user=user, on=timezone.localdate(now))
