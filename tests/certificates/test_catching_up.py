"""A paper that could not be issued is issued as soon as it can be, by nobody's hand."""

import errno
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage

from certificates.models import Certificate, Issuer, Notice, Series
from certificates.services.catching_up import LOOKS_BACK, catch_up
from courses.enums import Issuing
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = pytest.mark.django_db
NOW = factory.NOW + timedelta(minutes=5)


@pytest.fixture
def full_disk(monkeypatch):
    def no_room(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", no_room)
        yield patched


def test_a_paper_is_issued_once_there_is_room(learner, full_disk):
    factory.issuer()
    factory.completion(learner)
    assert catch_up(now=NOW) == 0
    assert (Certificate.objects.count(), sum(Series.objects.values_list("taken", flat=True))) == (0, 0)
    full_disk.undo()
    assert [catch_up(now=NOW), catch_up(now=NOW)] == [1, 0]
    assert (Certificate.objects.get().number, Notice.objects.count()) == (1, 1)


def test_a_course_whose_papers_nobody_can_issue_does_not_keep_others_from_theirs(learner, outsider, monkeypatch):
    factory.issuer()
    factory.completion(learner, courses.course(slug="khac"))
    hopeless = factory.completion(outsider, now=factory.NOW - timedelta(days=1))
    from certificates.services import catching_up, errors

    issue = catching_up.issue_by_itself

    def picky(*, completion, now):
        if completion == hopeless:
            raise errors.NoIssuer
        return issue(completion=completion, now=now)

    monkeypatch.setattr(catching_up, "issue_by_itself", picky)
    assert catch_up(now=NOW) == 1
    assert Certificate.objects.get().user == learner


def test_without_an_issuer_all_wait(learner):
    factory.completion(learner)
    assert (catch_up(now=NOW), Issuer.objects.count()) == (0, 0)


def test_what_somebody_decides_is_left_alone(learner):
    factory.issuer()
    factory.completion(learner, courses.course(issuing=Issuing.BY_DECISION))
    assert catch_up(now=NOW) == 0


def test_what_is_long_past_is_left_to_the_office(learner):
    factory.issuer()
    factory.completion(learner)
    assert catch_up(now=NOW + LOOKS_BACK) == 0


def test_nothing_missing_costs_one_query(learner, django_assert_num_queries):
    factory.certificate(learner)
    with django_assert_num_queries(1):
        assert catch_up(now=NOW) == 0
