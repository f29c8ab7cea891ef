"""Writes on the register: issuing, changing, consent. Every one is safe to call twice."""

from certificates.services.changing import expire_certificates, reissue_certificate, revoke_certificate
from certificates.services.consent import CONSENT_TEXT_VERSION, give_name_consent, withdraw_name_consent
from certificates.services.errors import (
    AlreadyReplaced,
    AlreadyRevoked,
    CertificateError,
    NoIssuer,
    NotComplete,
    NotValid,
    ReasonMissing,
)
from certificates.services.issuing import issue_certificate, typeset_again
from certificates.services.pictures import picture_of

__all__ = [
    "CONSENT_TEXT_VERSION", "AlreadyReplaced", "AlreadyRevoked", "CertificateError", "NoIssuer", "NotComplete", "NotValid", "ReasonMissing",
    "expire_certificates", "give_name_consent", "issue_certificate", "picture_of", "reissue_certificate", "revoke_certificate", "typeset_again",
    "withdraw_name_consent",
]
