"""The bank at a glance: how many questions there are, and what in them wants a person's look."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from quizzes.models import Question
from quizzes.querysets import day_of
from quizzes.selectors.appeals import open_appeals


@dataclass(frozen=True)
class Overview:
    """Counts of questions that were not archived, but for `archived`; appeals as far as the reader answers them."""

    total: int
    drafts: int
    archived: int
    stale: int
    twins: int
    appeals: int


def overview_of(user, *, now: datetime) -> Overview:
    """Return the bank at a glance. Four queries, however large it is."""
    kept = Question.objects.visible_to(user).kept()
    counts = Question.objects.visible_to(user).aggregate(
        total=Count("pk", filter=Q(archived_at__isnull=True)), drafts=Count("pk", filter=Q(archived_at__isnull=True, live=False)),
        archived=Count("pk", filter=Q(archived_at__isnull=False)))
    groups = kept.exclude(stem_digest="").order_by().values("stem_digest").annotate(size=Count("pk")).filter(size__gt=1)
    return Overview(
        **counts, stale=kept.stale(day_of(now)).count(), twins=groups.count(), appeals=open_appeals(user))
