"""Is this file one of ours, and unchanged? Reads only: the register's digest first, then the code that the paper itself carries."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from certificates import codes, typesetting
from certificates.enums import State
from certificates.models import Certificate
from certificates.selectors import Verification, certificate_by_digest, state_on, verification_of

ALTERED = "altered"
_CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{2}\b")


@dataclass(frozen=True)
class Finding:
    """A word for scripts and a sentence for people."""

    state: str
    words: str

    @property
    def is_valid(self) -> bool:
        return self.state == State.VALID


def check_file(data: bytes, on: date) -> Finding:
    """Compare the file's SHA-256 with the register: valid (or revoked, superseded, expired), altered, or unknown. At most two queries."""
    if certificate := certificate_by_digest(hashlib.sha256(data).hexdigest()):
        return Finding(state_on(certificate, on), _unchanged(certificate))
    for text in _CODE.findall(typesetting.text_of(data)):
        found = verification_of(text, on)
        if found.is_known:
            return Finding(ALTERED, _("This is not the file that was issued as %(number)s.") % {"number": found.register_number})
    return Finding("unknown", _("This file was not issued here."))


def check_code(text: str, on: date) -> Finding:
    """Say what a code stands for, in the words that a stranger may read. One query."""
    found = verification_of(text, on)
    if not found.is_known:
        return Finding(found.state, _("Not found. Check each character again, or scan the QR code."))
    return Finding(found.state, _about(found))


def _unchanged(certificate: Certificate) -> str:
    return _("Unchanged since it was issued: %(number)s, %(name)s, %(course)s.") % {
        "number": certificate.register_number, "name": certificate.snapshot["name"], "course": certificate.snapshot["course"]}


def _about(found: Verification) -> str:
    return f"{found.register_number}, {found.name}, {found.course}, {found.issuer}, {found.issued_on:%d/%m/%Y} ({codes.shown(found.code)})"
