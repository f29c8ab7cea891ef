"""Background work of the register."""

from django.utils import timezone
from django_tasks import task

from certificates import services
from learning.models import Completion


@task()
def issue_for_completion(completion_id: int) -> str:
    completion = Completion.objects.select_related("enrolment__user", "enrolment__course", "rule_set").get(pk=completion_id)
    certificate = services.issue_certificate(
        user=completion.enrolment.user, course=completion.enrolment.course, completion=completion, now=timezone.now())
    return certificate.register_number
