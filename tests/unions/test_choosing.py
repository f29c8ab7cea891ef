"""A long list to choose from is drawn as Django draws it."""

import pytest
from django import forms
from django.test.html import parse_html

from unions.forms.choosing import LongSelect

pytestmark = pytest.mark.same_everywhere
CHOICES = [("", "Tất cả"), ("a", "  CĐCS <Hòa & Bình>"), (7, "Bảy")]


@pytest.mark.parametrize("value", [None, "", "a", 7, "7", "khong-co", ["a"]])
def test_it_says_what_django_says(value):
    ours, plain = (kind({"class": "input"}, CHOICES).render("unit", value, {"id": "id_unit", "required": True}) for kind in (LongSelect, forms.Select))
    assert parse_html(ours) == parse_html(plain)
    assert "<Hòa" not in ours
