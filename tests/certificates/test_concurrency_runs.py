"""Two administrators, two workers and eight clicks on one list: it is decided once and issued once, on SQLite and PostgreSQL alike."""

from datetime import date, timedelta
from functools import partial

import pytest

from certificates import services
from certificates.enums import ListOrder
from certificates.models import Certificate, Issuer, IssueRun, Notice, RegisterEntry, RunRow, Series
from certificates.services import running, runs
from certificates.services.errors import DecidedAlready
from cms.work import GIVEN_UP_AFTER, WorkState
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
COUNT = 12


@pytest.fixture
def run(administrator):
    factory.issuer()
    course = courses.course(issuing="decision")
    for number in range(COUNT):
        factory.completion(people.person(f"Nguyễn Văn {chr(65 + number)}n", f"c{number}@example.org"), course)
    run = runs.make_run(course=course, issuer=Issuer.objects.get(), name="Lớp 1", by=administrator, now=factory.NOW)
    runs.put_all_on(run=run, by=administrator)
    return run


def decide(run, by, number="15/QĐ-CĐ") -> IssueRun:
    return runs.decide_run(
        run=run, decision_number=number, decision_on=date(2026, 11, 19), order=ListOrder.NAME, notifies=True, by=by, now=factory.NOW)


def check_whole() -> None:
    """Every person has one paper, one entry and one notice; numbers have no hole; files are those of the register."""
    assert sorted(Certificate.objects.values_list("number", flat=True)) == list(range(1, COUNT + 1))
    assert (Certificate.objects.values("user").distinct().count(), RegisterEntry.objects.count(), Notice.objects.count()) == (COUNT, COUNT, COUNT)
    assert Series.objects.get().taken == COUNT
    assert {row.state for row in RunRow.objects.all()} == {"issued"}


def test_of_two_administrators_who_decide_at_once_one_is_told_of_the_other(race, run, administrator):
    other = people.person("Lê Thị Hai", "hai@example.org")
    found = race([partial(decide, run, administrator, "15/QĐ-CĐ"), partial(decide, run, other, "16/QĐ-CĐ")])
    [refused] = [one for one in found if isinstance(one, Exception)]
    run.refresh_from_db()
    assert isinstance(refused, DecidedAlready) and run.decision_number in str(refused.message)
    assert (run.state, run.rows.count()) == (WorkState.APPLYING, COUNT)
    assert sorted(run.rows.values_list("position", flat=True)) == list(range(1, COUNT + 1))


def test_two_administrators_who_gather_the_same_people_share_none(race, run, administrator):
    runs.take_all_off(run=run)
    other = runs.make_run(course=run.course, issuer=run.issuer, name="Lớp 2", by=administrator, now=factory.NOW)
    found = race([partial(runs.put_all_on, run=one, by=administrator) for one in (run, other)])
    assert sorted(found) == [0, COUNT]
    assert RunRow.objects.values("completion").distinct().count() == RunRow.objects.count() == COUNT


def test_eight_clicks_on_issue_are_one(race, run, administrator):
    run = decide(run, administrator)
    found = race([partial(running.issue_run, run=run, clock=lambda: factory.NOW)] * 8)
    assert sorted(found) == [False] * 7 + [True]
    check_whole()


def test_workers_that_take_each_other_for_dead_issue_nothing_twice(race, run, administrator, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 3)
    run = decide(run, administrator)
    later = iter(range(1, 100))

    def clock():
        return factory.NOW + (GIVEN_UP_AFTER + timedelta(seconds=1)) * next(later)

    found = race([partial(running.issue_run, run=run, clock=clock)] * 4)
    assert set(found) <= {True, False}
    check_whole()


def test_list_and_single_issuers_at_once_leave_no_hole(race, run, administrator):
    run = decide(run, administrator)
    completions = [row.completion for row in run.rows.select_related("completion__enrolment__user", "completion__enrolment__course", "completion__rule_set")]

    def one_by_one() -> None:
        for completion in completions:
            services.issue_certificate(
                user=completion.enrolment.user, course=completion.enrolment.course, completion=completion, now=factory.NOW)

    race([partial(running.issue_run, run=run, clock=lambda: factory.NOW), one_by_one])
    run.refresh_from_db()
    assert (run.state, run.done) == (WorkState.DONE, COUNT)
    assert sorted(Certificate.objects.values_list("number", flat=True)) == list(range(1, COUNT + 1))
    failed = run.rows.filter(state="failed").count()
    assert run.rows.filter(state="issued").count() == COUNT - failed and Notice.objects.count() == COUNT - failed
