"""Signatures in PDF files (PAdES, ETSI EN 319 142-1), with the key of the unit that issues.

Keeps true: a unit with a key issues signed papers or none; keys and their passwords stay in files and in the environment, and no key
is ever in the database. pyHanko takes half a second to import, which a site without keys does not spend.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from certificates.signing.errors import SigningError
from certificates.signing.keys import key_of

__all__ = ["SignedPaper", "SigningError", "sign_paper"]


@dataclass(frozen=True)
class SignedPaper:
    """A paper as it is handed out; `fingerprint` is the SHA-256 of the signing certificate, empty for a paper without a signature."""

    pdf: bytes
    fingerprint: str = ""


def sign_paper(pdf: bytes, *, unit_code: str, at: datetime) -> SignedPaper:
    """Sign the paper with the unit's key (PAdES B-B; B-T where the key has a time-stamp server); without a key return it as it is.

    :param at: the moment that the signature states; the certificate must be valid then.
    :raises SigningError: when the unit has a key and the paper could not be signed with it; the class says why.
    """
    key = key_of(unit_code)
    if key is None:
        return SignedPaper(pdf)
    from certificates.signing.papers import signed

    at = at.astimezone(UTC).replace(microsecond=0)
    key.refuse_at(at)
    return SignedPaper(signed(pdf, key, at), key.fingerprint)
