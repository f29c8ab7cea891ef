"""Prepared statements answer as the ORM does, for every value they are asked with."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.prepared import AllRows, FirstRow
from learning.models import Completion, Enrolment
from learning.services import enrol_learner
from tests.factories import courses

pytestmark = pytest.mark.django_db
OF_PERSON = FirstRow(
    lambda user: Enrolment.objects.filter(user=user).select_related("course", "completion").order_by("-cycle"), (900_000_011, Enrolment._meta.get_field("user")))
NAMES = AllRows(lambda key: User.objects.filter(pk=key).values_list("pk", "full_name"), (900_000_012, User._meta.pk))
PEOPLE = AllRows(lambda key: User.objects.filter(pk__gte=key).order_by("pk"), (900_000_013, User._meta.pk))


@pytest.fixture
def enrolment(learner) -> Enrolment:
    course = courses.small_course()
    return enrol_learner(user=learner, course=course, now=timezone.now())


def test_related_row_that_is_not_there_stays_away_and_is_not_asked_for_again(enrolment, learner, django_assert_num_queries):
    OF_PERSON.get(learner.pk)
    with django_assert_num_queries(1):
        found = OF_PERSON.get(learner.pk)
        assert found == enrolment and found.course.title == "Thương lượng tập thể" and not hasattr(found, "completion")
    done = Completion.objects.create(enrolment=enrolment, rule_set=enrolment.course.rule_sets.get(), completed_at=timezone.now())
    with django_assert_num_queries(1):
        found = OF_PERSON.get(learner.pk)
        assert found.completion == done and found.completion.enrolment is found


def test_nobodys_row_is_none_and_no_rows_are_an_empty_list(enrolment):
    assert OF_PERSON.get(0) is None and NAMES.get(0) == [] == AllRows(lambda key: User.objects.filter(pk=key), (900_000_014, User._meta.pk)).get(0)


def test_all_rows_are_tuples_or_objects_as_the_query_says(learner, outsider):
    assert NAMES.get(learner.pk) == [(learner.pk, learner.full_name)]
    first = min(learner.pk, outsider.pk)
    assert PEOPLE.get(first) == list(User.objects.filter(pk__gte=first).order_by("pk"))


def test_permissions_of_oneself_and_of_groups_are_one_query(learner, administrator):
    own, shared = Permission.objects.get(codename="mark_attempt"), Permission.objects.get(codename="regrade_attempt")
    learner.user_permissions.add(own)
    group = Group.objects.create(name="Chấm lại")
    group.permissions.add(own, shared)
    learner.groups.add(group)
    person = User.objects.get(pk=learner.pk)
    with CaptureQueriesContext(connection) as queries:
        assert person.get_all_permissions() == {"quizzes.mark_attempt", "quizzes.regrade_attempt"} and person.has_perm("quizzes.regrade_attempt")
    assert len(queries) == 1
    person.is_active = False
    assert not person.has_perm("quizzes.mark_attempt")
