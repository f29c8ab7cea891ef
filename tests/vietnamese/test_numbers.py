"""Numbers as they are typed in Vietnam."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.numbers import MAX_DIGITS, InvalidNumber, canonical, shown, to_decimal

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**15, max_value=10**15, places=6)


@pytest.mark.parametrize(("typed", "number"), [
    ("1.234,5", "1234.5"), ("1234,5", "1234.5"), ("1 234,5", "1234.5"), ("1\u00a0234,5", "1234.5"), ("1\u202f234\u202f567", "1234567"),
    ("-3", "-3"), ("− 3", "-3"), ("+7", "7"), (" 12 ", "12"), ("007", "7"),
    # One dot: thousands before exactly three digits, else the decimal sign.
    ("3.5", "3.5"), ("1.234", "1234"), ("1.2345", "1.2345"), ("12.34", "12.34"), ("0.234", "0.234"), ("1234.567", "1234.567"),
    ("1.234.567", "1234567"), ("999.999", "999999"),
    # One comma is always the decimal sign; several, or one before a dot, group.
    ("1,234", "1.234"), ("1,234.5", "1234.5"), ("1,234,567", "1234567"), ("1 234.5", "1234.5"),
    (",5", "0.5"), (".5", "0.5"), ("5,", "5"), ("5.", "5"), ("1.234,", "1234"), ("0,0", "0"), ("-0", "0"), ("100", "100"), ("2,500", "2.5"),
])
def test_what_is_typed_is_read(typed, number):
    assert canonical(to_decimal(typed)) == number


@pytest.mark.parametrize("typed", [
    "", " ", "abc", "12a", "1e5", "1E400", "NaN", "Infinity", "-inf", "0x10", "5²", "½", "١٢", "--3", "3-", "1..2", "1,2,3", "1.23.456", "12 34",
    "1.234.56", "1,,5", ".", ",", "-", "1_000", "5%", "9" * (MAX_DIGITS + 1), "1" * 10_000, "1." + "0" * 60, "1\n2", "\x00", "\ud800",
])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(InvalidNumber):
        to_decimal(typed)


@pytest.mark.parametrize(("number", "text"), [
    ("1234.5", "1.234,5"), ("-1234567.89", "-1.234.567,89"), ("0.234", "0,234"), ("1000", "1.000"), ("0", "0"), ("-0.0", "0"), ("1E+3", "1.000"),
])
def test_a_number_is_shown_as_it_is_written_here(number, text):
    assert shown(Decimal(number)) == text


@given(NUMBERS)
def test_what_is_shown_can_be_typed_again(number):
    assert to_decimal(shown(number)) == number
    assert Decimal(canonical(number)) == number


@given(st.text(st.sampled_from("0123456789., -+e\u00a0"), max_size=45) | st.text())
def test_reading_gives_a_plain_number_or_says_no(text):
    try:
        number = to_decimal(text)
    except InvalidNumber:
        return
    assert number.is_finite()
    assert to_decimal(canonical(number)[:60].replace(".", ",")) == number
