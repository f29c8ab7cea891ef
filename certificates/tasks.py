"""Background work of the register."""

from django.utils import timezone
from django_tasks import task

from certificates import services
from certificates.models import IssueRun, Printout, RegisterImport
from certificates.services import printouts, running
from certificates.services.importing import bringing, reading, receiving
from cms.work import Need, within
from learning.models import Completion


@task(priority=Need.ASKED_FOR)
def issue_for_completion(completion_id: int) -> str:
    completion = Completion.objects.select_related("enrolment__user", "enrolment__course", "rule_set").get(pk=completion_id)
    issued = services.issue_by_itself(completion=completion, now=timezone.now())
    return ", ".join(certificate.register_number for certificate in issued)


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def write_printout(printout_id: int) -> bool:
    """Write the file that somebody asked for."""
    return printouts.write_printout(printout=Printout.objects.select_related("by", "run__issuer", "run__course").get(pk=printout_id), clock=timezone.now)


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def issue_run(run_id: int) -> bool:
    """Issue what waits on a decided list, and have the notices sent that were posted on the way."""
    is_done = running.issue_run(run=IssueRun.objects.get(pk=run_id), clock=timezone.now)
    send_waiting_notices.enqueue()
    return is_done


@task(priority=Need.LETTERS)
@within(minutes=60)
def send_waiting_notices() -> int:
    """Send a batch of what the outbox holds, and ask for the next one while something is left that can be sent."""
    batch = services.send_notices(now=timezone.now())
    if batch.is_full and not batch.is_stopped:
        send_waiting_notices.enqueue()
    return batch.sent


@task(priority=Need.WAITED_FOR)
@within(minutes=30)
def read_register(import_id: int) -> str:
    """Read the workbook of an older register."""
    return reading.read_register(job=RegisterImport.objects.get(pk=import_id), clock=timezone.now).state


@task(priority=Need.WAITED_FOR)
@within(minutes=60)
def bring_register_in(import_id: int) -> str:
    """Write the rows of an older register into the register, for whoever sent it; read the file again when the register has changed meanwhile."""
    job = RegisterImport.objects.select_related("by", "issuer").get(pk=import_id)
    try:
        return bringing.bring_register_in(job=job, by=job.by, now=timezone.now(), clock=timezone.now).state
    except receiving.Overtaken:
        return reading.read_register(job=job, clock=timezone.now).state
