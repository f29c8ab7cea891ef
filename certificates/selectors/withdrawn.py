"""What is no longer good, for the status lists of credentials."""

from certificates.enums import State
from certificates.models import Certificate, Issuer, RegisterEntry


def latest_entry() -> RegisterEntry | None:
    """Return the newest entry of the whole register: as long as it is the same, nothing has been revoked, replaced or hidden. One query."""
    return RegisterEntry.objects.order_by("-pk").only("pk", "at").first()


def has_come_to(pk: int) -> bool:
    """Say whether a certificate with this key or a later one exists. One query."""
    return Certificate.objects.filter(pk__gte=pk).exists()


def withdrawn_among(issuer: Issuer, low: int, high: int) -> list[int]:
    """Find the keys, low to high, of what an issuer has revoked or replaced, or a holder has hidden. Two queries.

    Expired ones are not among them: their credential says itself until when it is valid. The state has an index of its own, which a
    range of keys would keep the database from using; what is hidden is looked through in the range (0.4 s for a whole list).
    """
    own = Certificate.objects.filter(series__issuer=issuer)
    ended = own.filter(state__in=[State.REVOKED, State.SUPERSEDED]).values_list("pk", flat=True)
    hidden = own.filter(pk__range=(low, high), hidden_at__isnull=False).values_list("pk", flat=True)
    return sorted({pk for pk in ended.iterator() if low <= pk <= high} | set(hidden))
