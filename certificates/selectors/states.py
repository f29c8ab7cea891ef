"""What state a certificate is in on a day."""

from datetime import date

from certificates.enums import State
from certificates.models import Certificate


def state_on(certificate: Certificate, on: date) -> str:
    """Return the state on that day: a valid one whose time is over has expired, whether or not the register says so yet."""
    is_over = certificate.valid_until is not None and certificate.valid_until <= on
    return State.EXPIRED if certificate.state == State.VALID and is_over else certificate.state
