"""Every component has an example in the gallery, and every example can be drawn."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.template import Context, Template
from django.template.loader import render_to_string

from cms.gallery import examples
from cms.views import show_gallery

ALL = [(f"{heading}: {example.template} {number}", example) for heading, group in examples().items() for number, example in enumerate(group)]
# Parts of the frame, drawn on every page and held by test_frame.py; a picture needs a stored file (test_blocks.py).
FRAME = {"header", "footer", "dock", "messages", "mark", "theme_button", "office_nav", "office_dock", "loom", "problem", "field_notes"}
ELSEWHERE = {"picture"}


@pytest.mark.parametrize("example", [example for _, example in ALL], ids=[name for name, _ in ALL])
def test_example_is_drawn(example):
    drawn = example.drawn
    assert "<" in drawn
    assert "style=" not in drawn
    assert "onclick" not in drawn


@pytest.mark.parametrize(("folder", "left_out"), [("components", FRAME), ("blocks", ELSEWHERE)])
def test_every_component_and_block_has_an_example(folder, left_out):
    files = {path.stem for path in Path(settings.BASE_DIR, "templates", folder).glob("*.html")}
    shown = {Path(example.template).stem for _, example in ALL if example.template.startswith(f"{folder}/")}
    assert files - shown - left_out == set()


def test_first_comment_of_every_component_says_what_it_is():
    for folder in ("components", "blocks"):
        for path in Path(settings.BASE_DIR, "templates", folder).glob("*.html"):
            assert path.read_text(encoding="utf-8").startswith("{#"), path.name


@pytest.mark.django_db
def test_gallery_is_for_developers_only(settings, rf):
    settings.DEBUG = True
    request = rf.get("/bang-mau/")
    response = show_gallery(request)
    assert response.status_code == 200
    assert response.content.count(b'class="option"') == 2
    settings.DEBUG = False
    with pytest.raises(Http404):
        show_gallery(request)


@pytest.mark.parametrize("level", ["h1", "h3"])
def test_verdict_takes_the_heading_its_page_needs(level):
    drawn = render_to_string("components/verdict.html", {"state": "bad", "title": "Đã thu hồi", "text": "x", "level": level})
    assert f"<{level}>Đã thu hồi</{level}>" in drawn


def test_pager_is_silent_on_a_single_page():
    page = Paginator([1], 10).page(1)
    assert Template('{% include "components/pager.html" %}').render(Context({"page": page})).strip() == ""
