"""The transcript on paper (bảng kết quả học tập): Vietnamese, whatever language the reader has chosen."""

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act
from accounts.services import note
from certificates import typesetting, wording
from certificates.enums import LookKind, State
from certificates.models import Certificate, Look
from certificates.selectors.transcripts import Line, Transcript, transcript_of
from vietnamese.text import clean

_STATES = {State.VALID: "còn hiệu lực", State.SUPERSEDED: "đã được thay thế", State.EXPIRED: "đã hết hạn", State.REVOKED: "đã thu hồi"}


def typeset_transcript(*, user, by, now: datetime) -> bytes:
    """Set the person's transcript as PDF/A-2a and PDF/UA-1. Somebody else who asks for it is noted at every paper that stands in it, and in the person's log.

    Seven queries at most; the same studies and time give the same bytes.
    """
    transcript = transcript_of(user, timezone.localdate(now))
    pdf = typesetting.document("transcript", printed(transcript), at=now)
    if by.pk != user.pk:
        papers = Certificate.objects.filter(user=user).values_list("pk", flat=True)
        Look.objects.bulk_create(Look(certificate_id=pk, kind=LookKind.PRINTED, by=by, at=now) for pk in papers)
        note(about=user, act=Act.EXPORTED, by=by, now=now, subject="Bảng kết quả học tập")
    return pdf


def printed(transcript: Transcript) -> dict:
    """Return the words that the design prints."""
    person, issuer = transcript.person, transcript.issuer
    about = [["Họ và tên", clean(person.full_name).upper()]]
    if person.date_of_birth:
        about.append(["Ngày sinh", wording.short_date(person.date_of_birth)])
    if transcript.standing:
        about.append(["Chức vụ, đơn vị", clean(str(transcript.standing))])
    groups = [
        ["Khóa học đã hoàn thành", [_row(line) for line in transcript.finished]],
        ["Khóa học đang học", [_row(line) for line in transcript.under_way]],
        ["Giấy đã cấp trước đây", [_row(line) for line in transcript.earlier]],
        ["Khóa học ngoài đơn vị, đã được duyệt", [_row(line) for line in transcript.outside]],
    ]
    return {
        "title": f"Bảng kết quả học tập, {clean(person.full_name)}",
        "upper_name": clean(issuer.upper_name).upper() if issuer else "",
        "issuer": clean(issuer.name if issuer else settings.SITE_NAME).upper(),
        "on": f"Tính đến {wording.long_date(transcript.on)}",
        "about": about,
        "groups": [group for group in groups if group[1]],
        "totals": _totals(transcript),
        "check": f"Mỗi giấy có mã để kiểm tra tại {settings.SITE_URL}{reverse('certificates:verify')}".replace("https://", ""),
    }


def _totals(transcript: Transcript) -> list[list[str]]:
    return [
        ["Khóa học đã hoàn thành", str(len(transcript.finished))],
        ["Khóa học đang học", str(len(transcript.under_way))],
        ["Giấy đã cấp trước đây", str(len(transcript.earlier))],
        ["Khóa học ngoài đơn vị", str(len(transcript.outside))],
        ["Tổng số giờ đã học", _number(transcript.hours)],
    ]


def _row(line: Line) -> dict:
    return {
        "title": clean(line.title),
        "note": ", ".join(part for part in (line.code, f"lần {line.cycle}" if line.cycle > 1 else "", clean(line.organiser), clean(line.form)) if part),
        "period": _period(line.begun_on, line.ended_on),
        "hours": _number(line.hours) if line.hours else "",
        "result": _result(line),
        "number": clean(line.number),
        "state": _STATES.get(line.state, ""),
    }


def _period(begun: date | None, ended: date | None) -> str:
    if begun and ended:
        return wording.period(begun, ended)
    return f"từ {wording.short_date(begun)}" if begun else wording.short_date(ended) if ended else ""


def _result(line: Line) -> str:
    mark = f"{_number(Decimal(str(round(line.fraction * 100, 1))))}%" if line.fraction is not None else ""
    words = ", ".join(part for part in (mark, line.grade) if part)
    if words or line.ended_on:
        return words or "Đạt"
    return f"{line.steps[0]}/{line.steps[1]} phần" if line.steps[1] else "chưa học"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
