"""An undo leaves no trace in the rows, and is refused once somebody went on from what it would take back."""

from datetime import date, timedelta

import pytest

from accounts.enums import Act
from accounts.models import LogEntry
from tests.factories import unions as factory
from tests.unions.standing import DAY, DECISION, new, rows
from unions.models import Audience, Post, Unit, UnitChange
from unions.services import UnionsError, changes, units

pytestmark = pytest.mark.django_db


class TestUndo:
    def test_is_refused_after_a_day_or_twice(self, tree, now):
        change = changes.close_unit(unit=tree["B1"], decision=DECISION, by=None, now=now)
        with pytest.raises(UnionsError) as refused:
            changes.undo_change(change=change, by=None, now=now + timedelta(hours=24))
        assert refused.value.code == "undo_too_late"
        changes.undo_change(change=change, by=None, now=now + timedelta(hours=23, minutes=59))
        with pytest.raises(UnionsError) as refused:
            changes.undo_change(change=change, by=None, now=now)
        assert (refused.value.code, change.rows == {}) == ("undone_already", False)
        assert UnitChange.objects.get().rows == {}

    @pytest.mark.parametrize("touch", [
        lambda tree, now, person: Post.objects.filter(unit__code="X").update(full_time=True),
        lambda tree, now, person: Post.objects.filter(unit__code="HB").update(valid_until=date(2026, 6, 1)),
        lambda tree, now, person: factory.post(person, Unit.objects.get(code="X"), factory.post_kind("Tổ trưởng", "leader", 9), valid_from=DAY),
        lambda tree, now, person: factory.unit("CĐCS Sau", "S", parent=Unit.objects.get(code="B1"), active_from=DAY),
        lambda tree, now, person: changes.rename_unit(unit=Unit.objects.get(code="X"), name="Khác", decision=DECISION, by=None, now=now),
        lambda tree, now, person: changes.move_unit(unit=tree["B1"], parent=tree["P"], decision=DECISION, by=None, now=now),
        lambda tree, now, person: Audience.objects.create().units.add(Unit.objects.get(code="X")),
        lambda tree, now, person: units.count_members(unit=Unit.objects.get(code="X"), on=date(2026, 8, 1), members=5, workers=None),
    ])
    def test_is_refused_when_something_it_wrote_was_touched(self, tree, now, learner, outsider, touch):
        factory.post(learner, tree["HB"])
        change = changes.merge_units(merge=changes.Merge((tree["HB"], tree["HN"]), new(tree)), decision=DECISION, by=None, now=now)
        touch(tree, now, outsider)
        before = rows()
        with pytest.raises(UnionsError) as refused:
            changes.undo_change(change=change, by=None, now=now)
        assert (refused.value.code, rows()) == ("touched_since", before)
        assert UnitChange.objects.get(pk=change.pk).undone_at is None

    def test_of_others_is_still_possible_and_old_rows_are_forgotten(self, tree, now):
        first = changes.rename_unit(unit=tree["B1"], name="Một", decision=DECISION, by=None, now=now - timedelta(days=2))
        second = changes.rename_unit(unit=tree["B2"], name="Hai", decision=DECISION, by=None, now=now)
        assert [UnitChange.objects.get(pk=change.pk).rows == {} for change in (first, second)] == [True, False]

    @pytest.mark.parametrize("undone", [
        lambda tree, now: changes.close_unit(unit=tree["N1"], decision=DECISION, by=None, now=now),
        lambda tree, now: changes.move_unit(unit=tree["N1"], parent=tree["P"], decision=DECISION, by=None, now=now)])
    @pytest.mark.parametrize("then", [
        lambda tree, day, now: changes.close_unit(unit=tree["HN"], decision=day, by=None, now=now),
        lambda tree, day, now: changes.move_unit(unit=tree["HN"], parent=tree["HB"], decision=day, by=None, now=now)])
    def test_is_refused_when_the_unit_above_has_ended_or_moved_since(self, tree, now, undone, then):
        change = undone(tree, now)
        then(tree, changes.Decision(date(2026, 8, 1), "Tiếp theo"), now)
        before = rows()
        with pytest.raises(UnionsError) as refused:
            changes.undo_change(change=change, by=None, now=now)
        assert (refused.value.code, rows()) == ("touched_since", before)

    def test_gives_back_the_staff_flag_that_went_with_the_last_role(self, tree, now, learner):
        factory.role(learner, tree["N1"])
        staff = lambda: type(learner).objects.get(pk=learner.pk).is_staff  # noqa: E731
        change = changes.close_unit(unit=tree["N1"], decision=DECISION, by=None, now=now)
        assert not staff()
        changes.undo_change(change=change, by=None, now=now)
        assert staff()

    def test_says_so_in_the_logs_of_the_people(self, tree, now, learner, administrator):
        factory.post(learner, tree["B1"])
        change = changes.close_unit(unit=tree["B1"], decision=DECISION, by=administrator, now=now)
        changes.undo_change(change=change, by=administrator, now=now)
        assert list(LogEntry.objects.order_by("pk").values_list("act", "by")) == [(Act.POST_ENDED, administrator.pk), (Act.POST_CHANGED, administrator.pk)]
