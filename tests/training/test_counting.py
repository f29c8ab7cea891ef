"""Counting in the background: once however often it is asked for, replaced as a whole, tried again after a failure, and by the clock."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cms.work import GIVEN_UP_AFTER, WorkState
from tests.factories import training as office
from tests.factories.targets import target
from training.enums import Tree
from training.models import Count, UnitCount
from training.selectors.coverage import Figures, coverage_of, live
from training.services import counting
from training.tasks import count_target
from unions.models import Post
from unions.signals import posts_changed

pytestmark = pytest.mark.django_db

NOW, TODAY = office.NOW, date(2026, 11, 20)


@pytest.fixture
def aim(province, hoa, binh, monkeypatch):
    """A target whose branch is taken for a large one."""
    monkeypatch.setattr(live, "LARGE", 1)
    monkeypatch.setattr(counting, "KEPT_FROM", 1)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return target(province.top)


def asked(aim, now=NOW, **fields) -> tuple[Count, bool]:
    return counting.ask_for_count(**{"target": aim.pk, "on": TODAY, "tree": Tree.TODAY, "now": now, **fields})


def clock():
    return NOW


def test_it_is_asked_for_once_while_somebody_is_at_it(aim):
    count, is_new = asked(aim)
    assert is_new and not asked(aim)[1]
    Count.objects.filter(pk=count.pk).update(state=WorkState.RUNNING, alive_at=NOW)
    assert not asked(aim)[1] and not counting.count_target(count=count, clock=clock)
    late = NOW + GIVEN_UP_AFTER + timedelta(seconds=1)
    assert asked(aim, late)[1] and counting.count_target(count=count, clock=lambda: late)
    assert Count.objects.count() == 1
    assert not counting.count_target(count=count, clock=clock)


def test_rows_are_those_of_large_units_and_right_below_and_are_replaced_as_a_whole(aim, province, hoa, monkeypatch):
    monkeypatch.setattr(counting, "KEPT_FROM", 2)
    count, _is_new = asked(aim)
    assert counting.count_target(count=count, clock=clock)
    assert set(UnitCount.objects.values_list("unit__code", "people")) == {("TH", 2), ("PA", 1), ("PB", 1)}
    office.finished(hoa)
    asked(aim)
    assert counting.count_target(count=count, clock=clock)
    assert set(UnitCount.objects.values_list("unit__code", "done")) == {("TH", 1), ("PA", 1), ("PB", 0)}
    count.refresh_from_db()
    assert (count.state, count.fraction, count.finished_at) == (WorkState.DONE, 1.0, NOW)


def test_what_fails_says_so_keeps_what_was_counted_before_and_is_not_tried_at_once(aim, province, monkeypatch):
    counting.count_all(targets=[aim], on=TODAY, tree=Tree.TODAY, clock=clock)

    def break_down(*_args):
        raise OSError("the disk is full")

    monkeypatch.setattr(counting, "figures_of", break_down)
    count, _is_new = asked(aim)
    with pytest.raises(OSError, match="full"):
        counting.count_target(count=count, clock=clock)
    count.refresh_from_db()
    assert count.state == WorkState.FAILED and count.error and count.rows.exists()
    assert not asked(aim)[1] and asked(aim, NOW + GIVEN_UP_AFTER + timedelta(seconds=1))[1]
    found = coverage_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW)
    assert (found.own, found.is_waiting) == (Figures(2), False)


def test_while_it_waits_the_latest_figures_are_shown_with_their_day(aim, province, monkeypatch):
    monkeypatch.setattr("training.receivers.count_target", type("Queue", (), {"enqueue": lambda self, pk: None})())
    found = coverage_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW)
    assert (found.is_waiting, found.own, found.counted_at, found.counted_on) == (True, Figures(), None, None)
    assert Count.objects.get().state == WorkState.WAITING
    before = TODAY - timedelta(days=3)
    counting.count_all(targets=[aim], on=before, tree=Tree.TODAY, clock=clock)
    found = coverage_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW)
    assert (found.is_waiting, found.own, found.counted_at, found.counted_on) == (True, Figures(2), NOW, before)
    assert count_target.call(Count.objects.get(on=TODAY).pk)
    assert not coverage_of(target=aim, unit=province.top, on=TODAY, tree=Tree.TODAY, now=NOW).is_waiting


def test_the_clock_asks_for_today_and_the_ends_of_months_and_again_when_something_was_done(aim, hoa):
    counts = counting.ask_for_due_counts(now=NOW)
    assert [(count.on, count.is_trend) for count in counts][:2] == [(TODAY, False), (date(2026, 1, 31), True)] and len(counts) == 11
    for count in counts:
        assert counting.count_target(count=count, clock=clock)
    later = NOW + timedelta(hours=2)
    assert counting.ask_for_due_counts(now=later) == []
    office.enrolled(hoa, done=2, last_seen_at=NOW + timedelta(hours=1))
    assert counting.ask_for_due_counts(now=NOW + timedelta(minutes=50)) == []
    assert [count.on for count in counting.ask_for_due_counts(now=later)] == [TODAY]


def test_the_clock_leaves_small_branches_and_ended_targets_alone(aim, province, monkeypatch):
    type(aim).objects.update(is_active=False)
    assert counting.ask_for_due_counts(now=NOW) == []
    type(aim).objects.update(is_active=True)
    monkeypatch.setattr(live, "LARGE", 2)
    assert counting.ask_for_due_counts(now=NOW) == []


def test_changed_posts_make_todays_figures_due(aim, province, hoa, monkeypatch):
    monkeypatch.setattr(live, "LARGE", 0)
    for count in counting.ask_for_due_counts(now=NOW):
        counting.count_target(count=count, clock=clock)
    Post.objects.filter(user=hoa).update(valid_until=TODAY)
    posts_changed.send(sender=Post, people={hoa.pk})
    later = NOW + timedelta(minutes=31)
    due = counting.ask_for_due_counts(now=later)
    assert [count.on for count in due] == [TODAY]
    assert counting.count_target(count=due[0], clock=lambda: later)
    assert due[0].rows.get(unit=province.top).people == 1


def test_old_days_are_forgotten_ends_of_months_stay(aim):
    counting.count_all(targets=[aim], on=TODAY - timedelta(days=1), tree=Tree.TODAY, clock=clock)
    asked(aim, on=date(2026, 10, 31), is_trend=True)
    assert counting.forget_old_counts(now=NOW + timedelta(days=1)) == 0
    assert counting.forget_old_counts(now=NOW + timedelta(days=8)) == 1
    assert [count.on for count in Count.objects.all()] == [date(2026, 10, 31)]


def test_the_command_prints_a_table_and_says_what_it_refused(province, hoa, binh, capsys, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    office.finished(hoa)
    aim = target(province.top)
    other = target(province.ward_b, title="Riêng phường Tân Mai")
    call_command("coverage", "--recount")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2 targets counted anew" and said[-1] == "2 tables, 0 refused"
    assert said[4].split("  ")[-1].strip() == "1" and said[4].startswith("LĐLĐ tỉnh Tân Hòa")
    assert [part for part in said[4].split() if part.replace(".", "").isdecimal()] == ["2", "1", "50.0", "0", "1", "1"]
    call_command("coverage", "--unit", "PA", "--target", str(aim.uuid), "--on", "30/06/2026", "--tree", "then")
    assert "Công đoàn phường Tân Lập, 30/06/2026" in capsys.readouterr().out
    with pytest.raises(CommandError, match="2 refused"):
        call_command("coverage", "--unit", "PB", "--unit", "KHONG-CO", "--target", "khong", "--target", str(other.uuid))
    out, err = capsys.readouterr()
    assert "Riêng phường Tân Mai" in out and "--unit KHONG-CO" in err and "--target khong" in err
    for wrong in (["--on", "2026-06-30"], ["--on", "30/06/2027"]):
        with pytest.raises(CommandError, match="--on"):
            call_command("coverage", *wrong)
