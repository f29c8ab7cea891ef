"""Names in Vietnamese alphabetical order: given name, family, middle names; letters before tones (domain facts, 6.2)."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese import names
from vietnamese.text import clean, fold, search_key

# Made by hand. Each stands after the one above it, for the reason beside it.
IN_ORDER = [
    "Nguyễn Thị An",
    "Trần An",          # family name after the same given name: Nguyễn, Trần
    "Trần Bảo An",      # middle names last: none, Bảo
    "Trần Thị An",
    "Nguyễn Văn Ánh",   # letters first: An, Anh; then tones
    "Lê Văn Ẩn",        # a, ă, â are three letters
    "Trần Văn Ấn",
    "Lê Bình",
    "Nguyễn Bỉnh",      # tones: huyền, hỏi, ngã, sắc, nặng
    "Nguyễn Bĩnh",
    "Nguyễn Bính",
    "Nguyễn Bịnh",
    "Phạm Dung",
    "Phạm Dũng",
    "Vũ Duy",
    "An Đạt",           # đ after every d
    "Bùi Đức",
    "Lê Em",
    "Lê Én",
    "Lê Ê",             # ê after e
    "Cao Hoa",
    "Cao Hòa",
    "Cao Hóa",
    "Cao Hoan",
    "Cao Hồng",         # o, ô, ơ
    "Cao Hợp",
    "Vàng A Lử",
    "Đinh Minh",
    "Ngô Nga",
    "Ngô Ngọc",
    "Ngô Nhung",        # two letters of the alphabet, not one: Ng, Nh
    "Tô Oanh",
    "Tô Ơn",
    "Đào Quý",
    "Đào Tâm",
    "Đào Thanh",
    "Đào Trang",
    "Hồ Tú",
    "Hồ Tư",            # u, ư
    "Hồ Uyên",
    "Hồ Ước",
    "Lý Vy",
    "Lý Xuân",
    "Y Ý",
]


def test_names_sort_in_vietnamese_order():
    shuffled = random.Random(7).sample(IN_ORDER, len(IN_ORDER))

    assert sorted(shuffled, key=names.sort_key) == IN_ORDER


def test_names_sort_alike_however_their_letters_are_composed():
    for form in ("NFC", "NFD", "NFKD"):
        assert [names.sort_key(unicodedata.normalize(form, name)) for name in IN_ORDER] == [names.sort_key(name) for name in IN_ORDER]


def test_names_sort_by_given_name_before_family_name():
    people = ["Lê Bình", "Trần Văn Ân", "Nguyễn Thị An"]

    assert sorted(people, key=names.sort_key) == ["Nguyễn Thị An", "Trần Văn Ân", "Lê Bình"]


def test_numbers_in_names_sort_before_letters():
    assert sorted(["Học viên B", "Học viên 2", "Học viên 1"], key=names.sort_key) == ["Học viên 1", "Học viên 2", "Học viên B"]


@pytest.mark.parametrize("full_name, given_name, like", [
    ("Nguyễn Thị Tuyết Mai", "Tuyết Mai", "Tuyết Mai"),
    ("John Smith", "John", "John"),
    ("Nguyễn Thị Mai", "Lan", "Mai"),
    ("Nguyễn Thị Mai", "  MAI ", "Mai"),
])
def test_a_given_name_of_its_own_is_sorted_by(full_name, given_name, like):
    assert names.sort_key(full_name, given_name).startswith(names.sort_key(like, like).rstrip("a"))


@pytest.mark.parametrize("text", ["", "   ", "…", "\u0301", "😀", "123", "Ма́рия"])
def test_strange_names_have_a_key(text):
    assert names.sort_key(text).isascii()


@given(st.text(max_size=200))
def test_every_key_is_short_lower_case_ascii(text):
    key = names.sort_key(text)

    assert len(key) <= 400
    assert key == "" or (key.isascii() and key.islower() and key.isalpha())


def test_a_look_alike_of_đ_becomes_đ():
    assert clean("Ðặng Văn Ðức") == "Đặng Văn Đức"
    assert fold("Ðặng") == "dang"


@pytest.mark.parametrize("text", ["Hoà", "Hòa", unicodedata.normalize("NFD", "Hòa"), "HOÀ", "hoa"])
def test_folding_makes_spellings_alike(text):
    assert fold(text) == "hoa"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert search_key(search_key(text)) == search_key(text)
    assert clean(clean(text)) == clean(text)
