"""Units keep their history: names and places hold from a day on, and nothing is overwritten."""

from datetime import date

import pytest

from tests.factories import unions as factory
from unions import services
from unions.models import Unit, UnitName, UnitPlacement

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return factory.unit("LĐLĐ tỉnh Tân Hòa", "TH")


def test_create_writes_name_place_and_path(province):
    ward = factory.unit("Công đoàn  phường Tân Lập ", "TL", parent=province, decision_number="12/QĐ")
    base = factory.unit("CĐCS An Phú", "AP", parent=ward)
    assert (ward.name, ward.search_key) == ("Công đoàn phường Tân Lập", "cong doan phuong tan lap tl")
    assert (province.path, ward.path, base.path) == (f"{province.pk}/", f"{province.pk}/{ward.pk}/", f"{province.pk}/{ward.pk}/{base.pk}/")
    assert UnitName.objects.filter(unit=ward).values_list("name", "valid_from", "valid_until", "decision_number").get() == (
        "Công đoàn phường Tân Lập", factory.LONG_AGO, None, "12/QĐ")
    assert UnitPlacement.objects.filter(unit=ward).values_list("parent", "valid_from").get() == (province.pk, factory.LONG_AGO)
    assert set(Unit.objects.under(ward)) == {ward, base}


def test_subtree_of_unit_1_does_not_hold_unit_10(province):
    others = [factory.unit(f"Đơn vị {number}", f"D{number}") for number in range(12)]
    assert [set(Unit.objects.under(unit)) for unit in others] == [{unit} for unit in others]


def test_create_under_an_ended_unit_is_refused_and_leaves_nothing(province):
    Unit.objects.filter(pk=province.pk).update(active_until=date(2026, 7, 1))
    province.refresh_from_db()
    with pytest.raises(services.ParentEnded) as refused:
        factory.unit("Công đoàn phường", "P", parent=province, active_from=date(2026, 7, 1))
    assert (refused.value.code, Unit.objects.count()) == ("parent_ended", 1)


def test_rename_keeps_the_former_name_for_its_days(province):
    services.rename_unit(unit=province, name="LĐLĐ tỉnh Mới", on=date(2026, 1, 1), decision_number="1/QĐ")
    province.refresh_from_db()
    assert (province.name, province.search_key) == ("LĐLĐ tỉnh Mới", "ldld tinh moi th")
    names = {day: province.names.on(day).get().name for day in (date(2025, 12, 31), date(2026, 1, 1))}
    assert names == {date(2025, 12, 31): "LĐLĐ tỉnh Tân Hòa", date(2026, 1, 1): "LĐLĐ tỉnh Mới"}


def test_rename_to_the_same_name_changes_nothing_and_on_its_first_day_corrects(province):
    services.rename_unit(unit=province, name=" LĐLĐ  tỉnh Tân Hòa", on=date(2026, 1, 1))
    services.rename_unit(unit=province, name="LĐLĐ tỉnh Tân Hoà", on=factory.LONG_AGO)
    assert list(province.names.values_list("name", flat=True)) == ["LĐLĐ tỉnh Tân Hoà"]
    with pytest.raises(services.RenamedTooEarly):
        services.rename_unit(unit=province, name="X", on=date(2020, 1, 1))


def test_appoint_and_grant_are_safe_to_call_twice(province, learner, administrator, now):
    assert factory.post(learner, province) == factory.post(learner, province)
    first = services.grant_role(user=learner, unit=province, role="viewer", by=administrator, now=now)
    assert services.grant_role(user=learner, unit=province, role="viewer", now=now) == first
    assert (first.granted_by, first.granted_at) == (administrator, now)
