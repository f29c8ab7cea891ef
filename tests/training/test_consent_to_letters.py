"""Letters that remind stop for whoever does not want them; what is due stands on their page all the same."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.enums import ConsentPurpose
from accounts.services import consents
from certificates.models import Notice
from certificates.services import post_notices, send_notices
from tests.factories import targets
from tests.factories import training as office
from training.enums import ReminderState
from training.models import Reminder
from training.selectors.reminders import reminders_of
from training.services.reminding import send_reminders

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminded(learner, administrator, now):
    unit = office.province().company_a
    target = targets.target(unit, office.course())
    return lambda: Reminder.objects.create(user=learner, target=target, by=administrator, at=now, due_at=now, address=learner.email)


def test_withdrawing_stops_letters_that_wait_already(learner, reminded, now):
    consents.acknowledge_notice(user=learner, now=now, agreed=[ConsentPurpose.REMINDERS])
    reminded()
    assert send_reminders(now=now).sent == 1
    consents.withdraw_consent(user=learner, purpose=ConsentPurpose.REMINDERS, now=now)
    waiting = reminded()
    assert send_reminders(now=now).sent == 0 and len(mail.outbox) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.address) == (ReminderState.SHOWN, "")
    assert len(reminders_of(learner, now)) == 1, "on the page it stands all the same"


def test_who_was_asked_and_said_nothing_gets_none_and_who_never_was_gets_them(learner, reminded, now):
    reminded()
    assert send_reminders(now=now).sent == 1
    consents.acknowledge_notice(user=learner, now=now)
    reminded()
    assert send_reminders(now=now).sent == 0


def test_a_certificate_that_ends_reminds_by_letter_only_with_consent_and_one_that_is_issued_tells_always(learner, now):
    paper = office.certified(learner)
    paper.valid_until = now.date() + timedelta(days=30)
    paper.save()
    consents.acknowledge_notice(user=learner, now=now)
    Notice.objects.all().delete()
    post_notices(certificates=[paper], kind="ending", now=now, days=30)
    post_notices(certificates=[paper], kind="issued", now=now)
    assert send_notices(now=now).sent == 1
    assert dict(Notice.objects.values_list("kind", "state")) == {"ending": "no_email", "issued": "sent"}
