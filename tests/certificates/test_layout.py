"""Words into boxes: fields that are missing, names that are long, and what an administrator is told."""

import pytest

from certificates.layout import FIELDS, UnprintableLetter, problems_of
from certificates.layout.borders import drawing_of_border
from certificates.layout.faces import width_of
from certificates.layout.fields import filled, has_stray_braces, unknown_fields
from certificates.layout.fitting import Style, fit, height_of
from certificates.layout.samples import sample_of
from certificates.selectors.specs import spec_of
from certificates.typesetting import words_of
from tests.factories import designs as factory

VALUES = {"họ tên": "Nguyễn Thị Mai", "chức vụ": "Chủ tịch", "đơn vị": "CĐCS An Phú", "sinh": "Sinh năm 1988", "ngày sinh": "", "xếp loại": ""}


@pytest.mark.parametrize(("template", "lines"), [
    ("{HỌ TÊN}", ["NGUYỄN THỊ MAI"]),
    ("{ họ  tên }", ["Nguyễn Thị Mai"]),
    ("đã hoàn thành", ["đã hoàn thành"]),
    ("Sinh ngày {ngày sinh}\n{chức vụ}", ["Chủ tịch"]),
    ("[Sinh ngày {ngày sinh}] · {chức vụ} {đơn vị}", ["Chủ tịch CĐCS An Phú"]),
    ("{chức vụ} · [loại {xếp loại}] · {đơn vị}", ["Chủ tịch · CĐCS An Phú"]),
    ("{đơn vị}, [loại {xếp loại}]", ["CĐCS An Phú"]),
    ("[{sinh}] · [{chức vụ}] {đơn vị}", ["Sinh năm 1988 · Chủ tịch CĐCS An Phú"]),
    ("{ngày sinh} {xếp loại}", []),
])
def test_fields_are_filled_and_missing_ones_leave_no_gap(template, lines):
    assert filled(template, VALUES) == lines


def test_forms_are_given_the_fields_without_the_words_between():
    assert filled("Ông/Bà: {họ tên}, chức vụ {chức vụ}\nđã học\nXếp loại: {xếp loại}", VALUES, only_fields=True) == ["Nguyễn Thị Mai Chủ tịch"]


def test_unknown_fields_and_stray_braces_are_found():
    assert unknown_fields("{họ tên} {họ và tên}") == ["họ và tên"]
    assert has_stray_braces("{họ tên") and has_stray_braces("[ghi chú") and not has_stray_braces("[Sinh {ngày sinh}]")


def test_every_documented_field_has_a_value_in_a_snapshot():
    fields = words_of(sample_of("long", paper="GCN"))["fields"]
    assert set(fields) == set(FIELDS) and all(fields.values())


@pytest.mark.parametrize("words", ["Ỷ", "Nguyễn Thị Mai", "Công Tằng Tôn Nữ Nguyễn Hoàng Phương Khánh Nguyên Thục Duyên", "Ề" * 60, "một hai " * 40])
@pytest.mark.parametrize(("width", "height"), [(222, 15), (40, 12), (8, 4)])
def test_words_always_fit_their_box(words, width, height):
    style = Style(weight=700, size=10, tracking=0.3)
    found = fit([words.strip()], width=width, height=height, style=style)
    assert found.height <= height
    widths = [width_of(line, face="sans", weight=700, size=found.size, tracking=0.03 * found.size) for line in found.lines]
    assert max(widths) <= width
    assert "".join(found.lines).replace(" ", "") == words.replace(" ", "")


def test_words_shrink_first_then_break_and_never_inside_a_word_that_can_stand_whole():
    style = Style(size=10, shrink_to=0.5)
    assert fit(["Nguyễn Mai"], width=200, height=15, style=style).size == 10
    smaller = fit(["Nguyễn Thị Mai"], width=60, height=15, style=style)
    assert len(smaller.lines) == 1 and 5 <= smaller.size < 10
    broken = fit(["Nguyễn Thị Mai"], width=25, height=30, style=style)
    assert broken.lines == ("Nguyễn", "Thị Mai") and broken.size <= 5
    assert height_of(2, broken.size) <= 30


def test_serif_letters_grow_narrower_with_their_size_as_they_are_set():
    small, large = (width_of("Giấy chứng nhận", face="serif", weight=400, size=size) / size for size in (3, 10))
    assert large < small < large * 1.2


def test_letter_without_a_shape_is_named():
    with pytest.raises(UnprintableLetter) as caught:
        width_of("Nguyễn 安", face="sans", weight=400, size=4)
    assert caught.value.letter == "安"


def codes_of(*blocks, **fields) -> list[tuple[str, int]]:
    spec, _files = spec_of(factory.design(*blocks, **fields))
    return [(problem.code, problem.place) for problem in problems_of(spec)]


def test_what_is_wrong_with_a_design_is_said():
    assert codes_of(factory.words("{HỌ TÊN}"), factory.qr()) == []
    assert codes_of(factory.words("{tên}"), factory.qr()) == [("unknown_field", 1)]
    assert codes_of(factory.words("{họ tên", x=280), factory.qr(side=15)) == [("outside", 1), ("stray_brace", 1), ("small_qr", 2)]
    assert codes_of(factory.words("A", is_title=True), factory.words("B", is_title=True, y=120)) == [("two_titles", 0), ("no_qr", 0)]
    assert codes_of(factory.words("A"), factory.words("B", y=65), factory.qr()) == [("crossing", 1)]
    # What fits A4 reaches over the edge of A5.
    assert codes_of(factory.words("A"), factory.qr(), size="A5", orientation="portrait") == [("outside", 1)]


@pytest.mark.parametrize("number", range(3))
def test_designs_that_come_along_have_no_grave_fault(number):
    spec, _files = factory.spec(number)
    assert [problem for problem in problems_of(spec) if problem.is_grave or problem.code == "crossing"] == []


@pytest.mark.parametrize(("width", "height"), [(297, 210), (210, 297), (210, 148), (148, 210)])
@pytest.mark.parametrize("kind", ["woven", "double", "single"])
def test_borders_are_drawn_for_every_size_and_the_same_each_time(kind, width, height):
    drawn = drawing_of_border(kind, width, height)
    assert drawn == drawing_of_border(kind, width, height) and f'viewBox="0 0 {width} {height}"' in drawn
