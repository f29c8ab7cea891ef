"""From a certificate to its OpenBadgeCredential (1EdTech Open Badges 3.0; W3C Verifiable Credentials Data Model 2.0)."""

import uuid
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from certificates import payload, wording
from certificates.credentials.addresses import key_address, list_address, place_in_lists, profile_address, verification_address
from certificates.credentials.controllers import PublishedKey, present_key
from certificates.credentials.proofs import CREDENTIALS, OPEN_BADGES, signed, stamp
from certificates.enums import Paper, State
from certificates.models import Certificate

_TYPES = {Paper.CERTIFICATE: "CertificateOfCompletion", Paper.DIPLOMA: "Certificate"}


def is_available(certificate: Certificate) -> bool:
    """Say whether a credential can be had for the certificate. No query.

    Not for a paper that was issued elsewhere, before, which our key cannot vouch for; nor for one that is no longer valid and would look
    valid to whoever does not ask for its status. An expired one says so itself.
    """
    return bool(certificate.pdf) and certificate.state not in (State.REVOKED, State.SUPERSEDED)


def credential_of(certificate: Certificate, key: PublishedKey | None = None) -> dict:
    """Return the signed credential of the certificate (with its series, issuer and unit loaded). One query for the key, 10 ms.

    :param key: of whoever makes many at once and has asked for it.
    """
    key, issuer = key or present_key(), certificate.series.issuer
    return signed(
        _unsigned(certificate), key=payload.signing_key(), method=key_address(issuer, key.fingerprint), created=_signed_at(certificate, key))


def _signed_at(certificate: Certificate, key: PublishedKey) -> datetime:
    """The first moment at which this key could have signed this certificate: the same each time it is asked for."""
    return max(certificate.issued_at, key.first_used_at or certificate.issued_at)


def _unsigned(certificate: Certificate) -> dict:
    snapshot, issuer = certificate.snapshot, certificate.series.issuer
    credential = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": f"urn:uuid:{certificate.uuid}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{wording.PAPER_TITLES[snapshot['paper']]}: {snapshot['course']}",
        "issuer": {"id": profile_address(issuer), "type": ["Profile"], "name": snapshot["issuer"]},
        "validFrom": stamp(certificate.issued_at),
    }
    if certificate.valid_until:
        credential["validUntil"] = stamp(_begin_of(certificate.valid_until))
    return credential | {
        "credentialSubject": _subject(certificate), "evidence": [_evidence(certificate)], "credentialStatus": _status(certificate)}


def _subject(certificate: Certificate) -> dict:
    """The holder, by the name on the paper: the file is theirs to show, as the paper is. No account, address or number of theirs."""
    snapshot = certificate.snapshot
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": snapshot["name"], "identityType": "name"}],
        "licenseNumber": certificate.register_number,
    }
    return subject | {"achievement": _achievement(certificate)}


def _achievement(certificate: Certificate) -> dict:
    snapshot = certificate.snapshot
    about = f"Hoàn thành chương trình “{snapshot['course']}”"
    if snapshot.get("hours") and Decimal(snapshot["hours"]):
        about += f", thời lượng {wording.hours(Decimal(snapshot['hours']))}"
    achievement = {
        "id": f"urn:uuid:{_achievement_uuid(certificate)}",
        "type": ["Achievement"],
        "achievementType": _TYPES[snapshot["paper"]],
        "name": snapshot["course"],
        "description": f"{about}.",
        "criteria": {"narrative": f"{about}. Đạt các yêu cầu của chương trình về bài học, thực hành và kiểm tra."},
        "inLanguage": "vi",
    }
    return achievement | ({"humanCode": snapshot["course_code"]} if snapshot.get("course_code") else {})


def _achievement_uuid(certificate: Certificate) -> uuid.UUID:
    """One number for all who met the same rules of the same course with the same issuer, on whatever day."""
    snapshot = certificate.snapshot
    rules = (certificate.course_id, snapshot.get("rule_set"), snapshot["course"], snapshot["paper"])
    return uuid.uuid5(uuid.NAMESPACE_URL, "#".join([profile_address(certificate.series.issuer), *map(str, rules)]))


def _evidence(certificate: Certificate) -> dict:
    return {
        "id": verification_address(certificate.code), "type": ["Evidence"], "name": "Trang xác minh",
        "narrative": f"{wording.PAPER_TITLES[certificate.snapshot['paper']]} số {certificate.register_number} trong sổ gốc."}


def _status(certificate: Certificate) -> dict:
    number, index = place_in_lists(certificate.pk)
    address = list_address(certificate.series.issuer, number)
    return {
        "id": f"{address}#{index}", "type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": str(index),
        "statusListCredential": address}


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
