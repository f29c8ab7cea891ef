"""Posts follow each other and never overlap; whatever is done with them is noted, and told above after commit."""

from datetime import date

import pytest

from accounts.enums import Act
from accounts.models import LogEntry
from tests.factories import unions as factory
from unions.enums import Manner
from unions.models import Post, RoleGrant, Unit
from unions.selectors.posts import told_of
from unions.services import Term, appoint_person, correct_post, end_post, errors, release_person, withdraw_post
from unions.signals import posts_changed

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def unit():
    return factory.unit("CĐCS Công ty may Hòa Bình", active_from=day("2020-01-01"))


@pytest.fixture
def heard():
    """What the floors above were told."""
    told = []

    def listen(sender, people, **kwargs):
        told.append(people)

    posts_changed.connect(listen)
    yield told
    posts_changed.disconnect(listen)


def appointed(user, unit, since: str, until: str | None = None, **fields) -> Post:
    return appoint_person(
        user=user, unit=unit, kind=fields.pop("kind", None) or factory.post_kind(), valid_from=day(since), valid_until=until and day(until), **fields)


def test_a_post_keeps_what_the_decision_says_and_the_log_tells_who_wrote_it(unit, learner, administrator, now, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post = appointed(
            learner, unit, "2026-01-01", full_time=True, manner=Manner.ELECTED, decision_number="12/QĐ-LĐLĐ", term="2026–2031", by=administrator, now=now)
    assert (post.full_time, post.manner, post.decision_number, post.term) == (True, "elected", "12/QĐ-LĐLĐ", "2026–2031")
    entry = LogEntry.objects.get(about=learner)
    assert (entry.act, entry.by, entry.at, entry.subject) == (Act.APPOINTED, administrator, now, "Chủ tịch, CĐCS Công ty may Hòa Bình")
    assert {name: new for name, (_old, new) in entry.changes.items() if name != "manner"} == {
        "kind": "Chủ tịch", "valid_from": "01/01/2026", "full_time": "chuyên trách", "term": "2026–2031", "decision_number": "12/QĐ-LĐLĐ"}
    assert heard == [{learner.pk}]


@pytest.mark.parametrize(("since", "until"), [
    ("2025-06-01", None), ("2021-01-01", "2025-01-02"), ("2024-01-01", "2027-01-01"), ("2025-01-01", "2026-06-01"), ("2020-06-01", None)])
def test_overlapping_terms_are_refused_and_the_other_one_is_named(unit, learner, since, until):
    appointed(learner, unit, "2025-01-01", "2026-01-01")
    with pytest.raises(errors.PostOverlaps) as refused:
        appointed(learner, unit, since, until)
    assert refused.value.code == "post_overlaps"
    assert "01/01/2025" in str(refused.value.message) and "01/01/2026" in str(refused.value.message)
    assert Post.objects.count() == 1


def test_a_post_without_an_end_leaves_room_for_none_after_it(unit, learner):
    appointed(learner, unit, "2025-01-01")
    with pytest.raises(errors.PostOverlaps) as refused:
        appointed(learner, unit, "2030-01-01")
    assert "01/01/2025" in str(refused.value.message)


def test_terms_that_follow_each_other_other_posts_and_other_units_are_no_overlap(unit, learner):
    appointed(learner, unit, "2025-01-01", "2026-01-01")
    appointed(learner, unit, "2026-01-01", "2027-01-01")
    appointed(learner, unit, "2024-01-01", "2025-01-01")
    appointed(learner, unit, "2025-06-01", kind=factory.post_kind("Tổ trưởng", "leader", 6))
    appointed(learner, factory.unit("Công đoàn phường"), "2025-07-01")
    assert Post.objects.filter(user=learner).count() == 5


@pytest.mark.parametrize(("since", "until"), [("2019-12-31", None), ("2026-01-01", None), ("2025-06-01", "2026-01-02"), ("2026-06-01", "2026-07-01")])
def test_no_post_reaches_beyond_the_days_of_its_unit(unit, learner, since, until):
    Unit.objects.filter(pk=unit.pk).update(active_until=day("2026-01-01"))
    with pytest.raises(errors.UnitNotActive) as refused:
        appointed(learner, unit, since, until)
    assert (refused.value.code, Post.objects.count()) == ("unit_not_active", 0)
    assert appointed(learner, unit, "2025-06-01", "2026-01-01").pk


@pytest.mark.parametrize("until", ["2026-01-01", "2025-12-31"])
def test_an_end_before_the_begin_is_refused(unit, learner, until):
    with pytest.raises(errors.EndsBeforeItBegins):
        appointed(learner, unit, "2026-01-01", until)


def test_ending_keeps_the_years_before_and_the_same_day_again_changes_nothing(unit, learner, administrator, now):
    post = appointed(learner, unit, "2025-01-01")
    for _time in range(2):
        end_post(post=post, on=day("2026-06-01"), by=administrator, now=now)
    post.refresh_from_db()
    assert post.valid_until == day("2026-06-01")
    assert LogEntry.objects.filter(act=Act.POST_ENDED).values_list("changes", flat=True).get() == {"valid_until": ["", "01/06/2026"]}
    with pytest.raises(errors.PostEndedAlready):
        end_post(post=post, on=day("2026-09-01"), by=administrator, now=now)
    with pytest.raises(errors.EndsBeforeItBegins):
        end_post(post=post, on=day("2025-01-01"), by=administrator, now=now)


def test_correcting_looks_at_the_same_rules_and_leaves_itself_aside(unit, learner, administrator, now):
    before = appointed(learner, unit, "2024-01-01", "2025-01-01")
    post = appointed(learner, unit, "2025-01-01")
    kind = post.kind
    said = Term(kind, day("2025-02-01"), None, full_time=True, term="2025–2030")
    correct_post(post=post, said=said, by=administrator, now=now)
    post.refresh_from_db()
    assert (post.valid_from, post.full_time, post.term) == (day("2025-02-01"), True, "2025–2030")
    with pytest.raises(errors.PostOverlaps) as refused:
        correct_post(post=post, said=Term(kind, day("2024-12-31")), by=administrator, now=now)
    assert refused.value.post == before
    with pytest.raises(errors.EndsBeforeItBegins):
        correct_post(post=post, said=Term(kind, day("2025-02-01"), day("2025-02-01")), by=administrator, now=now)


def test_of_two_administrators_the_second_is_told_to_look_again(unit, learner, administrator, now):
    post = appointed(learner, unit, "2025-01-01")
    seen = told_of(post)
    end_post(post=post, on=day("2026-06-01"), by=administrator, now=now, seen=seen)
    with pytest.raises(errors.PostChangedMeanwhile):
        correct_post(post=post, said=Term(post.kind, day("2025-01-01"), full_time=True), by=administrator, now=now, seen=seen)
    post.refresh_from_db()
    assert (post.full_time, post.valid_until) == (False, day("2026-06-01"))


def test_a_post_entered_by_mistake_goes_and_the_log_keeps_that_it_was_there(unit, learner, administrator, now):
    post = appointed(learner, unit, "2025-01-01")
    withdraw_post(post=post, by=administrator, now=now)
    assert not Post.objects.exists()
    assert LogEntry.objects.get().changes["valid_from"] == ["01/01/2025", ""]
    with pytest.raises(errors.PostGone):
        withdraw_post(post=post, by=administrator, now=now)


def test_whoever_is_released_is_staff_no_more(unit, learner, heard, django_capture_on_commit_callbacks):
    appointed(learner, unit, "2025-01-01")
    factory.role(learner, unit)
    learner.refresh_from_db()
    assert learner.is_staff
    with django_capture_on_commit_callbacks(execute=True):
        release_person(user=learner, on=day("2026-06-01"))
    learner.refresh_from_db()
    assert (learner.is_staff, RoleGrant.objects.exists(), heard) == (False, False, [{learner.pk}])
