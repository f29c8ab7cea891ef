"""Tones apart from letters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.text import clean
from vietnamese.tones import settle_tones, without_tones


@pytest.mark.parametrize(("text", "bare"), [
    ("thỏa ước lao động", "thoa ươc lao đông"),
    ("à á ả ã ạ", "a a a a a"),
    ("ằ ắ ẳ ẵ ặ Ầ Ấ Ẩ Ẫ Ậ", "ă ă ă ă ă Â Â Â Â Â"),
    ("ế ộ ờ ự Đ ỹ", "ê ô ơ ư Đ y"),
    ("ă â ê ô ơ ư đ", "ă â ê ô ơ ư đ"),
    ("", ""),
])
def test_tone_marks_go_and_letters_stay(text, bare):
    assert without_tones(text) == bare
    assert without_tones(unicodedata.normalize("NFD", text)) == bare


@pytest.mark.parametrize(("old", "new"), [
    ("hoà", "hòa"), ("thuý", "thúy"), ("khoẻ", "khỏe"), ("Hoà Bình", "Hòa Bình"), ("uỷ ban", "ủy ban"), ("THOẢ", "THỎA"), ("toàn", "tòan"),
    ("quý", "qúy"),
])
def test_two_places_of_the_tone_are_one_spelling(old, new):
    assert settle_tones(old) == settle_tones(new) == settle_tones(unicodedata.normalize("NFD", old))


@pytest.mark.parametrize(("one", "other"), [
    ("ba má", "bá ma"), ("hoà", "hoá"), ("hoà", "hoa"), ("cần", "cân"), ("thương", "thường"), ("Hà Nội", "Hạ Nối"),
])
def test_a_tone_never_moves_to_another_syllable_and_is_never_lost(one, other):
    assert settle_tones(one) != settle_tones(other)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert without_tones(without_tones(text)) == without_tones(text)
    assert settle_tones(settle_tones(text)) == settle_tones(text)
    assert clean(clean(text)) == clean(text)


def test_an_invisible_sign_between_a_letter_and_its_mark_does_not_keep_them_apart():
    assert clean("hoa\u200d\u0300") == "hoà"
