"""Style sheets, scripts and fonts: put together from their sources, light, and with no colour outside the tokens."""

import os
import re
import runpy
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

CSS = Path(settings.BASE_DIR, "static", "css")
SCRIPT = Path(settings.BASE_DIR, "scripts", "build_assets.py")


@pytest.fixture
def build(tmp_path):
    """The build script, with its own copy of the sources."""
    script = runpy.run_path(str(SCRIPT))
    (tmp_path / "css").mkdir()
    for name in script["SHEETS"]:
        (tmp_path / "css" / f"{name}.css").write_text((CSS / f"{name}.css").read_text(encoding="utf-8"), encoding="utf-8")
    script["build_stylesheet"].__globals__["STATIC"] = tmp_path
    return script


def test_one_stylesheet_is_built_once_and_again_when_a_source_changes(build, tmp_path):
    assert build["build_stylesheet"]() == [tmp_path / "css" / "site.css"]
    assert build["build_stylesheet"]() == []
    source = tmp_path / "css" / "print.css"
    later = (tmp_path / "css" / "site.css").stat().st_mtime + 10
    os.utime(source, (later, later))
    assert build["build_stylesheet"]() == [tmp_path / "css" / "site.css"]


def test_stylesheet_begins_with_the_order_of_its_layers_and_stays_light(build, tmp_path):
    build["build_stylesheet"]()
    text = (tmp_path / "css" / "site.css").read_text(encoding="utf-8")
    assert text.split("\n")[1] == "@layer tokens, base, layout, components, print;"
    assert text.count("{") == text.count("}")
    assert len(text.encode()) < 34_000


def test_fonts_are_cut_to_what_vietnamese_needs_and_not_made_twice(build, tmp_path):
    made = build["build_fonts"]()
    assert [path.name for path in made] == ["BeVietnamPro-Regular.woff2", "BeVietnamPro-SemiBold.woff2"]
    assert sum(path.stat().st_size for path in made) < 60_000
    letters = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYaăâđêôơưẵặẫậễệỗộỡợữựỹỵ0123456789–…“”₫≥\u0301\u0323"
    for path in made:
        assert set(map(ord, letters)) <= set(TTFont(path).getBestCmap())
    assert build["build_fonts"]() == []


def test_colours_are_written_only_among_the_tokens():
    for path in CSS.glob("*.css"):
        if path.stem in ("tokens", "print", "site"):
            continue
        colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", path.read_text(encoding="utf-8")))
        # Paper is white in both themes: certificates and their thumbnails.
        assert colours <= {"#fff"}, path.name


def test_every_token_that_is_used_exists():
    text = "\n".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css") if path.stem != "site")
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - defined == set()


def test_the_script_of_every_page_is_under_one_kilobyte():
    assert len(Path(settings.BASE_DIR, "static", "js", "look.js").read_bytes()) < 1024
