"""The demonstration has a certificate that ends soon, one that has ended and one that was renewed; loading again adds nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from certificates.enums import State
from certificates.models import Certificate, Notice
from certificates.selectors import state_on
from lms.demo.renewals import ENDED, ENDING, RENEWED, load_renewals
from tests.factories import accounts as people
from tests.factories import certificates as factory
from tests.factories import courses

pytestmark = pytest.mark.django_db


def test_certificates_that_end_are_loaded_once(now):
    factory.issuer()
    for email, _days in (ENDING, ENDED, RENEWED):
        people.person("Người mẫu", email)
    courses.small_course(code="KH03")
    assert [load_renewals(now=now) for _time in range(2)] == [4, 0]
    today = timezone.localdate(now)
    ending, ended = (Certificate.objects.get(user__email=email) for email, _days in (ENDING, ENDED))
    assert abs(ending.valid_until - today - timedelta(days=20)) <= timedelta(days=3)
    assert (state_on(ending, today), ended.state) == (State.VALID, State.EXPIRED)
    renewed = Certificate.objects.get(user__email=RENEWED[0], cycle=2)
    assert (renewed.renews.cycle, renewed.state) == (1, State.VALID)
    assert Notice.objects.filter(certificate=ending, days=30).count() == 1
