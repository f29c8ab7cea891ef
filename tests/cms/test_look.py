"""The look's tags: what they write, and what they do with what is wrong or missing."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from cms.templatetags import look
from laws.enums import Validity
from laws.models import LegalDocument

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)


def draw(source: str, **variables) -> str:
    return Template(source).render(Context(variables))


def test_icon_draws_an_outline_that_readers_of_screens_skip():
    drawn = draw('{% icon "check" %}')
    assert drawn.startswith('<svg class="i" fill="none" viewBox="0 0 24 24"')
    assert 'aria-hidden="true"' in drawn
    assert 'd="m4.5 12.75 6 6 9-13.5"' in drawn
    assert draw('{% icon "check" "i i--s" %}').startswith('<svg class="i i--s"')
    assert "<circle" in draw('{% icon "ring" %}')


def test_icon_says_so_when_the_name_is_wrong():
    with pytest.raises(look.UnknownIcon, match="no-such-icon"):
        draw('{% icon "no-such-icon" %}')


def test_bind_keeps_escaping_what_an_author_typed():
    assert draw("{{ text|bind }}", text="<b>lao động") == "&lt;b&gt;lao\u00a0động"


@pytest.mark.parametrize(("text", "name"), [
    ("Bốn mốc cần nhớ", "muc-bon-moc-can-nho"), ("Nội dung", "muc-noi-dung"), ("Đối thoại: 70% trở lên?", "muc-doi-thoai-70-tro-len")])
def test_anchor_is_readable_and_never_the_id_of_the_frame(text, name):
    assert look.anchor(text) == name


@pytest.mark.parametrize(("fraction", "written"), [(0.815, "81,5%"), (0.7, "70%"), (1, "100%"), (0, "0%"), (2 / 3, "66,7%"), (None, "")])
def test_percent_is_written_the_vietnamese_way(fraction, written):
    with translation.override("vi"):
        assert look.percent(fraction) == written


def test_percent_is_written_the_english_way_to_english_readers():
    with translation.override("en"):
        assert look.percent(0.815) == "81.5%"


@pytest.mark.parametrize(("count", "written"), [(0, "0 min"), (40, "40 min"), (60, "1 h"), (100, "1 h 40 min"), (None, "0 min")])
def test_minutes_become_hours_from_sixty(count, written):
    with translation.override("en"):
        assert look.minutes(count) == written


def test_times_are_local_and_to_the_second():
    assert look.clock(NOW) == "14:03:22"
    assert look.moment(NOW) == "14:03:22, 20/11/2026"
    assert draw("{% date_time at %}", at=NOW) == '<time datetime="2026-11-20T14:03:22+07:00">14:03:22</time>'
    assert look.clock(None) == ""


@pytest.mark.parametrize(("day", "state"), [
    (date(2025, 12, 31), Validity.COMING), (date(2026, 1, 1), Validity.IN_FORCE), (date(2026, 11, 1), Validity.ENDING), (date(2027, 1, 1), Validity.ENDED)])
def test_validity_follows_the_day(day, state):
    text = LegalDocument(in_force_from=date(2026, 1, 1), in_force_until=date(2026, 12, 31))
    assert look.validity(text, day) == state


def test_weave_says_in_words_what_it_draws():
    drawn = draw("{% weave steps %}", steps=["done", "done", "now", "todo"])
    assert drawn.count('class="is-done"') == 2
    assert drawn.count('class="is-now"') == 1
    assert drawn.count("<li") == 4
    with translation.override("en"):
        assert 'aria-label="Progress: 2 of 4 parts done"' in draw("{% weave steps %}", steps=["done", "done", "now", "todo"])
    assert 'aria-label="&lt;i&gt;"' in draw("{% weave steps label %}", steps=[], label="<i>")


class OneField(forms.Form):
    phone = forms.CharField(help_text="10 chữ số")

    def clean_phone(self):
        raise forms.ValidationError("Số <b> chưa đúng.")


def test_field_ties_label_hint_and_error_to_the_input():
    drawn = draw("{% field form.phone %}", form=OneField({"phone": '"><script>'}))
    assert 'for="id_phone"' in drawn
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_phone_helptext"' in drawn
    assert 'id="id_phone_error"' in drawn
    assert "Số &lt;b&gt; chưa đúng." in drawn
    assert "<script>" not in drawn


def test_current_marks_only_the_part_of_the_site_one_is_in(rf):
    request = rf.get("/khoa-hoc/thuong-luong/")
    assert draw('{% current "/khoa-hoc/" %}', request=request) == ' aria-current="page"'
    assert draw('{% current "/hoc-tap/" %}', request=request) == ""
    assert draw('{% current "/" %}', request=request) == ""
    assert draw('{% current "/" %}') == ""


@pytest.mark.parametrize(("url", "frame"), [
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
    ("https://evil.example/?u=https://youtu.be/dQw4w9WgXcQ", ""),
    ("javascript:alert(1)//youtu.be/dQw4w9WgXcQ", ""),
    ("", ""),
])
def test_video_frame_lets_in_two_hosts_without_cookies(url, frame):
    assert look.video_frame(url) == frame


@pytest.mark.parametrize(("feedback", "rest"), [
    ("Đúng. Chỉ ký thêm một lần.", "Chỉ ký thêm một lần."), ("Chưa đúng, đây là lần ba.", "Đây là lần ba."), ("Đúng ra là 30 ngày.", "Đúng ra là 30 ngày."), ("", "")])
def test_self_check_does_not_say_right_twice(feedback, rest):
    assert look.without_verdict(feedback) == rest


def test_drawing_is_drawn_and_a_missing_one_leaves_the_lesson_whole():
    assert "<svg" in look.drawing("probation")
    assert look.drawing("taken-out") == ""


def test_sheet_keeps_headings_and_empty_cells():
    data = [["Nhóm", "Ngày"], ["Quản lý", None]]
    assert look.as_sheet({"data": data, "table_header_choice": "both"}) == {"head": ["Nhóm", "Ngày"], "rows": [["Quản lý", ""]], "names": True}
    assert look.as_sheet({"data": data, "table_header_choice": "neither"}) == {"head": [], "rows": [["Nhóm", "Ngày"], ["Quản lý", ""]], "names": False}
    assert look.as_sheet(None) == {"head": [], "rows": [], "names": False}
