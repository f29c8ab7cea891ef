"""Banks written to files: what goes out comes in again as it was."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from wagtail.images.models import Image

from quizzes.enums import WorkState
from quizzes.interchange.formats import FORMATS, guess
from quizzes.models import BankExport, Category, Question
from quizzes.services.exchange import exporting, importing, places, reading
from quizzes.services.exchange.comparing import comparable
from tests.factories import laws as law
from tests.factories import quizzes as make
from tests.quizzes.exchanging import brought, lines_format, one, states, write_in
from tests.quizzes.test_bringing_in import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lines_format"), pytest.mark.same_everywhere]
__all__ = ["lines_format"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


KINDS = [
    one("Một?", code="A", tags=("t", "u"), difficulty="easy", topic="Bài 3", explanation="<p>Vì <b>luật</b>.</p>", category=("Chương 1",)),
    {"kind": "several_answers", "value": {"stem": "<p>Những gì?</p>", "options": [
        {"text": "a", "is_right": True}, {"text": "b", "is_right": True}, {"text": "c", "is_right": False}], "marking": "all"}},
    {"kind": "true_false", "value": {"stem": "<p>Đúng?</p>", "is_true": True, "feedback": "Sai."}, "category": ("Chương 1", "Mục a")},
    {"kind": "short_answer", "value": {"stem": "<p>Ai?</p>", "accepted": [
        {"text": "Mai", "fraction": 1.0}, {"text": "Lan", "fraction": 0.5, "feedback": "Gần đúng."}], "comparing": "tones"}},
    {"kind": "numeric", "value": {"stem": "<p>Mấy?</p>", "accepted": [
        {"value": "12.5", "tolerance": "0.5", "measure": "percent", "fraction": 1.0}], "unit": "ngày"}},
    {"kind": "matching", "value": {"stem": "<p>Nối.</p>", "pairs": [{"left": "a", "right": "1"}, {"left": "b", "right": "2"}], "distractors": ["3"]}},
    {"kind": "ordering", "value": {"stem": "<p>Xếp.</p>", "items": ["một", "hai", "ba"], "marking": "all"}},
    {"kind": "gaps", "value": {
        "stem": "<p>Điền.</p>", "text": "<p>Trong [[30|ba mươi]] ngày</p>", "filling": "list", "comparing": "exact", "distractors": ["7"]}},
    {"kind": "drag_words", "value": {
        "stem": "<p>Kéo.</p>", "text": "<p>[[1]] và [[2]]</p>", "answers": ["a", "b"], "distractors": ["c"], "reusable": True}},
    {"kind": "essay", "value": {"stem": "<p>Viết.</p>", "model_answer": "<p>Mẫu.</p>", "criteria": [
        {"title": "Đủ ý", "description": "Ba ý", "points": 2.5}], "least_words": 50, "most_words": 200}},
]


def written(bank: str, format: str = "lines", **wishes) -> bytes:
    out = io.BytesIO()
    exporting.write_bank(category=exporting.bank_named(bank), format=format, out=out, **wishes)
    return out.getvalue()


def brought_back(content: bytes, bank: str, format: str = "lines", **wishes):
    """A written file brought into a bank."""
    job = importing.receive_file(
        file=io.BytesIO(content), name="kho.lines", bank=bank, format=format, publishes=True, by=None, now=timezone.now(), **{"updates": False, **wishes})
    reading.read_file(job=job, clock=timezone.now)
    return write_in(job)


def said_by_bank() -> list[dict]:
    """What the questions of the bank say, without keys and days."""
    found = []
    for question in Question.objects.order_by("pk"):
        place = [*question.category.get_ancestors().values_list("name", flat=True), question.category.name]
        fields = [question.explanation, question.code, question.difficulty, question.topic, question.stem_digest, question.search_key]
        citations = sorted(question.cited.values_list("provision", flat=True))
        found.append({"place": place, "fields": fields, "tags": sorted(question.tags.names()), "citations": citations,
                      "content": _without_ids(json.loads(json.dumps(list(question.content.raw_data), default=str)))})
    return sorted(found, key=lambda one: (one["place"], one["fields"]))


def _without_ids(value):
    if isinstance(value, dict):
        return {name: _without_ids(part) for name, part in value.items() if name != "id"}
    return [_without_ids(part) for part in value] if isinstance(value, list) else value


def test_bank_goes_out_and_comes_into_an_empty_one_as_it_was(trainer):
    law.provision(law.document(), clause="1")
    assert states(brought(*KINDS[1:], {**KINDS[0], "citations": ("45/2019/QH14 Điều 70 khoản 1",)}, by=trainer)) == ["new"] * 10
    before, content = said_by_bank(), written("Kho thử")
    Question.objects.all().delete()
    Category.objects.all().delete()
    brought_back(content, "Kho thử")
    assert said_by_bank() == before
    assert written("Kho thử") == content


def test_bank_comes_again_and_nothing_changes(trainer):
    brought(*KINDS, by=trainer)
    before = said_by_bank()
    assert set(states(brought_back(written("Kho thử"), "Kho thử", updates=True))) == {"same"}
    assert said_by_bank() == before


@pytest.mark.parametrize("format", ["gift", "moodlexml", "qti", "xlsx"])
def test_every_kind_survives_a_real_format(format, trainer):
    try:
        write = FORMATS[format].write
    except ImportError:
        pytest.skip("this format is not there")
    assert write
    brought(*KINDS, by=trainer)
    before, out = said_by_bank(), io.BytesIO()
    told = exporting.write_bank(category=exporting.bank_named("Kho thử"), format=format, out=out)
    content = out.getvalue()
    assert guess(f"kho{exporting.extension_of(format)}", content[:4096]) == format
    assert states(brought_back(content, "Kho thử", format)) == ["same"] * told.count
    # GIFT has no words for three kinds; they are told, and stay.
    assert told.count == 10 - told.left_out_count == (7 if format == "gift" else 10)
    Question.objects.all().delete()
    Category.objects.all().delete()
    brought_back(content, "Kho thử", format)
    after = said_by_bank()
    assert [one for one in before if one in after] == after and len(after) == told.count


@pytest.mark.parametrize("code", ["A", ""])
@pytest.mark.parametrize("format", ["lines", "xlsx"])
def test_questions_are_the_same_when_only_space_between_their_paragraphs_is_lost(format, code, trainer):
    question = one(code=code, explanation="<p>a</p>\n<ul>\n<li>b</li>\n</ul>")
    question["value"]["stem"] = "<p>a</p>\n<p>b</p>"
    brought(question, by=trainer)
    Question.objects.update(explanation=question["explanation"])
    assert "</p>\n<p>" in Question.objects.get().content.raw_data[0]["value"]["stem"]
    assert states(brought_back(written("Kho thử", format), "Kho thử", format, updates=True)) == ["same"]


@pytest.mark.parametrize(("html", "other", "is_same"), [
    ("<p>a</p>\n<p>b</p>", "<p>a</p><p>b</p>", True), ("<ul>\n<li>a</li>\n</ul>", "<ul><li>a</li></ul>", True),
    ('<p data-block-key="x1">a</p>\n <h2>b</h2>', "<p>a</p><h2>b</h2>", True), ("<p><b>a</b> <i>b</i></p>", "<p><b>a</b><i>b</i></p>", False),
    ("<p>a b</p>", "<p>ab</p>", False), ("<p>a</p> <pre>b</pre>", "<p>a</p><pre>b</pre>", False),
])
def test_space_counts_when_it_stands_between_words(html, other, is_same):
    assert (comparable(html, {}) == comparable(other, {})) is is_same


def test_picture_goes_along_and_is_found_again(trainer):
    stem = '<p>Nhìn <img src="@@PLUGINFILE@@/bảng lương.png" alt="Bảng"></p>'
    brought({**one(), "value": {**one()["value"], "stem": stem}, "pictures": {"bảng lương.png": picture().hex()}}, by=trainer)
    content = written("Kho thử")
    [line] = map(json.loads, content.splitlines())
    assert list(map(bytes.fromhex, line["pictures"].values())) == [picture()]
    assert states(brought_back(content, "Kho thử")) == ["same"]
    Question.objects.all().delete()
    Image.objects.all().delete()
    brought_back(content, "Kho thử")
    assert Image.objects.get().file.read() == picture()


def test_categories_are_written_from_the_bank_down_and_others_stay_out():
    brought(one("Một?", category=("Và/hoặc",)), one("Hai?"), bank="Kho/Bài 1")
    brought(one("Ba?"), bank="Kho khác")
    items = [json.loads(line) for line in written("Kho/Bài 1").splitlines()]
    assert [(item["value"]["stem"], item["category"]) for item in items] == [("<p>Hai?</p>", []), ("<p>Một?</p>", ["Và/hoặc"])]
    assert len(written("Kho").splitlines()) == 2


def test_drafts_go_along_and_archived_ones_stay_unless_asked_for():
    brought(one("Một?"), one("Hai?"), publishes=False)
    Question.objects.filter(stem_text="Hai?").update(archived_at=timezone.now())
    assert len(written("Kho thử").splitlines()) == 1
    assert len(written("Kho thử", archived=True).splitlines()) == 2


def test_what_no_file_can_hold_is_told():
    question = make.one_answer("Xem bài?", explanation='<p>Xem <a linktype="page" id="3">bài</a>.</p>')
    value = dict(question.content.raw_data[0]["value"])
    value["materials"] = [{"type": "provision", "value": law.provision(law.document()).pk, "id": "m"}]
    Question.objects.filter(pk=question.pk).update(content=[{"type": "one_answer", "value": value, "id": "x"}])
    make._question("file_upload", {"stem": "<p>Nộp bài.</p>"})
    out = io.BytesIO()
    told = exporting.write_bank(category=make.category(), format="lines", out=out)
    assert (told.count, told.left_out_count, len(told.left_out)) == (1, 3, 3)
    job = exporting.start_export(category=make.category(), format="lines", by=None, now=timezone.now())
    assert exporting.write_export(job=job, clock=timezone.now)
    job.refresh_from_db()
    # `done` is what the page says stands in the file.
    assert (job.state, job.total, job.done) == (WorkState.DONE, 2, 1)
    assert json.loads(out.getvalue())["explanation"] == "<p>Xem bài.</p>"


def test_bank_that_is_not_there_or_empty_is_refused():
    Category.add_root(name="Trống")
    for call in (lambda: written("Không có"), lambda: written("Trống"), lambda: written("Trống", "text")):
        with pytest.raises(importing.ExchangeError):
            call()


def test_longer_bank_takes_no_more_queries(django_assert_max_num_queries):
    for count in (1, 30):
        brought(*(one(f"Câu {number}?", tags=("t",)) for number in range(count)), bank=f"Kho {count}")
        with django_assert_max_num_queries(9):
            written(f"Kho {count}")


def test_path_reads_as_it_was_written():
    for path in (("a", "b"), ("a/b", "c"), ("Luật",)):
        assert tuple(places.path_of(places.text_of(path))) == path


def test_export_is_written_once_and_told(trainer):
    brought(one())
    job = exporting.start_export(category=exporting.bank_named("Kho thử"), format="lines", by=trainer, now=timezone.now())
    assert exporting.start_export(category=exporting.bank_named("Kho thử"), format="lines", by=trainer, now=timezone.now()) == job
    assert exporting.write_export(job=job, clock=timezone.now)
    assert not exporting.write_export(job=job, clock=timezone.now)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.bank) == (WorkState.DONE, 1, 1, "Kho thử")
    assert job.file.read() == written("Kho thử")


def test_export_fails_with_a_word_when_its_bank_is_gone(trainer):
    place = Category.add_root(name="Sắp xóa")
    job = exporting.start_export(category=place, format="lines", by=trainer, now=timezone.now())
    place.delete()
    job.refresh_from_db()
    assert not exporting.write_export(job=job, clock=timezone.now)
    job.refresh_from_db()
    assert job.state == WorkState.FAILED and job.error


def test_old_exports_go_with_their_files(trainer):
    place = Category.add_root(name="Kho")
    old = BankExport.objects.create(
        by=trainer, category=place, format="lines", bank="Kho", state=WorkState.DONE, made_at=timezone.now() - timedelta(days=8),
        file=ContentFile(b"x", name="a.lines"))
    exporting.start_export(category=place, format="lines", by=trainer, now=timezone.now())
    assert not BankExport.objects.filter(pk=old.pk).exists()
    assert not old.file.storage.exists(old.file.name)


@pytest.mark.parametrize(("name", "head", "format"), [
    ("a.xml", b'<?xml version="1.0"?>\n<quiz>', "moodlexml"), ("a.txt", "\ufeff<quiz>".encode("utf-16"), "moodlexml"),
    ("a.xml", b"<qti-assessment-item>", "qti"), ("a.zip", b"PK\x03\x04imsmanifest.xml", "qti"), ("a.xlsx", b"PK\x03\x04", "xlsx"),
    ("x", b"PK\x03\x04[Content_Types].xml word/document.xml", "text"), ("a.txt", "Một?\nA. x\nB. y\nANSWER: B\n".encode(), "aiken"),
    ("a.txt", "::A:: Một? {=x ~y}".encode(), "gift"), ("a.txt", "Đúng? {T}".encode("utf-16"), "gift"), ("a.gift", b"{", "gift"),
    ("a.txt", "Câu 1: Một?\nA. x\nĐáp án: A".encode(), "text"), ("a.pdf", b"%PDF-1.7 \x00", ""), ("a.xml", b"<html>", ""),
])
def test_format_is_recognised_by_content_and_then_by_name(name, head, format):
    assert guess(name, head) == format
