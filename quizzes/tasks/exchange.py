"""Question files that are read, brought in and written in the background."""

from django.utils import timezone
from django_tasks import task

from cms.work import Need, within
from quizzes.models import BankExport, BankImport
from quizzes.services.exchange import bringing, exporting, reading, settling


@task(priority=Need.WAITED_FOR)
@within(minutes=30)
def read_import(import_id: int) -> str:
    """Read the file of an import; then finish what was left undone after others, so that nobody waits for that."""
    state = reading.read_file(job=BankImport.objects.get(pk=import_id), clock=timezone.now).state
    for job in settling.imports_to_settle(timezone.now()):
        settling.settle_import(job=job)
    return state


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def bring_in(import_id: int) -> str:
    """Write the questions of an import into the bank, for whoever made it; read its file again when the bank has changed meanwhile."""
    job = BankImport.objects.select_related("by").get(pk=import_id)
    try:
        job = bringing.bring_in(job=job, by=job.by, now=timezone.now(), clock=timezone.now)
    except bringing.Overtaken:
        return reading.read_file(job=job, clock=timezone.now).state
    settling.settle_import(job=job)
    return job.state


@task(priority=Need.WAITED_FOR)
@within(minutes=30)
def write_export(export_id: int) -> bool:
    """Write the file that the export stands for."""
    return exporting.write_export(job=BankExport.objects.select_related("by", "category").get(pk=export_id), clock=timezone.now)
