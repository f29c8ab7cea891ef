"""A completed course gives its certificate in the same request, and a broken printer never becomes the learner's trouble."""

import pytest

from certificates.models import Certificate
from certificates.tasks import issue_for_completion
from learning.models import Completion
from learning.signals import course_completed
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = pytest.mark.django_db


def tell(completion) -> list:
    return [answer for _receiver, answer in course_completed.send_robust(sender=Completion, completion=completion)]


def test_completion_issues_at_once_and_only_once(learner):
    factory.issuer()
    completion = factory.completion(learner)
    assert set(tell(completion)) == set(tell(completion)) == {None}
    assert Certificate.objects.get().user == learner


def test_course_without_certificate_issues_none(learner):
    factory.issuer()
    tell(factory.completion(learner, courses.course(gives_certificate=False)))
    assert Certificate.objects.count() == 0


def test_failure_is_logged_and_tried_again_in_the_background(learner, caplog):
    completion = factory.completion(learner)
    assert set(tell(completion)) == {None}
    assert "No certificate yet" in caplog.text
    factory.issuer()
    assert issue_for_completion.enqueue(completion.pk).return_value == "001/GCN-CĐ"
    assert Certificate.objects.count() == 1
