"""The known defects of the quiz app of the time before, none of which may exist here."""

import re

import pytest
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from quizzes.models import AnswerStep, Attempt, Category, Question
from quizzes.querysets import Taker
from quizzes.selectors import progress_of
from tests.factories import quizzes as factory
from tests.quizzes.sittings import answer, client, hidden, question, result, sit, start, url

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


__all__ = ["client"]


def test_a_double_tap_never_answers_the_next_question(client, learner):
    """The old app kept "the current question" on the server: the second tap of a form answered whatever stood there by then."""
    attempt = start(factory.quiz(factory.bank(2)), learner)
    fields = {**hidden(question(client, attempt, 1)), "answer": factory.wrong_answer(attempt.slots.get(position=1))["chosen"], "go": "next"}
    for _tap in range(2):
        assert client.post(url("save-answer", attempt, 1), fields).url == url("show-question", attempt, 2)
    first, second = attempt.slots.order_by("position")
    assert (first.answer, second.answer) == ({"chosen": fields["answer"]}, {})
    assert AnswerStep.objects.count() == 1
    # And a form of the first question that is sent to the second is refused.
    client.post(url("save-answer", attempt, 2), fields)
    second.refresh_from_db()
    assert second.answer == {}


def test_no_quiz_is_too_long_for_its_order(learner):
    """The old app kept the order in a text of 1,024 characters: about 200 questions of five digits."""
    one = factory.one_answer()
    bank = Question.objects.bulk_create(
        [Question(pk=10**9 + number, category=one.category, content=one.content, stem_text="?") for number in range(300)])
    attempt = start(factory.quiz(bank, shuffle_questions=True), learner)
    assert len(set(attempt.slots.values_list("version__question", flat=True))) == 300
    assert sorted(attempt.slots.values_list("position", flat=True)) == list(range(1, 301))


def test_no_history_is_lost_when_a_category_is_renamed_or_moved(client, learner):
    """The old app kept progress in one text by the category's name."""
    law, top = Category.add_root(name="Luật lao động"), Category.add_root(name="Pháp luật")
    sit(factory.quiz([factory.one_answer(category=law)], title="Bài cũ", review="full"), learner)
    law.name = "Bộ luật Lao động, 2019"
    law.save()
    law.refresh_from_db()
    law.move(top, "sorted-child")
    progress = progress_of(Taker(learner), now=timezone.now())
    assert {row.place.category.name: (row.asked, row.right) for row in progress.categories} == {
        "Pháp luật": (1, 1), "Bộ luật Lao động, 2019": (1, 1)}
    # Words of two syllables are bound with a no-break space.
    page = client.get(reverse("quizzes:show-progress")).content.decode().replace("\xa0", " ")
    assert "Bộ luật Lao động, 2019" in page
    assert "Bài cũ" in page


@pytest.mark.parametrize("what", ["quiz", "question", "category", "user"])
def test_deleting_takes_no_attempt_along(learner, what):
    """The old app's foreign keys cascaded: deleting a quiz or a category deleted what people had done."""
    kept = Category.add_root(name="Luật")
    attempt = sit(factory.quiz([factory.one_answer(category=kept)], category=kept), learner)
    slot = attempt.slots.select_related("version__question").get()
    thing = {"quiz": attempt.quiz, "question": slot.version.question, "category": kept, "user": learner}[what]
    with pytest.raises(ProtectedError):
        thing.delete()
    assert Attempt.objects.get().slots.get().answer == slot.answer


def test_no_unsafe_html_reaches_a_page(client, learner):
    """The old app marked question texts as safe."""
    bad = '<script>alert("x")</script><img src="x" onerror="alert(1)"><a href="javascript:alert(2)">xem</a>'
    asked = factory.one_answer(f"Câu hỏi? {bad}", right=f"Đúng {bad}", wrong=(f"Sai {bad}",), explanation=f"<p>Giải thích {bad}</p>")
    quiz = factory.quiz([asked], review="full", success_text=f"<p>Đạt {bad}</p>", introduction=f"<p>Mở đầu {bad}</p>", is_listed=True)
    attempt = start(quiz, learner)
    pages = [question(client, attempt, 1), client.get(reverse("quizzes:show-quiz", args=[quiz.uuid])).content.decode()]
    answer(client, attempt, 1)
    client.post(url("submit-attempt", attempt))
    pages.append(result(client, attempt))
    for page in pages:
        inside = page[page.index("<main"):]
        assert '<script>alert("x")' not in inside
        assert not re.search(r"<[^>]+onerror=", inside)
        assert not re.search(r'<a[^>]+href="javascript:', inside)
    assert "Giải thích" in pages[2]
