"""What the outbox holds: for a list that was issued, for the office, for a holder."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from certificates.enums import NoticeKind, NoticeState
from certificates.models import IssueRun, Notice


@dataclass(frozen=True)
class Outbox:
    """Notices with how many are in which state."""

    notices: QuerySet[Notice]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def outbox_of_run(run: IssueRun) -> Outbox:
    """Return the notices to the holders of a list, in the order of the list, with their certificates and people. One query; one more for the rows."""
    notices = Notice.objects.filter(certificate__run_row__run=run, kind=NoticeKind.ISSUED)
    return Outbox(_shown(notices).order_by("certificate__run_row__position"), counts_of(notices))


def outbox_visible_to(user, *, state: str = "") -> Outbox:
    """Return the outbox of the registers that the person may read, the newest first, in one state if one is named. One query; one more for the rows."""
    notices = Notice.objects.visible_to(user)
    chosen = notices.filter(state=state) if state else notices
    return Outbox(_shown(chosen).order_by("-made_at", "-pk"), counts_of(notices))


def counts_of(notices: QuerySet[Notice]) -> dict[str, int]:
    """Return how many notices are in which state, every state named. One query."""
    found = dict(notices.order_by().values_list("state").annotate(count=Count("pk")))
    return {state: found.get(state, 0) for state in NoticeState.values}


def _shown(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.select_related("certificate__user")


def notices_to(user) -> QuerySet[Notice]:
    """Return what the person has not seen yet on their own page, the newest first. One query."""
    return Notice.objects.filter(certificate__user=user, seen_at__isnull=True).select_related("certificate").order_by("-made_at", "-pk")
