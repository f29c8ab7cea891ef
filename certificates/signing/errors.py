"""Why a paper could not be signed, and what to do; nothing is issued unsigned in its place."""

from django.utils.translation import gettext_lazy as _


class SigningError(Exception):
    """A paper could not be signed; `message` says what to do. `facts` are the names that stand in it."""

    code = "signing"
    words = _("The paper could not be signed: %(reason)s.")

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    @property
    def message(self) -> str:
        return str(self.words) % self.facts

    def __str__(self) -> str:
        return self.message


class SettingsWrong(SigningError):
    code = "signing_settings"
    words = _("The settings for signatures, %(file)s, cannot be used: %(reason)s. Correct the file that PDF_SIGNING names.")


class KeyFileMissing(SigningError):
    code = "signing_key_missing"
    words = _("The key file %(file)s of “%(section)s” cannot be read. Put it in its place, or correct PDF_SIGNING.")


class KeyFileBroken(SigningError):
    code = "signing_key_broken"
    words = _("%(file)s of “%(section)s” holds no key with a certificate (PKCS#12). Put the right file in its place.")


class SecretMissing(SigningError):
    code = "signing_secret_missing"
    words = _("The password or PIN of “%(section)s” is not in %(place)s. Put it there.")


class WrongPassword(SigningError):
    code = "signing_wrong_password"
    words = _("The password for the key file %(file)s of “%(section)s” is wrong. Correct it; no paper is issued until then.")


class KeyMismatch(SigningError):
    code = "signing_key_mismatch"
    words = _("The private key of “%(section)s” does not belong to its certificate. Ask for a key file in which both belong together.")


class KeyNotForSigning(SigningError):
    code = "signing_key_use"
    words = _("The certificate of “%(section)s” does not allow signing documents. Ask its issuer for one for digital signatures.")


class CertificateExpired(SigningError):
    code = "signing_expired"
    words = _("The signing certificate of “%(section)s” expired on %(day)s. Have it renewed, put the new key in its place, then issue again.")


class CertificateNotYetValid(SigningError):
    code = "signing_not_yet"
    words = _("The signing certificate of “%(section)s” is valid only from %(day)s on. Check the clock of the server, or wait until then.")


class TokenLibraryMissing(SigningError):
    code = "signing_token_library"
    words = _("The PKCS#11 module %(module)s of “%(section)s” cannot be loaded: %(reason)s. Install the token's driver, or correct PDF_SIGNING.")


class TokenMissing(SigningError):
    code = "signing_token_missing"
    words = _("The token “%(token)s” of “%(section)s” is not there. Plug it in, then issue again.")


class WrongPin(SigningError):
    code = "signing_wrong_pin"
    words = _("The token “%(token)s” of “%(section)s” refused the PIN. It is not tried again, so that the token does not lock. Correct it, then issue again.")


class TokenObjectMissing(SigningError):
    code = "signing_token_object"
    words = _("The token “%(token)s” of “%(section)s” holds no single certificate “%(certificate)s” with a key “%(key)s”. Check both labels.")


class TimeStampFailed(SigningError):
    code = "signing_time_stamp"
    words = _("The time-stamp server %(url)s gave no usable answer: %(reason)s. Nothing was issued; try again, or ask the server's operator.")
