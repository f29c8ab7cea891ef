import unicodedata
from datetime import date
from decimal import Decimal

import pytest

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


def test_numbers_are_padded_as_offices_write_them():
    assert wording.register_number(7, "GCN", "CĐ") == "007/GCN-CĐ"
    assert wording.register_number(1204, "GCN", "CĐ") == "1204/GCN-CĐ"
    assert wording.register_entry(87, 2026) == "0087/2026"


def test_person_line_leaves_out_what_is_not_known():
    assert wording.person_line(date(1988, 2, 5), "Chủ tịch", "CĐCS An Phú") == "Sinh ngày 05/02/1988 · Chủ tịch CĐCS An Phú"
    assert wording.person_line(None, "Chủ tịch", "CĐCS An Phú") == "Chủ tịch CĐCS An Phú"
    assert wording.person_line(None, "", "") == ""
