"""What the register hears from below: completed courses, people who were erased, designs that were published, rules that ask for certificates."""

import logging

from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import published

from accounts.records import answer_with
from accounts.signals import person_erased, person_restricted
from certificates.models import Design
from certificates.services import forget_holder, issue_by_itself, personal
from certificates.services.designs import freeze_design
from certificates.services.duties import settle_holders
from certificates.services.hiding import hide_all
from certificates.tasks import issue_for_completion
from learning.models import AssignmentRule, Completion
from learning.signals import assignments_settled, course_completed

logger = logging.getLogger(__name__)

answer_with(personal)


@receiver(course_completed)
def issue_at_once(sender, completion: Completion, **kwargs) -> None:
    """Issue in the learner's own request what needs no decision, renewals included.

    A failure must not become the learner's, so it is logged and tried again in the background.
    """
    try:
        issue_by_itself(completion=completion, now=timezone.now())
    except Exception:
        logger.exception("No certificate yet for completion %s", completion.pk)
        issue_for_completion.enqueue(completion.pk)


@receiver(person_erased)
def forget(sender, user, by, now, reason, **kwargs) -> None:
    """Raises what goes wrong: the sender keeps other receivers from it and writes it into the log; erasing again goes on."""
    forget_holder(user=user, by=by, now=now, reason=reason)


@receiver(person_restricted)
def restrict(sender, user, by, now, **kwargs) -> None:
    hide_all(user=user, by=by, now=now)


@receiver(assignments_settled)
def settle_who_holds(sender, rule: AssignmentRule, people, now, **kwargs) -> None:
    settle_holders(rule=rule, people=people, now=now)


@receiver(published, sender=Design)
def freeze_when_published(sender, instance, revision=None, **kwargs) -> None:
    """However a design is published, by hand or on its day, its papers look like it from then on."""
    freeze_design(design=instance, by=revision.user if revision else None, now=timezone.now())
