"""Renewal: a new cycle of learning, by the refresher or the whole course, and a new certificate that names the former."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from certificates import services
from certificates.enums import Entry, NoticeKind, RenewalStep, State
from certificates.models import Certificate, Issuer, Notice
from certificates.selectors import completions_without_certificate
from certificates.selectors.renewals import awaiting, awards_of, renewal_of, renewals_of
from certificates.services import renewals, running, runs
from certificates.services.errors import NotRenewable, RenewalAwaitsDecision, RenewalNotOpen
from certificates.services.issuing import drafts_of
from certificates.services.renewals import issue_by_itself, issue_renewal, renew
from certificates.validity import first_day_without, renewed_until
from courses.enums import Issuing
from courses.services import publish_rules
from learning.enums import Source
from learning.models import Enrolment
from learning.services import CourseClosed, record_reading, start_cycle
from quizzes.services import NoAttemptsLeft, start_attempt, submit_attempt
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses, unions
from tests.factories import quizzes as quiz_factory
from tests.factories.renewals import completed, issued, taught

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def refresher(db):
    return taught("Cập nhật thương lượng", "cap-nhat", gives_certificate=False, hours=2)


@pytest.fixture
def course(refresher):
    return taught("Thương lượng tập thể", "thuong-luong", valid_months=24, renewal_course=refresher, hours=16, code="KH01")


@pytest.fixture
def whole(db):
    """A course that is renewed by taking it again."""
    return taught("An toàn lao động", "an-toan", valid_months=12)


def test_renewed_by_the_refresher_from_the_first_click_to_the_new_paper(
        learner, course, refresher, now, as_user, django_capture_on_commit_callbacks):
    moment = timezone.now()
    former = issued(learner, course, moment, ends_in=20)
    client = as_user(learner)
    answer = client.post(f"/chung-nhan/{former.uuid}/gia-han/")
    assert answer.url == "/khoa-hoc/cap-nhat/"
    enrolment = Enrolment.objects.get(course=refresher)
    assert (enrolment.source, enrolment.cycle) == (Source.RENEWAL, 1)
    with django_capture_on_commit_callbacks(execute=True):
        record_reading(enrolment=enrolment, page=refresher.get_children().get().get_children().get().specific, now=moment, read_to_end=True)
    new = Certificate.objects.get(renews=former)
    former.refresh_from_db()
    assert (new.course, new.cycle, new.user, new.state, former.state) == (course, 2, learner, State.VALID, State.VALID)
    told = {name: new.snapshot[name] for name in ("course", "course_code", "hours", "renews")}
    assert told == {"course": "Thương lượng tập thể", "course_code": "KH01", "hours": "2.0", "renews": former.register_number}
    assert new.snapshot["ended_on"] == timezone.localdate(moment).isoformat()
    assert new.valid_until == first_day_without(former.valid_until, 24)
    entry = new.entries.get()
    assert (entry.kind, former.register_number in entry.reason) == (Entry.RENEWED, True)
    assert Notice.objects.filter(certificate=new, kind=NoticeKind.ISSUED).count() == 1
    assert renewals_of(learner, timezone.localdate(moment))[new.pk].step == RenewalStep.NOT_YET


def test_renewed_by_the_whole_course_with_fresh_steps(learner, whole, now):
    former = issued(learner, whole, now, ends_in=60)
    enrolment = renew(certificate=former, now=now)
    assert (enrolment.course, enrolment.cycle, enrolment.records.count(), enrolment.steps_done) == (whole, 2, 0, 0)
    assert Enrolment.objects.filter(user=learner, course=whole).count() == 2
    [new] = issue_by_itself(completion=completed(enrolment, now), now=now)
    assert (new.renews, new.cycle, new.valid_until) == (former, 2, first_day_without(former.valid_until, 12))
    assert (new.snapshot["renews"], new.entries.get().kind) == (former.register_number, Entry.RENEWED)


def test_attempts_at_a_quiz_are_counted_anew_in_the_new_cycle(learner, now):
    quiz = quiz_factory.quiz(attempts_allowed=1)
    course = courses.course(valid_months=12)
    courses.quiz_page(courses.module(course), quiz)
    publish_rules(course=course)
    former = issued(learner, course, now, ends_in=1)
    first = Enrolment.objects.get()
    submit_attempt(attempt=start_attempt(quiz=quiz, user=learner, context=first.context, now=now), now=now)
    with pytest.raises(NoAttemptsLeft):
        start_attempt(quiz=quiz, user=learner, context=first.context, now=now)
    again = renew(certificate=former, now=now)
    assert start_attempt(quiz=quiz, user=learner, context=again.context, now=now).number == 1


def test_double_click_begins_one_cycle(learner, whole, now):
    former = issued(learner, whole, now, ends_in=10)
    assert renew(certificate=former, now=now) == renew(certificate=former, now=now + timedelta(seconds=1))
    assert Enrolment.objects.filter(cycle=2).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_begin_one_cycle(race, learner, whole, now):
    former = issued(learner, whole, now, ends_in=10)
    begun = race([lambda: renew(certificate=former, now=now)] * 4)
    assert len({enrolment.pk for enrolment in begun}) == 1
    assert sorted(Enrolment.objects.values_list("cycle", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_completion_told_twice_at_the_same_moment_issues_one_paper(race, learner, course, refresher, now):
    issued(learner, course, now, ends_in=10)
    completion = completed(start_cycle(user=learner, course=refresher, now=now), now)
    papers = race([lambda: issue_by_itself(completion=completion, now=now)] * 3)
    assert len({paper.pk for found in papers for paper in found}) == 1
    assert Certificate.objects.count() == 2


@pytest.mark.parametrize(("ends_in", "step"), [(61, RenewalStep.NOT_YET), (60, RenewalStep.OPEN), (1, RenewalStep.OPEN), (-500, RenewalStep.OPEN)])
def test_renewal_opens_with_the_first_reminder_and_stays_open(learner, course, now, ends_in, step):
    former = issued(learner, course, now, ends_in=ends_in)
    assert renewal_of(former, timezone.localdate(now)).step == step
    if step == RenewalStep.NOT_YET:
        with pytest.raises(RenewalNotOpen):
            renew(certificate=former, now=now)


def test_expired_one_is_renewed_from_the_day_of_issue(learner, course, refresher, now):
    former = issued(learner, course, now, ends_in=-100)
    [new] = issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
    assert new.valid_until == first_day_without(timezone.localdate(now), 24)


def test_revoked_superseded_endless_and_imported_ones_are_not_renewed(learner, outsider, course, now, administrator):
    revoked = issued(learner, course, now, ends_in=10)
    services.revoke_certificate(certificate=revoked, reason="Cấp nhầm", by=administrator, now=now)
    superseded = issued(outsider, course, now, ends_in=10)
    services.reissue_certificate(certificate=superseded, reason="Sai tên", by=administrator, now=now)
    endless = factory.certificate(people.person("Lê Văn Hai", "hai@example.org"), taught("Khác", "khac"))
    nobody = issued(people.person("Lê Văn Ba", "ba@example.org"), course, now, ends_in=10)
    Certificate.objects.filter(pk=nobody.pk).update(user=None)
    for certificate in (revoked, superseded, endless, nobody):
        with pytest.raises(NotRenewable):
            renew(certificate=certificate, now=now)
    assert renewals_of(learner, timezone.localdate(now)) == {}


def test_revoked_while_the_renewal_was_under_way_gives_nothing_by_itself(learner, course, whole, now, administrator):
    for taken in (course, whole):
        former = issued(learner, taken, now, ends_in=10)
        enrolment = renew(certificate=former, now=now)
        services.revoke_certificate(certificate=former, reason="Cấp nhầm", by=administrator, now=now)
        assert issue_by_itself(completion=completed(enrolment, now), now=now) == []
    assert not completions_without_certificate().exists()
    assert Certificate.objects.count() == 2


def test_refresher_completed_twice_renews_once(learner, course, refresher, now):
    former = issued(learner, course, now, ends_in=10)
    first = completed(renew(certificate=former, now=now), now)
    [new] = issue_by_itself(completion=first, now=now)
    again = completed(start_cycle(user=learner, course=refresher, now=now, source=Source.SELF), now + timedelta(days=1))
    for completion in (first, again):
        assert issue_by_itself(completion=completion, now=now + timedelta(days=1)) == []
    # Next time round it is the second cycle of the refresher that renews the second certificate.
    later = now + timedelta(days=365 * 2)
    third = renew(certificate=new, now=later)
    assert third.cycle == 3
    [newest] = issue_by_itself(completion=completed(third, later), now=later)
    assert (newest.cycle, newest.renews) == (3, new)


def test_very_short_validity_does_not_renew_twice_by_one_completion(learner, course, now):
    course.valid_months = 1
    course.save()
    former = issued(learner, course, now, ends_in=5)
    completion = completed(renew(certificate=former, now=now), now)
    assert [len(issue_by_itself(completion=completion, now=now)) for _time in range(2)] == [1, 0]


def test_refresher_taken_long_before_the_end_renews_nothing(learner, course, refresher, now):
    former = issued(learner, course, now, ends_in=300)
    issue_by_itself(completion=factory.completion(learner, refresher, now=now), now=now)
    assert Certificate.objects.count() == 1
    later = now + timedelta(days=290)
    assert renew(certificate=former, now=later).cycle == 2


def test_refresher_begun_freely_renews_when_it_is_completed_in_time(learner, course, refresher, now):
    former = issued(learner, course, now, ends_in=30)
    [new] = issue_by_itself(completion=factory.completion(learner, refresher, now=now), now=now)
    assert new.renews == former


def test_whole_course_after_a_refresher_gives_the_cycle_after_it(learner, course, refresher, now):
    former = issued(learner, course, now, ends_in=10)
    [second] = issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
    course.renewal_course = None
    course.save()
    later = now + timedelta(days=720)
    enrolment = renew(certificate=second, now=later)
    assert (enrolment.course, enrolment.cycle) == (course, 3)
    [third] = issue_by_itself(completion=completed(enrolment, later), now=later)
    assert (third.cycle, third.renews) == (3, second)


def test_former_stays_valid_until_its_end_and_expires_by_itself(learner, whole, now):
    former = issued(learner, whole, now, ends_in=30)
    issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
    assert services.expire_certificates(now=now + timedelta(days=29)) == 0
    assert services.expire_certificates(now=now + timedelta(days=30)) == 1
    assert sorted(Certificate.objects.values_list("cycle", "state")) == [(1, State.EXPIRED), (2, State.VALID)]


def test_reissued_renewal_still_names_the_former_and_can_be_renewed(learner, whole, now, administrator):
    former = issued(learner, whole, now, ends_in=30)
    [second] = issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
    anew = services.reissue_certificate(certificate=second, reason="Sai tên", by=administrator, now=now)
    later = now + timedelta(days=380)
    assert (anew.snapshot["renews"], renewal_of(anew, later.date()).step) == (former.register_number, RenewalStep.OPEN)
    assert renewal_of(second, later.date()) is None


def test_renewal_is_issued_by_the_unit_of_the_former_while_it_exists(learner, outsider, course, now):
    other = Issuer.objects.create(unit=unions.unit("Công đoàn ngành", "NG"), name="Công đoàn ngành", place="Hà Nội", signer_name="Lê Văn Bình")
    for person, ended in ((learner, None), (outsider, timezone.localdate(now))):
        factory.issuer()
        former = services.issue_certificate(
            user=person, course=course, completion=factory.completion(person, course, now=now - timedelta(days=700)), issuer=other,
            now=now - timedelta(days=700))
        other.unit.active_until = ended
        other.unit.save()
        [new] = issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
        assert new.series.issuer.is_default is (ended is not None)


def test_whole_course_again_is_issued_by_the_unit_of_the_former_too(learner, whole, now):
    factory.issuer()
    other = Issuer.objects.create(unit=unions.unit("Công đoàn ngành", "NG"), name="Công đoàn ngành", place="Hà Nội", signer_name="Lê Văn Bình")
    begun = now - timedelta(days=360)
    former = services.issue_certificate(user=learner, course=whole, completion=factory.completion(learner, whole, now=begun), issuer=other, now=begun)
    [new] = issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
    assert (new.renews, new.series.issuer) == (former, other)


def test_paper_from_an_older_register_is_named_by_what_renews_it_and_loses_no_day(learner, whole, now):
    """Papers that were brought in stand in cycle 0, and there may be several; nothing was completed here."""
    papers = [issued(people.person(name, f"{name}@example.org"), whole, now, ends_in=days) for name, days in (("moi", 20), ("cu", -300))]
    former, older = papers
    Certificate.objects.filter(pk=older.pk).update(user=learner, cycle=0, state=State.EXPIRED, issued_at=now - timedelta(days=900))
    Certificate.objects.filter(pk=former.pk).update(user=learner, cycle=0)
    enrolment = renew(certificate=former, now=now)
    assert (enrolment.course, enrolment.cycle) == (whole, 1)
    [new] = issue_by_itself(completion=completed(enrolment, now), now=now)
    assert (new.cycle, new.renews, new.entries.get().kind) == (1, former, Entry.RENEWED)
    assert new.valid_until == first_day_without(former.valid_until, 12)


def test_first_paper_here_long_before_the_end_of_an_older_one_is_no_renewal(learner, whole, now):
    factory.issuer()
    completion = factory.completion(learner, whole, now=now)
    other = issued(people.person("Lê Văn Hai", "hai@example.org"), whole, now, ends_in=300)
    Certificate.objects.filter(pk=other.pk).update(user=learner, cycle=0)
    [new] = issue_by_itself(completion=completion, now=now)
    assert (new.cycle, new.renews, new.entries.get().kind) == (1, None, Entry.ISSUED)


def test_renewal_that_fails_keeps_no_notice_of_another_back(learner, course, refresher, now, monkeypatch):
    for number in (1, 2):
        other = course if number == 1 else taught("Khác", "khac", valid_months=24, renewal_course=refresher)
        issued(learner, other, now, ends_in=10)
    completion = completed(start_cycle(user=learner, course=refresher, now=now), now)
    issue, done = renewals.issue_renewal, []

    def broken(**how):
        if done:
            raise OSError(28, "No space left on device")
        done.append(issue(**how))
        return done[0]

    with monkeypatch.context() as patch:
        patch.setattr(renewals, "issue_renewal", broken)
        with pytest.raises(OSError):
            issue_by_itself(completion=completion, now=now)
    assert list(Notice.objects.values_list("certificate", flat=True)) == [done[0].pk]
    [second] = issue_by_itself(completion=completion, now=now)
    assert sorted(Notice.objects.values_list("certificate", flat=True)) == [done[0].pk, second.pk]


def test_paper_by_decision_waits_and_the_learner_is_told(learner, whole, now, as_user):
    factory.issuer()
    whole.issuing = Issuing.BY_DECISION
    whole.save()
    completion = completed(start_cycle(user=learner, course=whole, now=now, source=Source.SELF), now)
    assert issue_by_itself(completion=completion, now=now) == []
    assert not completions_without_certificate().exists()
    [row] = awaiting(learner)
    assert (row.completion, row.course, row.issuer) == (completion, "An toàn lao động", "Công đoàn phường Tân Lập")
    page = as_user(learner).get("/khoa-hoc/an-toan/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "issued by decision of Công đoàn phường Tân Lập" in page
    services.issue_certificate(user=learner, course=whole, completion=completion, now=now)
    assert awaiting(learner) == []


@pytest.mark.parametrize("taken", ["whole", "refresher"])
def test_renewal_while_a_decision_is_waited_for_begins_no_further_cycle(learner, course, refresher, whole, now, taken):
    award = {"whole": whole, "refresher": course}[taken]
    award.issuing = Issuing.BY_DECISION
    award.save()
    former = issued(learner, award, now, ends_in=10)
    enrolment = renew(certificate=former, now=now)
    completion = completed(enrolment, now)
    assert issue_by_itself(completion=completion, now=now) == []
    assert renewal_of(former, timezone.localdate(now)).step == RenewalStep.AWAITING
    with pytest.raises(RenewalAwaitsDecision):
        renew(certificate=former, now=now)
    assert [row.course for row in awaiting(learner)] == [award.title]
    [draft] = drafts_of([completion], version=None, issued_at=now, decision_number="12/QĐ-CĐ")
    assert (draft.row.course, draft.row.cycle, draft.row.renews, draft.kind) == (award, 2, former, Entry.RENEWED)


def test_course_that_is_closed_is_said_to_be(learner, course, refresher, now, as_user):
    former = issued(learner, course, now, ends_in=10)
    refresher.unpublish()
    assert renewal_of(former, timezone.localdate(now)).step == RenewalStep.CLOSED
    with pytest.raises(CourseClosed):
        renew(certificate=former, now=now)
    assert as_user(learner).post(f"/chung-nhan/{former.uuid}/gia-han/").url == former.get_absolute_url()


def test_only_the_holder_renews_by_post(learner, outsider, administrator, course, as_user):
    former = issued(learner, course, timezone.now(), ends_in=10)
    address = f"/chung-nhan/{former.uuid}/gia-han/"
    assert as_user().post(address).url.startswith("/tai-khoan/login/")
    assert [as_user(person).post(address).status_code for person in (outsider, administrator)] == [404, 404]
    assert as_user(learner).get(address).status_code == 405
    assert as_user(learner, enforce_csrf_checks=True).post(address).status_code == 403
    assert not Enrolment.objects.filter(source=Source.RENEWAL).exists()


def test_meanwhile_revoked_former_is_refused_under_its_lock(learner, course, refresher, now, administrator):
    former = issued(learner, course, now, ends_in=10)
    completion = completed(renew(certificate=former, now=now), now)
    [award] = awards_of([completion])[completion.pk]
    services.revoke_certificate(certificate=former, reason="Cấp nhầm", by=administrator, now=now)
    with pytest.raises(NotRenewable):
        issue_renewal(completion=completion, award=award, now=now)


def test_query_count_of_the_selectors_is_fixed(learner, refresher, now, django_assert_num_queries):
    for number in range(30):
        course = courses.course(f"Khóa {number}", f"khoa-{number}", valid_months=12, renewal_course=refresher if number % 2 else None)
        if number in (0, 29):
            first = Certificate.objects.order_by("pk").first() or issued(learner, course, now, ends_in=5)
        if number:
            first.pk, first.uuid, first.number, first.code = None, f"00000000-0000-4000-8000-{number:012d}", number + 1, f"C{number}"
            first.course, first._state.adding = course, True
            first.save(force_insert=True)
        if number in (0, 29):
            with django_assert_num_queries(2):
                assert len(renewals_of(learner, timezone.localdate(now))) == number + 1


@pytest.mark.parametrize(("issued_on", "former_ends", "months", "ends"), [
    (date(2026, 11, 20), date(2027, 1, 15), 24, date(2029, 1, 15)),
    (date(2026, 11, 20), date(2026, 11, 20), 24, date(2028, 11, 20)),
    (date(2026, 11, 20), date(2025, 1, 1), 12, date(2027, 11, 20)),
    (date(2027, 12, 31), date(2028, 2, 29), 12, date(2029, 2, 28)),
    (date(2026, 8, 31), date(2026, 8, 31), 6, date(2027, 2, 28)),
    (date(2027, 8, 31), date(2027, 8, 31), 6, date(2028, 2, 29)),
    (date(2026, 11, 20), date(2027, 1, 31), None, None),
    (date(2026, 11, 20), None, 12, date(2027, 11, 20)),
])
def test_renewed_until_counts_from_the_later_of_issue_and_end(issued_on, former_ends, months, ends):
    assert renewed_until(issued_on, former_ends, months) == ends


def test_list_of_a_refresher_gives_the_next_paper_of_what_it_renews(learner, outsider, course, refresher, now, administrator):
    course.issuing = Issuing.BY_DECISION
    course.save()
    former = issued(learner, course, now, ends_in=10)
    issue_by_itself(completion=completed(renew(certificate=former, now=now), now), now=now)
    factory.completion(outsider, refresher, now=now)
    run = runs.make_run(course=refresher, issuer=Issuer.objects.get(), name="Lớp cập nhật", by=administrator, now=now)
    runs.put_all_on(run=run, by=administrator)
    run = runs.decide_run(
        run=run, decision_number="12/QĐ-CĐ", decision_on=timezone.localdate(now), order="name", notifies=True, by=administrator, now=now)
    assert running.issue_run(run=run, clock=lambda: now)
    [row] = run.rows.all()
    assert (row.certificate.course, row.certificate.renews, row.certificate.snapshot["decision_number"]) == (course, former, "12/QĐ-CĐ")
    assert (Certificate.objects.count(), awaiting(learner)) == (2, [])


def test_cycle_below_the_paper_that_is_renewed_is_not_gone_on_with(learner, whole, now):
    enrolment = factory.completion(learner, whole, now=now).enrolment
    enrolment.completion.delete()
    assert start_cycle(user=learner, course=whole, now=now).cycle == 1
    assert [start_cycle(user=learner, course=whole, now=now, at_least=3).cycle for _time in range(2)] == [3, 3]
