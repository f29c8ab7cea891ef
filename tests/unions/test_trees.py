"""The tree of any day: names, places and what took a unit's place; a few results of a search; the same number of queries however many units."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import unions as factory
from unions.models import Unit
from unions.selectors import trees
from unions.services import changes, units

pytestmark = pytest.mark.django_db
DAY, BEFORE = date(2026, 7, 1), date(2026, 6, 30)
DECISION = changes.Decision(DAY, "Sắp xếp lại")


@pytest.fixture
def tree():
    province = factory.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    north, south = factory.unit("LĐLĐ huyện Bắc", "HB", parent=province), factory.unit("LĐLĐ huyện Nam", "HN", parent=province)
    return province, north, south, factory.unit("CĐCS Công ty Thủy Tạ", "B1", parent=north)


def codes(found) -> list[str]:
    return [unit.code for unit in found]


def test_a_unit_on_a_day_has_the_name_and_place_of_that_day(tree, now):
    _province, north, south, base = tree
    changes.move_unit(unit=base, parent=south, decision=DECISION, by=None, now=now)
    changes.rename_unit(unit=base, name="CĐCS Mới", decision=DECISION, by=None, now=now)
    base.refresh_from_db()
    seen = [trees.unit_on(base, day) for day in (date(2025, 6, 30), BEFORE, DAY)]
    assert [(then.name, then.parent_id, then.was_there) for then in seen] == [
        ("CĐCS Mới", None, False), ("CĐCS Công ty Thủy Tạ", north.pk, True), ("CĐCS Mới", south.pk, True)]
    assert [codes(trees.ancestors_of(base, day)) for day in (None, BEFORE)] == [["TH", "HN"], ["TH", "HB"]]
    assert [set(codes(trees.units_below(north, day))) for day in (None, BEFORE, date(2020, 1, 1))] == [{"HB"}, {"HB", "B1"}, set()]


def test_today_of_follows_successors_to_the_end(tree, now):
    province, north, south, base = tree
    kind = factory.unit_type()
    new = changes.NewUnit("X", "Công đoàn X", kind, province)
    changes.merge_units(merge=changes.Merge((north, south), new), decision=changes.Decision(DAY, "Một"), by=None, now=now)
    middle = Unit.objects.get(code="X")
    parts = tuple(changes.NewUnit(code, code, kind, None) for code in ("Y", "Z"))
    changes.split_unit(split=changes.Split(middle, parts, ends=True, others=0), decision=changes.Decision(date(2026, 9, 1), "Hai"), by=None, now=now)
    changes.close_unit(unit=base, decision=changes.Decision(date(2026, 9, 1), "Ba"), by=None, now=now)
    ends = {Unit.objects.get(code=code).pk for code in ("Y", "Z")}
    found = trees.today_of([north.pk, province.pk, base.pk, 0])
    assert {unit: set(after) for unit, after in found.items()} == {north.pk: ends, province.pk: {province.pk}, base.pk: set()}


def test_a_level_tells_numbers_of_its_day_with_the_same_queries(tree, now, learner, django_assert_num_queries):
    province, north, south, _base = tree
    factory.post(learner, north)
    factory.post(learner, north, factory.post_kind("Ủy viên", "member", 4))
    units.count_members(unit=north, on=date(2026, 1, 1), members=900, workers=None)
    units.count_members(unit=north, on=date(2026, 9, 1), members=950, workers=None)
    changes.move_unit(unit=south, parent=north, decision=DECISION, by=None, now=now)
    with CaptureQueriesContext(connection) as few:
        level = trees.level_below(province, DAY)
    assert [(unit.name_then, unit.below, unit.members_then, unit.cadres) for unit in level.units] == [("LĐLĐ huyện Bắc", 2, 900, 1)]
    assert codes(trees.level_below(province, BEFORE).units) == ["HB", "HN"]
    assert codes(trees.level_below(None, DAY).units) == ["TH"]
    for number in range(30):
        factory.unit(f"Đơn vị {number}", f"D{number}", parent=province)
    with django_assert_num_queries(len(few)):
        assert len(trees.level_below(province, DAY).units) == 31


def test_search_ignores_diacritics_and_puts_codes_first_and_ended_units_last(tree, now):
    factory.unit("Công ty B1 Thủy Tạ", "K9", parent=tree[0])
    changes.close_unit(unit=tree[3], decision=DECISION, by=None, now=now)
    everywhere = Unit.objects.all()
    assert codes(trees.search_units(everywhere, "thuy ta")) == ["K9", "B1"]
    assert codes(trees.search_units(everywhere, "b1")) == ["B1", "K9"]
    assert trees.search_units(everywhere, "  ") == [] and trees.search_units(everywhere, "khong co") == []
    for number in range(20):
        factory.unit(f"Thủy Tạ {number}", f"T{number}", parent=tree[0])
    assert len(trees.search_units(everywhere, "THỦY TẠ")) == trees.FOUND_AT_MOST


def test_tops_are_the_highest_of_ones_roles(tree):
    paths = [tree[1].path, tree[3].path, tree[2].path, tree[1].path]
    assert set(trees.tops_of(Unit.objects.under_paths(paths), paths)) == {tree[1], tree[2]}
