"""A telephone without network must be able to trust the QR code: nothing in it can be changed, moved to another code or made up."""

import json
from datetime import date
from pathlib import Path

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured

from certificates import codes, payload
from certificates.services import publishing

CODE = "7K2M9Q42"
# Those of docs/qr-format.md, for everybody's checkers; tests/browser/test_offline_checker.py gives the same to ours.
VECTORS = json.loads((Path(__file__).parent / "qr_vectors.json").read_text(encoding="utf-8"))


@pytest.fixture
def digits():
    return payload.sign(code=CODE, register_number="123/GCN-CĐ", issued_on=date(2026, 11, 20), name="Nguyễn Thị Mai")


@pytest.fixture
def public_key():
    return payload.signing_key().public_key()


def test_read_returns_what_was_signed(digits, public_key):
    found = payload.read(digits, code=CODE, public_key=public_key)
    assert (found.register_number, found.issued_on) == ("123/GCN-CĐ", date(2026, 11, 20))
    assert found.name_digest == payload.name_digest(CODE, "NGUYỄN THỊ MAI") != payload.name_digest(CODE, "NGUYỄN THỊ MÁI")


def test_same_facts_are_signed_alike(digits):
    again = payload.sign(code=CODE, register_number="123/GCN-CĐ", issued_on=date(2026, 11, 20), name="NGUYỄN THỊ MAI")
    assert again == digits


def test_another_code_is_refused(digits, public_key):
    with pytest.raises(payload.BadPayload):
        payload.read(digits, code="7K2M9Q43", public_key=public_key)


def test_any_changed_digit_is_refused(digits, public_key):
    for place in range(0, len(digits), 7):
        changed = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1:]
        with pytest.raises(payload.BadPayload):
            payload.read(changed, code=CODE, public_key=public_key)


def test_first_day_without_is_signed_too():
    digits = payload.sign(code=CODE, register_number="1", issued_on=date(2026, 11, 20), name="Ỷ", valid_until=date(2028, 11, 20))
    assert payload.read(digits, code=CODE, public_key=payload.signing_key().public_key()).valid_until == date(2028, 11, 20)


@pytest.mark.parametrize("number", ["123/GCN-CĐ", "0123/2026/GCN-CĐCTKCNHN-TTĐT"])
def test_code_stays_coarse_enough_for_cheap_telephones(number):
    digits = payload.sign(code=CODE, register_number=number, issued_on=date(2026, 11, 20), name="A", valid_until=date(2028, 11, 20))
    address = f"https://dao-tao.congdoan-thanhphohochiminh.vn/xac-minh/{CODE}/#"
    assert len(address) >= 60 and segno.make([address, digits], error="m", micro=False).version <= 9


@pytest.mark.parametrize("digits", ["", "1", "0", "7", "abc", "-5", "9" * 399, "9" * 5000, "٣" * 200])
def test_what_is_no_payload_is_refused(digits, public_key):
    with pytest.raises(payload.BadPayload):
        payload.read(digits, code=CODE, public_key=public_key)


def test_a_stranger_s_key_is_refused(digits):
    with pytest.raises(payload.BadPayload):
        payload.read(digits, code=CODE, public_key=Ed25519PrivateKey.generate().public_key())


def test_key_comes_from_the_setting_and_production_needs_one(settings):
    settings.CERTIFICATE_SIGNING_KEY = "a" * 40
    first = payload.signing_key().private_bytes_raw()
    settings.CERTIFICATE_SIGNING_KEY = "b" * 40
    assert payload.signing_key().private_bytes_raw() != first
    settings.CERTIFICATE_SIGNING_KEY, settings.DEBUG, settings.TESTING = "", False, False
    with pytest.raises(ImproperlyConfigured):
        payload.signing_key()


def test_development_machine_makes_its_own_key_once(settings, tmp_path):
    settings.CERTIFICATE_SIGNING_KEY, settings.VAR_DIR = "", tmp_path / "var"
    first = payload.signing_key().private_bytes_raw()
    assert payload.signing_key().private_bytes_raw() == first
    assert (tmp_path / "var" / "certificate-signing-key").stat().st_mode & 0o777 == 0o600


# What others can check their checkers against

def _key_of(digits: str) -> tuple[bytes, list[Ed25519PublicKey]]:
    number = int(digits)
    key_id = number.to_bytes((number.bit_length() + 7) // 8, "big")[2:4]
    known = [key for key in VECTORS["keys"] if bytes.fromhex(key["id"]) == key_id]
    return key_id, [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public_key"])) for key in known]


@pytest.mark.parametrize("vector", [one for one in VECTORS["vectors"] if "number" in one], ids=lambda one: one["name"])
def test_vectors_that_were_signed_by_a_known_key_are_read(vector):
    _key_id, [key] = _key_of(vector["digits"])
    found = payload.read(vector["digits"], code=vector["code"], public_key=key)
    ends = found.valid_until and found.valid_until.isoformat()
    assert (found.register_number, found.issued_on.isoformat(), ends) == (vector["number"], vector["issued_on"], vector["valid_until"])
    assert payload.name_digest(vector["code"], vector["other_name"]) != found.name_digest
    assert codes.is_well_formed(vector["code"])


@pytest.mark.parametrize("vector", [one for one in VECTORS["vectors"] if one["state"] == "forged"], ids=lambda one: one["name"])
def test_forged_vectors_are_refused_by_every_key(vector):
    for key in VECTORS["keys"]:
        with pytest.raises(payload.BadPayload):
            payload.read(vector["digits"], code=vector["code"], public_key=Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public_key"])))


def test_the_vector_of_an_unknown_key_names_none_of_the_keys():
    [vector] = [one for one in VECTORS["vectors"] if one["state"] == "unknown-key"]
    assert _key_of(vector["digits"])[1] == []


def test_the_first_vector_can_be_made_again_from_its_seed(monkeypatch):
    seed = bytes.fromhex(VECTORS["seeds"]["1"])
    monkeypatch.setattr(payload, "signing_key", lambda: Ed25519PrivateKey.from_private_bytes(seed))
    made = payload.sign(code=CODE, register_number="123/GCN-CĐ", issued_on=date(2026, 11, 20), name="Nguyễn Thị Mai")
    assert (VECTORS["vectors"][0]["code"], VECTORS["vectors"][0]["digits"]) == (CODE, made)


def test_the_list_of_the_vectors_is_signed_and_holds_what_ended():
    listed = VECTORS["list"]
    [key] = [one for one in VECTORS["keys"] if one["fingerprint"] == listed["key"]]
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public_key"]))
    public.verify(bytes.fromhex(listed["signature"]), publishing.canonical(listed))
    for vector in VECTORS["vectors"]:
        if vector["state"] in ("revoked", "superseded", "ask"):
            assert payload.revocation_digest(vector["code"], vector["digits"]).hex() in listed[vector["state"]]
