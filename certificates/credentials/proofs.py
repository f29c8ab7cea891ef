"""Data Integrity proofs: eddsa-rdfc-2022 (W3C Data Integrity EdDSA Cryptosuites v1.0, 3.2).

Keeps true: contexts come from an installed package, and what is not there is refused; what a context does not define would not be
signed, so the tests read every credential with a strict implementation.
"""

import hashlib
from datetime import UTC, datetime
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_PUBLIC = b"\xed\x01"
# PyLD keeps contexts it has read in caches that two threads must not change at once.
_LOCK = Lock()


def signed(document: dict, *, key: Ed25519PrivateKey, method: str, created: datetime | None, contexts: dict | None = None) -> dict:
    """Return the document with a proof. About 5 ms.

    :param method: address of the key's own document.
    :param created: when the proof was made; left out when None.
    :param contexts: further contexts by address, beside those of the package.
    """
    options = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}
    if created is not None:
        options["created"] = stamp(created)
    options |= {"verificationMethod": method, "proofPurpose": "assertionMethod"}
    return document | {"proof": options | {"proofValue": multibase(key.sign(hash_data(document, options, contexts)))}}


def hash_data(document: dict, options: dict, contexts: dict | None = None) -> bytes:
    """Return what is signed: the SHA-256 of the canonical proof options, then that of the canonical document (3.2.4)."""
    options = {"@context": document["@context"], **options}
    return b"".join(hashlib.sha256(canonical(part, contexts).encode()).digest() for part in (options, document))


def canonical(document: dict, contexts: dict | None = None) -> str:
    """Return the document as canonical N-Quads (RDF Dataset Canonicalization 1.0; PyLD still calls it by its older name)."""
    # Not on top: both together take 0.3 s to import, and no other page or command needs them.
    from openbadgeslib.ob3.contexts import document_loader
    from pyld import jsonld

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": document_loader(contexts)}
    with _LOCK:
        return jsonld.normalize(document, options)


def multikey(public_key: bytes) -> str:
    """Write a raw Ed25519 public key as `publicKeyMultibase` (Controlled Identifiers v1.0, 2.2.2)."""
    return multibase(_ED25519_PUBLIC + public_key)


def multibase(data: bytes) -> str:
    """Write bytes in base 58 (Bitcoin's letters) behind the "z" that says so."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return "z" + _BASE58[0] * (len(data) - len(data.lstrip(b"\0"))) + digits


def stamp(moment: datetime) -> str:
    """Write a moment as an XML Schema dateTimeStamp, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
