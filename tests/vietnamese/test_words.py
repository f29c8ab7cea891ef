"""Words of two syllables stay together in headings."""

import pytest

from vietnamese.words import bind


@pytest.mark.parametrize(("text", "bound"), [
    ("Thỏa ước lao động tập thể", "Thỏa·ước lao·động tập·thể"),
    ("CÔNG ĐOÀN CƠ SỞ", "CÔNG·ĐOÀN CƠ·SỞ"),
    ("Điều 70 khoản 1, Bộ luật Lao động", "Điều·70 khoản·1, Bộ·luật Lao·động"),
    ("Điều 8a khoản 2 điểm đ", "Điều·8a khoản·2 điểm·đ"),
    ("điều tra, điều kiện", "điều tra, điều·kiện"),
    ("Ban lao động trẻ", "Ban lao·động trẻ"),
    ("không có gì để nối", "không có gì để nối"),
    ("", ""),
])
def test_bind_joins_only_known_words(text, bound):
    assert bind(text) == bound.replace("·", "\u00a0")
