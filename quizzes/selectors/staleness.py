"""Reads of the law that questions rest on: which articles have ended, and when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from laws.models import LegalDocument, Provision
from quizzes.models import QuestionCitation


@dataclass(frozen=True)
class Ending:
    """An article that applies no more."""

    provision: Provision
    # The last day in force.
    on: date
    # What took the place of its document.
    replaced_by: LegalDocument | None = None

    def __str__(self) -> str:
        return str(self.provision)


def endings_of(keys: Iterable[int], *, day: date) -> dict[int, list[Ending]]:
    """Return, by id of the question, the articles cited by these questions that have ended by this day, earliest first. One query."""
    ended = QuestionCitation.objects.filter(question__in=list(keys), provision__in=Provision.objects.ended(day).order_by().values("pk"))
    found: dict[int, list[Ending]] = defaultdict(list)
    for citation in ended.select_related("provision__document__replaced_by").order_by("question", "provision"):
        found[citation.question_id].append(_ending(citation.provision, day))
    return {key: sorted(endings, key=lambda ending: (ending.on, ending.provision.pk)) for key, endings in found.items()}


def _ending(provision: Provision, day: date) -> Ending:
    document = provision.document
    last_days = [end for end in (provision.in_force_until, document.in_force_until) if end and end < day]
    successor = document.replaced_by
    if successor and not document.in_force_until and successor.in_force_from and successor.in_force_from <= day:
        last_days.append(successor.in_force_from - timedelta(days=1))
    return Ending(provision, min(last_days), successor)
