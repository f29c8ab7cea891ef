"""Codes are typed from paper into telephones: what people do wrong is told, and what they may do differently is forgiven."""

from itertools import combinations

import pytest

from certificates import codes

# As they are given out, and as they were before.
NEW, OLD = "7K2M9Q42", "7K2M9Q4TX6"


@pytest.fixture
def code():
    return codes.new_code()


def test_new_code_has_eight_letters_that_cannot_be_mistaken(code):
    assert len(code) == 8
    assert not set("".join(codes.new_code() for _ in range(200))) & set("01OILAEUYWDSZ")
    assert codes.is_well_formed(code)


def test_codes_differ():
    assert len({codes.new_code() for _ in range(500)}) == 500


@pytest.mark.parametrize("code", [NEW, OLD])
def test_any_wrong_character_is_found(code):
    assert codes.is_well_formed(code)
    for place in range(len(code)):
        for letter in codes.ALPHABET.replace(code[place], ""):
            assert not codes.is_well_formed(code[:place] + letter + code[place + 1:])


@pytest.mark.parametrize("body", ["23456789BCFGHJKMNPQRTVX"[start:start + 7] for start in range(17)] + ["7K2M9Q4TX", "XVTRQPNMK"])
def test_any_two_exchanged_characters_are_found(body):
    code = body + codes.check_character(body)
    for first, second in combinations(range(len(code)), 2):
        letters = list(code)
        letters[first], letters[second] = letters[second], letters[first]
        assert code[first] == code[second] or not codes.is_well_formed("".join(letters))


@pytest.mark.parametrize("typed", [
    "7K2M-9Q42", "7k2m9q42", " 7k2m 9q42 ", "7K2M–9Q42", "7 K 2 M — 9 Q 4 2", "7K2M.9Q42", "７Ｋ２Ｍ－９Ｑ４２", "7k2m\u00a09q42", "7K2M_9Q42"])
def test_normalise_forgives_case_spaces_and_dashes(typed):
    assert codes.normalise(typed) == NEW


@pytest.mark.parametrize("typed", [
    "", "7K2M", "7K2M-9Q4", "7K2M-9Q42-2", "7K2M-9Q4T-XB-22", "OK2M-9Q42", "7K2M-9Q40", "1K2M-9Q42", "7K2M-9Q4I", "x" * 10_000, "Đ" * 8])
def test_what_cannot_be_a_code_is_none(typed):
    assert not codes.is_well_formed(codes.normalise(typed))


def test_shown_in_groups():
    assert codes.shown(NEW) == "7K2M-9Q42"
    assert codes.shown(OLD) == "7K2M-9Q4T-X6"
    assert codes.shown("7K2M9") == "7K2M-9"
