"""What `manage.py check` says of the keys for signing. Wrong settings stop the start; what only time or a plug can mend warns.

Looking costs a token none of its tries: only `check --deploy` logs in.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from certificates.signing.configuration import Section, sections_of
from certificates.signing.errors import CertificateExpired, CertificateNotYetValid, SigningError, TokenMissing
from certificates.signing.keys import check_use, loaded, settings_path

SOON = timedelta(days=60)
_PASSING = (TokenMissing, CertificateExpired, CertificateNotYetValid)


@register("certificates")
def check_keys(app_configs=None, **kwargs) -> list[CheckMessage]:
    return list(_said(with_login=False))


@register("certificates", deploy=True)
def check_keys_by_signing(app_configs=None, **kwargs) -> list[CheckMessage]:
    # What can be seen without the token is told by the other check, in the same run.
    known = check_keys()
    return [message for message in _said(with_login=True) if message not in known]


def _said(*, with_login: bool) -> Iterator[CheckMessage]:
    path = settings_path()
    if path is None:
        return
    try:
        sections = sections_of(path)
    except SigningError as error:
        yield _message(error)
        return
    for section in sections.values():
        # The deployment check comes on top of the other, and only tokens have more to tell then.
        if not with_login or section.module:
            yield from _of(section, timezone.now(), with_login=with_login)


def _of(section: Section, now: datetime, *, with_login: bool) -> Iterator[CheckMessage]:
    try:
        certificate = _certificate(section, with_login=with_login)
    except SigningError as error:
        yield _message(error)
        return
    if certificate is None or with_login:
        return
    ends = certificate.not_valid_after_utc
    day = f"{localtime(ends):%d/%m/%Y}"
    if now >= ends:
        yield _message(CertificateExpired(section=section.name, day=day))
    elif now < certificate.not_valid_before_utc:
        yield _message(CertificateNotYetValid(section=section.name, day=f"{localtime(certificate.not_valid_before_utc):%d/%m/%Y}"))
    elif now >= ends - SOON:
        yield Warning(
            _("The signing certificate of “%(section)s” expires on %(day)s. Have it renewed before.") % {"section": section.name, "day": day},
            id="certificates.signing_ends")


def _certificate(section: Section, *, with_login: bool) -> x509.Certificate | None:
    if section.file or with_login:
        key = loaded(section)
        key.close()
        return key.certificate
    from certificates.signing.tokens import certificate_on_token

    certificate = certificate_on_token(section)
    if certificate is not None:
        check_use(section, certificate)
    return certificate


def _message(error: SigningError) -> CheckMessage:
    kind = Warning if isinstance(error, _PASSING) else Error
    return kind(error.message, id=f"certificates.{error.code}")
