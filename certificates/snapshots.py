"""What is written down when a certificate is issued, and how the design prints it. A snapshot is plain JSON and never changes.

Facts are what a person did (kept when a paper is issued anew); the rest is the person, the issuer and the number of that day.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model

from certificates import payload, wording
from certificates.grading import grade_of
from certificates.models import Certificate, DesignFile, Issuer, Signatory
from certificates.selectors.design_pictures import NotAPicture, Picture, picture_for_print
from certificates.selectors.states import facts_now
from learning.models import Completion
from unions.selectors import Standing, units_of
from vietnamese.names import sort_key
from vietnamese.text import clean, search_key

_FACTS = ("course", "course_code", "rule_set", "hours", "begun_on", "ended_on", "fraction", "grade", "form", "unit_id", "unit", "post", "renews")
_PERSON = ("name", "given_name", "born_on", "birth_place", "gender")


def facts_of(completions: Sequence[Completion], on: date) -> list[dict]:
    """Return what certificates of these completions certify: course, rules, hours, period, grade, and where each person stood on the day.

    One query for all posts, when enrolment, person, course and rule set are there already.
    """
    standings = units_of([completion.enrolment.user_id for completion in completions], on)
    return [_facts(completion, standings.get(completion.enrolment.user_id)) for completion in completions]


def _facts(completion: Completion, standing: Standing | None) -> dict:
    course = completion.enrolment.course
    return {
        "course": clean(course.title),
        "course_code": course.code,
        "rule_set": completion.rule_set.number,
        "hours": str(course.hours),
        "begun_on": timezone.localdate(completion.enrolment.enrolled_at).isoformat(),
        "ended_on": timezone.localdate(completion.completed_at).isoformat(),
        "fraction": completion.fraction,
        "grade": grade_of(completion.fraction),
        "form": "Trực tuyến",
        "unit_id": standing.unit_id if standing else None,
        "unit": standing.unit_name if standing else "",
        "post": standing.post_name if standing else "",
    }


def facts_again(certificate: Certificate) -> dict:
    """Return the facts of a certificate that is issued anew, corrections taken along.

    What was corrected about the person counts more than what the account says; of somebody without an account, or
    who was erased, the register knows all there is.
    """
    said = facts_now(certificate)
    facts = {name: said.get(name, "") for name in _FACTS}
    is_gone = certificate.user is None or certificate.user.is_erased
    about_person = _PERSON if is_gone else [name for name in _PERSON if name in certificate.corrected]
    return facts | {name: said[name] for name in about_person if name in said}


def person_of(user) -> dict:
    return {
        "name": clean(user.full_name),
        "given_name": clean(user.given_name),
        "born_on": user.date_of_birth.isoformat() if user.date_of_birth else None,
        "gender": user.gender,
    }


def issuer_of(issuer: Issuer) -> dict:
    """Return who issues and who signs. One query for the further signatories."""
    first = {"lines": [line for line in (clean(issuer.signer_form), clean(issuer.signer_title)) if line], "name": clean(issuer.signer_name)}
    further = [
        {"lines": [clean(line) for line in one.lines], "name": clean(one.name), "signature": _signature_of(one)}
        for one in issuer.signatories.select_related("signature")]
    return {
        "issuer_id": issuer.pk,
        "upper_name": clean(issuer.upper_name),
        "issuer": clean(issuer.name),
        "place": clean(issuer.place),
        "signer_form": clean(issuer.signer_form),
        "signer_title": clean(issuer.signer_title),
        "signer": clean(issuer.signer_name),
        "signers": [first, *further],
    }


def _signature_of(signatory: Signatory) -> str:
    """Return the digest and format of the signature's picture, copied so that it stays; nothing where there is none that can be printed."""
    if signatory.signature is None:
        return ""
    try:
        picture = _printable_picture(signatory.signature.pk, signatory.signature.file.name)
    except NotAPicture:
        return ""
    # Asked for each time: a transaction that was rolled back has taken the row along.
    DesignFile.objects.keep(sha256=picture.sha256, format=picture.format, content=picture.content)
    return f"{picture.sha256}.{picture.format}"


@lru_cache(maxsize=64)
def _printable_picture(pk: int, name: str) -> Picture:
    """A picture that is replaced has another name, so what was read once need not be read for every paper."""
    return picture_for_print(get_image_model().objects.get(pk=pk, file=name), width=80, height=40)


def entered(snapshot: dict, *, number: int, issuer: Issuer, paper: str, code: str, now: datetime, valid_until: date | None = None) -> dict:
    """Add what is known only once the number is taken: number, code, day, and the signed words of the QR code."""
    issued_on = timezone.localdate(now)
    parts = {"number": number, "year": issued_on.year, "paper": paper, "code": issuer.series_code}
    register_number = wording.written_number(issuer.number_format, **parts)
    digits = payload.sign(
        code=code, register_number=register_number, issued_on=issued_on, name=snapshot["name"], valid_until=valid_until)
    return {
        **snapshot,
        "name_key": sort_key(snapshot["name"], snapshot["given_name"]),
        "paper": str(paper),
        "register_number": register_number,
        "register_entry": wording.written_number(issuer.register_format, **parts),
        "code": code,
        "issued_on": issued_on.isoformat(),
        "valid_until": valid_until.isoformat() if valid_until else None,
        "address": f"{settings.SITE_URL}{reverse('certificates:show-verification', args=[code])}#",
        "payload": digits,
    }


def search_key_of(snapshot: dict) -> str:
    """Fold what the register is searched by: name, numbers, code, programme and unit of the day."""
    names = ("name", "register_number", "register_entry", "code", "course", "unit")
    return search_key(" ".join(str(snapshot.get(name) or "") for name in names))[:500]
