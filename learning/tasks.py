"""Background work of learning."""

from django.utils import timezone
from django_tasks import task

from learning import services


@task()
def recount_course(course_id: int) -> int:
    return services.recount_course(course_id=course_id, now=timezone.now())
