"""Two markers for each answer: neither knows of the other's mark, their mean counts, and a third person decides where they differ."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.urls import reverse

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt, HandMark, Quiz
from quizzes.selectors import marking
from quizzes.signals import attempt_finished
from tests.factories import accounts as people
from tests.factories import marking as scripts
from tests.factories import question_types_b as written

pytestmark = pytest.mark.same_everywhere

SECRET = "Ý thứ hai chép sai điều luật."


@pytest.fixture
def quiz(db) -> Quiz:
    return scripts.essay_quiz(1, needs_second_marker=True, marking_tolerance=Decimal("0.2"))


@pytest.fixture
def attempt(quiz, learner, now) -> Attempt:
    return scripts.answered(quiz, learner, now)


@pytest.fixture
def markers(quiz):
    """An, Bình and Chi mark the quiz."""
    return [scripts.marker(people.person(name, f"m{number}@example.org"), quiz) for number, name in enumerate(("Lý An", "Hồ Bình", "Vũ Chi"))]


@pytest.fixture
def told():
    """The attempts that listeners above were told of."""
    found = []

    def listen(sender, attempt, **kwargs):
        found.append(attempt.fraction)

    attempt_finished.connect(listen)
    yield found
    attempt_finished.disconnect(listen)


def mark(attempt, by, fraction, now, **more):
    slot = services.mark_by_hand(attempt=attempt, position=2, fraction=fraction, by=by, now=now, **more)
    attempt.refresh_from_db()
    return slot


def stands(attempt):
    slot = attempt.slots.get(position=2)
    return attempt.state, slot.fraction, slot.points


def question(attempt, user):
    return marking.sheet_of(Attempt.objects.with_its_people().get(pk=attempt.pk), user=user).question_at(2)


def test_one_mark_is_kept_and_the_answer_waits_for_a_second_marker(attempt, markers, now, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, markers[0], 0.5, now)
    assert stands(attempt) == (AttemptState.SUBMITTED, None, None)
    assert (HandMark.objects.count(), told, attempt.slots.get(position=2).comment) == (1, [], "")


def test_two_marks_within_the_tolerance_come_to_their_mean(attempt, markers, now, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, markers[0], 0.4, now, comment="Đủ ý.")
        mark(attempt, markers[1], 0.6, now, comment="Diễn đạt rõ.")
    assert stands(attempt) == (AttemptState.MARKED, 0.5, Decimal("0.5"))
    assert attempt.slots.get(position=2).comment == "Đủ ý.\n\nDiễn đạt rõ."
    assert told == [0.75]


def test_marks_too_far_apart_wait_for_a_third_person_whose_mark_counts_alone(attempt, markers, now, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mark(attempt, markers[0], 0.2, now)
        mark(attempt, markers[1], 0.9, now)
        assert stands(attempt) == (AttemptState.SUBMITTED, None, None)
        assert told == []
        mark(attempt, markers[2], 0.7, now, comment="Theo đáp án.", seen=2)
    assert stands(attempt) == (AttemptState.MARKED, 0.7, Decimal("0.7"))
    assert attempt.slots.get(position=2).comment == "Theo đáp án."
    assert [(one.by, one.decides) for one in HandMark.objects.order_by("pk")] == list(zip(markers, (False, False, True), strict=True))


def test_the_first_marker_corrects_their_mark_and_is_not_the_second(attempt, markers, now):
    mark(attempt, markers[0], 0.2, now, seen=0)
    mark(attempt, markers[0], 0.5, now, seen=1)
    assert stands(attempt) == (AttemptState.SUBMITTED, None, None)
    mark(attempt, markers[1], 0.5, now, seen=0)
    assert stands(attempt)[1] == 0.5


def test_none_of_the_two_decides_or_changes_what_they_came_to(attempt, markers, now):
    mark(attempt, markers[0], 0.1, now)
    mark(attempt, markers[1], 0.9, now)
    for one in markers[:2]:
        with pytest.raises(services.NotYourMark) as refused:
            mark(attempt, one, 0.5, now)
        assert refused.value.code == "not_your_mark"
    mark(attempt, markers[2], 0.5, now)
    with pytest.raises(services.NotYourMark):
        mark(attempt, markers[0], 1.0, now)
    assert (stands(attempt)[1], HandMark.objects.count()) == (0.5, 3)


def test_each_mark_given_twice_is_one_mark(attempt, markers, now, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for by, fraction in ((markers[0], 0.1), (markers[1], 0.9), (markers[2], 0.5)):
            for _tap in range(2):
                mark(attempt, by, fraction, now, seen=2 if by is markers[2] else 0)
    assert (HandMark.objects.count(), stands(attempt)[1], told) == (3, 0.5, [0.75])


def test_whoever_would_decide_without_knowing_is_told_first(attempt, markers, now):
    """Three people open the answer at once; the third to save has to see what the other two gave."""
    mark(attempt, markers[0], 0.1, now, seen=0)
    mark(attempt, markers[1], 0.9, now, seen=0)
    with pytest.raises(services.MarkedMeanwhile) as refused:
        mark(attempt, markers[2], 0.5, now, seen=0)
    assert (refused.value.seen, HandMark.objects.count()) == (2, 2)


def test_of_two_who_decide_the_later_one_is_told(attempt, markers, administrator, now):
    mark(attempt, markers[0], 0.1, now)
    mark(attempt, markers[1], 0.9, now)
    mark(attempt, markers[2], 0.5, now, seen=2)
    with pytest.raises(services.MarkedMeanwhile):
        mark(attempt, administrator, 0.6, now, seen=2)
    mark(attempt, administrator, 0.6, now, seen=3)
    assert stands(attempt)[1] == 0.6


def test_the_second_marker_learns_nothing_of_the_first_mark(as_user, attempt, markers, now):
    mark(attempt, markers[0], 0.375, now, comment=SECRET)
    for address in (reverse("marking:list-attempts"), sheet(attempt), f"{sheet(attempt)}?cau=2", f"{sheet(attempt)}?lich-su=2"):
        page = as_user(markers[1], HTTP_ACCEPT_LANGUAGE="en").get(address).content.decode()
        for secret in (SECRET, markers[0].full_name, "0.375", "0,375"):
            assert secret not in page
    seen = question(attempt, markers[1])
    assert (seen.marks, seen.waits_for, seen.turn, seen.is_for_me) == ([], "second", "mark", True)
    own = question(attempt, markers[0])
    assert ([one.mark.comment for one in own.marks], own.is_for_me) == ([SECRET], False)


def test_the_second_marker_saves_beside_the_first_without_a_conflict_and_then_sees_both(as_user, attempt, markers, now):
    client = as_user(markers[1], HTTP_ACCEPT_LANGUAGE="en")
    drawn = client.get(f"{sheet(attempt)}?cau=2").context["form"]
    mark(attempt, markers[0], 0.3, now, comment=SECRET)
    answer = client.post(give(attempt), {"points": "0,9", "comment": "Tốt.", "seen": drawn["seen"].value(), "go": ""})
    assert answer.status_code == 303
    page = client.get(sheet(attempt)).content.decode()
    assert SECRET in page
    assert markers[0].full_name in page
    assert "waiting for a decision" in page
    again = client.post(give(attempt), {"points": "0,3", "comment": "Tốt.", "seen": 2, "go": ""})
    assert again.status_code == 409
    assert "A third person decides" in again.content.decode()
    assert HandMark.objects.count() == 2


def test_the_third_person_sees_both_marks_and_decides(as_user, attempt, markers, now):
    mark(attempt, markers[0], 0.1, now, comment=SECRET)
    mark(attempt, markers[1], 0.9, now, comment="Rất tốt.")
    client = as_user(markers[2], HTTP_ACCEPT_LANGUAGE="en")
    page = client.get(f"{sheet(attempt)}?cau=2")
    for said in (SECRET, "Rất tốt.", "Your mark decides"):
        assert said in page.content.decode()
    assert page.context["form"]["points"].value() == "", "whoever decides begins anew"
    client.post(give(attempt), {"points": "0,5", "comment": "", "seen": page.context["form"]["seen"].value(), "go": ""})
    attempt.refresh_from_db()
    assert stands(attempt)[:2] == (AttemptState.MARKED, 0.5)


def test_next_leaves_out_what_one_has_marked_already(quiz, markers, learner, outsider, now):
    first, later = scripts.answered(quiz, learner, now), scripts.answered(quiz, outsider, now + timedelta(hours=1))
    mark(first, markers[0], 0.5, now)
    nothing = marking.Filters()
    assert marking.next_to_mark(markers[0], nothing).uuid == later.uuid
    assert marking.next_to_mark(markers[1], nothing).uuid == first.uuid
    mark(later, markers[0], 0.5, now)
    assert marking.next_to_mark(markers[0], nothing) is None


def test_the_list_is_narrowed_by_what_answers_wait_for(as_user, quiz, markers, now):
    for number, name in enumerate(("Một", "Hai", "Ba")):
        attempt = scripts.answered(quiz, people.person(f"Trần {name}", f"t{number}@example.org"), now)
        for marker, fraction in list(zip(markers, (0.1, 0.9), strict=False))[:2 - number]:
            mark(attempt, marker, fraction, now)
    client = as_user(markers[2])
    for waits, found in (("first", ["Ba"]), ("second", ["Hai"]), ("decision", ["Một"])):
        response = client.get(reverse("marking:list-attempts"), {"waits": waits})
        assert [row.attempt.user.full_name.split()[-1] for row in response.context["found"].rows] == found


def test_switched_on_during_marking_what_has_a_result_keeps_it(learner, markers, now):
    quiz = scripts.essay_quiz(2)
    attempt = scripts.answered(quiz, learner, now)
    mark(attempt, markers[0], 0.5, now)
    Quiz.objects.filter(pk=quiz.pk).update(needs_second_marker=True)
    services.mark_by_hand(attempt=attempt, position=3, fraction=0.5, by=markers[0], now=now)
    assert list(attempt.slots.order_by("position").values_list("fraction", flat=True)) == [1.0, 0.5, None]
    mark(attempt, markers[1], 0.9, now)
    assert stands(attempt)[1] == 0.9, "a result is changed by one person, who decides"
    assert HandMark.objects.latest("pk").decides


def test_switched_off_during_marking_the_next_mark_counts(quiz, attempt, markers, now):
    mark(attempt, markers[0], 0.5, now)
    Quiz.objects.filter(pk=quiz.pk).update(needs_second_marker=False)
    attempt.refresh_from_db()
    assert stands(attempt)[:2] == (AttemptState.SUBMITTED, None)
    mark(attempt, markers[0], 0.5, now)
    assert stands(attempt)[:2] == (AttemptState.MARKED, 0.5)


def test_a_marked_attempt_never_goes_back_to_waiting(quiz, attempt, markers, administrator, now):
    mark(attempt, markers[0], 0.5, now)
    mark(attempt, markers[1], 0.5, now)
    for fraction in (0.0, 1.0):
        mark(attempt, administrator, fraction, now)
        assert stands(attempt)[:2] == (AttemptState.MARKED, fraction)
    services.mark_by_hand(attempt=attempt, position=1, fraction=0.25, by=markers[0], now=now)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.MARKED


def test_two_markers_by_criteria_show_the_learner_the_mean_of_each(as_user, learner, markers, now):
    quiz = scripts.essay_quiz(1, criteria=written.RUBRIC, needs_second_marker=True, marking_tolerance=Decimal("0.5"), pass_fraction=0.5)
    attempt = scripts.answered(quiz, learner, now)
    law, reasoning = (line["key"] for line in attempt.slots.get(position=2).version.content["criteria"])
    for marker, given in zip(markers, ({law: 1.0, reasoning: 0.0}, {law: 0.5, reasoning: 1.0}), strict=False):
        services.mark_by_hand(attempt=attempt, position=2, criteria=given, by=marker, now=now)
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(reverse("quizzes:show-result", args=[attempt.uuid]))
    scored = next(one.criteria for one in page.context["result"].questions if one.asked.position == 2)
    assert [(one.title, one.points) for one in scored] == [("Nêu đúng điều luật", Decimal("0.5")), ("Lập luận rõ", Decimal("0.167"))]


@pytest.mark.django_db(transaction=True)
def test_of_four_who_mark_at_once_two_count_and_the_others_are_told(now):
    quiz = scripts.essay_quiz(1, needs_second_marker=True)
    attempt = scripts.answered(quiz, people.person("Nguyễn Thị Mai", "mai@example.org"), now)
    markers = [people.person(f"Giảng Viên {number}", f"gv{number}@example.org") for number in range(4)]
    gate, refused = threading.Barrier(4), []

    def give_one(number: int) -> None:
        try:
            gate.wait()
            services.mark_by_hand(attempt=attempt, position=2, fraction=0.5, by=markers[number], now=now, seen=0)
        except services.MarkedMeanwhile as error:
            refused.append(error.seen)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give_one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (HandMark.objects.count(), refused) == (2, [2, 2])
    attempt.refresh_from_db()
    assert stands(attempt)[:2] == (AttemptState.MARKED, 0.5)


def sheet(attempt) -> str:
    return reverse("marking:show-attempt", args=[attempt.uuid])


def give(attempt) -> str:
    return reverse("marking:mark-answer", args=[attempt.uuid, 2])
