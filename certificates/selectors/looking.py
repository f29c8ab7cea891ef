"""Who looked at a certificate's record, as its holder is told: strangers by number, the office by name."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max
from django.db.models.functions import TruncDate

from certificates.enums import LookKind
from certificates.models import Certificate, Look

LINES = 50


@dataclass(frozen=True)
class LookDay:
    """Looks of one kind and one person on one day."""

    day: date
    kind: str
    # Empty where nobody is named: the public page, and people who are no longer here.
    name: str
    count: int

    @property
    def label(self) -> str:
        return LookKind(self.kind).label


def looks_at(certificate: Certificate) -> list[LookDay]:
    """Return the 50 newest days with looks at the certificate, by kind and person. One query."""
    found = (
        Look.objects.filter(certificate=certificate).annotate(day=TruncDate("at"))
        .values("day", "kind", "by__full_name").annotate(count=Count("pk"), latest=Max("at")).order_by("-day", "-latest"))
    return [LookDay(row["day"], row["kind"], row["by__full_name"] or "", row["count"]) for row in found[:LINES]]
