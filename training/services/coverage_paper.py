"""Coverage of a target as a paper for the meeting: A4, the heading as offices write it, the table, places for signatures.

Words are Vietnamese whatever language the person at the screen reads.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import override

from certificates.typesetting import document
from certificates.typesetting.compilers import let_go
from certificates.wording import grouped, long_date
from training.selectors.coverage import Figures
from training.selectors.coverage_pages import Level, Wish, level_of
from training.services.coverage_book import COLUMNS, NOTE, TOTAL, about_of, above_of, numbers_of
from training.wording import goal_of, share_in_words
from unions.selectors.scopes import Office

TITLE = "BÁO CÁO TÌNH HÌNH THỰC HIỆN CHỈ TIÊU ĐÀO TẠO, BỒI DƯỠNG"
# From so many rows on the typesetter is told to forget them.
_MANY = 300


def paper_of_coverage(*, office: Office, wish: Wish, now: datetime) -> bytes:
    """Set the units right below with their figures as a PDF."""
    with override("vi"):
        level = level_of(office, wish, now)
    upper, unit = (["", *above_of(level)])[-2:]
    pdf = document("coverage", {
        "title": f"{TITLE.capitalize()}: {level.name}", "author": level.name, "upper_name": upper, "issuer": unit, "heading": TITLE,
        "date": f"……………, {long_date(timezone.localdate(now))}", "about": about_of(wish, level, now), "sums": _sums(wish, level),
        "heads": [column.heading for column in COLUMNS], "rows": _rows(level), "note": NOTE}, at=now)
    if len(level.rows) > _MANY:
        let_go()
    return pdf


def _sums(wish: Wish, level: Level) -> str:
    own = level.coverage.own
    if not own.people:
        return "Không có ai thuộc đối tượng của chỉ tiêu trong đơn vị."
    met = f"còn cần thêm {grouped(level.needed)} người để đạt chỉ tiêu" if level.needed else "đã đạt chỉ tiêu"
    return (
        f"Đã hoàn thành {grouped(own.done)}/{grouped(own.people)} người ({share_in_words(own)}, chỉ tiêu {goal_of(wish.target)}); {met}. "
        f"Đang học {grouped(own.under_way)} người, còn thiếu {grouped(own.missing)} người. Số lượt học: {grouped(own.attendances)} lượt.")


def _rows(level: Level) -> list[list[str]]:
    rows = [[str(number), row.name, *_numbers(row.figures)] for number, row in enumerate(level.rows, start=1)]
    return [*rows, ["", TOTAL if level.rows else level.name, *_numbers(level.coverage.own)]]


def _numbers(figures: Figures) -> list[str]:
    people, done, under_way, missing, share, attendances = numbers_of(figures)
    written = "–" if share is None else f"{share:.1f}".replace(".", ",")
    return [grouped(people), grouped(done), grouped(under_way), grouped(missing), written, grouped(attendances)]
