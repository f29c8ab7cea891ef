"""Writes on the register: issuing, changing, consent. Every one is safe to call twice."""

from certificates.services.answering import answer_code
from certificates.services.badges import badge_file
from certificates.services.changing import reissue_certificate, revoke_certificate
from certificates.services.checks import FileAnswer, answer_file
from certificates.services.consent import CONSENT_TEXT_VERSION, give_name_consent, withdraw_name_consent
from certificates.services.ending import expire_certificates, remind_ending
from certificates.services.errors import (
    AlreadyReplaced,
    AlreadyRevoked,
    CertificateError,
    KeyCompromised,
    KeyInUse,
    NoIssuer,
    NotComplete,
    NotValid,
    ReasonMissing,
    UnknownKey,
)
from certificates.services.hiding import forget_holder, hide_certificate, show_certificate
from certificates.services.issuing import issue_certificate, typeset_again
from certificates.services.keys import mark_key_compromised, note_key_in_use, retire_key
from certificates.services.looks import forget_old_looks, note_look
from certificates.services.notices import note_seen, post_notices, resend_notices, send_notices
from certificates.services.pictures import picture_of
from certificates.services.publishing import etag_of, published_keys, published_revocations
from certificates.services.renewals import issue_by_itself, renew

__all__ = [
    "CONSENT_TEXT_VERSION", "AlreadyReplaced", "AlreadyRevoked", "CertificateError", "FileAnswer", "KeyCompromised", "KeyInUse", "NoIssuer", "NotComplete",
    "NotValid", "ReasonMissing", "UnknownKey", "answer_code", "answer_file", "badge_file", "etag_of", "expire_certificates", "forget_holder", "forget_old_looks",
    "give_name_consent", "hide_certificate", "issue_by_itself", "issue_certificate", "mark_key_compromised", "note_key_in_use", "note_look",
    "note_seen", "picture_of", "post_notices", "published_keys", "published_revocations", "reissue_certificate", "remind_ending", "renew",
    "resend_notices", "retire_key", "revoke_certificate", "send_notices", "show_certificate", "typeset_again", "withdraw_name_consent",
]
