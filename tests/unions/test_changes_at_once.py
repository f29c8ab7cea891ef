"""Two administrators at once: one wins, the other is told; nobody waits for ever, and the tree stays a tree."""

from datetime import date

import pytest

from tests.certificates.conftest import race  # noqa: F401 - the fixture
from tests.factories import accounts as people
from tests.factories import unions as factory
from unions.models import Post, Unit, UnitChange
from unions.services import UnionsError, changes

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DECISION = changes.Decision(date(2026, 7, 1), "Sắp xếp lại")


def test_two_merges_of_the_same_units_make_one(race, now):  # noqa: F811
    province = factory.unit("LĐLĐ tỉnh", "TH")
    pair = tuple(factory.unit(f"LĐLĐ huyện {code}", code, parent=province) for code in ("A", "B"))
    factory.post(people.learner(), pair[0])
    merges = [changes.Merge(pair, changes.NewUnit(code, code, factory.unit_type(), province)) for code in ("X", "Y")]
    seen = [changes.plan_merge(merge=merge, on=DECISION.on, now=now).digest for merge in merges]
    found = race([lambda merge=merge, digest=digest: changes.merge_units(merge=merge, decision=DECISION, seen=digest, by=None, now=now)
                  for merge, digest in zip(merges, seen, strict=True)])
    refused = [error for error in found if isinstance(error, UnionsError)]
    assert (len(refused), refused[0].code, UnitChange.objects.count()) == (1, "ended", 1)
    assert (Unit.objects.filter(code__in="XY").count(), Post.objects.filter(valid_until__isnull=True).count()) == (1, 1)


def test_moving_each_under_the_other_leaves_a_tree(race, now):  # noqa: F811
    province = factory.unit("LĐLĐ tỉnh", "TH")
    one, other = (factory.unit(f"LĐLĐ huyện {code}", code, parent=province) for code in ("A", "B"))
    below = [factory.unit(f"CĐCS {code}", code, parent=parent) for code, parent in (("A1", one), ("B1", other))]
    found = race([
        lambda: changes.move_unit(unit=one, parent=below[1], decision=DECISION, by=None, now=now),
        lambda: changes.move_unit(unit=other, parent=below[0], decision=DECISION, by=None, now=now)])
    assert sum(isinstance(error, UnionsError) for error in found) == 1, found
    assert all(unit.path.split("/")[0] == str(province.pk) and unit.path.count(f"{unit.pk}/") for unit in Unit.objects.all())


def test_a_unit_entered_while_the_one_above_moves_stands_under_it(race, now):  # noqa: F811
    province = factory.unit("LĐLĐ tỉnh", "TH")
    one, other = (factory.unit(f"LĐLĐ huyện {code}", code, parent=province) for code in ("A", "B"))
    below = factory.unit("CĐCS A1", "A1", parent=one)
    found = race([
        lambda: changes.move_unit(unit=one, parent=other, decision=DECISION, by=None, now=now),
        lambda: factory.unit("CĐCS mới", "N", parent=below, active_from=DECISION.on, type=one.type)])
    assert not [each for each in found if isinstance(each, Exception)]
    below.refresh_from_db()
    new = Unit.objects.get(code="N")
    assert new.path == f"{below.path}{new.pk}/" and new.paths.get(valid_until__isnull=True).path == new.path
