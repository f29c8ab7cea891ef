"""Background work of the units."""

from django.utils import timezone
from django_tasks import task

from cms.work import Need, within
from unions.models import RosterImport
from unions.services.errors import Overtaken
from unions.services.rosters.applying import apply_roster as write
from unions.services.rosters.reading import read_roster as read


@task(priority=Need.WAITED_FOR)
@within(minutes=30)
def read_roster(import_id: int) -> str:
    """Read the file of a list of cadres."""
    return read(job=RosterImport.objects.select_related("unit", "by").get(pk=import_id), clock=timezone.now).state


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def apply_roster(import_id: int) -> str:
    """Write a list of cadres, for whoever sent it; read the file again when what it is about has changed meanwhile."""
    job = RosterImport.objects.select_related("unit", "by").get(pk=import_id)
    try:
        return write(job=job, by=job.by, now=timezone.now(), clock=timezone.now).state
    except Overtaken:
        return read(job=job, clock=timezone.now).state
