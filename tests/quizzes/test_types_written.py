"""Essays, files, and reasons beside a choice: what a person writes or sends, and a person marks."""

import unicodedata

import pytest
from django.template.loader import render_to_string
from wagtail.blocks import StructBlockValidationError

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.grading.review import EVERYTHING, NOTHING, Shown
from quizzes.grading.rubrics import word_count
from quizzes.types import InvalidAnswer, type_of
from quizzes.types.asked import Asked
from quizzes.types.written import clean_prose
from tests.factories import question_types_b as questions
from tests.factories import quizzes as factory
from tests.quizzes.walking import Walk, preview_of

pytestmark = pytest.mark.same_everywhere

ESSAY, FILES, TRUE_FALSE = type_of("essay"), type_of("file_upload"), type_of("true_false")
ESSAY_CONTENT = {
    "stem": "<p>Vì sao?</p>", "materials": [], "criteria": [{"key": "c1", "title": "Điều luật", "description": "", "points": 2.0}],
    "shows_criteria": False, "model_answer": "<p>Vì luật.</p>", "least_words": 3, "most_words": None,
}
FILE_CONTENT = ESSAY_CONTENT | {"kinds": ["pdf", "picture"], "most_files": 2, "most_mb": 5}
OPTIONS = [{"key": "true", "text": "", "right": False, "feedback": ""}, {"key": "false", "text": "", "right": True, "feedback": ""}]
OLD = {"stem": "<p>?</p>", "multiple": False, "options": OPTIONS}
KEPT = OLD | {"asks_reason": True, "marks_reason": False}
MARKED = OLD | {"asks_reason": True, "marks_reason": True}


# --- text --------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("raw", "cleaned"), [
    ("  Một\r\nhai\rba \n", "Một\nhai\nba"), (unicodedata.normalize("NFD", "Thỏa ước"), "Thỏa ước"), ("a\x00b\ud800c\x1b", "abc"),
    (" \n\t ", ""), ("a\u2028b", "a\nb"), ("a\n\n\tb", "a\n\n\tb"),
])
def test_text_is_kept_in_one_way(raw, cleaned):
    assert clean_prose(raw, 100) == cleaned
    assert clean_prose(cleaned, 100) == cleaned


@pytest.mark.parametrize("raw", [None, 7, ["a"], {"text": "a"}, b"a", "a" * 101, float("nan")])
def test_what_is_no_text_or_too_long_is_refused(raw):
    with pytest.raises(InvalidAnswer):
        clean_prose(raw, 100)


@pytest.mark.parametrize(("text", "words"), [("", 0), ("một", 1), (" bên  nhận\nyêu cầu ", 4)])
def test_words_are_counted_by_their_spaces(text, words):
    assert word_count(text) == words


# --- essay -------------------------------------------------------------------------------------------------------------------------
def test_an_essay_waits_for_a_person(learner, trainer, now):
    walk = Walk(questions.essay(least=3), learner, now)
    assert walk.post({"": ["Vì luật"]}) == {"text": "Vì luật"}
    assert walk.send({"text": "Vì luật\r\ndạy thế "}) == {"text": "Vì luật\ndạy thế"}
    assert walk.submit().state == AttemptState.SUBMITTED
    assert walk.mark(2.5 / 3, trainer).state == AttemptState.MARKED
    assert walk.attempt.fraction == pytest.approx(2.5 / 3)


def test_an_essay_without_a_word_needs_nobody(learner, now):
    walk = Walk(questions.essay(), learner, now)
    assert walk.post({"": ["  \n "]}) == {}
    assert (walk.submit().state, walk.attempt.fraction) == (AttemptState.MARKED, 0.0)


def test_an_essay_of_twenty_thousand_letters_is_taken_and_one_letter_more_is_not(learner, now):
    walk = Walk(questions.essay(), learner, now)
    long = ("ằ" * 99 + "\n") * 199 + "ằ" * 100
    assert len(long) == 20_000
    assert walk.send({"text": long}) == {"text": long}
    with pytest.raises(services.InvalidAnswer):
        walk.send({"text": long + "ằ"})
    assert walk.answer == {"text": long}


@pytest.mark.parametrize("answer", [None, [], "text", {"text": None}, {"text": ["a"]}, {"text": "a", "more": 1}, {"other": "a"}])
def test_what_is_no_essay_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        ESSAY.clean_answer(ESSAY_CONTENT, answer)


@pytest.mark.parametrize(("fields", "at_fault"), [
    ({"least_words": 300, "most_words": 100}, "most_words"), ({"criteria": [{"title": "Ý", "description": "", "points": 0}]}, "criteria"),
    ({"stem": "<p> </p>"}, "stem"),
])
def test_the_author_is_told_what_is_wrong_with_an_essay(fields, at_fault):
    value = ESSAY.to_python({
        "stem": "<p>Vì sao?</p>", "criteria": [], "shows_criteria": False, "model_answer": "", "least_words": None, "most_words": None} | fields)
    with pytest.raises(StructBlockValidationError) as refused:
        ESSAY.clean(value)
    assert set(refused.value.block_errors) == {at_fault}


def test_what_was_written_is_never_html():
    answer = {"text": "<script>alert(1)</script></textarea>\n\n<b>x</b>"}
    asked = Asked(1, ESSAY, ESSAY_CONTENT, [], answer)
    for template in (ESSAY.take_template, ESSAY.review_template):
        page = render_to_string(template, {"asked": asked, "card": "", "shows": EVERYTHING})
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert page.count("</textarea>") == page.count("<textarea")


@pytest.mark.parametrize(("shows", "there", "away"), [
    (EVERYTHING, ["Bài của tôi", "Vì luật.", "Điều luật"], []),
    (Shown.of(["own_answer"]), ["Bài của tôi"], ["Vì luật.", "Điều luật"]),
    (Shown.of(["right_answer"]), ["Vì luật.", "Điều luật"], ["Bài của tôi"]),
    (NOTHING, [], ["Bài của tôi", "Vì luật.", "Điều luật"]),
])
def test_the_review_of_an_essay_shows_what_it_may(shows, there, away):
    page = render_to_string(ESSAY.review_template, {"asked": Asked(1, ESSAY, ESSAY_CONTENT, [], {"text": "Bài của tôi"}), "shows": shows})
    assert [word for word in there if word not in page] == []
    assert [word for word in away if word in page] == []


def test_criteria_are_hidden_from_the_taker_unless_the_author_shows_them():
    for shows, count in ((False, 0), (True, 1)):
        asked = Asked(1, ESSAY, ESSAY_CONTENT | {"shows_criteria": shows}, [], {})
        page = render_to_string(ESSAY.take_template, {"asked": asked, "card": ""})
        assert page.count("Điều luật") == count
        assert "Vì luật." not in page


# --- files -------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "size", "is_taken"), [
    ("bien-ban.pdf", 1, True), ("BIEN BAN.PDF", 5 * 1024 * 1024, True), ("anh.jpeg", 9, True), ("anh.PNG", 9, True),
    ("bien-ban.pdf", 5 * 1024 * 1024 + 1, False), ("bien-ban.pdf", 0, False), ("bang.xlsx", 9, False), ("pdf", 9, False),
    ("bien-ban.pdf.exe", 9, False), ("", 9, False), ("bien-ban.", 9, False),
])
def test_a_file_must_be_of_a_kind_and_size_that_is_taken(name, size, is_taken):
    assert (FILES.fault_of_file(FILE_CONTENT, {}, name, size) is None) == is_taken


def test_a_third_file_is_one_too_many():
    full = {"files": [questions.kept_file(1), questions.kept_file(2)]}
    assert FILES.fault_of_file(FILE_CONTENT, full, "bien-ban.pdf", 9)
    with pytest.raises(InvalidAnswer):
        FILES.clean_answer(FILE_CONTENT, {"files": [questions.kept_file(number) for number in (1, 2, 3)]})


def test_equal_answers_of_files_are_written_one_way():
    one, two = questions.kept_file(1, name="b.pdf"), questions.kept_file(2, name="a.pdf")
    cleaned = {"files": [two, one]}
    assert FILES.clean_answer(FILE_CONTENT, {"files": [one, two, one]}) == cleaned
    assert FILES.clean_answer(FILE_CONTENT, cleaned) == cleaned
    assert FILES.read_form(FILES.write_form(cleaned)) == {"files": [{"file": two["file"]}, {"file": one["file"]}]}
    assert FILES.clean_answer(FILE_CONTENT, {"files": []}) == FILES.read_form({"keep": [""], "upload": ["bien-ban.pdf"]}) == {}


@pytest.mark.parametrize("change", [
    {"file": "1"}, {"file": 7}, {"name": ""}, {"name": "a/b.pdf"}, {"name": "a" * 300}, {"name": None}, {"size": 0}, {"size": True},
    {"size": "9"}, {"size": 9.5}, {"size": 10**12}, {"sha256": "x" * 64}, {"sha256": "a"}, {"more": 1}, {"name": "a\x00.pdf"}, {"name": "\ud800"},
])
def test_what_names_no_file_is_refused(change):
    with pytest.raises(InvalidAnswer):
        FILES.clean_answer(FILE_CONTENT, {"files": [questions.kept_file() | change]})
    with pytest.raises(InvalidAnswer):
        FILES.clean_answer(FILE_CONTENT, {"files": [{"file": questions.kept_file()["file"]}]})


def test_a_file_stays_until_its_tick_is_taken_away():
    asked = Asked(1, FILES, FILE_CONTENT, [], {"files": [questions.kept_file()]})
    page = render_to_string(FILES.take_template, {"asked": asked, "card": ""})
    for shown in ('name="answer.keep"', f'value="{questions.kept_file()["file"]}" checked', 'accept=".pdf,.jpg,.jpeg,.png"', 'name="answer.upload"'):
        assert shown in page
    full = Asked(1, FILES, FILE_CONTENT | {"most_files": 1}, [], asked.answer)
    assert 'name="answer.upload"' not in render_to_string(FILES.take_template, {"asked": full, "card": ""})
    assert "bien-ban.pdf" in render_to_string(FILES.review_template, {"asked": asked, "shows": EVERYTHING})
    assert "bien-ban.pdf" not in render_to_string(FILES.review_template, {"asked": asked, "shows": Shown.of(["right_answer"])})


def test_files_wait_for_a_person_and_nothing_sent_earns_nothing(learner, now):
    assert FILES.mark(FILE_CONTENT, {"files": [questions.kept_file()]}) is None
    walk = Walk(questions.file_upload(), learner, now)
    assert walk.post({"upload": ["bien-ban.pdf"]}) == {}
    assert (walk.submit().state, walk.attempt.fraction) == (AttemptState.MARKED, 0.0)


# --- true or false, and why --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("content", "answer", "mark"), [
    (OLD, {"chosen": ["false"]}, 1.0), (OLD, {"chosen": ["true"]}, 0.0), (OLD, {}, 0.0),
    (KEPT, {"chosen": ["false"], "reason": "Điều 70"}, 1.0), (KEPT, {"chosen": ["true"], "reason": "?"}, 0.0), (KEPT, {"chosen": ["false"]}, 1.0),
    (MARKED, {"chosen": ["false"], "reason": "Điều 70"}, None), (MARKED, {"chosen": ["false"]}, 0.5),
    (MARKED, {"chosen": ["true"], "reason": "Điều 70"}, 0.0), (MARKED, {"reason": "Điều 70"}, 0.0), (MARKED, {}, 0.0),
])
def test_half_for_the_choice_half_for_the_reason_where_a_person_marks_it(content, answer, mark):
    assert TRUE_FALSE.mark(content, answer) == mark


@pytest.mark.parametrize(("content", "answer", "cleaned"), [
    (OLD, {"chosen": ["true"]}, {"chosen": ["true"]}), (OLD, {"chosen": []}, {}), (KEPT, {"reason": "  "}, {}),
    (KEPT, {"reason": " a\r\n"}, {"reason": "a"}), (MARKED, {"reason": "a", "chosen": ["true"]}, {"chosen": ["true"], "reason": "a"}),
])
def test_a_reason_is_kept_beside_the_choice(content, answer, cleaned):
    assert TRUE_FALSE.clean_answer(content, answer) == cleaned
    assert TRUE_FALSE.read_form(TRUE_FALSE.write_form(cleaned)) == cleaned


@pytest.mark.parametrize("answer", [{"reason": 1}, {"reason": "a" * 2001}, {"chosen": ["true", "false"]}, {"chosen": ["x"]}, {"more": 1}, None, []])
def test_what_is_no_choice_with_a_reason_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        TRUE_FALSE.clean_answer(MARKED, answer)


def test_questions_without_a_reason_keep_the_versions_they_have(db):
    content = TRUE_FALSE.freeze(factory.true_false().content[0].value)
    assert set(content) == {"stem", "materials", "multiple", "options"}
    asked = Asked(1, TRUE_FALSE, content, ["true", "false"], {"chosen": ["true"]})
    assert "<textarea" not in render_to_string(TRUE_FALSE.take_template, {"asked": asked, "card": ""})


def test_a_right_choice_with_a_reason_waits_for_a_person(learner, trainer, now):
    walk = Walk(questions.true_false_with_reason(), learner, now)
    assert walk.post({"": ["true"], "reason": ["Vì sợ"]}) == {"chosen": ["true"], "reason": "Vì sợ"}
    assert walk.send({"chosen": ["false"], "reason": "Điều 70"}) == {"chosen": ["false"], "reason": "Điều 70"}
    assert walk.submit().state == AttemptState.SUBMITTED
    assert walk.mark(0.75, trainer).fraction == 0.75


def test_a_reason_that_nobody_marks_keeps_nobody_waiting(learner, now):
    walk = Walk(questions.true_false_with_reason(is_marked=False), learner, now)
    walk.post({"": ["false"], "reason": ["Điều 70"]})
    assert (walk.submit().state, walk.attempt.fraction) == (AttemptState.MARKED, 1.0)
    asked = Asked(1, TRUE_FALSE, walk.content, ["true", "false"], walk.answer)
    assert "Điều 70" in render_to_string(TRUE_FALSE.review_template, {"asked": asked, "shows": EVERYTHING})
    assert "Điều 70" not in render_to_string(TRUE_FALSE.review_template, {"asked": asked, "shows": NOTHING})


def test_a_reason_cannot_be_marked_where_none_is_asked():
    value = TRUE_FALSE.to_python({"stem": "<p>Đúng?</p>", "is_true": True, "feedback": "", "asks_reason": False, "marks_reason": True})
    with pytest.raises(StructBlockValidationError) as refused:
        TRUE_FALSE.clean(value)
    assert set(refused.value.block_errors) == {"asks_reason"}


@pytest.mark.parametrize(("make", "shown"), [
    (questions.essay, ["Vì sao phải lập biên bản?", "<textarea", "Vì biên bản là căn cứ.", "Nêu đúng điều luật"]),
    (questions.file_upload, ["Gửi biên bản đã ký.", 'type="file"', "Lập luận rõ"]),
    (questions.true_false_with_reason, ["được từ chối", "answer.reason"]),
])
def test_the_authors_preview(db, rf, make, shown):
    page = preview_of(make(), rf)
    assert [word for word in shown if word not in page] == []
