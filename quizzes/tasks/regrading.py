"""Regrades in the background: working out what one would change, and writing it."""

from django.utils import timezone
from django_tasks import task

from cms.work import Need, within
from quizzes.models import Regrade
from quizzes.services.regrading import work_out_regrade, write_regrade


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def work_out(regrade_id: int) -> bool:
    """Work out what the regrade would change. Changes no mark."""
    return work_out_regrade(regrade=Regrade.objects.select_related("question").get(pk=regrade_id), clock=timezone.now)


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def write(regrade_id: int) -> bool:
    """Write what the regrade changes; goes on where an earlier worker was stopped."""
    return write_regrade(regrade=Regrade.objects.select_related("question").get(pk=regrade_id), clock=timezone.now)
