"""Units that are entered, counted and corrected without a decision."""

from datetime import date

import pytest

from tests.factories import unions as factory
from tests.unions.standing import DAY, DECISION, standing
from unions.models import Unit, UnitFigures
from unions.services import UnionsError, changes, units

pytestmark = pytest.mark.django_db


def test_size_is_dated_and_todays_is_the_latest(tree):
    units.count_members(unit=tree["B1"], on=date(2026, 3, 1), members=100, workers=120)
    units.count_members(unit=tree["B1"], on=date(2026, 1, 1), members=90, workers=None)
    unit = units.count_members(unit=tree["B1"], on=date(2026, 3, 2), members=100, workers=120)
    assert (unit.members, unit.workers, UnitFigures.objects.count()) == (100, 120, 2)


def test_a_unit_entered_late_has_moved_with_the_one_above(tree, now):
    changes.move_unit(unit=tree["HB"], parent=tree["P"], decision=DECISION, by=None, now=now)
    factory.unit("CĐCS Sót", "S", parent=Unit.objects.get(code="HB"), active_from=date(2026, 1, 1))
    assert [{path for path in standing(day) if path.endswith("/S")} for day in (date(2026, 6, 30), DAY)] == [{"TH/HB/S"}, {"TH/P/HB/S"}]


def test_a_unit_is_never_entered_under_one_that_has_ended_since(tree, now):
    changes.close_unit(unit=tree["B1"], decision=DECISION, by=None, now=now)
    with pytest.raises(UnionsError) as refused:
        factory.unit("CĐCS Sót", "S", parent=tree["B1"], active_from=date(2026, 1, 1))
    assert (refused.value.code, Unit.objects.filter(code="S").exists()) == ("parent_ended", False)


def test_codes_are_taken_once(tree):
    with pytest.raises(UnionsError) as refused:
        factory.unit("Khác", "B1")
    assert refused.value.code == "code_taken"
    with pytest.raises(UnionsError) as refused:
        units.change_unit(unit=tree["B2"], code="B1", type=factory.unit_type(), sector="")
    assert refused.value.code == "code_taken"
