"""The pages of whoever marks: the list, one attempt, a mark; and what the taker sees meanwhile."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import QuizPage
from courses.services import publish_rules
from learning.services import enrol_learner
from quizzes import services
from quizzes.enums import AttemptState
from quizzes.models import Attempt, HandMark, Quiz
from quizzes.selectors import milliseconds
from tests.factories import accounts as people
from tests.factories import courses
from tests.factories import marking as scripts
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory
from tests.factories import training as office

LIST = "/dao-tao/bai-lam/"


@pytest.fixture
def quiz(db):
    return scripts.essay_quiz(2)


@pytest.fixture
def marker(trainer, quiz):
    return scripts.marker(trainer, quiz)


@pytest.fixture
def at_desk(as_user, marker):
    return as_user(marker, HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def attempt(quiz, learner, now) -> Attempt:
    return scripts.answered(quiz, learner, now)


def names(response) -> list[str]:
    return [row.attempt.taker_name for row in response.context["found"].rows]


def sheet_url(attempt: Attempt, **params) -> str:
    return reverse("marking:show-attempt", args=[attempt.uuid]) + ("?" + "&".join(f"{k}={v}" for k, v in params.items()) if params else "")


def mark_url(attempt: Attempt, position: int) -> str:
    return reverse("marking:mark-answer", args=[attempt.uuid, position])


def give(client, attempt, position: int, points: str, comment: str = "", seen: int = 0, **more):
    return client.post(mark_url(attempt, position), {"points": points, "comment": comment, "seen": seen, "go": "", **more})


# --- the door ----------------------------------------------------------------------------------------------------------------------
def test_a_stranger_signs_in_first(client, attempt):
    for response in (client.get(LIST), client.get(sheet_url(attempt)), give(client, attempt, 2, "1")):
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))


def test_a_learner_gets_the_page_that_says_no(as_user, learner, attempt):
    client = as_user(learner)
    for response in (client.get(LIST), client.get(sheet_url(attempt)), give(client, attempt, 2, "1")):
        assert response.status_code == 403
    assert not HandMark.objects.exists()


def test_for_another_quizzes_marker_the_attempt_does_not_exist(as_user, outsider, attempt):
    other = scripts.marker(outsider, scripts.essay_quiz(1, title="Bài khác"))
    client = as_user(other)
    assert names(client.get(LIST)) == []
    assert client.get(sheet_url(attempt)).status_code == 404
    assert give(client, attempt, 2, "1").status_code == 404
    assert not HandMark.objects.exists()


def test_who_sees_every_attempt_marks_every_attempt(as_user, outsider, attempt):
    client = as_user(scripts.may(outsider, "view_every_attempt"))
    assert names(client.get(LIST)) == ["Nguyễn Thị Mai"]
    assert give(client, attempt, 2, "1").status_code == 303


def test_an_attempt_under_way_is_not_looked_into(at_desk, quiz, outsider, now):
    attempt = services.start_attempt(quiz=quiz, user=outsider, now=now)
    assert names(at_desk.get(LIST)) == []
    assert at_desk.get(sheet_url(attempt)).status_code == 404


def test_who_only_marks_is_led_from_the_office_to_the_marking(at_desk):
    response = at_desk.get("/dao-tao/")
    assert (response.status_code, response.url) == (302, LIST)
    assert at_desk.get("/dao-tao/theo-khoa-hoc/").status_code == 403
    page = at_desk.get(LIST).content.decode()
    assert page.count('href="/dao-tao/bai-lam/" aria-current="page"') == 3, "in the side list, in the dock and over the list"
    assert 'href="/dao-tao/"' not in page


@pytest.mark.parametrize(("codenames", "is_offered"), [(["mark_attempt"], True), ([], False)])
def test_the_editors_menu_offers_it_to_markers(as_user, outsider, codenames, is_offered):
    scripts.may(outsider, *codenames)
    outsider.user_permissions.add(Permission.objects.get(codename="access_admin"))
    menu = as_user(outsider).get("/quan-tri/")
    assert menu.status_code == 200
    assert (LIST in menu.content.decode()) is is_offered


def test_an_officer_who_does_not_mark_is_not_offered_it(as_user, db):
    officer = office.officer("Phạm Thị Ánh", office.province().ward_a)
    client = as_user(officer)
    page = client.get("/dao-tao/").content.decode()
    assert 'href="/dao-tao/" aria-current="page"' in page
    assert LIST not in page
    assert client.get(LIST).status_code == 403


def test_the_pages_are_never_kept_by_a_cache(at_desk, attempt):
    assert "no-store" in at_desk.get(LIST)["Cache-Control"]
    assert "no-store" in at_desk.get(sheet_url(attempt))["Cache-Control"]


# --- the list ----------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def three(quiz, learner, outsider, marker, now):
    """Mai waits since yesterday; Ngoài was marked today and passed; Hòa failed the day before yesterday, at another quiz."""
    other = scripts.essay_quiz(0, title="Kiểm tra nhanh", pass_fraction=1)
    scripts.marker(marker, other)
    waiting = scripts.answered(quiz, learner, now - timedelta(days=1))
    passed = scripts.answered(quiz, outsider, now)
    for position in (2, 3):
        services.mark_by_hand(attempt=passed, position=position, fraction=1.0, by=marker, now=now)
    hoa = people.person("Đặng Thị Hòa", "hoa@example.org", phone="+84987000111")
    failed = services.start_attempt(quiz=other, user=hoa, now=now - timedelta(days=2, minutes=4))
    services.submit_attempt(attempt=failed, now=now - timedelta(days=2))
    return waiting, passed, failed


def test_what_waits_comes_first_and_then_the_newest(at_desk, three):
    response = at_desk.get(LIST)
    assert names(response) == ["Nguyễn Thị Mai", "Đỗ Văn Ngoài", "Đặng Thị Hòa"]
    assert (response.context["found"].total, response.context["found"].waiting) == (3, 1)


def test_a_row_holds_who_what_and_when(at_desk, three, now):
    row = at_desk.get(LIST).context["found"].rows[0]
    assert (row.attempt.number, row.minutes, row.waiting, row.late, row.standing) == (1, 12, 2, 0, "waiting")
    page = at_desk.get(LIST).content.decode()
    # Begun 12 minutes before the end, by the clock of Hà Nội.
    assert "13:51 19/11/2026" in page
    assert "14:03 19/11/2026" in page
    assert "3/3" in page
    assert "12 min" in page


@pytest.mark.parametrize(("asked", "found"), [
    ({"state": "waiting"}, ["Nguyễn Thị Mai"]),
    ({"state": "marked"}, ["Đỗ Văn Ngoài", "Đặng Thị Hòa"]),
    ({"state": "late"}, []),
    ({"passed": "yes"}, ["Đỗ Văn Ngoài"]),
    ({"passed": "no"}, ["Đặng Thị Hòa"]),
    ({"q": "dang thi hoa"}, ["Đặng Thị Hòa"]),
    ({"q": "HOÀ đặng"}, ["Đặng Thị Hòa"]),
    ({"q": "0987 000 111"}, ["Đặng Thị Hòa"]),
    ({"q": "hoa@example.org"}, ["Đặng Thị Hòa"]),
    ({"q": "khong co ai"}, []),
    ({"since": "20/11/2026"}, ["Đỗ Văn Ngoài"]),
    ({"until": "18/11/2026"}, ["Đặng Thị Hòa"]),
    ({"since": "19/11/2026", "until": "19/11/2026"}, ["Nguyễn Thị Mai"]),
    ({"state": "marked", "passed": "yes", "q": "ngoai"}, ["Đỗ Văn Ngoài"]),
])
def test_filters_narrow_the_list(at_desk, three, asked, found):
    assert names(at_desk.get(LIST, asked)) == found


def test_a_quiz_narrows_the_list_and_only_ones_own_are_offered(at_desk, three, quiz):
    scripts.essay_quiz(1, title="Của người khác")
    response = at_desk.get(LIST, {"quiz": str(quiz.uuid)})
    assert names(response) == ["Nguyễn Thị Mai", "Đỗ Văn Ngoài"]
    assert [str(choice[1]) for choice in response.context["form"].fields["quiz"].choices][1:] == ["Bài viết cuối khóa", "Kiểm tra nhanh"]


def test_a_receipt_finds_its_attempt(at_desk, three):
    code = three[1].receipt_code
    assert names(at_desk.get(LIST, {"q": code.replace("-", " ").lower()})) == ["Đỗ Văn Ngoài"]


def test_somebody_without_an_account_is_found_by_the_name_that_they_gave(at_desk, marker, now):
    contest = scripts.essay_quiz(0, title="Thi tìm hiểu", is_open_to_all=True)
    scripts.marker(marker, contest)
    for number, name in enumerate(("Hồ Thị Bưởi", "", "Lê Bá Buồi")):
        scripts.answered(contest, None, now, visitor=f"{number}" * 64, shown_name=name)
    assert names(at_desk.get(LIST, {"q": "buoi thi"})) == ["Hồ Thị Bưởi"]
    assert "Guest" in at_desk.get(LIST).content.decode()


@pytest.mark.parametrize(("wrong", "field"), [
    ({"since": "31/02/2026"}, "since"), ({"since": "25/10/2026", "until": "01/10/2026"}, "until"), ({"state": "dreaming"}, "state"),
    ({"quiz": "khong-phai-uuid"}, "quiz"), ({"quiz": "00000000-0000-4000-8000-000000000000"}, "quiz"), ({"passed": "maybe"}, "passed"),
])
def test_what_is_not_understood_is_left_out_and_named(at_desk, three, wrong, field):
    response = at_desk.get(LIST, wrong)
    assert list(response.context["form"].errors) == [field]
    assert names(response) != []
    assert f"{field}=" not in response.context["query"]
    assert f'id="id_{field}_error"' in response.content.decode()


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1", "BN-", "9" * 119, "xyz\u200b%"])
def test_a_strange_search_finds_nobody_and_breaks_nothing(at_desk, three, typed):
    response = at_desk.get(LIST, {"q": typed, "trang": "999"})
    assert response.status_code == 200
    assert set(names(response)) < {"Nguyễn Thị Mai", "Đỗ Văn Ngoài", "Đặng Thị Hòa"}


def test_the_list_costs_the_same_with_1_3_and_60_rows(at_desk, quiz, now):
    spent = []
    for count in (1, 3, 60):
        for number in range(Attempt.objects.count(), count):
            scripts.answered(quiz, people.person(f"Học Viên {number}", f"hv{number}@example.org"), now + timedelta(minutes=number))
        at_desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert at_desk.get(LIST, {"q": "hoc vien"}).status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1] == spent[2]
    assert spent[0] <= 15


def test_pages_hold_fifty_and_everybody_once(at_desk, quiz, now):
    for number in range(60):
        scripts.answered(quiz, people.person(f"Học Viên {number}", f"hv{number}@example.org"), now)
    pages = [names(at_desk.get(LIST, {"trang": number})) for number in (1, 2)]
    assert [len(page) for page in pages] == [50, 10]
    assert len({*pages[0], *pages[1]}) == 60
    assert "?trang=2&amp;state=waiting" in at_desk.get(LIST, {"state": "waiting"}).content.decode()


def test_an_empty_list_says_why(at_desk):
    assert "Nothing has been handed in yet" in at_desk.get(LIST).content.decode()


# --- one attempt -------------------------------------------------------------------------------------------------------------------
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


# --- what the taker sees meanwhile -------------------------------------------------------------------------------------------------
@pytest.fixture
def in_a_course(learner, now):
    """A course whose quiz has an essay, handed in by the learner."""
    course = courses.course()
    module = courses.module(course)
    courses.lesson(module)
    courses.quiz_page(module, scripts.essay_quiz(1, title="Bài viết", attempts_allowed=1))
    publish_rules(course=course)
    enrolment = enrol_learner(user=learner, course=course, now=now)
    return scripts.answered(QuizPage.objects.get().quiz, learner, now, context=enrolment.context)


def test_every_page_of_the_taker_stands_while_the_attempt_waits(as_user, learner, in_a_course):
    client = as_user(learner, HTTP_ACCEPT_LANGUAGE="en")
    course = QuizPage.objects.get().get_parent().get_parent()
    quiz_page = client.get(QuizPage.objects.get().url)
    for page in (quiz_page, client.get("/hoc-tap/"), client.get(course.url), client.get(reverse("quizzes:show-receipt", args=[in_a_course.receipt_code]))):
        assert page.status_code == 200
    said = quiz_page.content.decode()
    assert "Waiting to be marked" in said
    assert reverse("quizzes:show-result", args=[in_a_course.uuid]) in said
    assert "Ready?" not in said
    assert "No attempts are left" not in said


def test_the_result_waits_and_neither_judges_nor_sends_back(as_user, learner, in_a_course):
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(reverse("quizzes:show-result", args=[in_a_course.uuid])).content.decode()
    assert "waiting to be marked" in page
    assert "Take it again" not in page
    assert "Not passed" not in page
    assert "To study again" not in page


def test_the_quiz_page_shows_an_earlier_result_beside_the_attempt_that_waits(as_user, learner, marker, in_a_course, now):
    quiz = in_a_course.quiz
    quiz.attempts_allowed = 0
    quiz.save()
    services.mark_by_hand(attempt=in_a_course, position=2, fraction=0.2, by=marker, now=now)
    scripts.answered(quiz, learner, now + timedelta(hours=1), context=in_a_course.context)
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(QuizPage.objects.get().url).content.decode()
    assert "Waiting to be marked" in page
    assert "Not passed yet" in page
    assert "Take it again" in page


def test_the_office_shows_an_attempt_that_waits_without_a_mark(as_user, administrator, in_a_course):
    client = as_user(administrator, HTTP_ACCEPT_LANGUAGE="en")
    enrolment = in_a_course.user.enrolments.get()
    record = client.get(reverse("training:show-learner", args=[enrolment.uuid])).content.decode()
    assert "Waiting to be marked" in record
    assert client.get("/dao-tao/").status_code == 200
    assert client.get("/dao-tao/xuat/").status_code == 200


def test_after_the_mark_the_taker_reads_it_with_the_comment(as_user, at_desk, learner, attempt):
    give(at_desk, attempt, 2, "1", comment="Lập luận chặt chẽ.")
    give(at_desk, attempt, 3, "1")
    page = as_user(learner, HTTP_ACCEPT_LANGUAGE="en").get(reverse("quizzes:show-result", args=[attempt.uuid])).content.decode()
    assert "Congratulations" in page
    assert "Lập luận chặt chẽ." in page
