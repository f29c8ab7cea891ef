"""One attempt before its marker: what the sheet shows, and giving a mark."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt, HandMark, Quiz
from quizzes.selectors import milliseconds
from tests.factories import marking as scripts
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory
from tests.quizzes.desk import LIST, at_desk, attempt, give, mark_url, marker, names, quiz, sheet_url

pytestmark = pytest.mark.same_everywhere

__all__ = ["at_desk", "attempt", "marker", "quiz"]


def test_the_sheet_shows_answers_right_answers_criteria_and_the_model_answer(at_desk, marker, learner, now):
    quiz = scripts.essay_quiz(1, criteria=written.RUBRIC, title="Có tiêu chí")
    scripts.marker(marker, quiz)
    attempt = scripts.answered(quiz, learner, now)
    page = at_desk.get(sheet_url(attempt)).content.decode()
    for shown in ("Ngày thứ 30", scripts.TEXT, "Vì biên bản là căn cứ.", "Nêu đúng điều luật", "Điều 70, khoản 1.", attempt.receipt_code):
        assert shown in page
    assert at_desk.get(sheet_url(attempt)).context["opened"].position == 2, "the first that waits stands open"


def test_sureness_and_late_answers_are_shown(at_desk, learner, marker, now):
    quiz = scripts.essay_quiz(1, title="Có hỏi chắc", asks_sureness=True, time_limit_seconds=600)
    scripts.marker(marker, quiz)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    send = {"attempt": attempt, "position": 2}
    services.save_answer(**send, client_uuid=uuid4(), seq=milliseconds(now) + 1, kind="sure", answer={"sure": 3}, now=now)
    services.save_answer(
        **send, client_uuid=uuid4(), seq=milliseconds(now + timedelta(seconds=590)), answer={"text": "Bài đến muộn"}, now=now + timedelta(seconds=630))
    assert names(at_desk.get(LIST)) == []
    services.close_if_expired(attempt=attempt, now=now + timedelta(seconds=640))
    listed = at_desk.get(LIST, {"state": "late"}).context["found"].rows[0]
    assert (listed.late, listed.standing) == (1, "late")
    attempt = services.close_if_expired(attempt=Attempt.objects.get(), now=now + timedelta(hours=1))
    page = at_desk.get(sheet_url(attempt)).content.decode()
    assert "Came in late" in page
    assert "How sure: Sure" in page


def test_while_late_answers_may_come_in_nothing_is_marked_and_the_page_says_so(at_desk, learner, marker):
    quiz = scripts.essay_quiz(1, title="Có giờ", time_limit_seconds=60, grace_seconds=3600)
    scripts.marker(marker, quiz)
    start = timezone.now() - timedelta(minutes=5)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=start)
    services.close_if_expired(attempt=attempt, now=timezone.now())
    response = at_desk.get(sheet_url(attempt))
    assert response.context["opened"] is None
    assert "may still come in until" in response.content.decode()
    assert give(at_desk, attempt, 2, "1").status_code == 404


def test_the_sheet_moves_an_attempt_on_whose_grace_is_over(at_desk, learner, marker):
    quiz = scripts.essay_quiz(1, title="Hết giờ", time_limit_seconds=60, grace_seconds=60)
    scripts.marker(marker, quiz)
    start = timezone.now() - timedelta(hours=1)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=start)
    services.close_if_expired(attempt=attempt, now=start + timedelta(seconds=61))
    at_desk.get(sheet_url(attempt))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.MARKED


def test_the_history_of_an_answer_is_shown_when_asked_for(at_desk, learner, quiz, now):
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    for number, text in enumerate(("Nháp thứ nhất", "Nháp thứ hai", "")):
        moment = now + timedelta(minutes=number)
        services.save_answer(
            attempt=attempt, position=2, client_uuid=uuid4(), seq=milliseconds(moment), answer={"text": text} if text else {},
            now=moment + timedelta(seconds=90 * (number == 1)))
    services.save_answer(attempt=attempt, position=2, client_uuid=uuid4(), seq=milliseconds(now), answer={"flagged": True}, kind="flag", now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now + timedelta(minutes=9))
    assert "Nháp thứ nhất" not in at_desk.get(sheet_url(attempt)).content.decode()
    with CaptureQueriesContext(connection) as without:
        at_desk.get(sheet_url(attempt))
    with CaptureQueriesContext(connection) as queries:
        page = at_desk.get(sheet_url(attempt, **{"lich-su": 2})).content.decode()
    assert len(queries) == len(without) + 1
    assert page.index("Nháp thứ nhất") < page.index("Nháp thứ hai") < page.index("The answer was taken away")
    assert "14:04:22, 20/11/2026 by the device" in page


def test_files_are_there_to_download(at_desk, as_user, outsider, learner, marker):
    quiz = factory.quiz([written.file_upload()], title="Nộp biên bản")
    scripts.marker(marker, quiz)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=timezone.now())
    upload = SimpleUploadedFile("biên bản.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
    services.keep_file(attempt=attempt, position=1, upload=upload, now=timezone.now())
    attempt = services.submit_attempt(attempt=attempt, now=timezone.now())
    address = reverse("quizzes:download-file", args=[attempt.uuid, attempt.slots.get().files.get().uuid])
    assert address in at_desk.get(sheet_url(attempt)).content.decode()
    response = at_desk.get(address)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, b"%PDF-1.4\n%%EOF")
    assert as_user(scripts.marker(outsider, scripts.essay_quiz(1, title="Khác"))).get(address).status_code == 404


def test_the_sheet_costs_the_same_for_3_and_12_questions(at_desk, marker, learner, now):
    spent = []
    for count in (2, 11):
        quiz = scripts.essay_quiz(count, title=f"Bài {count}")
        scripts.marker(marker, quiz)
        attempt = scripts.answered(quiz, learner, now)
        for position in range(2, count + 1):
            services.mark_by_hand(attempt=attempt, position=position, fraction=0.5, by=marker, now=now)
        at_desk.get(sheet_url(attempt))
        with CaptureQueriesContext(connection) as queries:
            at_desk.get(sheet_url(attempt))
        spent.append(len(queries))
    assert spent[0] == spent[1]
    assert spent[0] <= 11


def test_what_the_taker_wrote_is_text_and_no_markup(at_desk, quiz, learner, now):
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    services.save_answer(
        attempt=attempt, position=2, client_uuid=uuid4(), seq=1, answer={"text": "<script>alert(1)</script>"}, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    give(at_desk, attempt, 2, "1", comment="<img src=x onerror=alert(2)>")
    page = at_desk.get(sheet_url(attempt, cau=2)).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


# --- giving a mark -----------------------------------------------------------------------------------------------------------------
def test_a_walk_from_the_first_answer_to_the_next_attempt(at_desk, attempt, marker, quiz, outsider, now):
    later = scripts.answered(quiz, outsider, now + timedelta(hours=1))
    first = give(at_desk, attempt, 2, "0,5", comment="Thiếu căn cứ.")
    assert (first.status_code, first.url) == (303, sheet_url(attempt, cau=3) + "#c3")
    second = give(at_desk, attempt, 3, "1")
    assert (second.status_code, second.url) == (303, sheet_url(attempt))
    attempt.refresh_from_db()
    assert (attempt.state, float(attempt.points), attempt.passed) == (AttemptState.MARKED, 2.5, True)
    page = at_desk.get(second.url).content.decode()
    assert marker.full_name in page
    assert "Thiếu căn cứ." in page
    assert sheet_url(later) in page, "the attempt that waits longest is next"


@pytest.mark.parametrize(("typed", "fraction"), [
    ("0,5", 0.5), ("0.5", 0.5), (" 1 ", 1.0), ("0", 0.0), (",25", 0.25), ("1,000", 1.0), ("0,75", 0.75),
])
def test_points_are_read_as_people_write_them(at_desk, attempt, typed, fraction):
    assert give(at_desk, attempt, 2, typed).status_code == 303
    assert attempt.slots.get(position=2).fraction == fraction


@pytest.mark.parametrize("typed", ["", "một", "-1", "1,5", "2", "1e0", "NaN", "inf", "1/2", "0,5 điểm", "1.234", "٣", "9" * 40])
def test_points_that_make_no_sense_are_named_at_the_field_and_nothing_is_lost(at_desk, attempt, typed):
    response = give(at_desk, attempt, 2, typed, comment="Đã viết rất lâu.")
    page = response.content.decode()
    assert response.status_code == 422
    assert "id_points_error" in page
    assert "Đã viết rất lâu." in page
    assert not HandMark.objects.exists()


def test_a_comment_that_is_too_long_stays_in_its_field(at_desk, attempt):
    response = give(at_desk, attempt, 2, "1", comment="x" * 4001)
    assert response.status_code == 422
    assert "x" * 4001 in response.content.decode()
    assert "id_comment_error" in response.content.decode()


def test_points_are_shares_of_the_questions_own(at_desk, learner, marker, now):
    section = ("fixed", {"title": "", "questions": [{"question": written.essay(criteria=()), "points": 3}]})
    quiz = Quiz.objects.create(title="Ba điểm", sections=[section])
    scripts.marker(marker, quiz)
    attempt = scripts.answered(quiz, learner, now)
    assert give(at_desk, attempt, 1, "3,5").status_code == 422
    give(at_desk, attempt, 1, "1")
    slot = attempt.slots.get()
    assert (round(slot.fraction, 6), float(slot.points)) == (0.333333, 1.0)


def test_two_markers_at_once_and_nobodys_mark_is_lost(at_desk, as_user, administrator, attempt, marker):
    drawn = at_desk.get(sheet_url(attempt, cau=2)).context["form"]
    other = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en")
    assert give(other, attempt, 2, "0,25", comment="Chưa đủ ý.").status_code == 303
    response = give(at_desk, attempt, 2, "0,75", comment="Khá tốt.", seen=drawn["seen"].value())
    page = response.content.decode()
    assert response.status_code == 409
    for said in (administrator.full_name, "0.25/1", "Chưa đủ ý.", "Khá tốt.", 'value="0,75"'):
        assert said in page
    assert attempt.slots.get(position=2).fraction == 0.25
    again = response.context["form"]
    assert give(at_desk, attempt, 2, "0,75", comment="Khá tốt.", seen=again["seen"].value()).status_code == 303
    assert list(HandMark.objects.order_by("pk").values_list("by__full_name", "fraction", "comment")) == [
        (administrator.full_name, 0.25, "Chưa đủ ý."), (marker.full_name, 0.75, "Khá tốt.")]


def test_a_double_tap_is_one_mark(at_desk, attempt):
    answers = [give(at_desk, attempt, 2, "0,5", comment="Khá") for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert HandMark.objects.count() == 1


def test_going_to_another_question_saves_what_was_typed_first(at_desk, attempt):
    response = give(at_desk, attempt, 2, "0,5", go="1")
    assert response.url == sheet_url(attempt, cau=1) + "#c1"
    assert HandMark.objects.count() == 1
    assert give(at_desk, attempt, 3, "", go="1").url == sheet_url(attempt, cau=1) + "#c1"
    assert HandMark.objects.count() == 1, "an untouched form gives no mark"
    assert give(at_desk, attempt, 3, "", comment="Đang viết dở", go="1").status_code == 422, "a comment alone is not thrown away"


def test_looking_at_a_history_keeps_what_was_typed_and_gives_no_mark(at_desk, attempt):
    response = give(at_desk, attempt, 2, "0,5", comment="Đang viết dở", history="3")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="0,5"' in page
    assert "Đang viết dở" in page
    assert "_error" not in page
    assert not HandMark.objects.exists()


def test_what_the_engine_marked_can_be_overruled_and_says_who_did(at_desk, attempt, marker):
    page = at_desk.get(sheet_url(attempt, cau=1))
    assert page.context["form"]["points"].value() == "1"
    give(at_desk, attempt, 1, "0", comment="Câu này bị hỏng.")
    assert attempt.slots.get(position=1).fraction == 0.0
    assert f"{marker.full_name}, " in at_desk.get(sheet_url(attempt)).content.decode()


@pytest.mark.parametrize("position", [0, 9, 99999])
def test_a_question_that_is_not_there_is_not_marked(at_desk, attempt, position):
    assert give(at_desk, attempt, position, "1").status_code == 404
    assert at_desk.get(sheet_url(attempt, cau=position)).status_code == 200


def test_a_survey_item_has_no_mark(at_desk, learner, marker, now):
    quiz = factory.quiz([written.survey_item(), written.essay()], title="Có hỏi ý kiến")
    scripts.marker(marker, quiz)
    attempt = services.start_attempt(quiz=quiz, user=learner, now=now)
    attempt = services.submit_attempt(attempt=attempt, now=now)
    assert give(at_desk, attempt, 1, "1").status_code == 404
    assert mark_url(attempt, 1) not in at_desk.get(sheet_url(attempt)).content.decode()
