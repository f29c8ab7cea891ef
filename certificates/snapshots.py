"""What is written down when a certificate is issued, and how the design prints it. A snapshot is plain JSON and never changes.

Facts are what a person did (kept when a paper is issued anew); the rest is the person, the issuer and the number of that day.
"""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from certificates import codes, payload, wording
from certificates.grading import grade_of
from certificates.models import Certificate, Issuer
from learning.models import Completion
from unions.selectors import unit_of
from vietnamese.text import clean, search_key

# Names longer than this many letters begin a step smaller (LOOK, Certificate).
LONG_NAME = 28
_NAME_SIZES = [9, 8, 7, 6.2, 5.6, 5.1]


def facts_of(completion: Completion, on: date) -> dict:
    """Return what the certificate certifies: course, rules, hours, period, grade, and where the person stood on the day. Two queries."""
    course = completion.enrolment.course
    standing = unit_of(completion.enrolment.user, on)
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
    """Return the facts of a certificate that is issued anew."""
    names = ("course", "course_code", "rule_set", "hours", "begun_on", "ended_on", "fraction", "grade", "form", "unit_id", "unit", "post")
    return {name: certificate.snapshot[name] for name in names}


def person_of(user) -> dict:
    return {
        "name": clean(user.full_name),
        "given_name": clean(user.given_name),
        "born_on": user.date_of_birth.isoformat() if user.date_of_birth else None,
    }


def issuer_of(issuer: Issuer) -> dict:
    """Return who issues and who signs. One query for the further signatories."""
    first = {"lines": [line for line in (clean(issuer.signer_form), clean(issuer.signer_title)) if line], "name": clean(issuer.signer_name)}
    further = [{"lines": [clean(line) for line in one.lines], "name": clean(one.name)} for one in issuer.signatories.all()]
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


def entered(snapshot: dict, *, number: int, issuer: Issuer, paper: str, code: str, now: datetime, valid_until: date | None = None) -> dict:
    """Add what is known only once the number is taken: number, code, day, and the signed words of the QR code."""
    issued_on = timezone.localdate(now)
    parts = {"number": number, "year": issued_on.year, "paper": paper, "code": issuer.series_code}
    register_number = wording.written_number(issuer.number_format, **parts)
    digits = payload.sign(code=code, register_number=register_number, issued_on=issued_on, name=snapshot["name"])
    return {
        **snapshot,
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


def printed(snapshot: dict) -> dict:
    """Return the words that the design prints, from the snapshot alone."""
    title = wording.PAPER_TITLES[snapshot["paper"]]
    issued_on = date.fromisoformat(snapshot["issued_on"])
    return {
        "title": f"{title} số {snapshot['register_number']}",
        "title_capitals": title.upper(),
        "issuer": snapshot["issuer"],
        "issuer_capitals": snapshot["issuer"].upper(),
        "upper_name": snapshot["upper_name"].upper(),
        "number": snapshot["register_number"],
        "number_line": f"Số: {snapshot['register_number']}",
        "certifies": wording.certifies(snapshot["signer_form"], snapshot["issuer"]),
        "name_capitals": snapshot["name"].upper(),
        "name_sizes": _NAME_SIZES if len(snapshot["name"]) > LONG_NAME else [10.6, *_NAME_SIZES],
        "person_line": wording.person_line(_day(snapshot["born_on"]), snapshot["post"], snapshot["unit"]),
        "course": snapshot["course"],
        "facts": _fact_columns(snapshot),
        "register_entry": snapshot["register_entry"],
        "code": codes.shown(snapshot["code"]),
        "address": snapshot["address"].split("://", 1)[-1].removesuffix(f"/{snapshot['code']}/#"),
        "qr_alt": f"Mã QR để xác minh, mã {codes.shown(snapshot['code'])}",
        "notes": _notes(snapshot),
        "place_and_date": f"{snapshot['place']}, {wording.long_date(issued_on)}",
        "signer_form": snapshot["signer_form"].upper(),
        "signer_title": snapshot["signer_title"].upper(),
        "signer_name": snapshot["signer"].upper(),
    }


def _fact_columns(snapshot: dict) -> list[list[str]]:
    begun_on, ended_on = _day(snapshot["begun_on"]), _day(snapshot["ended_on"])
    columns = [
        ["Thời gian", wording.period(begun_on, ended_on)],
        ["Thời lượng", wording.hours(Decimal(snapshot["hours"]))],
        ["Hình thức", snapshot["form"]],
        ["Xếp loại", snapshot["grade"]],
    ]
    return [column for column in columns if column[1]]


def _notes(snapshot: dict) -> list[str]:
    notes = [f"Theo Quyết định số {snapshot['decision_number']}"] if snapshot.get("decision_number") else []
    if snapshot.get("replaces"):
        notes.append(f"Thay cho {wording.PAPER_TITLES[snapshot['paper']]} số {snapshot['replaces']}")
    return notes


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
