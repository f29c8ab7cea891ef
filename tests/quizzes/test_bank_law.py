"""Law that has ended: which questions rest on it, from which day on, and that chance takes them no more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import selectors
from quizzes.models import Category, Question, Quiz
from quizzes.querysets import Taker, day_of
from quizzes.selectors.staleness import endings_of
from quizzes.selectors.usage import doubts_of
from quizzes.services import NoQuestions, start_attempt
from quizzes.services.drawing import draw_questions
from tests.factories import laws
from tests.factories import quizzes as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
LAST = date(2026, 11, 19)
DAY = timedelta(days=1)


def citing(article, stem: str = "Câu dẫn luật?", **fields) -> Question:
    return factory.one_answer(stem, citations=[("provision", article)], **fields)


def is_stale(question: Question, day: date) -> bool:
    stale, fresh = (question in getattr(Question.objects.all(), name)(day) for name in ("stale", "fresh"))
    assert stale is not fresh
    return stale


def test_a_question_is_stale_from_the_day_after_its_article_ended():
    question = citing(laws.provision(laws.document(), in_force_until=LAST))
    assert [is_stale(question, day) for day in (LAST - DAY, LAST, LAST + DAY)] == [False, False, True]
    assert endings_of([question.pk], day=LAST) == {}
    [ending] = endings_of([question.pk], day=LAST + DAY)[question.pk]
    assert ending.on == LAST


def test_a_question_is_stale_from_the_day_after_its_document_ended_though_the_article_names_a_later_day():
    document = laws.document(in_force_until=LAST)
    question = citing(laws.provision(document, in_force_until=LAST + 400 * DAY))
    assert [is_stale(question, day) for day in (LAST, LAST + DAY)] == [False, True]
    assert endings_of([question.pk], day=LAST + DAY)[question.pk][0].on == LAST


def test_a_document_without_an_end_ends_when_the_one_that_replaces_it_comes_into_force():
    new = laws.document("50/2024/QH15", "Luật Công đoàn", in_force_from=LAST + DAY)
    question = citing(laws.provision(laws.document(replaced_by=new)))
    assert [is_stale(question, day) for day in (LAST, LAST + DAY)] == [False, True]
    [ending] = endings_of([question.pk], day=LAST + DAY)[question.pk]
    assert (ending.on, ending.replaced_by) == (LAST, new)


@pytest.mark.parametrize("begins", [None, LAST + 100 * DAY])
def test_a_document_replaced_by_one_that_is_not_in_force_yet_still_applies(begins):
    new = laws.document("50/2024/QH15", "Luật Công đoàn", in_force_from=begins)
    assert not is_stale(citing(laws.provision(laws.document(replaced_by=new))), LAST + DAY)


def test_a_replaced_document_with_an_end_of_its_own_applies_until_then():
    new = laws.document("50/2024/QH15", "Luật Công đoàn", in_force_from=LAST - 100 * DAY)
    question = citing(laws.provision(laws.document(replaced_by=new, in_force_until=LAST)))
    assert [is_stale(question, day) for day in (LAST, LAST + DAY)] == [False, True]
    assert endings_of([question.pk], day=LAST + DAY)[question.pk][0].on == LAST


def test_an_article_cited_beside_the_stem_counts_and_one_taken_out_no_more():
    article = laws.provision(laws.document(), in_force_until=LAST)
    question = factory._question("one_answer", {
        "stem": "<p>Theo điều này?</p>", "materials": [{"type": "provision", "value": article.pk}],
        "options": [{"text": "Có", "is_right": True, "feedback": ""}, {"text": "Không", "is_right": False, "feedback": ""}]})
    assert is_stale(question, LAST + DAY)
    question.content[0].value["materials"].pop(0)
    question.save_revision().publish()
    assert not is_stale(question, LAST + DAY)


def test_one_ended_article_of_several_is_enough_and_a_question_without_law_is_fresh():
    document = laws.document()
    several = factory.one_answer(citations=[
        ("provision", laws.provision(document, "1")), ("provision", laws.provision(document, "2", in_force_until=LAST))])
    assert is_stale(several, LAST + DAY)
    assert not is_stale(factory.true_false(), LAST + DAY)
    assert set(Question.objects.live().stale(LAST + DAY)) == {several}


def test_the_day_is_vietnams():
    assert day_of(datetime(2026, 11, 19, 16, 59, tzinfo=UTC)) == date(2026, 11, 19)
    assert day_of(datetime(2026, 11, 19, 17, 0, tzinfo=UTC)) == date(2026, 11, 20)


def test_a_document_that_changes_is_frozen_anew_for_all_who_cite_it_in_one_statement():
    spent, stranger = [], citing(laws.provision(laws.document("1/2020/QH14")), "Câu khác?")
    document = laws.document()
    for articles in (range(1, 2), range(2, 12)):
        questions = [citing(laws.provision(document, str(number)), f"Câu {number}?") for number in articles]
        with CaptureQueriesContext(connection) as queries:
            document.save()
        spent.append(sum("quizzes_question" in query["sql"] or "referenceindex" in query["sql"] for query in queries))
        assert not Question.objects.filter(pk__in=[one.pk for one in questions], version__isnull=False).exists()
        assert Question.objects.get(pk=stranger.pk).version_id is not None
    assert spent[0] == spent[1]


def stems(attempt) -> set[str]:
    return {slot.version.question.stem_text for slot in attempt.slots.select_related("version__question")}


def test_a_draw_leaves_out_what_is_stale_or_archived_and_takes_it_the_day_before(learner, outsider, now):
    article = laws.provision(laws.document(), in_force_until=day_of(now) - DAY)
    factory.one_answer("Còn dùng?")
    citing(article, "Luật cũ?")
    factory.one_answer("Cất rồi?", archived_at=now)
    quiz = factory.draw_quiz(5)
    assert stems(start_attempt(quiz=quiz, user=learner, now=now)) == {"Còn dùng?"}
    assert stems(start_attempt(quiz=quiz, user=outsider, now=now - DAY)) == {"Còn dùng?", "Luật cũ?"}


def test_several_drawn_sections_leave_them_out_too(learner, now):
    article = laws.provision(laws.document(), in_force_until=day_of(now) - DAY)
    top, other = factory.category("Một"), factory.category("Hai")
    for place in (top, other):
        factory.one_answer(f"Còn dùng, {place}?", category=place)
        citing(article, f"Luật cũ, {place}?", category=place)
        factory.one_answer(f"Cất rồi, {place}?", category=place, archived_at=now)
    quiz = factory.draw_quiz(5, bank=top)
    quiz.sections.append(("draw", {"title": "", "count": 5, "category": other, "difficulty": "", "points": 1}))
    quiz.save()
    assert stems(start_attempt(quiz=quiz, user=learner, now=now)) == {"Còn dùng, Một?", "Còn dùng, Hai?"}


def test_a_quiz_that_names_them_keeps_asking_them(learner, now):
    stale = citing(laws.provision(laws.document(), in_force_until=day_of(now) - DAY))
    archived = factory.true_false(archived_at=now)
    assert stems(start_attempt(quiz=factory.quiz([stale, archived]), user=learner, now=now)) == {stale.stem_text, archived.stem_text}


def test_a_bank_of_stale_questions_only_gives_no_quiz(learner, now):
    citing(laws.provision(laws.document(), in_force_until=day_of(now) - DAY))
    with pytest.raises(NoQuestions):
        start_attempt(quiz=factory.draw_quiz(3), user=learner, now=now)


def test_leaving_them_out_costs_a_draw_no_statement(learner, now, django_assert_num_queries):
    article = laws.provision(laws.document(), in_force_until=day_of(now) - DAY)
    factory.bank(4)
    citing(article)
    quiz = factory.draw_quiz(3)
    with django_assert_num_queries(3):
        assert len(draw_questions(quiz=quiz, taker=Taker(learner), seed=1, now=now)) == 3


def test_the_count_of_a_quiz_is_what_an_attempt_gets_with_stale_and_archived_ones_about(now):
    law, wages = Category.add_root(name="Luật"), Category.add_root(name="Lương")
    article = laws.provision(laws.document(), in_force_until=day_of(now) - DAY)
    kept = factory.bank(3, category=law)
    stale = citing(article, category=law, difficulty="hard")
    archived = factory.one_answer("Cất rồi?", category=law, archived_at=now)
    both = citing(article, "Cả hai?", category=wages, archived_at=now)
    for question in (kept[0], stale, archived):
        question.tags.add("mới")
        question.save()

    def draw(count: int, **more):
        return ("draw", {"title": "", "count": count, "category": law, "difficulty": "", "tags": "", "points": 1, **more})

    fixed = ("fixed", {"title": "", "questions": [{"question": question, "points": 1} for question in (kept[0], stale, archived, both)]})
    quizzes = [
        Quiz.objects.create(title=str(number), sections=sections) for number, sections in enumerate([
            [draw(9)], [fixed], [fixed, draw(9)], [draw(9, tags="mới")], [fixed, draw(9, tags="mới")], [draw(2, difficulty="hard")],
            [draw(1), draw(9, category=wages)], [fixed, draw(2), draw(1, difficulty="hard")]])]
    drawn = {quiz.pk: len(draw_questions(quiz=quiz, taker=Taker(visitor="x"), seed=7, now=now)) for quiz in quizzes}
    assert selectors.question_counts_of(quizzes, now=now) == drawn
    assert list(drawn.values()) == [3, 4, 6, 1, 4, 0, 1, 6]


def test_a_quiz_says_which_of_its_questions_to_look_at_and_when_a_draw_became_too_small(now, django_assert_max_num_queries):
    stale = citing(laws.provision(laws.document(), in_force_until=day_of(now) - DAY))
    archived, draft, sound = factory.true_false(archived_at=now), factory.one_answer("Nháp?"), factory.one_answer("Tốt?")
    draft.unpublish()
    quiz = factory.draw_quiz(5, bank=Category.add_root(name="Trống"))
    quiz.sections.append(("fixed", {"title": "", "questions": [{"question": one, "points": 1} for one in (stale, archived, draft, sound)]}))
    quiz.save()
    with django_assert_max_num_queries(6):
        doubts = doubts_of(quiz, now=now)
    assert [(doubt.question, len(doubt.endings), doubt.is_archived) for doubt in doubts.doubts] == [(stale, 1, False), (archived, 0, True), (draft, 0, False)]
    assert (doubts.wants, doubts.gets, doubts.is_short) == (9, 3, True)
    assert not doubts_of(factory.quiz([sound], title="Tốt"), now=now).anything
