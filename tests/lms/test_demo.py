"""Loading the demonstration: whole, once, and without overwriting what somebody changed."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.images import get_image_model

from accounts.models import User
from certificates.models import Certificate
from courses.models import CoursePage, LessonPage
from courses.selectors import find_in_catalogue
from laws.models import Provision
from learning.models import Assignment, AssignmentRule, Completion, Enrolment
from lms.demo.question_types import QuestionTypes
from lms.demo.quizzes import uuid_of
from lms.demo.text import Misread
from quizzes.enums import AttemptState, Mode
from quizzes.models import AnswerFile, Attempt, Question, Quiz
from quizzes.selectors import contest_by_code, question_count_of
from quizzes.services import check_answer, save_answer, start_attempt, submit_attempt
from quizzes.types import TYPES
from tests.factories.answers import right_answer
from training.enums import Tree
from training.models import Target
from training.selectors.coverage import coverage_of
from unions.models import Post, RoleGrant, Unit

pytestmark = pytest.mark.django_db


def test_demo_is_refused_outside_development(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


@pytest.mark.same_everywhere
def test_demo_loads_everything_once_and_overwrites_nothing(settings, capsys, django_capture_on_commit_callbacks):
    settings.DEBUG = True
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demo")
    assert "3 courses" in (said := capsys.readouterr().out) and "820 learners added" in said
    assert (CoursePage.objects.live().count(), LessonPage.objects.live().count()) == (3, 15)
    assert Question.objects.filter(live=True).count() == 130 + 23
    assert {course.rule_sets.count() for course in CoursePage.objects.all()} == {1}
    assert [course.code for course in find_in_catalogue(q="thoa uoc lao dong tap the").courses] == ["KH02"]
    contest = contest_by_code("luat 2026")
    assert (question_count_of(contest, now=timezone.now()), contest.time_limit_seconds, contest.attempts_allowed, contest.is_open_to_all) == (20, 1200, 2, True)
    assert {quiz.title: question_count_of(quiz, now=timezone.now()) for quiz in Quiz.objects.listed()} == {
        "Luyện tập: pháp luật lao động": 10, "Luyện tập: các dạng câu hỏi": 15, "Khảo sát nhu cầu học": 4, "Bài thu hoạch: một buổi đối thoại": 2}
    assert {question.content[0].block_type for question in Question.objects.filter(live=True)} == set(TYPES)
    assert all(question.citations for question in Question.objects.filter(code__startswith="DANG").exclude(topic="Khảo sát"))
    counts = _counts()

    lesson = LessonPage.objects.first()
    lesson.title = "Bài 1. Tôi đã sửa"
    lesson.save_revision().publish()
    User.objects.filter(email="hocvien@example.org").update(full_name="Tên Mới")
    question = Question.objects.get(code="DANG-04")
    question.explanation = "<p>Tôi đã sửa</p>"
    question.save_revision().publish()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demo")
    assert "0 courses, 0 articles of law, 0 learners added" in capsys.readouterr().out
    assert _counts() == counts
    assert LessonPage.objects.filter(title="Bài 1. Tôi đã sửa").exists()
    assert User.objects.get(email="hocvien@example.org").full_name == "Tên Mới"
    assert Question.objects.get(code="DANG-04").explanation == "<p>Tôi đã sửa</p>"

    _papers_wait_for_their_marker()
    _coverage_looks_real()
    _practice_with_right_answers_gives_everything()


def _papers_wait_for_their_marker() -> None:
    quiz = Quiz.objects.get(uuid=uuid_of("bai-thu-hoach-doi-thoai"))
    assert [marker.email for marker in quiz.markers.all()] == ["giangvien@example.org"]
    assert quiz in Quiz.objects.marked_by(User.objects.get(email="giangvien@example.org"))
    papers = {attempt.user.full_name: attempt for attempt in quiz.attempts.select_related("user")}
    assert {name: paper.state for name, paper in papers.items()} == {
        "Cao Thị Lan": AttemptState.MARKED, "Nguyễn Văn Khải": AttemptState.SUBMITTED}
    assert (papers["Cao Thị Lan"].points, papers["Cao Thị Lan"].passed) == (13, True)
    assert set(papers["Nguyễn Văn Khải"].slots.values_list("fraction", flat=True)) == {None}


def _coverage_looks_real() -> None:
    """Two thirds of the province, and units that are far apart."""
    now, target = timezone.now(), Target.objects.order_by("pk").first()
    asked = {"target": target, "on": timezone.localdate(now), "tree": Tree.TODAY, "now": now}
    province = coverage_of(unit=Unit.objects.get(code="TH"), **asked)
    assert 0.55 < province.own.fraction < 0.75 and province.own.people > 700 and province.own.under_way > 30
    below = [row.figures for code in ("TH-KCN", "TH-BG", "TH-TL") for row in coverage_of(unit=Unit.objects.get(code=code), **asked).rows]
    assert min(figures.fraction for figures in below) < 0.4 and max(figures.fraction for figures in below) == 1


def _practice_with_right_answers_gives_everything() -> None:
    quiz, user, now = Quiz.objects.get(uuid=uuid_of("luyen-tap-cac-dang")), User.objects.get(email="hocvien@example.org"), timezone.now()
    assert (quiz.mode, quiz.attempts_allowed) == (Mode.PRACTICE, 0)
    right, wrong = _taken(quiz, user, now, is_right=True), _taken(quiz, user, now, is_right=False)
    assert (right.state, right.fraction, right.passed) == (AttemptState.MARKED, 1.0, True)
    assert (wrong.state, wrong.fraction, wrong.passed) == (AttemptState.MARKED, 0.0, False)


def _taken(quiz: Quiz, user: User, now: datetime, *, is_right: bool) -> Attempt:
    attempt = start_attempt(quiz=quiz, user=user, now=now)
    for slot in attempt.slots.select_related("version"):
        if is_right:
            answer = right_answer(slot.version.type, slot.version.content)
            save_answer(attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=slot.position, answer=answer, now=now)
            assert check_answer(attempt=attempt, position=slot.position, now=now).fraction == 1.0, slot
    return submit_attempt(attempt=attempt, now=now)


@pytest.mark.parametrize(("row", "words"), [
    ({"type": "no_such", "content": {}}, "no kind of question: no_such"),
    ({"type": "short_answer", "content": {"stem": "?", "acepted": []}}, "no such field: acepted"),
    ({"type": "short_answer", "content": {"stem": "Gì?", "accepted": [{"text": "a", "fraction": 0.5}]}}, "accepted"),
    ({"type": "hotspot", "content": {"stem": "Đâu?", "image": "no-such"}}, "no such drawing: no-such"),
    ({"type": "essay", "content": {"stem": "Viết"}, "law": ["45/2019/QH14 Điều 999"]}, "Điều 999"),
])
def test_a_slip_in_a_question_is_named_with_its_code(row, words):
    data = {"category": "Các dạng", "questions": [{"code": "DANG-99", "difficulty": "easy", "topic": "", **row}]}
    with pytest.raises(Misread, match=words):
        QuestionTypes(owner=None).load(data)
    assert not Question.objects.exists()


def _counts() -> dict[str, int]:
    models = (
        User, CoursePage, LessonPage, Question, Quiz, Provision, Certificate, Attempt, AnswerFile, get_image_model(), Unit, Post, RoleGrant, Enrolment,
        Completion, Target, AssignmentRule, Assignment)
    return {model.__name__: model.objects.count() for model in models}
