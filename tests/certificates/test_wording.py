import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from certificates import wording


@pytest.mark.parametrize(("day", "words"), [
    (date(2026, 11, 20), "ngày 20 tháng 11 năm 2026"), (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
    (date(2026, 1, 10), "ngày 10 tháng 01 năm 2026"), (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
])
def test_long_date_has_the_zeros_of_the_decree(day, words):
    assert wording.long_date(day) == words


@pytest.mark.parametrize(("count", "words"), [
    ("4", "04 giờ học"), ("4.0", "04 giờ học"), ("40.0", "40 giờ học"), ("3.5", "3,5 giờ học"), ("0", ""), ("120", "120 giờ học")])
def test_hours_are_written_the_vietnamese_way(count, words):
    assert wording.hours(Decimal(count)) == words


@pytest.mark.parametrize(("name", "given", "masked"), [
    ("Nguyễn Thị Mai", "", "NGUYỄN T*** MAI"),
    ("Nguyễn Thị Ngọc Mai", "", "NGUYỄN T*** MAI"),
    ("Đỗ Ỷ", "", "ĐỖ Ỷ***"),
    ("Mai", "", "M***"),
    ("", "", ""),
    ("Trần Đình Hùng", "", "TRẦN Đ*** HÙNG"),
    ("Lê Hoàng Bảo An", "Bảo An", "LÊ H*** BẢO AN"),
    ("Bảo An", "Bảo An", "BẢO A***"),
    (unicodedata.normalize("NFD", "Nguyễn Ẩn Mai"), "", "NGUYỄN Ẩ*** MAI"),
])
def test_masked_name_never_shows_the_whole_name(name, given, masked):
    assert wording.masked_name(name, given) == masked


def test_certifies_names_the_body_that_signs():
    assert wording.certifies("TM. BAN CHẤP HÀNH", "Công đoàn phường Tân Lập") == "Ban Chấp hành Công đoàn phường Tân Lập chứng nhận"
    assert wording.certifies("KT. CHỦ TỊCH", "Công đoàn phường Tân Lập") == "Công đoàn phường Tân Lập chứng nhận"


def test_numbers_are_written_as_the_office_writes_them():
    parts = {"number": 7, "year": 2026, "paper": "GCN", "code": "CĐ"}
    written = {pattern: wording.written_number(pattern, **parts) for pattern in ("{số:3}/{loại}-{mã}", "{số:4}/{năm}", "{số}-{năm}/{mã}", "CC {số:5}")}
    assert list(written.values()) == ["007/GCN-CĐ", "0007/2026", "7-2026/CĐ", "CC 00007"]
    assert wording.written_number("{số:2}", **parts | {"number": 12345}) == "12345"


@pytest.mark.parametrize("pattern", ["", "GCN", "{năm}", "{số}{số}", "{số}/{nam}", "{số}/{", "{số:12}"])
def test_a_format_without_the_number_or_with_odd_braces_is_refused(pattern):
    with pytest.raises(ValidationError):
        wording.check_number_format(pattern)
