"""Background work of the office."""

from django.utils import timezone
from django_tasks import task

from training.forms.learners import FilterForm
from training.models import Export
from training.services import exports
from unions.selectors.scopes import Office, office_of


@task()
def write_export(export_id: int) -> bool:
    """Write the list that the export stands for, as its owner may see it now."""
    now = timezone.now()
    export = Export.objects.select_related("user").get(pk=export_id)
    office = office_of(export.user)
    filters = FilterForm(export.filters, office=office or Office(export.user), on=timezone.localdate(now)).wanted
    return exports.write_export(export=export, office=office, filters=filters, now=now, clock=timezone.now)
