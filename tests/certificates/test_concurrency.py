"""Two issuers at once: one certificate for one completion, and numbers without hole or double, on SQLite and PostgreSQL alike."""

from functools import partial

import pytest

from certificates import services
from certificates.models import Certificate, RegisterEntry, Series
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def issue(completion):
    enrolment = completion.enrolment
    return services.issue_certificate(user=enrolment.user, course=enrolment.course, completion=completion, now=factory.NOW)


def test_one_completion_gives_one_certificate_when_eight_requests_race(race):
    factory.issuer()
    completion = factory.completion(people.learner())
    found = race([partial(issue, completion)] * 8)
    assert {certificate.pk for certificate in found} == {Certificate.objects.get().pk}
    assert (Series.objects.get().taken, RegisterEntry.objects.count()) == (1, 1)


def test_numbers_have_no_hole_when_eight_people_finish_at_once(race):
    factory.issuer()
    course = courses.course()
    completions = [factory.completion(people.person(f"Nguyễn Văn {letter}", f"{letter}@example.org"), course) for letter in "abcdefgh"]
    found = race([partial(issue, completion) for completion in completions])
    assert sorted(certificate.number for certificate in found) == list(range(1, 9))
    assert len(set(Certificate.objects.values_list("code", flat=True))) == 8


def test_revoking_and_reissuing_at_once_leave_one_answer(race, administrator):
    certificate = factory.certificate(people.learner())
    found = race([
        lambda: services.revoke_certificate(certificate=certificate, reason="Ghi sai", by=administrator, now=factory.NOW),
        lambda: services.reissue_certificate(certificate=certificate, reason="Ghi sai tên", by=administrator, now=factory.NOW)])
    states = sorted(Certificate.objects.values_list("state", flat=True))
    # Whoever came first: a superseded one cannot be revoked, a revoked one may get another in its place.
    assert states in (["superseded", "valid"], ["revoked", "valid"])
    assert sum(isinstance(answer, services.NotValid) for answer in found) == (states == ["superseded", "valid"])
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [1, 2]
