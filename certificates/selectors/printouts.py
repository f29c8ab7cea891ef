"""Files that were asked for: how far they are, and which there are of a list."""

from datetime import datetime

from certificates.enums import PrintoutKind
from certificates.models import IssueRun, Printout
from cms.work import WorkState

# What can be printed of a list that is issued by decision.
LIST_KINDS = (PrintoutKind.PAPERS_PDF, PrintoutKind.PAPERS_ZIP, PrintoutKind.LIST_PDF, PrintoutKind.LIST_XLSX)


def printouts_of(run: IssueRun, viewer) -> list[Printout]:
    """Return the files of a list that the person may open, the latest first; at most twelve. One query."""
    return list(Printout.objects.visible_to(viewer).filter(run=run, state__in=[WorkState.WAITING, WorkState.RUNNING, WorkState.DONE]).order_by("-made_at", "-pk")[:12])


def how_far(printout: Printout, now: datetime) -> dict:
    """Return how far a file is, as the page's script asks it. No query."""
    return {
        "state": printout.state, "done": printout.done, "total": printout.total, "percent": int(100 * printout.fraction),
        "settled": printout.is_over or printout.is_given_up(now)}
