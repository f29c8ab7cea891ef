"""Canonical form, hashes and signatures against the vectors that W3C publishes."""

import base64
import gzip
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openbadgeslib.ob3.contexts import UnknownContextError
from pyld.jsonld import JsonLdError

from certificates.credentials import proofs
from certificates.credentials.addresses import LIST_SIZE, place_in_lists
from certificates.credentials.status import encoded_list

# W3C Recommendation "Data Integrity EdDSA Cryptosuites v1.0", appendix B.1 (eddsa-rdfc-2022): key, credential, hashes, proof.
SECRET = bytes.fromhex("c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6")
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
METHOD = f"did:key:{PUBLIC}#{PUBLIC}"
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
OPTIONS = {
    "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2023-02-24T23:36:38Z", "verificationMethod": METHOD,
    "proofPurpose": "assertionMethod"}
CREDENTIAL_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
OPTIONS_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
PROOF = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"
EXAMPLES = {"https://www.w3.org/ns/credentials/examples/v2": {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}}

# W3C Recommendation "Bitstring Status List v1.0", example 4: a list of 131,072 entries, none of them set.
EMPTY_LIST = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def bits_of(encoded: str) -> bytes:
    return gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4)))


def test_canonical_form_and_hashes_are_those_of_the_recommendation():
    assert hashlib.sha256(proofs.canonical(CREDENTIAL, EXAMPLES).encode()).hexdigest() == CREDENTIAL_HASH
    assert proofs.hash_data(CREDENTIAL, OPTIONS, EXAMPLES).hex() == OPTIONS_HASH + CREDENTIAL_HASH


def test_signature_is_that_of_the_recommendation():
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    assert proofs.multikey(key.public_key().public_bytes_raw()) == PUBLIC
    created = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    signed = proofs.signed(CREDENTIAL, key=key, method=METHOD, created=created, contexts=EXAMPLES)
    assert signed == CREDENTIAL | {"proof": OPTIONS | {"proofValue": PROOF}}


def test_contexts_are_never_fetched():
    with pytest.raises(JsonLdError) as refused:
        proofs.canonical(CREDENTIAL | {"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/context"]})
    causes, error = [], refused.value
    while error := error.__cause__ or error.__context__:
        causes.append(type(error))
    assert UnknownContextError in causes


def test_leading_zeros_are_kept_in_base_58():
    assert [proofs.multibase(data) for data in (b"", b"\0", b"\0\0\x01", b"hello")] == ["z", "z1", "z112", "zCn8eVZg"]


def test_empty_status_list_is_that_of_the_recommendation():
    assert bits_of(encoded_list([])) == bits_of(EMPTY_LIST) == bytes(LIST_SIZE // 8)


def test_places_count_from_the_leftmost_bit():
    bits = bits_of(encoded_list([0, 7, 8, LIST_SIZE - 1]))
    assert (bits[0], bits[1], bits[-1], sum(bits[2:-1])) == (0b10000001, 0b10000000, 1, 0)
    assert encoded_list([3, 5]) == encoded_list([5, 3])


def test_every_certificate_has_a_place_of_its_own():
    assert [place_in_lists(pk) for pk in (1, LIST_SIZE, LIST_SIZE + 1)] == [(1, 0), (1, LIST_SIZE - 1), (2, 0)]
