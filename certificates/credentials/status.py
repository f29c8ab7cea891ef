"""Which credentials are no longer good: status lists of each issuer (W3C Bitstring Status List v1.0), bits only, no names.

Keeps true: the same state of the register and key give the same bytes.
"""

import base64
import gzip
import hashlib
from collections.abc import Iterable

from certificates import payload
from certificates.credentials.addresses import LIST_SIZE, key_address, list_address, place_in_lists, profile_address
from certificates.credentials.controllers import present_key
from certificates.credentials.proofs import CREDENTIALS, signed, stamp
from certificates.models import Issuer, RegisterEntry
from certificates.selectors import withdrawn_among


def encoded_list(places: Iterable[int], size: int = LIST_SIZE) -> str:
    """Write the bits, the first one leftmost, packed by gzip, in base64url behind the "u" that says so (3.3)."""
    bits = bytearray(size // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def list_key(issuer: Issuer, number: int, latest: RegisterEntry | None) -> str:
    """Return a key for caches, which changes when the list may have to. No query.

    :param latest: the newest entry of the register.
    """
    key = payload.signing_key().public_key().public_bytes_raw()
    facts = [list_address(issuer, number), key.hex(), latest and (latest.pk, stamp(latest.at))]
    return f"status-list-{hashlib.sha256(repr(facts).encode()).hexdigest()}"


def status_list_of(issuer: Issuer, number: int, latest: RegisterEntry | None) -> dict:
    """Return the signed list, as of the newest entry of the register. Three queries."""
    address, key = list_address(issuer, number), present_key()
    withdrawn = withdrawn_among(issuer, (number - 1) * LIST_SIZE + 1, number * LIST_SIZE)
    credential = {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": profile_address(issuer),
    }
    if latest:
        credential["validFrom"] = stamp(latest.at)
    credential["credentialSubject"] = {
        "id": f"{address}#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
        "encodedList": encoded_list(place_in_lists(pk)[1] for pk in withdrawn)}
    return signed(
        credential, key=payload.signing_key(), method=key_address(issuer, key.fingerprint), created=latest.at if latest else None)
