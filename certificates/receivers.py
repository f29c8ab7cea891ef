"""What the register hears from below: completed courses."""

import logging

from django.dispatch import receiver
from django.utils import timezone

from certificates.services import issue_certificate
from certificates.tasks import issue_for_completion
from learning.models import Completion
from learning.signals import course_completed

logger = logging.getLogger(__name__)


@receiver(course_completed)
def issue_at_once(sender, completion: Completion, **kwargs) -> None:
    """Issue in the learner's own request; a failure must not become the learner's, so it is logged and tried again in the background."""
    enrolment = completion.enrolment
    if not enrolment.course.gives_certificate:
        return
    try:
        issue_certificate(user=enrolment.user, course=enrolment.course, completion=completion, now=timezone.now())
    except Exception:
        logger.exception("No certificate yet for completion %s", completion.pk)
        issue_for_completion.enqueue(completion.pk)
