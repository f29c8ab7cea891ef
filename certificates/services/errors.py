"""What cannot be done to the register, and what to do instead."""

from django.utils.translation import gettext_lazy as _


class CertificateError(Exception):
    """Something asked of the register cannot be done; `message` says what to do instead."""

    code = "certificate"
    message = ""


class NotComplete(CertificateError):
    code = "not_complete"
    message = _("This person has not completed the course yet.")


class NoIssuer(CertificateError):
    code = "no_issuer"
    message = _("No unit is set up to issue certificates. Enter one under “Issuing units” first.")


class AlreadyRevoked(CertificateError):
    code = "already_revoked"
    message = _("This certificate has been revoked already.")


class NotValid(CertificateError):
    code = "not_valid"
    message = _("This certificate is no longer valid, so there is nothing to revoke.")


class AlreadyReplaced(CertificateError):
    code = "already_replaced"
    message = _("Another certificate has replaced this one already. Use the newest one.")


class ReasonMissing(CertificateError):
    code = "reason_missing"
    message = _("Write down the reason.")
