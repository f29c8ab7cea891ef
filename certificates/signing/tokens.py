"""Keys on PKCS#11 tokens (USB tokens, smart cards, HSMs). The key never leaves the token."""

import asyncio
from contextlib import suppress
from threading import Lock

from cryptography import x509

from certificates.signing.configuration import Section
from certificates.signing.errors import SigningError, TokenLibraryMissing, TokenMissing, TokenObjectMissing, WrongPin
from certificates.signing.keys import UnitKey

# (module, token, PIN) that were refused: tokens lock themselves after a few wrong ones.
_REFUSED: set[tuple[str, str, str]] = set()
_LOCK = Lock()


def key_on_token(section: Section) -> UnitKey:
    """Log in to the token of a section and find its key.

    :raises SigningError: TokenLibraryMissing, TokenMissing, SecretMissing, WrongPin or TokenObjectMissing.
    """
    session = _session(section, _pin(section))
    signer = _in_turn(session, cert_label=section.certificate, key_label=section.key)
    try:
        certificate = x509.load_der_x509_certificate(signer.signing_cert.dump())
    except Exception as error:
        _close(session)
        raise TokenObjectMissing(section=section.name, token=section.token, certificate=section.certificate, key=section.key) from error

    def raw(data: bytes) -> bytes:
        return asyncio.run(signer.async_sign_raw(data, "sha256"))

    return UnitKey(section=section, certificate=certificate, signer=signer, raw=raw, close=lambda: _close(session))


def _in_turn(session, **labels: str):
    """Make pyHanko's signer for a token, which does one thing at a time: threads wait for each other."""
    from pyhanko.sign.pkcs11 import PKCS11Signer

    turn = Lock()

    class InTurn(PKCS11Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            with turn:
                return await super().async_sign_raw(data, digest_algorithm, dry_run)

    return InTurn(session, **labels)


def certificate_on_token(section: Section) -> x509.Certificate | None:
    """Read the certificate without logging in, so that looking costs none of the token's tries; None where it only shows after that.

    :raises SigningError: TokenLibraryMissing or TokenMissing.
    """
    import pkcs11

    session = _session(section, None)
    try:
        found = list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: section.certificate}))
        return x509.load_der_x509_certificate(found[0][pkcs11.Attribute.VALUE]) if len(found) == 1 else None
    finally:
        _close(session)


def _pin(section: Section) -> str:
    pin = section.secret.read()
    with _LOCK:
        if (section.module, section.token, pin) in _REFUSED:
            raise WrongPin(section=section.name, token=section.token)
    return pin


def _session(section: Section, pin: str | None):
    try:
        import pkcs11
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import open_pkcs11_session
    except ImportError as error:
        raise TokenLibraryMissing(section=section.name, module=section.module, reason="pip install python-pkcs11") from error
    criteria = TokenCriteria(label=section.token)
    try:
        return open_pkcs11_session(section.module, token_criteria=criteria, user_pin=pin)
    except pkcs11.exceptions.UserAlreadyLoggedIn:
        # A process logs in once for all its sessions: another section, or the check before, has done it.
        return open_pkcs11_session(section.module, token_criteria=criteria)
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.exceptions.PinLocked) as error:
        with _LOCK:
            _REFUSED.add((section.module, section.token, pin or ""))
        raise WrongPin(section=section.name, token=section.token) from error
    except Exception as error:
        raise _missing(section, error) from error


def _close(session) -> None:
    # A token that was pulled out has closed it already, in words of its own.
    with suppress(Exception):
        session.close()


def _missing(section: Section, error: Exception) -> SigningError:
    # The module's own errors have no common class: one that cannot be loaded raises RuntimeError, or OSError.
    import pkcs11

    if isinstance(error, pkcs11.PKCS11Error) and type(error) is not pkcs11.exceptions.GeneralError and "load" not in str(error).lower():
        return TokenMissing(section=section.name, token=section.token)
    return TokenLibraryMissing(section=section.name, module=section.module, reason=error or type(error).__name__)
