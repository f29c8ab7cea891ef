"""Who gets to the pages of marking, and the list of attempts there."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quizzes import services
from quizzes.models import Attempt, HandMark
from tests.factories import accounts as people
from tests.factories import marking as scripts
from tests.factories import training as office
from tests.quizzes.desk import LIST, at_desk, attempt, give, marker, names, quiz, sheet_url

pytestmark = pytest.mark.same_everywhere

__all__ = ["at_desk", "attempt", "marker", "quiz"]


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
    page = at_desk.get(LIST)
    assert "Guest" in page.content.decode()
    for row in page.context["found"].rows:
        assert at_desk.get(f"{LIST}{row.attempt.uuid}/").status_code == 200


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
