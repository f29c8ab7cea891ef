"""Required courses: who is assigned, who leaves, who comes back, what meets a rule, what opens it again."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from accounts.enums import Act
from accounts.models import LogEntry
from certificates.services import expire_certificates, reissue_certificate, revoke_certificate
from learning import services
from learning.enums import Need
from learning.models import Assignment, AssignmentRule, Completion, Enrolment
from learning.selectors.assignments import asked_of, due_on, turn_of
from learning.services.assignments import RuleFacts, begin_course, change_rule, end_rule, make_rule, settle_due, settle_people, settle_rule
from learning.services.outside import StudyFacts, decide_study, enter_study
from tests.factories import certificates as papers
from tests.factories import courses, unions
from tests.factories import training as factory
from unions.models import Post
from unions.selectors.audiences import Meant
from unions.services import appoint_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
FACTS = RuleFacts("Bồi dưỡng cán bộ mới", due_on=date(2026, 12, 15))


@pytest.fixture
def place():
    return factory.province()


@pytest.fixture
def officer(place):
    return factory.officer("Trần Văn Ân", place.top)


@pytest.fixture
def course():
    return factory.course()


@pytest.fixture
def rule(place, officer, course, now):
    return made(place.ward_a, officer, course, now)


def made(unit, officer, course, now, meant=None, facts=FACTS, **fields) -> AssignmentRule:
    return make_rule(unit=unit, course=course, meant=meant or Meant(), facts=facts, by=officer, now=now, **fields)


def asked(rule) -> str:
    """Whom it is asked of today: +met, -open, by given name."""
    rows = Assignment.objects.filter(rule=rule, ended_at__isnull=True).select_related("user").order_by("user__full_name")
    return " ".join(("+" if row.met_at else "-") + row.user.full_name.split()[-1] for row in rows)


def test_whoever_fits_is_assigned_with_a_day_and_a_line_in_the_log(place, rule, officer, now):
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    factory.person("Lê Văn Bình", place.company_b)
    assert settle_rule(rule=rule, now=now, by=officer) == 1
    assert asked(rule) == "-Mai"
    assert mai.assignments.get().due_on == date(2026, 12, 15)
    entry = LogEntry.objects.get(about=mai, act=Act.ASSIGNED)
    assert (entry.by, entry.subject) == (officer, "Bồi dưỡng cán bộ mới (Thương lượng tập thể)")
    assert settle_rule(rule=rule, now=now) == 0, "settled twice it makes no duplicates"
    assert Assignment.objects.count() == LogEntry.objects.filter(act=Act.ASSIGNED).count() == 1


def test_whoever_enters_a_post_inherits_the_course_at_once(place, rule, now, django_capture_on_commit_callbacks):
    binh = factory.person("Lê Văn Bình", place.company_b)
    settle_rule(rule=rule, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        appoint_person(user=binh, unit=place.company_a, kind=unions.post_kind("Ủy viên", "member", 5), valid_from=timezone.localdate())
    assert asked(rule) == "-Bình"


def test_who_leaves_is_not_counted_and_who_comes_back_has_it_open_again_with_days_of_their_own(place, officer, course, now):
    rule = made(place.ward_a, officer, course, now, facts=RuleFacts("Bồi dưỡng", due_days=30))
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    settle_rule(rule=rule, now=now)
    Post.objects.filter(user=mai).update(valid_until=TODAY + timedelta(days=1))
    later = now + timedelta(days=10)
    settle_people(people={mai.pk}, now=later)
    assert asked(rule) == ""
    assert mai.assignments.get().ended_at == later
    unions.post(mai, place.company_a, unions.post_kind("Ủy viên", "member", 5), valid_from=TODAY + timedelta(days=50))
    back = now + timedelta(days=50)
    assert settle_people(people={mai.pk}, now=back) == 0
    assert asked(rule) == "-Mai"
    assert mai.assignments.get().due_on == TODAY + timedelta(days=80)


def test_a_person_who_moves_to_another_unit_loses_its_rules_and_gains_the_new_ones(place, officer, course, now):
    in_a, in_b = made(place.ward_a, officer, course, now), made(place.ward_b, officer, course, now)
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    settle_people(people={mai.pk}, now=now)
    Post.objects.filter(user=mai).update(unit=place.company_b)
    settle_people(people={mai.pk}, now=now)
    assert (asked(in_a), asked(in_b)) == ("", "-Mai")


def test_what_was_done_before_meets_it_unless_the_rule_counts_from_a_later_day(place, officer, course, now):
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    enrolment = factory.finished(mai, course, days_ago=40)
    whenever, since = made(place.top, officer, course, now), made(place.top, officer, course, now, starts_on=TODAY - timedelta(days=10))
    for rule in (whenever, since):
        settle_rule(rule=rule, now=now)
    assert (asked(whenever), asked(since)) == ("+Mai", "-Mai")
    assert whenever.assignments.get().met_at == enrolment.completion.completed_at


def test_completing_the_course_meets_it_and_it_vanishes_from_what_is_asked(place, rule, course, now, django_capture_on_commit_callbacks):
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    settle_rule(rule=rule, now=now)
    assert [one.course for one in asked_of(mai, TODAY)] == [course]
    with django_capture_on_commit_callbacks(execute=True):
        complete(mai, course, timezone.now())
    assert asked(rule) == "+Mai"
    assert asked_of(mai, TODAY) == []


def complete(user, course, at) -> Completion:
    """As `learning` completes: the fact is written, and the signal is sent after commit."""
    from courses.models import RuleSet
    from learning.services.progress import _complete

    rules = RuleSet.objects.get_or_create(course=course, number=1, defaults={"digest": "0" * 64, "steps": [], "created_at": at})[0]
    enrolment = Enrolment.objects.create(user=user, course=course, enrolled_at=at)
    return _complete(enrolment, rules, 0.9, at)


def test_course_taken_elsewhere_meets_it_when_it_is_approved_as_that_course(place, rule, officer, course, now, django_capture_on_commit_callbacks):
    mai, binh = (factory.person(name, place.company_a) for name in ("Nguyễn Thị Mai", "Lê Văn Bình"))
    settle_rule(rule=rule, now=now)
    told = StudyFacts("Nghiệp vụ công đoàn", "Trường Đại học Công đoàn", date(2026, 5, 20))
    studies = [enter_study(user=user, by=user, facts=told, now=now, counts_as=course) for user in (mai, binh)]
    assert studies[0].counts_as is None, "nobody says of their own course what it counts as"
    with django_capture_on_commit_callbacks(execute=True):
        decide_study(study=studies[0], approves=True, by=officer, now=now, counts_as=course)
        decide_study(study=studies[1], approves=True, by=officer, now=now)
    assert asked(rule) == "-Bình +Mai"
    refused = enter_study(user=binh, by=binh, facts=told, now=now + timedelta(days=1))
    assert decide_study(study=refused, approves=False, reason="Chưa rõ", by=officer, now=now, counts_as=course).counts_as is None


def test_what_the_office_enters_for_somebody_meets_it_too(place, rule, officer, course, now, django_capture_on_commit_callbacks):
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    settle_rule(rule=rule, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        enter_study(user=mai, by=officer, facts=StudyFacts("Nghiệp vụ", "Trường", date(2026, 5, 20)), now=now, counts_as=course)
    assert asked(rule) == "+Mai"


def test_certificate_meets_it_and_its_revocation_opens_it_again(place, officer, course, now, django_capture_on_commit_callbacks):
    rule = made(place.top, officer, course, now, need=Need.CERTIFICATE)
    mai, binh = (factory.person(name, place.company_a) for name in ("Nguyễn Thị Mai", "Lê Văn Bình"))
    held = papers.certificate(mai, course)
    factory.finished(binh, course)
    settle_rule(rule=rule, now=now)
    assert asked(rule) == "-Bình +Mai", "who only completed the course holds no certificate"
    assert mai.assignments.get().met_at == held.issued_at
    with django_capture_on_commit_callbacks(execute=True):
        paper = papers.services.issue_certificate(user=binh, course=course, now=now)
    assert asked(rule) == "+Bình +Mai"
    with django_capture_on_commit_callbacks(execute=True):
        paper = reissue_certificate(certificate=paper, reason="Sai tên", by=officer, now=now)
    assert asked(rule) == "+Bình +Mai"
    with django_capture_on_commit_callbacks(execute=True):
        revoke_certificate(certificate=paper, reason="Cấp nhầm người", by=officer, now=now)
    assert asked(rule) == "-Bình +Mai"


def test_certificate_that_ends_opens_it_again_when_the_day_comes(place, officer, course, now):
    course.valid_months = 12
    course.save()
    rule = made(place.top, officer, course, now, need=Need.CERTIFICATE, facts=RuleFacts("Có chứng nhận", due_days=30))
    papers.certificate(factory.person("Nguyễn Thị Mai", place.company_a), course)
    settle_rule(rule=rule, now=now)
    assert asked(rule) == "+Mai"
    later = now + timedelta(days=366)
    expire_certificates(now=later)
    settle_due(now=later)
    assert asked(rule) == "-Mai"
    assert rule.assignments.get().due_on == TODAY + timedelta(days=396), "nobody is late on the day on which it is asked anew"


def test_recurring_rule_asks_anew_in_each_period_and_what_was_done_before_does_not_count(place, officer, course, now):
    rule = made(place.top, officer, course, now, starts_on=date(2026, 1, 31), recurs_months=12, facts=RuleFacts("Hằng năm", due_on=date(2026, 12, 1), due_days=60))
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    factory.finished(mai, course, days_ago=40)
    settle_rule(rule=rule, now=now)
    assert asked(rule) == "+Mai"
    assert settle_due(now=now) == 0, "settled today"
    next_year = datetime(2027, 1, 31, 2, tzinfo=UTC)
    assert settle_due(now=next_year) == 1
    assert [(row.period, bool(row.ended_at), bool(row.met_at)) for row in rule.assignments.order_by("period")] == [(1, True, True), (2, False, False)]
    assert rule.assignments.get(period=2).due_on == date(2027, 12, 1), "the day moves along; the later of the two holds"


def test_who_completed_it_before_takes_it_once_more_with_one_tap(place, officer, course, now):
    course = courses.small_course(title="An toàn", slug="an-toan")
    rule = made(place.top, officer, course, now, starts_on=TODAY - timedelta(days=1), recurs_months=12)
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    factory.finished(mai, course, days_ago=40)
    settle_rule(rule=rule, now=now)
    again = begin_course(user=mai, course=course, now=now)
    assert again.cycle == 2
    assert begin_course(user=mai, course=course, now=now) == again, "a double tap is harmless"
    end_rule(rule=rule, now=now)
    assert begin_course(user=mai, course=course, now=now) == again


def test_rule_that_begins_later_asks_nobody_before_its_day(place, officer, course, now):
    rule = made(place.top, officer, course, now, starts_on=TODAY + timedelta(days=5))
    factory.person("Nguyễn Thị Mai", place.company_a)
    settle_rule(rule=rule, now=now)
    assert asked(rule) == ""
    settle_due(now=now + timedelta(days=5))
    assert asked(rule) == "-Mai"


def test_due_day_is_the_later_one_and_counts_from_the_day_of_being_assigned(rule):
    turn = turn_of(rule, TODAY)
    rule.due_on, rule.due_days = date(2026, 12, 15), 10
    assert due_on(rule, turn, TODAY) == date(2026, 12, 15)
    rule.due_days = 30
    assert due_on(rule, turn, TODAY) == date(2026, 12, 20)
    rule.due_on = rule.due_days = None
    assert due_on(rule, turn, TODAY) is None


def test_changing_days_and_audience_moves_what_is_open(place, rule, course, now):
    mai, binh = (factory.person(name, place.company_a, gender=gender) for name, gender in (("Nguyễn Thị Mai", "female"), ("Lê Văn Bình", "male")))
    factory.finished(binh, course)
    settle_rule(rule=rule, now=now)
    change_rule(rule=rule, meant=Meant(women_only=True), facts=RuleFacts("Nữ cán bộ", due_on=date(2027, 1, 10)), now=now)
    settle_rule(rule=rule, now=now)
    assert asked(rule) == "-Mai"
    assert mai.assignments.get().due_on == date(2027, 1, 10)


def test_ending_a_rule_ends_what_it_asked_for_and_stays_ended(place, rule, now):
    factory.person("Nguyễn Thị Mai", place.company_a)
    settle_rule(rule=rule, now=now)
    end_rule(rule=rule, now=now)
    assert end_rule(rule=rule, now=now + timedelta(hours=1)).ended_at == now
    assert settle_rule(rule=rule, now=now) == settle_due(now=now + timedelta(days=1)) == 0
    assert asked(rule) == ""
    with pytest.raises(services.LearningError) as refused:
        change_rule(rule=rule, meant=Meant(), facts=FACTS, now=now)
    assert refused.value.code == "rule_ended"


@pytest.mark.parametrize(("fields", "code"), [
    ({"facts": RuleFacts("Cũ", due_on=TODAY - timedelta(days=1))}, "due_too_early"),
    ({"facts": FACTS, "starts_on": date(2027, 1, 1)}, "due_too_early"),
    ({"need": Need.CERTIFICATE}, "no_certificate_given"),
])
def test_rule_that_makes_no_sense_is_refused(place, officer, now, fields, code):
    without_paper = courses.course("Không cấp giấy", "khong-giay", gives_certificate=False)
    with pytest.raises(services.LearningError) as refused:
        made(place.top, officer, without_paper, now, **fields)
    assert refused.value.code == code
    assert not AssignmentRule.objects.exists()


def test_course_that_is_not_open_cannot_be_required(place, officer, course, now):
    course.unpublish()
    course.refresh_from_db()
    with pytest.raises(services.CourseClosed):
        made(place.top, officer, course, now)


def test_same_page_sent_twice_makes_one_rule(place, officer, course, now, rule):
    assert made(place.ward_a, officer, course, now, key=rule.uuid) == rule
    assert AssignmentRule.objects.count() == 1
    other = made(place.ward_a, officer, course, now, key=rule.uuid, meant=Meant(women_only=True))
    assert other.audience.women_only and AssignmentRule.objects.count() == 2, "who means others means another rule"


@pytest.mark.parametrize("count", [3, 60])
def test_settling_takes_the_same_queries_however_many_people(place, rule, now, count, django_assert_max_num_queries):
    kind = unions.post_kind()
    for number in range(count):
        person = factory.person(f"Người {number}")
        Post.objects.create(user=person, unit=place.company_a, kind=kind, valid_from=date(2026, 1, 1))
    with django_assert_max_num_queries(30):
        assert settle_rule(rule=rule, now=now) == count


def test_several_rules_of_one_course_are_asked_once_with_the_earliest_day(place, officer, course, now):
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    early = made(place.ward_a, officer, course, now, facts=RuleFacts("Sớm", due_on=TODAY))
    late = made(place.top, officer, course, now, facts=RuleFacts("Muộn", due_on=TODAY + timedelta(days=9)))
    settle_people(people={mai.pk}, now=now)
    [one] = asked_of(mai, TODAY + timedelta(days=2))
    assert (one.due_on, one.is_overdue, one.days_late, one.titles) == (TODAY, True, 2, ("Sớm", "Muộn"))
    end_rule(rule=early, now=now)
    assert asked_of(mai, TODAY)[0].days_left == 9
    assert late.assignments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_settle_one_rule_at_once_make_no_duplicates(transactional_db, now):
    place = factory.province()
    rule = made(place.top, factory.officer("Trần Văn Ân", place.top), factory.course(), now)
    people = [factory.person(f"Người {number}", place.company_a) for number in range(5)]

    def settle() -> None:
        try:
            settle_rule(rule=rule, now=now)
        finally:
            connection.close()

    threads = [Thread(target=settle) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Assignment.objects.values_list("user", flat=True)) == sorted(person.pk for person in people)
    assert LogEntry.objects.filter(act=Act.ASSIGNED).count() == 5
