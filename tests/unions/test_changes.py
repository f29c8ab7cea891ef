"""Decisions about units: what each does to the tree of every day, to posts and roles; and what is refused."""

from datetime import date, timedelta

import pytest

from accounts.enums import Act
from accounts.models import LogEntry
from tests.factories import accounts as people
from tests.factories import unions as factory
from tests.unions.standing import BEFORE, DAY, DECISION, codes_of, new, rows, standing, todays
from unions.models import Post, RoleGrant, Unit, UnitChange
from unions.services import UnionsError, changes, units
from unions.signals import posts_changed

pytestmark = pytest.mark.django_db


class TestMove:
    def test_takes_everything_below_along_from_the_day_on(self, tree, now, administrator):
        change = changes.move_unit(unit=tree["HB"], parent=tree["P"], decision=DECISION, by=administrator, now=now)
        after = {"TH", "TH/HN", "TH/HN/N1", "TH/P", "TH/P/HB", "TH/P/HB/B1", "TH/P/HB/B2"}
        assert (standing(DAY - timedelta(1)), standing(DAY), todays()) == (BEFORE, after, after)
        assert (change.reason, change.decision_number, change.by, change.effective_on) == ("Sắp xếp lại tổ chức", "12/QĐ-LĐLĐ", administrator, DAY)
        assert set(change.units.all()) == {tree["HB"], tree["P"]}

    def test_on_the_first_day_of_a_place_corrects_that_place(self, tree, now):
        changes.move_unit(unit=tree["B1"], parent=tree["HN"], decision=changes.Decision(factory.LONG_AGO, "Nhập nhầm"), by=None, now=now)
        assert standing(factory.LONG_AGO) == (BEFORE - {"TH/HB/B1"}) | {"TH/HN/B1"}
        assert tree["B1"].placements.count() == tree["B1"].paths.count() == 1

    @pytest.mark.parametrize(("unit", "parent", "code"), [
        ("HB", "HB", "under_itself"), ("HB", "B1", "under_itself"), ("TH", "B1", "under_itself"), ("B1", "HB", "same_place")])
    def test_under_itself_or_where_it_stands_is_refused(self, tree, now, unit, parent, code):
        before = rows()
        with pytest.raises(changes.ChangeRefused) as refused:
            changes.move_unit(unit=tree[unit], parent=tree[parent], decision=DECISION, by=None, now=now)
        assert (codes_of(refused), rows(), UnitChange.objects.count()) == ([code], before, 0)

    def test_before_a_later_change_of_the_same_unit_is_refused_naming_it(self, tree, now):
        changes.move_unit(unit=tree["B1"], parent=tree["HN"], decision=DECISION, by=None, now=now)
        with pytest.raises(changes.ChangeRefused) as refused:
            changes.move_unit(unit=tree["B1"], parent=tree["P"], decision=changes.Decision(date(2026, 6, 1), "Muộn"), by=None, now=now)
        assert codes_of(refused) == ["later_change"] and "01/07/2026" in refused.value.message
        # What stands below another one has stood in another place since that one moved.
        changes.move_unit(unit=tree["HN"], parent=tree["P"], decision=changes.Decision(date(2026, 8, 1), "Tiếp"), by=None, now=now)
        with pytest.raises(changes.ChangeRefused):
            changes.move_unit(unit=tree["N1"], parent=tree["HB"], decision=DECISION, by=None, now=now)

    def test_entered_late_moves_what_came_and_went_meanwhile(self, tree, now):
        late = factory.unit("CĐCS Mới", "M1", parent=tree["HB"], active_from=date(2026, 8, 1))
        changes.move_unit(unit=tree["B2"], parent=tree["HN"], decision=changes.Decision(date(2026, 9, 1), "Chuyển"), by=None, now=now)
        change = changes.move_unit(unit=tree["HB"], parent=tree["P"], decision=DECISION, by=None, now=now)
        seen = {day: {path for path in standing(day) if path.endswith(("B2", "M1"))} for day in (date(2026, 6, 30), DAY, date(2026, 8, 1), date(2026, 9, 1))}
        assert list(seen.values()) == [{"TH/HB/B2"}, {"TH/P/HB/B2"}, {"TH/P/HB/B2", "TH/P/HB/M1"}, {"TH/HN/B2", "TH/P/HB/M1"}]
        late.refresh_from_db()
        assert late.path.startswith(tree["P"].path)
        changes.undo_change(change=change, by=None, now=now)
        assert "TH/HB/M1" in standing(date(2026, 8, 1)) and todays() == {"TH", "TH/HB", "TH/HN", "TH/HB/B1", "TH/HN/B2", "TH/HN/N1", "TH/P", "TH/HB/M1"}

    def test_to_the_top_and_with_a_preview(self, tree, now):
        plan = changes.plan_move(unit=tree["HB"], parent=None, on=DAY, now=now)
        assert (plan.is_possible, plan.counts) == (True, {"units": 3})
        changes.move_unit(unit=tree["HB"], parent=None, decision=DECISION, by=None, now=now, seen=plan.digest)
        assert todays() >= {"HB", "HB/B1", "HB/B2"}


class TestEveryChange:
    def test_of_a_day_to_come_is_refused_saying_when(self, tree, now):
        tomorrow = changes.Decision(date(2026, 11, 21), "Sớm")
        for change in (
            lambda: changes.rename_unit(unit=tree["B1"], name="X", decision=tomorrow, by=None, now=now),
            lambda: changes.move_unit(unit=tree["B1"], parent=tree["HN"], decision=tomorrow, by=None, now=now),
            lambda: changes.close_unit(unit=tree["B1"], decision=tomorrow, by=None, now=now),
            lambda: changes.merge_units(merge=changes.Merge((tree["B1"],), tree["B2"]), decision=tomorrow, by=None, now=now),
            lambda: changes.split_unit(split=changes.Split(tree["B1"], (new(tree),)), decision=tomorrow, by=None, now=now),
            lambda: changes.move_by_list(lines=[changes.MoveLine(2, tree["B1"], tree["HN"], tomorrow.on)], reason="Sớm", by=None, now=now),
        ):
            with pytest.raises(changes.ChangeRefused):
                change()
        assert "21/11/2026" in changes.plan_close(unit=tree["B1"], on=tomorrow.on, now=now).obstacles[0].message
        assert (todays(), UnitChange.objects.count()) == (BEFORE, 0)

    def test_needs_a_reason(self, tree, now):
        with pytest.raises(UnionsError) as refused:
            changes.close_unit(unit=tree["B1"], decision=changes.Decision(DAY, "  "), by=None, now=now)
        assert (refused.value.code, todays()) == ("reason_missing", BEFORE)

    def test_is_refused_when_it_is_no_longer_what_was_seen(self, tree, now, learner):
        plan = changes.plan_close(unit=tree["B1"], on=DAY, now=now)
        factory.post(learner, tree["B1"])
        with pytest.raises(UnionsError) as refused:
            changes.close_unit(unit=tree["B1"], decision=DECISION, by=None, now=now, seen=plan.digest)
        assert (refused.value.code, todays()) == ("plan_changed", BEFORE)

    def test_of_a_unit_that_has_ended_or_had_not_begun_is_refused(self, tree, now):
        changes.close_unit(unit=tree["B1"], decision=DECISION, by=None, now=now)
        young = factory.unit("CĐCS Trẻ", "T", parent=tree["HB"], active_from=date(2026, 9, 1))
        found = [
            changes.plan_rename(unit=tree["B1"], name="X", on=DAY, now=now), changes.plan_move(unit=tree["B2"], parent=tree["B1"], on=DAY, now=now),
            changes.plan_merge(merge=changes.Merge((tree["B1"],), tree["B2"]), on=DAY, now=now), changes.plan_close(unit=tree["B1"], on=DAY, now=now),
            changes.plan_merge(merge=changes.Merge((tree["B2"],), young), on=DAY, now=now), changes.plan_rename(unit=young, name="X", on=DAY, now=now)]
        assert [plan.obstacles[0].code for plan in found] == ["ended"] * 4 + ["not_begun"] * 2


class TestRename:
    def test_keeps_the_former_name_and_can_be_undone(self, tree, now):
        before = rows()
        change = changes.rename_unit(unit=tree["B1"], name=" CĐCS  Bình Minh", decision=DECISION, by=None, now=now)
        tree["B1"].refresh_from_db()
        assert (tree["B1"].name, tree["B1"].search_key) == ("CĐCS Bình Minh", "cdcs binh minh b1")
        assert [tree["B1"].names.on(day).get().name for day in (date(2026, 6, 30), DAY)] == ["CĐCS B1", "CĐCS Bình Minh"]
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before

    def test_same_name_and_a_day_before_the_present_name_are_refused(self, tree, now):
        assert [each.code for each in changes.plan_rename(unit=tree["B1"], name="CĐCS B1", on=DAY, now=now).obstacles] == ["same_name"]
        changes.rename_unit(unit=tree["B1"], name="Mới", decision=DECISION, by=None, now=now)
        plan = changes.plan_rename(unit=tree["B1"], name="Mới nữa", on=date(2026, 6, 1), now=now)
        assert [each.code for each in plan.obstacles] == ["later_change"]


class TestMerge:
    def test_into_a_new_unit_carries_children_posts_and_size(self, tree, now, learner, trainer, administrator, django_capture_on_commit_callbacks):
        chair, member = factory.post_kind(), factory.post_kind("Ủy viên", "member", 4)
        factory.post(learner, tree["HB"], chair, full_time=True, valid_until=date(2028, 1, 1))
        factory.post(learner, tree["HN"], chair)
        factory.post(learner, tree["HN"], member)
        factory.post(trainer, tree["B1"])
        factory.role(trainer, tree["HB"])
        for unit, members in (("HB", 900), ("HN", 600)):
            units.count_members(unit=tree[unit], on=factory.LONG_AGO, members=members, workers=None)
        before, heard = rows(), []
        posts_changed.connect(receiver := lambda people, **kwargs: heard.append(people), weak=False)
        merge = changes.Merge((tree["HB"], tree["HN"]), new(tree))
        plan = changes.plan_merge(merge=merge, on=DAY, now=now)
        assert plan.counts == {"units": 2, "children": 3, "roles": 1, "people": 1, "posts": 3, "carried": 2}
        with django_capture_on_commit_callbacks(execute=True):
            change = changes.merge_units(merge=merge, decision=DECISION, by=administrator, now=now, seen=plan.digest)
        posts_changed.disconnect(receiver)
        successor = Unit.objects.get(code="X")
        after = {"TH", "TH/P", "TH/X", "TH/X/B1", "TH/X/B2", "TH/X/N1"}
        assert (standing(date(2026, 6, 30)), standing(DAY), todays()) == (BEFORE, after, after)
        assert list(Unit.objects.filter(active_until=DAY, successors=successor).order_by("code").values_list("code", flat=True)) == ["HB", "HN"]
        assert list(Post.objects.filter(user=learner, unit=successor).order_by("kind__rank").values_list(
            "kind", "full_time", "manner", "valid_from", "valid_until", "decision_number")) == [
            (chair.pk, True, "designated", DAY, date(2028, 1, 1), "12/QĐ-LĐLĐ"), (member.pk, False, "designated", DAY, None, "12/QĐ-LĐLĐ")]
        assert set(Post.objects.filter(user=learner).exclude(unit=successor).values_list("valid_until", flat=True)) == {DAY}
        assert (successor.members, RoleGrant.objects.count(), Post.objects.get(user=trainer).valid_until) == (1500, 0, None)
        assert (heard, [(entry.about, entry.act) for entry in LogEntry.objects.order_by("pk")]) == (
            [{learner.pk}], [(learner, Act.APPOINTED), (trainer, Act.ROLE_TAKEN)])
        changes.undo_change(change=change, by=administrator, now=now)
        assert rows() == before

    def test_into_one_of_them_keeps_who_holds_the_post_there(self, tree, now, learner, trainer):
        factory.post(learner, tree["HB"])
        kept = factory.post(learner, tree["HN"], valid_from=date(2026, 1, 1))
        factory.post(trainer, tree["HB"])
        factory.role(trainer, tree["HB"])
        before = rows()
        merge = changes.Merge((tree["HB"], tree["HN"]), tree["HN"], carries_roles=True)
        change = changes.merge_units(merge=merge, decision=DECISION, by=None, now=now)
        assert list(Post.objects.on(DAY).filter(user=learner)) == [kept]
        assert (Post.objects.on(DAY).get(user=trainer).unit, RoleGrant.objects.get().unit) == (tree["HN"], tree["HN"])
        assert todays() == {"TH", "TH/HN", "TH/HN/N1", "TH/HN/B1", "TH/HN/B2", "TH/P"}
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before

    def test_without_posts_ends_them_only(self, tree, now, learner):
        factory.post(learner, tree["B1"])
        changes.merge_units(merge=changes.Merge((tree["B1"],), tree["B2"], carries_posts=False), decision=DECISION, by=None, now=now)
        assert (Post.objects.get().valid_until, LogEntry.objects.get().act) == (DAY, Act.POST_ENDED)

    def test_of_a_unit_and_one_below_it_leaves_one_tree(self, tree, now):
        before = rows()
        change = changes.merge_units(merge=changes.Merge((tree["HB"], tree["B1"]), new(tree)), decision=DECISION, by=None, now=now)
        assert todays() == {"TH", "TH/HN", "TH/HN/N1", "TH/P", "TH/X", "TH/X/B2"} == standing(DAY)
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before
        changes.merge_units(merge=changes.Merge((tree["B1"],), tree["HB"]), decision=DECISION, by=None, now=now)
        assert todays() == BEFORE - {"TH/HB/B1"}

    def test_of_an_ancestor_into_its_descendant_is_refused(self, tree, now):
        below = changes.NewUnit("X", "X", factory.unit_type(), tree["B1"])
        for merge in (changes.Merge((tree["HB"],), tree["B1"]), changes.Merge((tree["TH"], tree["HB"]), tree["N1"]),
                      changes.Merge((tree["HB"], tree["HN"]), below)):
            plan = changes.plan_merge(merge=merge, on=DAY, now=now)
            assert "ancestor_into_descendant" in [each.code for each in plan.obstacles]
        assert UnitChange.objects.count() == 0

    def test_needs_two_units_and_a_code_of_its_own(self, tree, now):
        plans = [changes.plan_merge(merge=merge, on=DAY, now=now) for merge in (
            changes.Merge((tree["HB"],), new(tree)), changes.Merge((tree["HB"],), tree["HB"]), changes.Merge((tree["HB"], tree["HN"]), new(tree, "B1")))]
        assert [[each.code for each in plan.obstacles] for plan in plans] == [["nothing_to_merge"], ["nothing_to_merge"], ["code_taken"]]

    def test_entered_late_takes_posts_along_that_began_since(self, tree, now, learner, trainer):
        late = factory.post(learner, tree["B1"], valid_from=date(2026, 9, 1))
        before = rows()
        change = changes.merge_units(merge=changes.Merge((tree["B1"],), tree["B2"]), decision=DECISION, by=None, now=now)
        late.refresh_from_db()
        assert (late.unit, late.valid_from) == (tree["B2"], date(2026, 9, 1))
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before
        plan = changes.plan_merge(merge=changes.Merge((tree["B1"],), tree["B2"], carries_posts=False), on=DAY, now=now)
        assert [each.code for each in plan.obstacles] == ["later_posts"] and "Nguyễn Thị Mai" in plan.obstacles[0].message

    def test_asks_the_same_number_of_queries_however_many_posts(self, tree, now, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext
        merge = changes.Merge((tree["B1"], tree["B2"]), new(tree))
        factory.post(people.person("Trần Văn 0", "0@example.org"), tree["B1"])
        with CaptureQueriesContext(connection) as few:
            changes.plan_merge(merge=merge, on=DAY, now=now)
        for number in range(1, 20):
            factory.post(people.person(f"Trần Văn {number}", f"{number}@example.org"), tree["B1"])
        with django_assert_num_queries(len(few)):
            changes.plan_merge(merge=merge, on=DAY, now=now)


class TestSplit:
    def test_gives_children_and_people_to_parts_and_ends(self, tree, now, learner, trainer, outsider):
        for person in (learner, trainer, outsider):
            factory.post(person, tree["HB"])
        factory.role(trainer, tree["HB"])
        before = rows()
        split = changes.Split(
            tree["HB"], (new(tree, "X1"), new(tree, "X2")), ends=True, children={tree["B1"].pk: 0, tree["B2"].pk: 1},
            people={learner.pk: 0, trainer.pk: 1}, carries_roles=True)
        change = changes.split_unit(split=split, decision=DECISION, by=None, now=now)
        after = (BEFORE - {"TH/HB", "TH/HB/B1", "TH/HB/B2"}) | {"TH/X1", "TH/X1/B1", "TH/X2", "TH/X2/B2"}
        assert (standing(date(2026, 6, 30)), standing(DAY), todays()) == (BEFORE, after, after)
        assert set(Post.objects.on(DAY).values_list("user", "unit__code")) == {(learner.pk, "X1"), (trainer.pk, "X2")}
        assert set(RoleGrant.objects.values_list("unit__code", flat=True)) == {"X1", "X2"}
        assert set(Unit.objects.get(code="HB").successors.values_list("code", flat=True)) == {"X1", "X2"}
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before

    def test_of_a_unit_that_stays_leaves_the_others_where_they_are(self, tree, now, learner, trainer):
        factory.post(learner, tree["HB"])
        factory.post(trainer, tree["HB"])
        before = rows()
        split = changes.Split(tree["HB"], (new(tree, "X1"),), children={tree["B2"].pk: 0}, people={trainer.pk: 0})
        change = changes.split_unit(split=split, decision=DECISION, by=None, now=now)
        assert todays() == (BEFORE - {"TH/HB/B2"}) | {"TH/X1", "TH/X1/B2"}
        assert set(Post.objects.on(DAY).values_list("user", "unit__code")) == {(learner.pk, "HB"), (trainer.pk, "X1")}
        assert tree["HB"].successors.count() == 0
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before

    def test_that_leaves_a_child_without_a_place_or_makes_one_part_is_refused(self, tree, now):
        plan = changes.plan_split(split=changes.Split(tree["HB"], (new(tree),), ends=True), on=DAY, now=now)
        assert [each.code for each in plan.obstacles] == ["too_few_parts", "has_children"]
        plan = changes.plan_split(split=changes.Split(tree["HB"], (new(tree), new(tree)), ends=True, others=0), on=DAY, now=now)
        assert [each.code for each in plan.obstacles] == ["code_taken"]


class TestClose:
    def test_ends_posts_and_roles_and_deletes_no_post(self, tree, now, learner):
        factory.post(learner, tree["B1"])
        factory.role(learner, tree["B1"])
        before = rows()
        change = changes.close_unit(unit=tree["B1"], decision=DECISION, by=None, now=now)
        assert (Post.objects.get().valid_until, RoleGrant.objects.count(), standing(DAY)) == (DAY, 0, BEFORE - {"TH/HB/B1"})
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before

    def test_with_units_below_is_refused_naming_them(self, tree, now):
        plan = changes.plan_close(unit=tree["HB"], on=DAY, now=now)
        assert [each.code for each in plan.obstacles] == ["has_children"] and "CĐCS B1" in plan.obstacles[0].message


class TestList:
    def lines(self, tree, *said):
        return [changes.MoveLine(number, tree[unit], tree[parent], on) for number, (unit, parent, on) in enumerate(said, start=4)]

    def test_moves_each_on_its_day_and_can_be_undone(self, tree, now):
        before = rows()
        lines = self.lines(tree, ("B1", "P", DAY), ("P", "HN", date(2026, 8, 1)), ("HB", "P", date(2026, 8, 1)), ("N1", "HN", DAY))
        plan = changes.plan_list(lines=lines, now=now)
        assert ([line.line for line in plan.moves], plan.same, plan.refused) == ([4, 5, 6], 1, ())
        change = changes.move_by_list(lines=lines, reason="Theo danh sách", by=None, now=now, seen=plan.digest)
        assert standing(DAY) == (BEFORE - {"TH/HB/B1"}) | {"TH/P/B1"}
        after = {"TH", "TH/HN", "TH/HN/N1", "TH/HN/P", "TH/HN/P/B1", "TH/HN/P/HB", "TH/HN/P/HB/B2"}
        assert (standing(date(2026, 8, 1)), todays()) == (after, after)
        changes.undo_change(change=change, by=None, now=now)
        assert rows() == before

    def test_refuses_lines_by_themselves(self, tree, now):
        lines = self.lines(tree, ("B1", "HN", DAY), ("B1", "P", DAY), ("HN", "B1", DAY), ("HB", "B2", DAY), ("B2", "P", date(2027, 1, 1)))
        plan = changes.plan_list(lines=lines, now=now, refused=[changes.RefusedLine(1, "?", "không rõ")])
        assert ([line.line for line in plan.moves], [line.line for line in plan.refused]) == ([4], [1, 5, 6, 7, 8])

    def test_moves_a_whole_district_by_lines_with_the_queries_of_a_few(self, tree, now):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext
        bases = [factory.unit(f"CĐCS {number}", f"C{number}", parent=tree["HB"]) for number in range(60)]
        lines = [changes.MoveLine(number, unit, tree["P"], DAY) for number, unit in enumerate(bases)]
        with CaptureQueriesContext(connection) as asked:
            changes.plan_list(lines=lines, now=now)
        change = changes.move_by_list(lines=lines, reason="Theo danh sách", by=None, now=now)
        assert (len(asked), Unit.objects.under(tree["P"]).count(), change.counts) == (1, 61, {"units": 60})
        changes.undo_change(change=change, by=None, now=now)
        assert Unit.objects.under(tree["P"]).count() == 1
