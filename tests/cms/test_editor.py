"""The editor wears the site's colours and name, and shows nothing that nobody here has a use for."""

import colorsys
import csv
import io
import re

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from cms.models import InformationPage
from tests.factories import courses as courses_factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
CSS = settings.BASE_DIR / "static" / "css"


@pytest.fixture
def editor(administrator, as_user):
    courses_factory.catalogue()
    return as_user(administrator, headers={"accept-language": "en"})


def test_frame_has_the_sites_name_mark_and_sheet(editor):
    body = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert f"<title>Dashboard - {settings.SITE_NAME}</title>" in re.sub(r"\s+", " ", body) or f"- {settings.SITE_NAME}</title>" in body
    assert "css/editor.css" in body
    assert 'class="editor-mark"' in body
    assert "wagtailadmin/images/favicon" not in body


def test_first_page_has_no_news_and_no_handbook_of_wagtail(editor):
    body = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert "w-upgrade" not in body
    assert "guide.wagtail.org" not in body
    assert "whats-new" not in body


def test_what_a_report_writes_as_text_is_no_formula(editor):
    home = courses_factory.catalogue().get_parent()
    for number, title in enumerate(('=HYPERLINK("http://xau.example","Bấm")', "+84", "@SUM(A1)", "\t=1", "-1+2", "Lương = 1")):
        home.add_child(instance=InformationPage(title=title, slug=f"trang-{number}")).save_revision().publish()
    rows = b"".join(editor.get(reverse("wagtailadmin_reports:aging_pages"), {"export": "csv"}).streaming_content).decode()
    assert "Lương = 1" in rows
    cells = [cell for row in csv.reader(io.StringIO(rows)) for cell in row]
    assert "'+84" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_stranger_is_sent_to_the_sites_own_sign_in(client):
    response = client.get(reverse("wagtailadmin_home"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/tai-khoan/login/")


def test_learner_never_sees_the_editors_bar(learner, administrator):
    def bar(user) -> str:
        request = RequestFactory().get("/")
        request.user = user
        return Template("{% load wagtailuserbar %}{% wagtailuserbar %}").render(Context({"request": request}))

    courses_factory.catalogue()
    assert bar(learner).strip() == ""
    assert bar(administrator).strip() != ""


@pytest.mark.parametrize(("variable", "token"), [
    ("primary", "--c-primary"), ("secondary", "--c-link"), ("positive-100", "--c-success"), ("critical-200", "--c-danger")])
def test_colours_are_those_of_the_tokens(variable, token):
    sheet, tokens = (CSS / "editor.css").read_text(), (CSS / "tokens.css").read_text()
    parts = [float(re.search(rf"--w-color-{variable}-{part}: ([\d.]+)", sheet).group(1)) for part in ("hue", "saturation", "lightness")]
    wanted = re.search(rf"{token}: #(\w{{6}});", tokens).group(1)
    red, green, blue = colorsys.hls_to_rgb(parts[0] / 360, parts[2] / 100, parts[1] / 100)
    for got, hexadecimal in zip((red, green, blue), (wanted[:2], wanted[2:4], wanted[4:]), strict=True):
        assert abs(round(got * 255) - int(hexadecimal, 16)) <= 2


def test_draftail_offers_nothing_that_the_gates_would_take_away():
    from django.apps import apps
    from wagtail import blocks
    from wagtail.fields import StreamField

    def blocks_of(block):
        yield block
        for child in [*getattr(block, "child_blocks", {}).values(), *([block.child_block] if hasattr(block, "child_block") else [])]:
            yield from blocks_of(child)

    kept = {"h2", "h3", "h4", "bold", "italic", "ol", "ul", "hr", "link", "document-link", "superscript", "subscript", "strikethrough", "blockquote", "code", "image"}
    fields = [field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, StreamField)]
    offered = {feature for field in fields for block in blocks_of(field.stream_block) if isinstance(block, blocks.RichTextBlock) for feature in block.features or ["all"]}
    assert offered <= kept


def test_scripts_of_the_editor_speak_vietnamese(as_user, administrator):
    catalogue = as_user(administrator, headers={"accept-language": "vi"}).get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert '"Add a comment": "Th\\u00eam b\\u00ecnh lu\\u1eadn"' in catalogue
