"""The generator of large sites: its copies are whole, keep every constraint, and it refuses to touch a site in use."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from accounts.models import User
from certificates.models import Certificate, Series
from courses.models import CoursePage
from courses.selectors import find_in_catalogue, outline_of
from learning.models import Enrolment, StepRecord
from learning.services import enrol_learner, record_reading
from quizzes.models import Attempt, AttemptSlot
from quizzes.services import start_attempt
from tests.factories import certificates, courses


@pytest.fixture
def course(learner, administrator, now):
    """A course that one learner has begun and holds a certificate of."""
    course = courses.small_course(lessons=2)
    enrolment = enrol_learner(user=learner, course=course, now=now)
    steps = outline_of(course).steps
    record_reading(enrolment=enrolment, page=Page.objects.get(pk=steps[0].page_id), now=now, read_to_end=True)
    start_attempt(quiz=Page.objects.get(pk=steps[-1].page_id).specific.quiz, user=learner, context=enrolment.context, now=now)
    certificates.certificate(learner, courses.course("Đối thoại", "doi-thoai"), now=now)
    return course


def test_grow_makes_everything_so_many_times_larger(course, learner, settings):
    settings.DEBUG = True
    call_command("grow", "--times=3", verbosity=0, stdout=_Nowhere())
    counts = [model._default_manager.count() for model in (CoursePage, Enrolment, StepRecord, Attempt, AttemptSlot, Certificate)]
    assert counts == [6, 6, 3, 3, 6, 3]
    assert User.objects.filter(is_staff=False).count() == 3
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Series.objects.get().taken == 3
    assert Page.find_problems() == ([], [], [], [], [])


def test_copies_work_like_what_they_were_copied_from(course, learner, settings):
    settings.DEBUG = True
    call_command("grow", "--times=2", verbosity=0, stdout=_Nowhere())
    copy = CoursePage.objects.get(slug=f"{course.slug}-2")
    steps = outline_of(copy).steps
    assert [step.title for step in steps] == [step.title for step in outline_of(course).steps]
    assert not {step.page_id for step in steps} & {step.page_id for step in outline_of(course).steps}
    assert [rule["page"] for rule in copy.rule_sets.get().steps] == [step.page_id for step in steps]
    enrolment = Enrolment.objects.exclude(user=learner).get(course=course)
    assert Attempt.objects.get(context=enrolment.context).user == enrolment.user
    assert {found.pk for found in find_in_catalogue(q="thuong luong").courses} >= {course.pk, copy.pk}


def test_grow_is_refused_where_debug_is_off(course, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("grow")
    assert CoursePage.objects.count() == 2


class _Nowhere:
    def write(self, text: str) -> None:
        pass
