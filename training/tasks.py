"""Background work of the office."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django_tasks import task

from accounts.models import User
from cms.work import Need, within
from training.forms.learners import FilterForm
from training.models import Count, Export, Target
from training.services import counting, exports, reaching, reminding
from unions.models import Unit
from unions.selectors.scopes import Office, office_of


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def write_export(export_id: int) -> bool:
    """Write the list that the export stands for, as its owner may see it now."""
    now = timezone.now()
    export = Export.objects.select_related("user").get(pk=export_id)
    office = office_of(export.user)
    filters = FilterForm(export.filters, office=office or Office(export.user), on=timezone.localdate(now)).wanted
    return exports.write_export(export=export, office=office, filters=filters, now=now, clock=timezone.now)


@task(priority=Need.USUAL)
@within(minutes=30)
def count_target(count_id: int) -> bool:
    """Count a target on a day for the branches that are too large to be counted while somebody waits."""
    return counting.count_target(count=Count.objects.select_related("target").get(pk=count_id), clock=timezone.now)


@task(priority=Need.ASKED_FOR)
@within(minutes=60)
def reach(key: str, kind: str, target_id: int, unit_id: int, on: str, tree: str, by_id: int) -> int:
    """Enrol or remind whoever is missing from a target, and have the letters sent."""
    outcome = reaching.reach(
        key=UUID(key), kind=kind, target=Target.objects.get(pk=target_id), unit=Unit.objects.get(pk=unit_id), on=date.fromisoformat(on), tree=tree,
        by=User.objects.get(pk=by_id), now=timezone.now())
    if kind == "remind":
        send_reminders.enqueue()
    return outcome.reached


@task(priority=Need.LETTERS)
@within(minutes=60)
def send_reminders() -> int:
    """Send a batch of the reminders that wait, and ask for the next one while something is left that can be sent."""
    batch = reminding.send_reminders(now=timezone.now())
    if batch.is_full and not batch.is_stopped:
        send_reminders.enqueue()
    return batch.sent
