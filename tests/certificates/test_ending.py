"""What the clock does to certificates: reminders once each, and expiry on the day in Vietnam."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from certificates import services
from certificates.enums import Entry, State
from certificates.models import Certificate, Notice, RegisterEntry
from certificates.selectors import state_on
from certificates.services import ending
from certificates.services.renewals import issue_by_itself, renew
from tests.factories import accounts as people
from tests.factories.renewals import completed, issued, taught

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(db):
    return taught("Thương lượng tập thể", "thuong-luong", valid_months=24)


# Reminders

def test_reminders_at_60_30_and_7_days_once_each(learner, course, now):
    issued(learner, course, now, ends_in=65)
    posted = []
    for day in (4, 5, 6, 34, 35, 36, 57, 58, 59, 64, 65):
        for _time in range(2):
            if services.remind_ending(now=now + timedelta(days=day)):
                posted.append((day, Notice.objects.latest("pk").days))
    assert posted == [(5, 60), (35, 30), (58, 7)]


def test_after_days_without_the_clock_only_the_nearest_reminder_is_posted(learner, course, now):
    issued(learner, course, now, ends_in=65)
    assert services.remind_ending(now=now + timedelta(days=45)) == 1
    assert Notice.objects.get().days == 30
    assert services.remind_ending(now=now + timedelta(days=30)) == 0
    assert services.remind_ending(now=now + timedelta(days=65)) == 0


def test_nobody_is_reminded_of_what_is_renewed_revoked_replaced_or_of_the_erased(learner, course, now, administrator):
    def holder(number: int) -> Certificate:
        return issued(people.person(f"Người {number}", f"n{number}@example.org"), course, now, ends_in=30)

    renewed, revoked, replaced, erased = (holder(number) for number in range(4))
    issue_by_itself(completion=completed(renew(certificate=renewed, now=now), now), now=now)
    services.revoke_certificate(certificate=revoked, reason="Cấp nhầm", by=administrator, now=now)
    services.reissue_certificate(certificate=replaced, reason="Sai tên", by=administrator, now=now)
    erased.user.is_active = False
    erased.user.save()
    assert services.remind_ending(now=now) == 0
    # The paper that replaced one is told of when its own turn comes.
    assert services.remind_ending(now=now + timedelta(days=25)) == 1


def test_query_count_of_reminding_is_the_same_for_many(course, now, django_assert_num_queries):
    first = issued(people.person("Người 0", "n0@example.org"), course, now, ends_in=30)
    for number in range(1, 30):
        first.pk, first.uuid, first._state.adding = None, f"00000000-0000-4000-8000-{number:012d}", True
        first.user, first.number, first.code = people.person(f"Người {number}", f"n{number}@example.org"), number + 1, f"C{number}"
        first.save(force_insert=True)
    with django_assert_num_queries(5):
        assert services.remind_ending(now=now) == 30


def test_reminders_over_leap_days_and_for_short_validity(learner, course, now):
    certificate = issued(learner, course, now, ends_in=30)
    cases = [
        (date(2026, 1, 1), date(2028, 3, 1), date(2027, 12, 31), None),
        (date(2026, 1, 1), date(2028, 3, 1), date(2028, 1, 1), 60),
        (date(2026, 1, 1), date(2028, 3, 1), date(2028, 2, 22), 30),
        (date(2026, 1, 1), date(2028, 3, 1), date(2028, 2, 23), 7),
        (date(2026, 1, 1), date(2028, 3, 1), date(2028, 2, 29), 7),
        (date(2026, 1, 1), date(2028, 3, 1), date(2028, 3, 1), None),
        (date(2028, 2, 9), date(2028, 3, 10), date(2028, 2, 9), None),
        (date(2028, 2, 9), date(2028, 3, 10), date(2028, 3, 3), 7),
    ]
    for issued_on, ends, on, expected in cases:
        Notice.objects.all().delete()
        Certificate.objects.filter(pk=certificate.pk).update(issued_at=datetime(*issued_on.timetuple()[:3], 5, tzinfo=UTC), valid_until=ends)
        services.remind_ending(now=datetime(*on.timetuple()[:3], 5, tzinfo=UTC))
        assert (on, list(Notice.objects.values_list("days", flat=True))) == (on, [expected] if expected else [])


# Expiry

def test_expiry_goes_by_the_day_in_vietnam(learner, course):
    certificate = issued(learner, course, datetime(2026, 11, 20, 7, tzinfo=UTC), ends_in=1)
    # 23:59:59 on 20/11 and 00:00 on 21/11 in Hà Nội.
    before, after = datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC), datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert [state_on(certificate, timezone.localdate(moment)) for moment in (before, after)] == [State.VALID, State.EXPIRED]
    assert [services.expire_certificates(now=moment) for moment in (before, after, after, before)] == [0, 1, 0, 0]
    assert list(certificate.entries.filter(kind=Entry.EXPIRED).values_list("at", flat=True)) == [after]


def test_many_expire_in_chunks_and_a_stop_in_the_middle_loses_nothing(course, now, monkeypatch):
    monkeypatch.setattr(ending, "CHUNK", 2)
    first = issued(people.person("Người 0", "n0@example.org"), course, now, ends_in=0)
    for number in range(1, 5):
        first.pk, first.uuid, first._state.adding = None, f"00000000-0000-4000-8000-{number:012d}", True
        first.user, first.number, first.code = people.person(f"Người {number}", f"n{number}@example.org"), number + 1, f"C{number}"
        first.save(force_insert=True)
    made, bulk_create = [], RegisterEntry.objects.bulk_create

    def stopped_the_second_time(rows, **kwargs):
        made.append(len(rows))
        if len(made) == 2:
            raise KeyboardInterrupt
        return bulk_create(rows, **kwargs)

    monkeypatch.setattr(RegisterEntry.objects, "bulk_create", stopped_the_second_time)
    with pytest.raises(KeyboardInterrupt):
        services.expire_certificates(now=now)
    assert Certificate.objects.filter(state=State.EXPIRED).count() == 2
    assert services.expire_certificates(now=now) == 3
    assert RegisterEntry.objects.filter(kind=Entry.EXPIRED).count() == 5
