"""Noting who looked at whose record, and forgetting it when it has been kept long enough."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from certificates.models import Certificate, Look

# Long enough for a holder to ask who looked, and no longer than that needs (Law 91/2025/QH15, Art. 3).
LOOKS_KEPT = timedelta(days=365)
CHUNK = 1000


def note_look(*, certificate: Certificate | None, kind: str, now: datetime, by=None) -> None:
    """Note that somebody looked at the certificate; its holder looking at their own is not noted.

    Without a certificate (a code that nobody holds) the same row is written, so that the answer takes the same time.
    """
    if certificate is not None and by is not None and certificate.user_id == by.pk:
        return
    Look.objects.create(certificate=certificate, kind=kind, by=by, at=now)


def note_looks(*, certificates: QuerySet[Certificate], kind: str, now: datetime, by=None) -> None:
    """Note that somebody looked at many certificates at once, in a file that was printed or exported; their own are not noted."""
    others = certificates.exclude(user=by) if by is not None else certificates
    keys = list(others.order_by().values_list("pk", flat=True))
    Look.objects.bulk_create([Look(certificate_id=key, kind=kind, by=by, at=now) for key in keys], batch_size=2000)


def forget_old_looks(*, now: datetime) -> int:
    """Delete what was noted longer ago than LOOKS_KEPT, 1,000 at a time, and return how many there were."""
    count = 0
    while keys := list(Look.objects.filter(at__lt=now - LOOKS_KEPT).order_by("at").values_list("pk", flat=True)[:CHUNK]):
        count += Look.objects.filter(pk__in=keys).delete()[0]
    return count
