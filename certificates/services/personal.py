"""What the register keeps of a person: as parts of their export with papers and badges, and as what erasing takes and leaves."""

import logging
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from io import BytesIO

from accounts.records import CHUNK, Fate, Packed, Section, read
from certificates import credentials
from certificates.credentials.controllers import PublishedKey, present_key
from certificates.enums import ConsentText, Entry, LookKind, NoticeKind, NoticeState, State
from certificates.models import Certificate, Look, NameConsent, Notice, RegisterEntry, RegisterImportRow
from certificates.services.errors import CertificateError
from certificates.services.keys import note_key_in_use

_REGISTER = "Giữ không thời hạn: sổ gốc và quyền kiểm tra giấy cần đến (Luật 91/2025/QH15, Điều 14)."
_LOOKS = "Giữ 365 ngày, để anh/chị hỏi được ai đã xem."

logger = logging.getLogger(__name__)


def sections_of(user, now: datetime) -> list[Section]:
    """Return the parts of the person's export that stand here. One query a part, when it is read; three for papers and badges."""
    return [*_papers(user, now), *_around(user)]


def _papers(user, now: datetime) -> list[Section]:
    own = Certificate.objects.filter(user=user).order_by("issued_at", "pk")
    entries = RegisterEntry.objects.filter(certificate__user=user).order_by("pk")
    return [
        Section(
            "certificates", "Giấy chứng nhận", _REGISTER, {
                "number": "Số", "code": "Mã xác minh", "state": "Trạng thái", "course": "Khóa học", "unit": "Đơn vị khi cấp", "issued_at": "Cấp lúc",
                "valid_until": "Hết hạn từ ngày", "hidden_at": "Tắt trang công khai lúc", "facts": "Ghi trên giấy", "corrected": "Đã đính chính",
                "sha256": "SHA-256 của tệp PDF"},
            read(own, number="register_number", code="code", state="state", course="course__title", unit="unit__name", issued_at="issued_at",
                 valid_until="valid_until", hidden_at="hidden_at", facts="snapshot", corrected="corrected", sha256="pdf_sha256"),
            files=lambda: _files(user, now), words={"state": dict(State.choices)}, place=50),
        Section(
            "register_entries", "Sổ gốc: những việc đã ghi", _REGISTER,
            {"number": "Số", "kind": "Việc", "reason": "Lý do", "decision_number": "Số quyết định", "decision_on": "Ngày quyết định", "changes": "Thay đổi", "at": "Lúc"},
            read(entries, number="certificate__register_number", kind="kind", reason="reason", decision_number="decision_number",
                 decision_on="decision_on", changes="changes", at="at"), words={"kind": dict(Entry.choices)}, place=51),
    ]


def _files(user, now: datetime) -> Iterator[Packed]:
    """Hand out each stored paper as it is, and the badge of each that still has one; one look for the key, however many."""
    papers = Certificate.objects.filter(user=user).exclude(pdf="").order_by("issued_at", "pk")
    find_key = cache(partial(_key, now))
    for row in papers.select_related("series__issuer__unit", "course", "unit", "user").iterator(chunk_size=CHUNK):
        yield Packed(f"{row.register_number.replace('/', '-')}.pdf", lambda pdf=row.pdf: pdf.storage.open(pdf.name))
        if credentials.is_available(row) and (key := find_key()):
            yield Packed(f"{row.register_number.replace('/', '-')}.json", lambda row=row, key=key: BytesIO(credentials.file_of(row, "json", key).data))


def _key(now: datetime) -> PublishedKey | None:
    try:
        note_key_in_use(now=now)
        return present_key()
    except CertificateError:
        # The papers are there all the same; badges can be had again once the key is replaced.
        logger.warning("No badges in an export: the signing key cannot be used.")
        return None


def _around(user) -> list[Section]:
    return [
        Section(
            "name_consents", "Đồng ý hiện họ tên trên trang xác minh", "Giữ đến khi tài khoản bị xóa, để chứng minh ai đồng ý điều gì (Luật 91/2025/QH15, Điều 9).",
            {"text_version": "Lời đã đồng ý", "given_at": "Lúc", "withdrawn_at": "Rút lúc"},
            read(NameConsent.objects.filter(user=user).order_by("pk"), text_version="text_version", given_at="given_at", withdrawn_at="withdrawn_at"),
            words={"text_version": dict(ConsentText.choices)}, place=52),
        Section(
            "certificate_looks", "Ai đã xem giấy chứng nhận", _LOOKS, {"number": "Số", "kind": "Ở đâu", "at": "Lúc", "by": "Người xem"},
            read(Look.objects.filter(certificate__user=user).order_by("pk"), number="certificate__register_number", kind="kind", at="at", by="by__full_name"),
            words={"kind": dict(LookKind.choices)}, place=53),
        Section(
            "certificate_notices", "Thông báo về giấy chứng nhận", "Giữ để không gửi hai lần; địa chỉ e-mail xóa sau hai năm.",
            {"number": "Số", "kind": "Về", "email": "Gửi đến", "state": "Trạng thái", "made_at": "Lập lúc", "sent_at": "Gửi lúc", "seen_at": "Xem lúc"},
            read(Notice.objects.filter(certificate__user=user).order_by("pk"), number="certificate__register_number", kind="kind", email="email",
                 state="state", made_at="made_at", sent_at="sent_at", seen_at="seen_at"),
            words={"kind": dict(NoticeKind.choices), "state": dict(NoticeState.choices)}, place=54),
    ]


def fates_of(user) -> list[Fate]:
    """Return what erasing takes and leaves here. Three queries."""
    papers = Certificate.objects.filter(user=user).count()
    return [
        Fate("Trang công khai của giấy chứng nhận, đồng ý hiện họ tên, địa chỉ đã gửi thông báo", papers),
        Fate("Ai đã xem giấy chứng nhận", Look.objects.filter(certificate__user=user).count()),
        Fate("Dòng trong sổ cũ đã nhập từ Excel", RegisterImportRow.objects.filter(certificate__user=user).count()),
        Fate("Giấy chứng nhận trong sổ gốc: số, họ tên, nội dung và tệp PDF", papers, stays=True,
             why="Sổ gốc không bỏ trống số và giấy phải kiểm tra được; luật và nhiệm vụ của đơn vị cấp cần đến (Luật 91/2025/QH15, Điều 14). Chỉ người giữ sổ xem được."),
    ]
