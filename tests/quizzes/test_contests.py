"""Public contests: the code, the name, the start, and a ranking that everybody watches at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes import codes, selectors, services
from quizzes.enums import Mode, Review
from quizzes.models import Attempt, Quiz
from quizzes.querysets import Taker
from quizzes.views.contests import WRONG_PER_MINUTE
from tests.factories import quizzes as factory

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

CONTEST, RANKING, PART = "/thi/LUAT2026/", "/thi/LUAT2026/xep-hang/", "/thi/LUAT2026/xep-hang/bang/"


@pytest.fixture
def contest(db) -> Quiz:
    return factory.quiz(
        title="Thi tìm hiểu", mode=Mode.CONTEST, join_code="LUAT2026", is_open_to_all=True, attempts_allowed=2, time_limit_seconds=1200)


@pytest.fixture
def stranger(as_user):
    return as_user(None, headers={"accept-language": "en"})


def marked(contest: Quiz, name: str, right: int, seconds: int, *, number: int = 1, user=None, visitor: str = "", **fields) -> Attempt:
    """An attempt as it stands in the database once it is marked."""
    now = timezone.now()
    visitor = "" if user else visitor or name.ljust(64, "x")
    return Attempt.objects.create(**{
        "quiz": contest, "user": user, "visitor": visitor, "shown_name": name, "number": number, "seed": 1, "state": "marked",
        "pass_fraction": "0.5", "review": contest.review, "started_at": now, "submitted_at": now, "marked_at": now, "seconds_taken": seconds,
        "points": right, "max_points": 20, "fraction": right / 20, "passed": right >= 10, **fields})


def ranks(contest: Quiz) -> list[tuple[int, str]]:
    caches["pages"].clear()
    return [(rank.place, rank.name) for rank in selectors.ranking_of(contest, now=timezone.now()).ranks]


@pytest.mark.parametrize("typed", ["LUAT2026", "luat2026", " Luat-2026 ", "l u a t 2 0 2 6", "LUAT2O26", "LUẬT 2026", "luât—2026"])
def test_a_code_is_found_however_it_is_typed(stranger, contest, typed):
    assert selectors.contest_by_code(typed) == contest
    page = stranger.get("/thi/", {"ma": typed}, follow=True)
    assert (page.status_code, page.redirect_chain[-1][0]) == (200, CONTEST)
    assert "noindex" in page["X-Robots-Tag"]


def test_letters_and_digits_that_look_alike_meet_and_the_exact_one_wins(contest):
    hoi, also = (factory.quiz(title=code, mode=Mode.CONTEST, join_code=code) for code in ("HOI1", "H011"))
    assert [selectors.contest_by_code(typed) for typed in ("HOI1", "H011", "h0i1", "hoii")] == [hoi, also, hoi, hoi]
    assert selectors.contest_by_code("LUAT2027") is None


@pytest.mark.parametrize(("typed", "code"), [("", ""), ("---", ""), ("đoàn 95", "DOAN95"), ("a" * 200, "A" * codes.LENGTH), ("٣", "")])
def test_what_a_code_is_made_of(typed, code):
    assert codes.normalise(typed) == code


@pytest.mark.parametrize("fields", [{"live": False}, {"mode": Mode.EXAM}, {"join_code": "KHAC2026"}])
def test_what_is_no_contest_of_this_code_is_told_plainly(stranger, contest, fields):
    Quiz.objects.update(**fields)
    for path in (CONTEST, RANKING, PART):
        said = stranger.get(path)
        assert said.status_code == 404 and "There is no contest with the code" in said.content.decode()
        assert contest.title not in said.content.decode()
    assert stranger.post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"}).status_code == 404


def test_who_tries_codes_has_to_wait_and_others_do_not(stranger, as_user, contest):
    # Wherever the minute turns, one of the two minutes holds enough wrong ones.
    answers = [stranger.get(f"/thi/SAI{number}/").status_code for number in range(2 * WRONG_PER_MINUTE + 1)]
    assert set(answers[:WRONG_PER_MINUTE]) == {404}
    assert 429 in answers
    if answers[-1] == 429:
        waits = stranger.get(CONTEST)
        assert (waits.status_code, waits["Retry-After"]) == (429, "60") and contest.title not in waits.content.decode()
    assert as_user(None, REMOTE_ADDR="203.0.113.9").get(CONTEST).status_code == 200


def test_right_codes_are_never_counted(stranger, contest):
    assert {stranger.get(CONTEST).status_code for _time in range(WRONG_PER_MINUTE + 5)} == {200}


def test_the_page_of_a_contest_says_its_rules(stranger, contest):
    Quiz.objects.update(closes_at=timezone.now() + timedelta(days=2), introduction="<p>Mời anh chị.</p>")
    page = stranger.get(CONTEST).content.decode()
    for words in ("Mời anh chị.", "2 questions.", "20 min from the start on", "2 attempts at most. The best one counts.", "Open until", "data-countdown"):
        assert words in page
    assert 'content="noindex' in page


@pytest.mark.parametrize(("typed", "name"), [
    ("Mai, tổ may 3", "Mai, tổ may 3"), ("  Lê   Thị\u00a0Vân ", "Lê Thị Vân"), ("Nguye\u0302\u0303n An", "Nguyễn An"), ("Đỗ", "Đỗ"),
])
def test_a_name_is_cleaned(stranger, contest, typed, name):
    stranger.post(f"{CONTEST}bat-dau/", {"shown_name": typed})
    assert Attempt.objects.get().shown_name == name


@pytest.mark.parametrize("typed", ["", " ", "A", "12", "Mai\u202eiaM", "Mai\x00", "M\u200bai", "Mai\nAn", "A" * 81])
def test_a_name_that_cannot_stand_there_is_refused(stranger, contest, typed):
    said = stranger.post(f"{CONTEST}bat-dau/", {"shown_name": typed})
    assert (said.status_code, Attempt.objects.exists()) == (422, False)
    assert said.context["form"].errors["shown_name"]


def test_names_are_drawn_as_text(stranger, contest):
    marked(contest, "<b>Mai</b><script>", 12, 100)
    assert "&lt;b&gt;Mai&lt;/b&gt;&lt;script&gt;" in stranger.get(RANKING).content.decode()


def test_somebody_signed_in_is_offered_their_own_name(as_user, learner, contest):
    client = as_user(learner)
    assert f'value="{learner.full_name}"' in client.get(CONTEST).content.decode()
    client.post(f"{CONTEST}bat-dau/", {"shown_name": ""})
    attempt = Attempt.objects.get()
    assert (attempt.user, attempt.visitor, attempt.shown_name, attempt.context) == (learner, "", learner.full_name, "")


def test_a_contest_for_people_with_an_account_asks_to_sign_in_and_comes_back(stranger, as_user, learner, contest):
    Quiz.objects.update(is_open_to_all=False)
    page = stranger.get(CONTEST).content.decode()
    assert f"{reverse('account_login')}?next={CONTEST}" in page and "shown_name" not in page
    sent = stranger.post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"})
    assert sent.url == f"{reverse('account_login')}?next={CONTEST}"
    assert not Attempt.objects.exists()
    assert as_user(learner).post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"}).url == reverse("quizzes:show-question", args=[Attempt.objects.get().uuid, 1])


def test_attempts_are_limited_also_for_visitors(stranger, contest):
    for _time in range(2):
        stranger.post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"})
        services.submit_attempt(attempt=Attempt.objects.get(state="in_progress"), now=timezone.now())
    refused = stranger.post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"}, follow=True)
    assert "You have used all your attempts" in refused.content.decode()
    assert Attempt.objects.count() == 2
    assert f"{CONTEST}bat-dau/" not in refused.content.decode()


def test_a_double_tap_makes_one_attempt(stranger, contest):
    stranger.get(CONTEST)
    sent = [stranger.post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"}).url for _time in range(2)]
    place = reverse("quizzes:show-attempt", args=[Attempt.objects.get().uuid])
    assert sent == [f"{place}cau/1/", place]


@pytest.mark.parametrize(("counting", "expected"), [
    ("best", [(1, "An"), (2, "Bình")]), ("latest", [(1, "Bình"), (2, "An")]), ("first", [(1, "An"), (2, "Bình")]),
    ("average", [(1, "Bình"), (2, "An")]),
])
def test_the_attempt_that_counts_is_the_quizzes_rule(contest, counting, expected):
    Quiz.objects.update(counting=counting)
    contest.refresh_from_db()
    marked(contest, "An", 19, 600)
    marked(contest, "An", 5, 400, number=2)
    marked(contest, "Bình", 14, 500)
    marked(contest, "Bình", 16, 700, number=2)
    assert ranks(contest) == expected


def test_equal_marks_are_ordered_by_time_and_ties_share_a_place(contest, learner):
    for name, right, seconds in (("Chậm", 18, 900), ("Nhanh", 18, 300), ("Cũng nhanh", 18, 300), ("Giỏi", 20, 1200), ("Cuối", 2, 60)):
        marked(contest, name, right, seconds)
    marked(contest, "Chị Mai", 20, 1100, user=learner)
    assert ranks(contest) == [(1, "Chị Mai"), (2, "Giỏi"), (3, "Nhanh"), (3, "Cũng nhanh"), (5, "Chậm"), (6, "Cuối")]


def test_the_faster_of_two_equal_attempts_counts_and_the_newest_name_is_shown(contest):
    marked(contest, "Tên cũ", 15, 500, visitor="v" * 64)
    marked(contest, "Tên mới", 15, 700, visitor="v" * 64, number=2)
    ranking = selectors.ranking_of(contest, now=timezone.now())
    assert [(rank.name, rank.seconds) for rank in ranking.ranks] == [("Tên mới", 500)]


def test_what_is_not_marked_or_belongs_elsewhere_does_not_stand_there(contest, learner):
    waiting = {"state": "submitted", "fraction": None, "points": None, "passed": None, "marked_at": None}
    marked(contest, "Đang chờ chấm", 0, 100, **waiting)
    marked(contest, "Còn nhận trễ", 0, 100, late_until=timezone.now() + timedelta(minutes=2), **waiting)
    marked(contest, "Trong khóa học", 20, 100, user=learner, context=str(uuid4()))
    marked(contest, "Xem thử", 20, 100, context="preview")
    marked(factory.quiz(title="Cuộc khác"), "Cuộc khác", 20, 100)
    services.start_attempt(quiz=contest, visitor="a" * 64, shown_name="Đang làm", now=timezone.now())
    assert ranks(contest) == []
    marked(contest, "Đã chấm", 3, 100)
    assert ranks(contest) == [(1, "Đã chấm")]


@pytest.mark.parametrize("takers", [3, 300])
def test_a_ranking_is_one_statement_however_many_took_part(contest, takers):
    for number in range(takers):
        marked(contest, f"Người {number}", number % 21, 100 + number)
        marked(contest, f"Người {number}", (number + 7) % 21, 100 + number, number=2)
    now = timezone.now()
    with CaptureQueriesContext(connection) as first:
        ranking = selectors.ranking_of(contest, now=now)
    with CaptureQueriesContext(connection) as again:
        assert selectors.ranking_of(contest, now=now) == ranking
    assert (len(first), len(again), len(ranking.ranks)) == (1, 0, takers)
    shares = [(-rank.fraction, rank.seconds) for rank in ranking.ranks]
    assert shares == sorted(shares)


def test_the_page_of_a_ranking_takes_the_same_queries_with_3_and_300(stranger, contest):
    counts = []
    for upto in (range(3), range(3, 300)):
        for number in upto:
            marked(contest, f"Người {number}", number % 21, 100 + number)
        stranger.get(RANKING)
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as queries:
            page = stranger.get(RANKING)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert page.content.decode().count("<tr") == 1 + selectors.PER_PAGE
    assert len(stranger.get(f"{RANKING}?trang=3").context["page"]) == selectors.PER_PAGE


def test_ones_own_place_is_always_shown(as_user, learner, contest):
    for number in range(150):
        marked(contest, f"Người {number}", 20, 100 + number)
    marked(contest, "Chị Mai", 1, 900, user=learner)
    page = as_user(learner, headers={"accept-language": "en"}).get(RANKING).content.decode()
    assert "<b>151</b> of 151" in page and "is-me" not in page
    assert "is-me" in as_user(learner).get(f"{RANKING}?trang=2").content.decode()
    assert "my-place" not in as_user().get(RANKING).content.decode()


def test_the_part_that_is_polled_answers_304_until_something_changes(stranger, as_user, learner, contest):
    marked(contest, "An", 10, 100)
    first = stranger.get(PART)
    assert (first.status_code, "no-store" in first["Cache-Control"], "<html" in first.content.decode()) == (200, False, False)
    assert first["ETag"] == stranger.get(RANKING).context["etag"]
    caches["pages"].clear()
    same = stranger.get(PART, headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    marked(contest, "Bình", 12, 100)
    caches["pages"].clear()
    changed = stranger.get(PART, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and "Bình" in changed.content.decode()
    marked(contest, "Chị Mai", 11, 100, user=learner)
    caches["pages"].clear()
    assert as_user(learner).get(PART)["ETag"] != stranger.get(PART)["ETag"]


def test_a_closed_contest_says_when_nothing_will_change_any_more(stranger, contest):
    marked(contest, "An", 10, 100)
    before = stranger.get(PART)
    Quiz.objects.update(closes_at=timezone.now() - timedelta(seconds=5), grace_seconds=120)
    closing = stranger.get(PART, headers={"If-None-Match": before["ETag"]})
    assert closing.status_code == 200 and "data-final" not in closing.content.decode()
    Quiz.objects.update(closes_at=timezone.now() - timedelta(minutes=10))
    final = stranger.get(RANKING).content.decode()
    assert "data-final" in final and "ranking.js" not in final


def test_nothing_of_the_right_answers_is_told_before_the_end(stranger, contest):
    """The preset a quiz begins with would show everything after a pass; others are still at it."""
    stranger.post(f"{CONTEST}bat-dau/", {"shown_name": "Mai"})
    attempt = Attempt.objects.get()
    for slot in attempt.slots.select_related("version"):
        services.save_answer(
            attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=attempt.deadline_at.timestamp(), answer=factory.right_answer(slot),
            now=timezone.now())
    services.submit_attempt(attempt=attempt, now=timezone.now())
    result = stranger.get(reverse("quizzes:show-result", args=[attempt.uuid]))
    assert result.context["attempt"].passed and result.context["shows"].mark
    assert not result.context["result"].shows_review and "Ngày thứ 30" not in result.content.decode()
    assert stranger.get(reverse("quizzes:show-progress")).context["progress"].categories == []
    Quiz.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert stranger.get(reverse("quizzes:show-progress")).context["progress"].categories[0].asked == 2
    closed = stranger.get(reverse("quizzes:show-result", args=[attempt.uuid]))
    assert closed.context["result"].shows_review and "Ngày thứ 30" in closed.content.decode()


def test_an_author_who_chose_more_decides(contest):
    assert contest.shown["after_pass"] == ("mark",)
    contest.review = Review.FULL
    assert "right_answer" in contest.shown["after_pass"]
    contest.review, contest.review_table = Review.OWN, {"after_pass": ["mark", "explanation"]}
    assert contest.shown == {"after_pass": ["mark", "explanation"]}
    contest.review, contest.mode = Review.AFTER_PASS, Mode.EXAM
    assert "right_answer" in contest.shown["after_pass"]


def test_a_rank_never_shows_who_is_behind_it(stranger, contest, learner):
    marked(contest, "Chị M.", 12, 100, user=learner)
    marked(contest, "Khách", 11, 100, visitor="f00d" * 16)
    page = stranger.get(RANKING).content.decode()
    assert learner.full_name not in page and "f00d" not in page and f"user:{learner.pk}" not in page
    assert selectors.ranking_of(contest, now=timezone.now()).of(Taker(learner)).place == 1
