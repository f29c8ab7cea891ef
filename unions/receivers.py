"""What units hear from below: people who are erased."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.records import answer_with
from accounts.signals import person_erased
from unions.selectors import personal
from unions.services import release_person

answer_with(personal)


@receiver(person_erased)
def release(sender, user, now, **kwargs) -> None:
    release_person(user=user, on=timezone.localdate(now))
