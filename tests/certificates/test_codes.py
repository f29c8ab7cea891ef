"""Codes are typed from paper into telephones: what people do wrong is told, and what they may do differently is forgiven."""

from itertools import combinations

import pytest

from certificates import codes


@pytest.fixture
def code():
    return codes.new_code()


def test_new_code_has_ten_letters_that_cannot_be_mistaken(code):
    assert len(code) == 10
    assert not set("".join(codes.new_code() for _ in range(200))) & set("01OILAEUYWDSZ")
    assert codes.is_well_formed(code)


def test_codes_differ():
    assert len({codes.new_code() for _ in range(500)}) == 500


def test_any_wrong_character_is_found(code):
    for place in range(10):
        for letter in codes.ALPHABET.replace(code[place], ""):
            assert not codes.is_well_formed(code[:place] + letter + code[place + 1:])


def test_any_two_exchanged_characters_are_found():
    code = "7K2M9Q4TX" + codes.check_character("7K2M9Q4TX")
    for first, second in combinations(range(10), 2):
        letters = list(code)
        letters[first], letters[second] = letters[second], letters[first]
        assert code[first] == code[second] or not codes.is_well_formed("".join(letters))


@pytest.mark.parametrize("typed", ["7K2M-9Q4T-XB", "7k2m9q4txb", " 7k2m 9q4t xb ", "7K2M–9Q4T—XB", "7K2M.9Q4T.XB", "７Ｋ２Ｍ９Ｑ４ＴＸＢ"])
def test_normalise_forgives_case_spaces_and_dashes(typed):
    assert codes.normalise(typed) == "7K2M9Q4TXB"


@pytest.mark.parametrize("typed", ["", "7K2M", "7K2M-9Q4T-XB-22", "OK2M-9Q4T-XB", "7K2M-9Q4T-X0", "7K2M-9Q4T-1B", "7K2M-9Q4T-IB", "x" * 10_000, "Đ" * 10])
def test_what_cannot_be_a_code_is_none(typed):
    assert not codes.is_well_formed(codes.normalise(typed))


def test_shown_in_groups():
    assert codes.shown("7K2M9Q4TXB") == "7K2M-9Q4T-XB"
    assert codes.shown("7K2M9") == "7K2M-9"
