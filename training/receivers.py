"""What the office hears: figures that somebody waits for, posts that changed."""

from datetime import date

from django.dispatch import receiver
from django.utils import timezone

from accounts.records import answer_with
from accounts.signals import person_erased
from training.selectors import personal
from training.services import counting
from training.services.forgetting import forget_person
from training.signals import count_wanted
from training.tasks import count_target
from unions.signals import posts_changed

answer_with(personal)


@receiver(count_wanted)
def have_it_counted(sender, target: int, on: date, tree: str, **kwargs) -> None:
    count, is_new = counting.ask_for_count(target=target, on=on, tree=tree, now=timezone.now())
    if is_new:
        count_target.enqueue(count.pk)


@receiver(posts_changed)
def note_posts_changed(sender, **kwargs) -> None:
    counting.note_posts_changed(now=timezone.now())


@receiver(person_erased)
def forget(sender, user, **kwargs) -> None:
    forget_person(user=user)
