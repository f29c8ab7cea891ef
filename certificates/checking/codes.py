"""What a code stands for, at the command line."""

from datetime import date

from django.utils.translation import gettext as _

from certificates import codes
from certificates.checking.findings import Finding
from certificates.selectors import Verification, verification_of


def check_code(text: str, on: date) -> Finding:
    """Say what a code stands for, in the words that a stranger may read. One query."""
    found = verification_of(codes.code_in(text), on)
    if not found.is_known:
        return Finding(found.state, _("Not found. Check each character again, or scan the QR code."))
    return Finding(found.state, _about(found))


def _about(found: Verification) -> str:
    return f"{found.register_number}, {found.name}, {found.course}, {found.issuer}, {found.issued_on:%d/%m/%Y} ({codes.shown(found.code)})"
