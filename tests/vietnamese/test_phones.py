"""Telephone numbers as people type them, as spreadsheets leave them, and as they are said."""

import pytest

from vietnamese import phones


@pytest.mark.parametrize("typed", [
    "0912345678", "0912 345 678", "0912.345.678", "0912-345-678", "0912–345–678", "(0912) 345678", "+84912345678", "+84 912345678", "84912345678",
    "0084912345678", "+84 0912 345 678", "912345678", "０９１２３４５６７８", "\u00a00912 345 678 ",
])
def test_a_number_is_stored_one_way(typed):
    assert phones.to_e164(typed) == "+84912345678"


@pytest.mark.parametrize("typed", [
    "", " ", "+", "0912 345 67", "0912 345 6789", "0123456789", "113", "gọi Mai", "0912ABCDEF", "0912345678 ext 5", "0912345678/0987654321", "9" * 10_000,
])
def test_what_nobody_can_call_is_refused(typed):
    with pytest.raises(phones.InvalidPhone):
        phones.to_e164(typed)


@pytest.mark.parametrize("stored, said", [
    ("+84912345678", "0912 345 678"), ("+842438251234", "024 3825 1234"), ("+16502530000", "+1 650-253-0000"), ("không phải số", "không phải số"),
])
def test_a_number_is_shown_as_it_is_said(stored, said):
    assert phones.shown(stored) == said
