"""Blocks with stored files, and blocks as the editor's picker shows them."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.template.loader import render_to_string
from PIL import Image as Pillow
from wagtail.documents.models import Document
from wagtail.images.models import Image

from cms.blocks import HeadingBlock
from courses.blocks import LessonBodyBlock
from courses.models import LessonPage
from tests.factories import courses as course_factory
from tests.factories import laws as law_factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def draw(block: str, **value) -> str:
    return render_to_string(f"blocks/{block}.html", {"value": value})


@pytest.fixture
def photo():
    held = io.BytesIO()
    Pillow.new("RGB", (1600, 900), (90, 130, 170)).save(held, "JPEG")
    return Image.objects.create(title="Hội trường", file=ImageFile(io.BytesIO(held.getvalue()), name="hoi-truong.jpg"))


@pytest.fixture
def paper():
    return Document.objects.create(title="Mẫu <biên bản>", file=ContentFile(b"x" * 184_320, name="mau.pdf"))


def test_picture_keeps_its_place_and_offers_widths(photo):
    drawn = draw("picture", image=photo, alt_text='Hội trường "A"', caption="Một hội trường.")
    assert 'width="' in drawn
    assert 'height="' in drawn
    assert 'loading="lazy"' in drawn
    assert "360w" in drawn
    assert "1200w" in drawn
    assert 'alt="Hội trường &quot;A&quot;"' in drawn
    assert "<figcaption>Một hội trường.</figcaption>" in drawn


def test_picture_that_was_deleted_leaves_nothing():
    assert draw("picture", image=None, alt_text="", caption="").strip() == ""


def test_download_tells_kind_and_size_before_it_costs(paper):
    drawn = draw("download", file=paper, text="")
    assert "PDF" in drawn
    assert "180" in drawn
    assert "Mẫu &lt;biên bản&gt;" in drawn
    assert draw("download", file=None, text="").strip() == ""


def test_video_loads_nothing_before_it_is_asked(paper):
    drawn = draw("video", title="Phiên họp", file=paper, captions=paper, embed=None, minutes=4, transcript="")
    assert 'preload="none"' in drawn
    assert '<track kind="captions"' in drawn
    assert "autoplay" not in drawn


def test_video_of_another_site_is_framed_without_cookies():
    class Embed:
        url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"

    drawn = draw("video", title="Phiên họp", file=None, captions=None, embed=Embed(), minutes=None, transcript="")
    assert 'src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"' in drawn
    assert 'title="Phiên họp"' in drawn


def test_video_of_an_unknown_site_is_only_a_link():
    class Embed:
        url = "https://video.example/1"

    drawn = draw("video", title="Phiên họp", file=None, captions=None, embed=Embed(), minutes=None, transcript="")
    assert "<iframe" not in drawn
    assert 'href="https://video.example/1"' in drawn


def test_citation_takes_its_dates_from_the_document():
    provision = law_factory.provision(law_factory.document(), "70", clause="1")
    drawn = draw("citation", provision=provision, text="")
    assert "Điều\u00a070 khoản\u00a01, Bộ\u00a0luật Lao\u00a0động" in drawn
    assert "45/2019/QH14" in drawn
    assert "01/01/2021" in drawn
    assert "tag--done" in drawn
    assert f'href="{provision.get_absolute_url()}"' in drawn
    assert provision.text in drawn
    assert "Lời của bài." in draw("citation", provision=provision, text="Lời của bài.")


def test_citation_of_a_deleted_article_leaves_nothing():
    assert draw("citation", provision=None, text="").strip() == ""


def test_self_check_needs_no_script_and_says_the_verdict_once():
    drawn = draw("self_check", question="Ký loại nào?", options=[
        {"text": "Không thời hạn", "is_right": True, "feedback": "Đúng. Chỉ một lần."}, {"text": "Thêm", "is_right": False, "feedback": "Lần thứ ba."}])
    assert drawn.count("<details>") == 2
    assert drawn.count("is-right") == 1
    assert "Đúng. Chỉ một lần." not in drawn
    assert "Chỉ một lần." in drawn


def test_what_authors_type_is_escaped_in_every_plain_field():
    evil = "<img src=x onerror=alert(1)>"
    drawn = "".join([
        draw("heading", text=evil, level="h2"), draw("callout", kind="note", title=evil, text=""), draw("terms", terms=[{"term": evil, "meaning": evil}]),
        draw("checklist", title=evil, items=[evil]), draw("table", caption=evil, table={"data": [[evil], [evil]], "table_header_choice": "row"}),
        draw("self_check", question=evil, options=[{"text": evil, "is_right": False, "feedback": evil}]), draw("next_step", title=evil, text=""),
        draw("case", kind="case", title=evil, story="", question=evil, answer="")])
    assert "<img" not in drawn


def test_block_preview_wears_the_sites_own_sheet(rf):
    block = HeadingBlock()
    block.set_name("heading")
    bound = block.bind(block.get_preview_value())
    drawn = render_to_string("wagtailcore/shared/block_preview.html", {"bound_block": bound, "page_title": "x"}, rf.get("/"))
    assert "css/site.css" in drawn
    assert '<h2 id="muc-bon-moc-can-nho">' in drawn


LESSON_BLOCKS = LessonBodyBlock().child_blocks


@pytest.mark.parametrize("name", [*LESSON_BLOCKS])
def test_every_block_of_a_lesson_shows_itself_in_the_picker(rf, name):
    block = LESSON_BLOCKS[name]
    assert block.is_previewable and block.meta.description and block.meta.group
    bound = block.bind(block.get_preview_value())
    drawn = render_to_string(block.get_preview_template(bound.value), {"bound_block": bound, "page_title": "x"}, rf.get("/"))
    shown = re.sub(r"<[^>]+>", " ", drawn.partition('<article class="prose">')[2])
    assert len(shown.split()) >= 3, "something that a trainer recognises"


@pytest.mark.parametrize("count", [1, 30])
def test_citations_of_a_page_ask_once_however_many(count, django_assert_num_queries):
    document = law_factory.document()
    body = [("citation", {"provision": law_factory.provision(document, str(number + 1)), "text": ""}) for number in range(count)]
    made = course_factory.lesson(course_factory.module(course_factory.course()), body=body)
    page = LessonPage.objects.get(pk=made.pk)
    with django_assert_num_queries(1):
        render_to_string("courses/_body.html", {"page": page})
