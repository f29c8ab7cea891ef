"""Files of questions on their way into the bank: read without a trace, then all or nothing."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cms import sanitise
from intake.errors import MAX_BYTES
from quizzes.enums import RowState, WorkState
from quizzes.interchange.markup import from_plain
from quizzes.models import BankImport, Category, ImportRow, Question, QuestionTag
from quizzes.selectors.exchange import import_page
from quizzes.services.exchange import importing, reading
from quizzes.storage import private_files
from tests.factories import laws as law
from tests.factories import quizzes as make
from tests.quizzes.exchanging import BANK, brought, lines, lines_format, one, reasons, received, states, understood

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lines_format"), pytest.mark.same_everywhere]
__all__ = ["lines_format"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("content", "wish", "code"), [
    (b"", {}, "empty"), (b"x", {"bank": " / "}, "bank"), (b"x", {"bank": "a" * 130}, "bank"), (b"x", {"format": "pdf"}, "format"),
    (b"PK\x03\x04xxxx", {"format": "gift"}, "not_its_format"), (b"\x00\x01\x02\x00", {"format": ""}, "format"),
    (b"hello", {"format": "xlsx"}, "not_its_format"), (b"hello", {"format": "moodlexml"}, "not_its_format"),
])
def test_file_is_refused_with_a_code_when_it_cannot_be_one(content, wish, code):
    wishes = {"bank": BANK, "format": "lines", "publishes": True, "updates": False, "by": None, "now": timezone.now(), **wish}
    with pytest.raises(importing.ExchangeError) as refused:
        importing.receive_file(file=io.BytesIO(content), name="a.txt", **wishes)
    assert refused.value.code == code
    assert not BankImport.objects.exists()


def test_file_is_refused_when_it_is_larger_than_50_mb():
    class Endless(io.RawIOBase):
        def seek(self, place, whence=0):
            return place

        def read(self, size=-1):
            return b"x" * size

    with pytest.raises(importing.ExchangeError) as refused:
        importing.receive_file(
            file=Endless(), name="a.txt", bank=BANK, format="lines", publishes=True, updates=False, by=None, now=timezone.now())
    assert (refused.value.code, MAX_BYTES) == ("too_large", 50 * 1024 * 1024)


def test_same_file_is_the_same_import_until_it_is_finished(trainer, administrator):
    first = received(one(), by=trainer)
    assert received(one(), by=trainer) == first
    assert received(one(), by=administrator) != first
    assert received(one(), by=trainer, updates=True) != first
    assert received(one(), by=trainer, bank="Kho khác") != first
    importing.cancel_import(job=first, now=timezone.now())
    assert received(one(), by=trainer) != first


def test_old_imports_go_with_their_files_and_rows_when_a_new_one_is_made(trainer):
    old = understood(one(), by=trainer)
    BankImport.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(days=31))
    received(one("Khác?"), by=trainer)
    assert not BankImport.objects.filter(pk=old.pk).exists()
    assert not ImportRow.objects.exists()
    assert not private_files().exists(old.file.name)


def test_name_of_a_file_is_no_path(trainer):
    job = importing.receive_file(
        file=lines(one()), name="..\\..\\/etc/passwd", bank=BANK, format="lines", publishes=True, updates=False, by=trainer, now=timezone.now())
    assert job.name == "passwd"
    assert "passwd" not in job.file.name


def test_reading_writes_nothing_into_the_bank(trainer):
    job = understood(one(category=("Chương 1",), tags=("lạ",)), {"refused": "Không có đáp án."}, by=trainer)
    assert (job.state, job.counts, job.total, job.done) == (WorkState.READY, {"new": 1, "refused": 1}, 2, 2)
    assert states(job) == ["new", "refused"]
    assert not Question.objects.exists() and not Category.objects.exists() and not QuestionTag.objects.exists()


def test_question_is_refused_with_its_field_as_the_editor_would():
    job = understood(
        one(wrong=("x" * 401,)), {**one(), "value": {"stem": "<p> </p>", "options": []}}, {**one(), "kind": "hotspot"},
        {**one(), "kind": "numeric", "value": {"stem": "<p>a</p>", "accepted": [{"value": "nhiều"}]}},
        {**one(), "value": {"stem": "<p>a</p>", "options": [{"text": "a", "is_right": True}, {"text": "b", "is_right": True}]}},
        one(code="x" * 41), one(category=("x" * 121,)), one(category=tuple("abcdefghijklmn")), one("x" * 20_001))
    assert set(states(job)) == {"refused"}
    said = reasons(job)
    assert said[0].startswith("Options, 2, Option: ")
    assert "Question: " in said[1] and "Options: " in said[1]
    assert said[3] == "A part of this question was not understood."
    assert said[4] == "Options: Only one option can be right. Use “Several answers” instead."
    assert not any(job.rows.filter(reason=""))


def test_html_of_a_file_passes_both_gates_when_it_is_hostile():
    stem = (
        '<p onclick="x()">Câu <script>alert(1)</script><img src=x onerror=alert(1)>'
        '<a href="javascript:alert(1)">đây</a> <embed embedtype="image" id="1"/><embed embedtype="media" url="https://a.vn"/>'
        '<a linktype="document" id="7">tài liệu</a></p>')
    job = brought({**one(), "value": {**one()["value"], "stem": stem}, "explanation": stem})
    question = Question.objects.get()
    assert question.content.raw_data[0]["value"]["stem"] == "<p>Câu <a>đây</a> tài liệu</p>"
    assert question.explanation == "<p>Câu <a>đây</a> tài liệu</p>"
    assert "library" in reasons(job)[0]


@pytest.mark.parametrize(("stem", "is_noted"), [
    ("<p>Bảng:</p><TABLE><tr><td>1</td></tr></TABLE>", True), ('<p>Phim <iframe src="https://a.vn"></iframe></p>', True), ("<p><math><mi>x</mi></math> là gì?</p>", True),
    ("<p>Viết &lt;table để làm gì?</p>", False), ("<p>Câu <b>hỏi</b></p>", False), ("<p>Một <tablet>hai</tablet></p>", False),
])
def test_tables_and_films_are_noted_once_when_they_do_not_come_along(stem, is_noted):
    job = understood({**one(), "value": {**one()["value"], "stem": stem}, "explanation": stem})
    assert states(job) == ["new"]
    assert reasons(job)[0].count("Tables, films") == is_noted


def test_text_is_composed_and_without_control_characters():
    brought(one("Thoa\u0309 u\u031bo\u031b\u0301c\x00?", right="ho\u0300a\x07"))
    question = Question.objects.get()
    assert question.stem_text == "Thoả ước?"
    assert question.content[0].value["options"][0]["text"] == "hòa"


def test_code_that_comes_twice_in_a_file_is_refused_with_the_line_of_the_first():
    job = understood(one("Một?"), one("Hai?", code="A1"), one("Ba?", code="A1"))
    assert states(job) == ["new", "new", "refused"]
    assert reasons(job)[2] == "The code A1 stands in this file already, at line 2."


def test_same_words_are_noted_within_the_file_and_across_the_bank():
    make.one_answer("Bao nhiêu ngày?", code="KHO-1")
    job = understood(one("bao nhieu ngay"), one("Hai?"), one("HAI", right="8"))
    assert states(job) == ["new"] * 3
    assert reasons(job) == [
        "Asks almost the same as a question of the bank: KHO-1", "", "Asks almost the same as line 2."]


def test_citations_become_articles_and_unknown_ones_are_noted():
    code = law.document()
    point, article = law.provision(code, clause="1", point="a"), law.provision(code)
    job = brought(one(citations=(
        "45/2019/QH14 Điều 70 khoản 1 điểm a", "điểm a khoản 1 Điều 70 Bộ luật Lao động", "điều 70 của 45/2019/qh14", "99/2030/QH17 Điều 1")))
    question = Question.objects.get()
    assert [block.value for block in question.citations] == [point, article]
    assert set(question.cited.values_list("provision", flat=True)) == {point.pk, article.pk}
    assert "99/2030/QH17 Điều 1" in reasons(job)[0]


def test_unreadable_file_leaves_the_import_failed_with_the_line(trainer):
    job = importing.receive_file(
        file=io.BytesIO(lines(one()).getvalue() + b"{"), name="a.lines", bank=BANK, format="lines", publishes=True, updates=False, by=trainer,
        now=timezone.now())
    reading.read_file(job=job, clock=timezone.now)
    assert (job.state, job.error, job.rows.count()) == (WorkState.FAILED, "Line 2: Not JSON.", 0)
    assert not job.file


def test_file_without_questions_fails():
    job = received(one())
    job.file.storage.delete(job.file.name)
    job.file.storage.save(job.file.name, ContentFile(b""))
    assert reading.read_file(job=job, clock=timezone.now).state == WorkState.FAILED


def test_questions_beyond_the_most_are_refused_with_a_word(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ITEMS", 2)
    job = understood(one("Một?"), one("Hai?"), one("Ba?"), one("Bốn?"))
    assert states(job) == ["new", "new", "refused"]


def test_reading_begins_anew_after_its_worker_was_killed(monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 1)
    job = received(one("Một?", code="A"), one("Hai?", code="B"))
    written = []

    def killed():
        written.append(1)
        if len(written) == 3:
            raise KeyboardInterrupt
        return timezone.now()

    monkeypatch.setattr(reading, "_fail", lambda *said: None)
    with pytest.raises(KeyboardInterrupt):
        reading.read_file(job=job, clock=killed)
    job.refresh_from_db()
    assert (job.state, job.rows.count()) == (WorkState.RUNNING, 1)
    assert reading.read_file(job=job, clock=timezone.now).state == WorkState.RUNNING
    assert job.rows.count() == 1
    BankImport.objects.update(alive_at=timezone.now() - timedelta(hours=1))
    assert reading.read_file(job=job, clock=timezone.now).state == WorkState.READY
    assert states(job) == ["new", "new"]


def test_reading_stops_at_its_next_chunk_when_it_is_called_off(monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 1)
    job = received(one("Một?"), one("Hai?"), one("Ba?"))

    def clock():
        if ImportRow.objects.exists():
            importing.cancel_import(job=BankImport.objects.get(pk=job.pk), now=timezone.now())
        return timezone.now()

    reading.read_file(job=job, clock=clock)
    assert (job.state, job.rows.count(), job.file.name) == (WorkState.CANCELLED, 0, "")


def test_reading_takes_a_fixed_number_of_queries_for_a_chunk(django_assert_max_num_queries):
    for count in (1, 30):
        job = received(*(one(f"Câu {count}-{number}?", code=f"{count}-{number}") for number in range(count)))
        with django_assert_max_num_queries(20):
            reading.read_file(job=job, clock=timezone.now)


def test_refused_ones_stand_first_and_longer_lists_take_no_more_queries(django_assert_num_queries):
    for count in (1, 30):
        job = understood(*(one(f"Câu {count} {number}?") for number in range(count)), {"refused": "Hỏng."})
        with django_assert_num_queries(1):
            shown = import_page(job, "", None)
            rows = shown.rows
        assert rows[0][0].state == RowState.REFUSED and len(rows) == count + 1
        assert [(tab.state, tab.count) for tab in shown.tabs] == [("refused", 1), ("new", count)]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_what_is_passed_on_without_parsing_is_what_both_gates_would_write(text):
    for html in (from_plain(text), f"<p>a{text}b</p>", f"<p><b>{text}</b></p>", f"<ul><li>{text}</li></ul>"):
        assert sanitise.sanitise(html) == _through_the_gates(html)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([
    "<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<br>", "a", " ", "\n", "&amp;", "&lt;", "&gt", "<i>x</i>", "]]>", "--", "=", '"',
]), max_size=9).map("".join))
def test_tags_that_are_passed_on_without_parsing_are_what_both_gates_would_write(inside):
    for html in (inside, f"<p>{inside}</p>", f"<p>x</p><ul><li>{inside}</li></ul>"):
        assert sanitise.sanitise(html) == _through_the_gates(html)


class _Never:
    @staticmethod
    def fullmatch(html):
        return None


def _through_the_gates(html: str) -> str:
    shortcut, sanitise._PLAIN = sanitise._PLAIN, _Never
    try:
        return sanitise.sanitise(html)
    finally:
        sanitise._PLAIN = shortcut


def test_a_question_in_an_old_font_is_refused_when_its_file_is_unicode(trainer):
    job = understood(one("C«ng ®oµn c¬ së häp bao nhiªu lÇn mét n¨m?"), one("Công đoàn cơ sở họp bao nhiêu lần một năm?"), by=trainer)
    assert states(job) == ["refused", "new"]
    assert "TCVN3" in reasons(job)[0]
