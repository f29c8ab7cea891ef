"""Files: the register's digest first, then what the file itself carries. A digest that fits ends it; no opinion of a file counts more."""

import hashlib
import re
from datetime import date
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from certificates import selectors
from certificates.checking.findings import ALTERED, MOST_BYTES, UNKNOWN, UNLISTED, UNREADABLE, Finding
from certificates.checking.inspecting import Busy, Contents, contents_of
from certificates.models import Certificate
from certificates.selectors import files
from certificates.signing.signature import Signature

# Ends of versions inside a file that are compared with the register.
MOST_ENDS = 8
_END = re.compile(rb"%%EOF")
_UNREADABLE = {
    "large": gettext_noop("The file is larger than 20 MB, so it cannot be one of our papers."),
    "not-pdf": gettext_noop("This file cannot be read: it is no PDF."),
    "locked": gettext_noop("This file cannot be read: it is locked with a password. Our papers never are."),
    "broken": gettext_noop("This file cannot be read: it is damaged."),
    "busy": gettext_noop("Many files are being looked into just now. Hand this one in again in a minute."),
}


def check_file(data: bytes, on: date) -> Finding:
    """Say whether the file is one of ours and unchanged. One query for a paper as it was issued; else up to 14, and about a second.

    Unchanged gives the paper's state on that day; one that was changed or added to is altered; what carries none of our codes, numbers
    and signatures is unknown.
    """
    if len(data) > MOST_BYTES:
        return _unreadable("large")
    if certificate := selectors.certificate_by_digest(hashlib.sha256(data).hexdigest()):
        return _unchanged(certificate, data, on)
    if certificate := files.certificate_by_digests(_digests_of_versions(data)):
        return _altered(certificate, "added")
    plain = files.codes_in(data.decode("latin-1"))
    if certificate := files.certificate_by_codes(plain, on):
        return _altered(certificate, "content", missed=plain.index(certificate.code))
    if b"%PDF-" not in data[:1024]:
        return _unreadable("not-pdf", missed=len(plain))
    try:
        contents = contents_of(data)
    except Busy:
        return _unreadable("busy", missed=len(plain))
    return _by_contents(contents, on, plain)


def _by_contents(contents: Contents, on: date, plain: list[str]) -> Finding:
    """Go on with the words and signatures of a file in whose bytes stood these codes, which nobody holds."""
    found = [code for code in files.codes_in(contents.text) if code not in plain]
    if certificate := files.certificate_by_codes(found, on):
        return _altered(certificate, "content", missed=len(plain) + found.index(certificate.code))
    missed = len(plain) + len(found)
    if certificate := files.certificate_by_words(contents.text):
        return _altered(certificate, "number", missed=missed)
    ours = [each for each in contents.signatures if files.is_signed_by_us(each.fingerprint)]
    if ours:
        return _signed_by_us(ours[0], missed)
    if contents.problem:
        return _unreadable(contents.problem, missed=missed)
    signature = contents.signatures[0] if contents.signatures else None
    return Finding(UNKNOWN, _("This file was not issued here."), signature=signature, missed=missed)


def _signed_by_us(signature: Signature, missed: int) -> Finding:
    if not signature.is_whole:
        words = _("This file was signed by “%(name)s” and changed since.") % {"name": signature.subject}
        return Finding(ALTERED, words, reason="content", signature=signature, missed=missed)
    words = _("The signature of “%(name)s” is intact, but the paper is not in this register. Ask the issuing body.") % {"name": signature.subject}
    return Finding(UNLISTED, words, signature=signature, missed=missed)


def _unchanged(certificate: Certificate, data: bytes, on: date) -> Finding:
    words = _("Unchanged since it was issued: %(number)s, %(name)s, %(course)s.") % {
        "number": certificate.register_number, "name": certificate.snapshot.get("name", ""), "course": certificate.snapshot.get("course", "")}
    if certificate.hidden_at:
        words += " " + _("Its public page is switched off.")
    signature = _own_signature(certificate, data)
    return Finding(selectors.state_on(certificate, on), f"{words} {_signed_words(signature)}", certificate=certificate, signature=signature)


def _own_signature(certificate: Certificate, data: bytes) -> Signature | None:
    """Read the signature of a file that is ours to the last byte, which needs no walls around it."""
    if not certificate.signed_with:
        return None
    from certificates.signing.reading import signatures_of

    return next((each for each in signatures_of(data) if each.fingerprint == certificate.signed_with), None)


def _signed_words(signature: Signature | None) -> str:
    if signature is None:
        return _("It carries no digital signature.")
    if not signature.is_whole:
        return _("Its digital signature by “%(name)s” is not valid.") % {"name": signature.subject}
    if signature.has_time_stamp:
        return _("Digital signature valid, with a time stamp, by “%(name)s”.") % {"name": signature.subject}
    return _("Digital signature valid, by “%(name)s”.") % {"name": signature.subject}


def _altered(certificate: Certificate, reason: str, missed: int = 0) -> Finding:
    words = _("This is not the file that was issued as %(number)s.") % {"number": certificate.register_number}
    if reason == "added":
        words += " " + _("Something was added to it afterwards.")
    return Finding(ALTERED, words, reason=reason, certificate=certificate, missed=missed)


def _unreadable(reason: str, *, missed: int = 0) -> Finding:
    return Finding(UNREADABLE, _(_UNREADABLE[reason]), reason=reason, missed=missed)


def _digests_of_versions(data: bytes) -> set[str]:
    """Digest the file up to each end of a version in it: whoever adds to a paper leaves the issued one in front (a shadow attack)."""
    whole, digests, start = hashlib.sha256(), set(), 0
    for end in [found.end() for found in islice(_END.finditer(data), MOST_ENDS)]:
        for stop in (end, end + 1, end + 2):
            whole.update(data[start:stop])
            start = max(start, stop)
            digests.add(whole.hexdigest())
    return digests
