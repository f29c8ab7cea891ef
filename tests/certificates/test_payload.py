"""A telephone without network must be able to trust the QR code: nothing in it can be changed, moved to another code or made up."""

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured

from certificates import payload

CODE = "7K2M9Q4TXB"


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
        payload.read(digits, code="7K2M9Q4TXC", public_key=public_key)


def test_any_changed_digit_is_refused(digits, public_key):
    for place in range(0, len(digits), 7):
        changed = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1:]
        with pytest.raises(payload.BadPayload):
            payload.read(changed, code=CODE, public_key=public_key)


@pytest.mark.parametrize("digits", ["", "1", "abc", "-5", "9" * 399, "9" * 5000, "٣" * 200])
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
