"""Enrolling and reminding whoever is missing from a target: who is reached, who is left out, what is told, which letters go where."""

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.enums import Act
from accounts.models import LogEntry, User
from learning.enums import Source
from learning.models import Enrolment
from learning.services.outside import StudyFacts, enter_study
from tests.factories import courses, unions
from tests.factories import training as office
from training.enums import Match, ReminderState, Tree
from training.models import Reminder, Target
from training.selectors.reminders import reminders_of
from training.services import reaching
from training.services.errors import NoOpenCourse, TooManyAtOnce
from training.services.reminding import send_reminders
from unions.models import Audience, Post

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def course():
    return courses.small_course(title="Nghiệp vụ tổ trưởng", slug="nghiep-vu")


@pytest.fixture
def target(province, course):
    return target_of(province.top, course)


def target_of(unit, *asked, **fields) -> Target:
    target = Target.objects.create(
        unit=unit, year=2026, title="100% cán bộ được bồi dưỡng", audience=Audience.objects.create(), due_on=date(2026, 12, 31), made_at=NOW, **fields)
    target.courses.set(asked)
    return target


def reach(kind, target, unit, by, now=NOW, **fields) -> reaching.Reached:
    return reaching.KINDS[kind](target=target, unit=unit, on=TODAY, tree=Tree.TODAY, by=by, now=now, **fields)


def test_enrols_whoever_is_missing_and_nobody_else(province, admin_a, target, course, hoa, binh):
    office.finished(office.person("Lê Thị Xong", province.company_a), course)
    outcome = reach("enrol", target, province.ward_a, admin_a)
    assert (outcome.people, outcome.reached, outcome.standing) == (1, 1, 0)
    enrolment = Enrolment.objects.get(user=hoa)
    assert (enrolment.course, enrolment.source, enrolment.cycle, enrolment.steps_total) == (course, Source.OFFICE, 1, 2)
    assert LogEntry.objects.get(about=hoa, act=Act.ENROLLED).by == admin_a
    again = reach("enrol", target, province.ward_a, admin_a)
    assert (again.reached, again.standing) == (0, 1), "a double tap enrols nobody twice"
    assert LogEntry.objects.filter(act=Act.ENROLLED).count() == 1
    assert not binh.enrolments.exists()


def test_of_all_courses_the_missing_ones_are_begun_and_of_any_one_the_first(province, admin_a, course, hoa):
    second = courses.small_course(title="Tài chính công đoàn", slug="tai-chinh")
    enter_study(user=hoa, by=admin_a, facts=StudyFacts("Nghiệp vụ", "Trường", TODAY), now=NOW, counts_as=course)
    reach("enrol", target_of(province.top, course, second), province.ward_a, admin_a)
    assert list(hoa.enrolments.values_list("course", "cycle")) == [(second.pk, 1)], "what she took elsewhere is not begun"
    other = office.person("Người khác", province.company_a)
    reach("enrol", target_of(province.top, course, second, match=Match.ANY), province.ward_a, admin_a)
    assert other.enrolments.get().course == course


def test_what_was_done_too_long_ago_is_begun_once_more(province, admin_a, course, hoa):
    office.finished(hoa, course, days_ago=40)
    reach("enrol", target_of(province.top, course, since=TODAY - timedelta(days=5)), province.ward_a, admin_a)
    assert sorted(hoa.enrolments.values_list("cycle", flat=True)) == [1, 2]


def test_target_without_an_open_course_is_refused(province, admin_a, target, course, hoa):
    course.unpublish()
    with pytest.raises(NoOpenCourse):
        reach("enrol", target, province.ward_a, admin_a)
    assert not Enrolment.objects.exists()


def test_a_course_without_lessons_is_passed_over_and_refused_when_it_is_the_only_one(province, admin_a, course, hoa):
    empty = courses.course("Chưa soạn", "chua-soan")
    empty.move(course, "left")
    reach("enrol", target_of(province.top, empty, course, match=Match.ANY), province.ward_a, admin_a)
    assert [row.course.slug for row in hoa.enrolments.all()] == [course.slug]
    with pytest.raises(NoOpenCourse):
        reach("enrol", target_of(province.top, empty), province.ward_a, admin_a)


def test_nobody_is_reached_beyond_the_units_that_the_asker_manages(province, admin_a, viewer_a, target, hoa, binh):
    outcome = reach("remind", target, province.top, admin_a)
    assert (outcome.people, outcome.reached, outcome.elsewhere) == (2, 1, 1)
    assert Reminder.objects.get().user == hoa
    assert reach("remind", target, province.ward_a, viewer_a).elsewhere == 1


def test_nobody_is_reminded_of_the_same_target_twice_within_three_days(province, admin_a, target, course, hoa):
    assert reach("remind", target, province.ward_a, admin_a).reached == 1
    again = reach("remind", target, province.ward_a, admin_a, now=NOW + timedelta(days=2))
    assert (again.reached, again.lately) == (0, 1)
    assert reach("remind", target_of(province.top, course, match=Match.ANY), province.ward_a, admin_a).reached == 1, "another target"
    assert reach("remind", target, province.ward_a, admin_a, now=NOW + timedelta(days=3)).reached == 1
    assert LogEntry.objects.filter(about=hoa, act=Act.REMINDED).count() == 3


def test_letters_go_to_proved_addresses_only_in_words_with_a_link_and_nothing_private(province, admin_a, target, hoa):
    unproved = office.person("Đỗ Chưa Rõ", province.company_a, email="cua-ai@example.org")
    EmailAddress.objects.create(user=unproved, email="cua-ai@example.org", verified=False, primary=True)
    office.person("Lý Không Thư", province.company_a, email=None, phone="+84912345000")
    outcome = reach("remind", target, province.ward_a, admin_a)
    assert (outcome.reached, outcome.without_address) == (3, 2)
    assert send_reminders(now=NOW).sent == 1
    [letter] = mail.outbox
    assert letter.to == ["hoa@example.org"]
    assert "100% cán bộ được bồi dưỡng" in letter.body and "31/12/2026" in letter.body and "/hoc-tap/" in letter.body
    assert "0912" not in letter.body and province.company_a.name not in letter.body
    assert sorted(Reminder.objects.values_list("state", flat=True)) == ["sent", "shown", "shown"]
    assert send_reminders(now=NOW + timedelta(hours=1)).sent == 0, "sent once"


def test_letter_is_not_sent_to_whoever_has_done_it_meanwhile(province, admin_a, target, course, hoa):
    reach("remind", target, province.ward_a, admin_a)
    office.finished(hoa, course)
    assert send_reminders(now=NOW).sent == 0
    assert Reminder.objects.get().state == ReminderState.SHOWN
    assert mail.outbox == []


def test_a_mail_server_that_is_gone_puts_letters_off(province, admin_a, target, hoa, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    reach("remind", target, province.ward_a, admin_a)
    assert send_reminders(now=NOW).is_stopped
    row = Reminder.objects.get()
    assert (row.state, row.tries) == ("waiting", 0) and row.error and row.due_at > NOW


def test_reminder_stands_on_the_home_page_until_it_is_done(province, admin_a, target, course, hoa, as_user):
    reach("remind", target, province.ward_a, admin_a)
    reach("remind", target, province.ward_a, admin_a, now=NOW + timedelta(days=4))
    [shown] = reminders_of(hoa, NOW + timedelta(days=5))
    assert (shown.reminder.at, shown.courses, shown.is_overdue) == (NOW + timedelta(days=4), [course], False)
    assert reminders_of(hoa, NOW + timedelta(days=45))[0].is_overdue
    assert reminders_of(hoa, NOW + timedelta(days=80)) == []
    office.finished(hoa, course)
    assert reminders_of(hoa, NOW + timedelta(days=5)) == []


@pytest.mark.parametrize("count", [1, 30])
def test_reaching_and_reminders_take_the_same_queries(province, admin_a, target, course, hoa, count, django_assert_max_num_queries):
    for number in range(count):
        office.person(f"Người {number}", province.company_a)
        Reminder.objects.create(user=hoa, target=target_of(province.top, course), at=NOW, due_at=NOW)
    with django_assert_max_num_queries(40):
        assert reach("remind", target, province.ward_a, admin_a).reached == count + 1
    with django_assert_max_num_queries(40):
        assert reach("enrol", target, province.ward_a, admin_a).reached == count + 1
    with django_assert_max_num_queries(6):
        assert len(reminders_of(hoa, NOW)) == count + 1


def test_many_are_reached_in_the_background_and_told_to_whoever_asked(province, admin_a, viewer_a, target, hoa):
    kind = unions.post_kind()
    people = User.objects.bulk_create(User(full_name=f"Người {number}") for number in range(6))
    Post.objects.bulk_create(Post(user=person, unit=province.company_a, kind=kind, valid_from=date(2026, 1, 1)) for person in people)
    with pytest.raises(TooManyAtOnce):
        reach("enrol", target, province.ward_a, admin_a, at_most=5)
    key = reaching.begin_reaching(kind="enrol", by=admin_a)
    assert reaching.how_far(key, admin_a)["state"] == "waiting"
    reaching.reach(key=key, kind="enrol", target=target, unit=province.ward_a, on=TODAY, tree=Tree.TODAY, by=admin_a, now=NOW)
    told = reaching.how_far(key, admin_a)
    assert (told["state"], told["done"], told["outcome"]["reached"]) == ("done", 7, 7)
    assert reaching.how_far(key, viewer_a) is None
