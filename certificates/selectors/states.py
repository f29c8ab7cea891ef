"""What state a certificate is in on a day, and what the register says of it now."""

from datetime import date

from certificates.enums import State
from certificates.models import Certificate


def state_on(certificate: Certificate, on: date) -> str:
    """Return the state on that day: a valid one whose time is over has expired, whether or not the register says so yet."""
    is_over = certificate.valid_until is not None and certificate.valid_until <= on
    return State.EXPIRED if certificate.state == State.VALID and is_over else certificate.state


def facts_now(certificate: Certificate) -> dict:
    """Return what the register says: the snapshot of the day of issue, and in its place what was corrected since. No query."""
    return {**certificate.snapshot, **certificate.corrected}
