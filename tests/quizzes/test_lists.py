"""The list of quizzes, the page before the beginning, progress by category: for learners outside courses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes import selectors, services
from quizzes.enums import Mode
from quizzes.models import Attempt, Category, QuestionTag, Quiz
from quizzes.querysets import Taker
from quizzes.services.drawing import draw_questions
from tests.factories import quizzes as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

LIST, PROGRESS = "/hoc-tap/bai-kiem-tra/", "/hoc-tap/bai-kiem-tra/tien-do/"


@pytest.fixture
def client(as_user, learner):
    return as_user(learner, headers={"accept-language": "en"})


@pytest.fixture
def law(db) -> Category:
    top = Category.add_root(name="Luật Lao động")
    top.add_child(name="Tiền lương")
    return Category.objects.get(pk=top.pk)


def wages() -> Category:
    return Category.objects.get(name="Tiền lương")


def take(quiz: Quiz, user, right: bool = True, now=None) -> Attempt:
    now = now or timezone.now()
    attempt = services.start_attempt(quiz=quiz, user=user, now=now)
    for slot in attempt.slots.select_related("version"):
        answer = (factory.right_answer if right else factory.wrong_answer)(slot)
        services.save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=1, answer=answer, now=now)
    return services.submit_attempt(attempt=attempt, now=now)


def test_quizzes_stand_under_their_categories_and_those_of_courses_do_not(client, law):
    factory.quiz(title="Lương tối thiểu", category=wages(), is_listed=True)
    factory.quiz(title="Hợp đồng", category=law, is_listed=True)
    factory.quiz(title="Không xếp loại", is_listed=True)
    factory.quiz(title="Của một khóa học", category=law)
    factory.quiz(title="Bản nháp", category=law, is_listed=True, live=False)
    shelf = client.get(LIST).context["shelf"]
    assert [(group.place and group.place.names, [row.quiz.title for row in group.rows]) for group in shelf.groups] == [
        (("Luật Lao động",), ["Hợp đồng"]), (("Luật Lao động", "Tiền lương"), ["Lương tối thiểu"]), (None, ["Không xếp loại"])]


@pytest.mark.parametrize(("query", "titles"), [
    ("q=luong+toi+thieu", ["Lương tối thiểu"]), ("q=LUẬT LAO ĐỘNG", ["Hợp đồng", "Lương tối thiểu"]), ("q=tien luong", ["Lương tối thiểu"]),
    ("q=khong co", []), ("danh-muc=luat-lao-dong--tien-luong", ["Lương tối thiểu"]), ("danh-muc=luat-lao-dong", ["Hợp đồng", "Lương tối thiểu"]),
    ("danh-muc=mot-ten-cu", ["Hợp đồng", "Lương tối thiểu"]), ("q=hop dong&danh-muc=luat-lao-dong--tien-luong", []),
])
def test_search_without_marks_and_by_category(client, law, query, titles):
    factory.quiz(title="Lương tối thiểu", category=wages(), is_listed=True)
    factory.quiz(title="Hợp đồng", category=law, is_listed=True)
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert [row.quiz.title for group in page.context["shelf"].groups for row in group.rows] == titles


def test_each_quiz_says_where_its_reader_stands(client, learner, outsider):
    passed, failed = (factory.quiz(title=title, is_listed=True, attempts_allowed=2) for title in ("A", "B"))
    hidden = factory.quiz(title="C", is_listed=True, review="own", review_table={})
    going_on, untouched = (factory.quiz(title=title, is_listed=True, attempts_allowed=0) for title in ("D", "E"))
    take(passed, learner)
    take(failed, learner, right=False)
    take(hidden, learner)
    attempt = services.start_attempt(quiz=going_on, user=learner, now=timezone.now())
    take(untouched, outsider)
    page = client.get(LIST)
    rows = {row.quiz.title: row for group in page.context["shelf"].groups for row in group.rows}
    assert {title: (row.best and row.best.passed, row.attempts_left, row.open_attempt) for title, row in rows.items()} == {
        "A": (True, 1, None), "B": (False, 1, None), "C": (None, 2, None), "D": (None, None, attempt), "E": (None, None, None)}
    assert reverse("quizzes:show-attempt", args=[attempt.uuid]) in page.content.decode()


def test_longer_lists_take_no_more_queries(client, learner, law):
    tag = QuestionTag.objects.create(name="mới", slug="moi")

    def add(number: int) -> None:
        quiz = factory.quiz([factory.one_answer(f"Câu {number}", category=wages())], title=f"Bài {number}", category=wages(), is_listed=True)
        factory.draw_quiz(1, title=f"Bốc {number}", bank=law, is_listed=True, category=law)
        sections = [("draw", {"title": "", "count": 1, "category": law, "difficulty": "easy", "tags": tag.name, "points": 1})]
        Quiz.objects.create(title=f"Thẻ {number}", sections=sections, is_listed=True)
        take(quiz, learner)
        services.start_attempt(quiz=Quiz.objects.get(title=f"Bốc {number}"), user=learner, now=timezone.now())

    counts = []
    for numbers in (range(1), range(1, 10)):
        for number in numbers:
            add(number)
        client.get(LIST)
        with CaptureQueriesContext(connection) as list_queries:
            client.get(LIST)
        with CaptureQueriesContext(connection) as progress_queries:
            client.get(PROGRESS)
        counts.append((len(list_queries), len(progress_queries)))
    assert counts[0] == counts[1]
    assert sum(len(group.rows) for group in client.get(LIST).context["shelf"].groups) == 30


def test_counts_of_a_list_are_what_an_attempt_would_get(law, now):
    questions = [*factory.bank(4, category=wages()), factory.one_answer("Ngoài", category=law, difficulty="hard")]
    questions[0].tags.add("mới")
    questions[0].save()
    questions[1].unpublish()

    def draw(count: int, **more):
        return ("draw", {"title": "", "count": count, "category": law, "difficulty": "", "tags": "", "points": 1, **more})

    fixed = ("fixed", {"title": "", "questions": [{"question": question, "points": 1} for question in questions[:3]]})
    quizzes = [
        Quiz.objects.create(title=str(number), sections=sections) for number, sections in enumerate([
            [], [fixed], [draw(2)], [draw(50)], [fixed, draw(50)], [draw(50, difficulty="hard"), fixed], [draw(3, tags="mới, khác")],
            [fixed, draw(3, tags="mới")], [draw(2), draw(1, category=wages())],
        ])]
    quizzes = list(Quiz.objects.filter(pk__in=[quiz.pk for quiz in quizzes]))
    drawn = {quiz.pk: len(draw_questions(quiz=quiz, taker=Taker(visitor="x"), seed=7, now=now)) for quiz in quizzes}
    assert selectors.question_counts_of(quizzes, now=now) == drawn
    assert set(selectors.question_counts_of(quizzes, now=now).values()) >= {0, 1, 2, 4}


def test_the_page_before_the_beginning_and_the_start(client, learner):
    quiz = factory.quiz(is_listed=True, attempts_allowed=2, retry_delay_seconds=3600, navigation="forward", introduction="<p>Xin chào.</p>")
    here = reverse("quizzes:show-quiz", args=[quiz.uuid])
    page = client.get(here).content.decode()
    assert "Xin chào." in page and "2 questions." in page and "2 attempts at most." in page and "no way back" in page
    started = client.post(reverse("quizzes:start-quiz", args=[quiz.uuid]))
    attempt = Attempt.objects.get()
    assert (started.url, attempt.user, attempt.context) == (reverse("quizzes:show-question", args=[attempt.uuid, 1]), learner, "")
    assert attempt.get_absolute_url() in client.get(here).content.decode()
    services.submit_attempt(attempt=attempt, now=timezone.now())
    page = client.get(here)
    assert reverse("quizzes:start-quiz", args=[quiz.uuid]) not in page.content.decode()
    assert reverse("quizzes:show-receipt", args=[Attempt.objects.get().receipt_code]) in page.content.decode()
    refused = client.post(reverse("quizzes:start-quiz", args=[quiz.uuid]), follow=True)
    assert "take this quiz again from" in refused.content.decode()
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(("fields", "words"), [
    ({"opens_at": 1}, "This quiz opens at"), ({"closes_at": -1}, "This quiz is closed"),
])
def test_a_quiz_out_of_its_time_cannot_be_started(client, fields, words):
    times = {name: timezone.now() + timedelta(days=days) for name, days in fields.items()}
    quiz = factory.quiz(is_listed=True, **times)
    assert reverse("quizzes:start-quiz", args=[quiz.uuid]) not in client.get(reverse("quizzes:show-quiz", args=[quiz.uuid])).content.decode()
    assert words in client.post(reverse("quizzes:start-quiz", args=[quiz.uuid]), follow=True).content.decode()
    assert not Attempt.objects.exists()


def test_who_sees_a_quiz_before_it_is_taken(as_user, learner, trainer, administrator):
    trainer.user_permissions.add(Permission.objects.get(codename="change_quiz"))
    listed, draft, course = factory.quiz(title="A", is_listed=True), factory.quiz(title="B", is_listed=True, live=False), factory.quiz(title="C")
    contest = factory.quiz(title="D", mode=Mode.CONTEST, join_code="LUAT2026")
    pages = [reverse("quizzes:show-quiz", args=[quiz.uuid]) for quiz in (listed, draft, course, contest)]
    assert [as_user(learner).get(page).status_code for page in pages] == [200, 404, 404, 302]
    assert [as_user(trainer).get(page).status_code for page in pages] == [200, 200, 404, 302]
    assert [as_user(administrator).get(page).status_code for page in pages] == [200, 200, 404, 302]
    assert [as_user().get(page).status_code for page in pages] == [302] * 4
    text = as_user(trainer, headers={"accept-language": "en"}).get(pages[1]).content.decode()
    assert "Draft." in text and reverse("quizzes:preview-quiz", args=[draft.uuid]) in text
    starts = [reverse("quizzes:start-quiz", args=[quiz.uuid]) for quiz in (draft, course, contest)]
    assert [as_user(learner).post(start).status_code for start in starts] == [404, 404, 302]
    assert not Attempt.objects.exists()


def test_progress_by_category_survives_renaming_and_moving(client, learner, outsider, law):
    quiz = factory.quiz([factory.one_answer("Một", category=wages()), factory.one_answer("Hai", category=law)], is_listed=True, review="full")
    take(quiz, learner)
    take(quiz, learner, right=False)
    take(quiz, outsider)

    def told() -> list:
        return [(row.place.names, row.asked, row.right) for row in client.get(PROGRESS).context["progress"].categories]

    assert told() == [(("Luật Lao động",), 4, 2), (("Luật Lao động", "Tiền lương"), 2, 1)]
    Category.objects.filter(pk=wages().pk).update(name="Thu nhập")
    assert told() == [(("Luật Lao động",), 4, 2), (("Luật Lao động", "Thu nhập"), 2, 1)]
    other = Category.add_root(name="Khác")
    Category.objects.get(name="Thu nhập").move(other, "sorted-child")
    assert told() == [(("Khác",), 2, 1), (("Khác", "Thu nhập"), 2, 1), (("Luật Lao động",), 2, 1)]
    assert [paper.attempt.number for paper in client.get(PROGRESS).context["page"]] == [2, 1]


def test_progress_tells_nothing_that_a_result_keeps_back(client, learner):
    take(factory.quiz(title="Kín", review="own", review_table={"after_close": ["mark"]}, is_listed=True), learner)
    page = client.get(PROGRESS)
    assert page.context["progress"].categories == []
    assert [paper.shows_mark for paper in page.context["page"]] == [False]
    assert "2/2" not in page.content.decode() and "Kín" in page.content.decode()


def test_progress_knows_whose_it_is(learner, outsider):
    take(factory.quiz(), learner)
    assert selectors.progress_of(Taker.of(outsider), now=timezone.now()) == selectors.ProgressPage()


def test_strangers_sign_in_first(as_user):
    assert [reverse("account_login") in as_user().get(page).url for page in (LIST, PROGRESS)] == [True, True]
