"""What the letters to holders say: few words, in the holder's language, the paper itself only by a link that asks for their sign-in.

Keeps true: a letter holds no birth date, post, unit, grade or verification code; a mailbox may be read by others.
"""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from certificates.enums import NoticeKind
from certificates.models import Certificate, Notice
from certificates.validity import last_day_with
from certificates.wording import short_date


@dataclass(frozen=True)
class _Words:
    subject: str
    action: str
    lines: list[str] = field(default_factory=list)


def letter_of(notice: Notice, *, to: str, on: date) -> EmailMultiAlternatives:
    """Return the letter for a notice, as text and as HTML. No query when certificate, user, course and its refresher are loaded.

    A letter that is sent twice carries the same Message-ID, so that mail programs show it once.
    """
    certificate = notice.certificate
    with override(certificate.user.language):
        words = _WORDS[notice.kind](certificate, on)
        context = {
            "words": words, "person": certificate.user, "url": f"{settings.SITE_URL}{certificate.get_absolute_url()}",
            "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "language": certificate.user.language,
        }
        text = render_to_string("certificates/email/notice.txt", context)
        html = render_to_string("certificates/email/notice.html", context)
    host = settings.SITE_URL.split("://", 1)[-1].split("/")[0].split(":")[0]
    headers = {"Message-ID": f"<{certificate.uuid}.{notice.kind}.{notice.days}@{host}>", "Auto-Submitted": "auto-generated"}
    letter = EmailMultiAlternatives(" ".join(words.subject.split()), text, to=[to], headers=headers)
    letter.attach_alternative(html, "text/html")
    return letter


def _issued(certificate: Certificate, on: date) -> _Words:
    named = _named(certificate)
    lines = [_("%(issuer)s has issued certificate no. %(number)s to you, for “%(course)s”.") % named]
    if certificate.valid_until:
        lines.append(_("It is valid up to and including %(day)s.") % named)
    return _Words(_("Your certificate no. %(number)s") % named, _("See the certificate and download it"), lines)


def _ending(certificate: Certificate, on: date) -> _Words:
    left = max((certificate.valid_until - on).days, 0)
    named = _named(certificate) | {"left": left}
    subject = ngettext("Certificate no. %(number)s ends in %(left)s day", "Certificate no. %(number)s ends in %(left)s days", left) % named
    lines = [_("Certificate no. %(number)s, for “%(course)s”, is valid up to and including %(day)s.") % named, _how_to_renew(certificate)]
    return _Words(subject, _("Open the certificate"), lines)


def _how_to_renew(certificate: Certificate) -> str:
    course = certificate.course
    if course is None:
        return _("Ask the training office of your unit how to renew it.")
    if course.renewal_course:
        return _("To renew it, take the refresher course “%(course)s”. Open the certificate and choose “Renew”.") % {"course": course.renewal_course.title}
    return _("To renew it, take the course once more. Open the certificate and choose “Renew”.")


def _revoked(certificate: Certificate, on: date) -> _Words:
    named = _named(certificate)
    lines = [
        _("Certificate no. %(number)s, for “%(course)s”, has been revoked. The verification page says so.") % named,
        _("The reason stands on the page of the certificate. If you think this is a mistake, write to the unit that issued it: %(issuer)s.") % named,
    ]
    return _Words(_("Certificate no. %(number)s has been revoked") % named, _("Open the certificate"), lines)


def _changed(certificate: Certificate, on: date) -> _Words:
    named = _named(certificate)
    lines = [
        _("The register entry of certificate no. %(number)s, for “%(course)s”, has been changed.") % named,
        _("The page of the certificate says what was changed, when and why."),
    ]
    return _Words(_("Certificate no. %(number)s has been changed") % named, _("Open the certificate"), lines)


_WORDS = {NoticeKind.ISSUED: _issued, NoticeKind.ENDING: _ending, NoticeKind.REVOKED: _revoked, NoticeKind.CHANGED: _changed}


def _named(certificate: Certificate) -> dict[str, str]:
    told = certificate.snapshot | certificate.corrected
    return {
        "number": certificate.register_number, "course": told.get("course") or "", "issuer": told.get("issuer") or "",
        "day": short_date(last_day_with(certificate.valid_until)) if certificate.valid_until else "",
    }
