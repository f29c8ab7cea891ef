"""Roles are given downwards only, never more than one's own, never to oneself."""

import pytest
from django.contrib.auth.models import Group

from accounts.enums import Act
from accounts.models import LogEntry
from tests.factories import training as office
from tests.factories import unions as factory
from unions.enums import Role
from unions.models import RoleGrant, Unit
from unions.selectors.roles import keeps_account, roles_to_give
from unions.services import errors, give_role, take_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return office.province()


@pytest.fixture
def cast(province):
    """A system and a training administrator of ward A, a viewer of the province, and somebody in A's company."""
    return {
        "system": office.officer("Phạm Hệ Thống", province.ward_a, Role.SYSTEM_ADMIN), "training": office.officer("Phạm Đào Tạo", province.ward_a),
        "viewer": office.officer("Phạm Chỉ Xem", province.top, Role.VIEWER), "hoa": office.person("Đặng Thị Hòa", province.company_a)}


@pytest.mark.parametrize(("giver", "role", "where", "may"), [
    ("system", Role.SYSTEM_ADMIN, "company_a", True), ("system", Role.SYSTEM_ADMIN, "ward_a", True), ("system", Role.VIEWER, "top", False),
    ("system", Role.VIEWER, "ward_b", False), ("training", Role.TRAINING_ADMIN, "company_a", True), ("training", Role.SYSTEM_ADMIN, "company_a", False),
    ("training", Role.VIEWER, "company_b", False), ("viewer", Role.VIEWER, "company_a", False), ("hoa", Role.TRAINER, "company_a", False)])
def test_only_downwards_and_never_more_than_ones_own(province, cast, now, giver, role, where, may):
    somebody, unit = office.person("Vũ Được Giao", province.company_a), getattr(province, where)
    if may:
        grant = give_role(user=somebody, unit=unit, role=role, by=cast[giver], now=now)
        assert (grant.granted_by, grant.granted_at) == (cast[giver], now)
        assert take_role(user=somebody, unit=unit, role=role, by=cast[giver], now=now)
        assert list(LogEntry.objects.filter(about=somebody).order_by("pk").values_list("act", flat=True)) == [Act.ROLE_GIVEN, Act.ROLE_TAKEN]
        return
    with pytest.raises(errors.RoleNotYours):
        give_role(user=somebody, unit=unit, role=role, by=cast[giver], now=now)
    factory.role(somebody, unit, role)
    with pytest.raises(errors.RoleNotYours):
        take_role(user=somebody, unit=unit, role=role, by=cast[giver], now=now)
    assert RoleGrant.objects.filter(user=somebody).count() == 1


def test_nobody_serves_themselves_but_an_administrator_of_the_site(province, cast, administrator, now):
    with pytest.raises(errors.NotOwnRole):
        give_role(user=cast["system"], unit=province.company_a, role=Role.VIEWER, by=cast["system"], now=now)
    with pytest.raises(errors.NotOwnRole):
        take_role(user=cast["system"], unit=province.ward_a, role=Role.SYSTEM_ADMIN, by=cast["system"], now=now)
    assert give_role(user=administrator, unit=province.top, role=Role.SYSTEM_ADMIN, by=administrator, now=now).pk


def test_whoever_lost_the_role_meanwhile_gives_none(province, cast, administrator, now):
    take_role(user=cast["training"], unit=province.ward_a, role=Role.TRAINING_ADMIN, by=administrator, now=now)
    with pytest.raises(errors.RoleNotYours):
        give_role(user=cast["hoa"], unit=province.company_a, role=Role.VIEWER, by=cast["training"], now=now)


def test_the_same_role_again_is_the_same_and_one_that_is_gone_is_gone(province, cast, now):
    given = [give_role(user=cast["hoa"], unit=province.company_a, role=Role.VIEWER, by=cast["system"], now=now) for _time in range(2)]
    taken = [take_role(user=cast["hoa"], unit=province.company_a, role=Role.VIEWER, by=cast["system"], now=now) for _time in range(2)]
    assert (given[0], taken, LogEntry.objects.count()) == (given[1], [True, False], 2)


def test_closed_units_and_closed_accounts_get_no_role(province, cast, now):
    Unit.objects.filter(pk=province.company_a.pk).update(active_until=now.date())
    with pytest.raises(errors.UnitNotActive):
        give_role(user=cast["hoa"], unit=province.company_a, role=Role.VIEWER, by=cast["system"], now=now)
    cast["hoa"].is_active = False
    cast["hoa"].save()
    with pytest.raises(errors.PersonNotActive):
        give_role(user=cast["hoa"], unit=province.ward_a, role=Role.VIEWER, by=cast["system"], now=now)


def test_the_last_role_takes_the_staff_flag_along_unless_a_group_keeps_it(province, cast, now):
    hoa = cast["hoa"]
    for role in (Role.VIEWER, Role.TRAINER):
        give_role(user=hoa, unit=province.company_a, role=role, by=cast["system"], now=now)
    seen = []
    for role in (Role.VIEWER, Role.TRAINER):
        take_role(user=hoa, unit=province.company_a, role=role, by=cast["system"], now=now)
        hoa.refresh_from_db()
        seen.append(hoa.is_staff)
    assert seen == [True, False]
    give_role(user=hoa, unit=province.company_a, role=Role.TRAINER, by=cast["system"], now=now)
    hoa.groups.add(Group.objects.create(name="Nhóm soạn bài"))
    take_role(user=hoa, unit=province.company_a, role=Role.TRAINER, by=cast["system"], now=now)
    hoa.refresh_from_db()
    assert hoa.is_staff


def test_nobody_keeps_the_account_of_somebody_whose_roles_reach_further(province, cast, administrator, now):
    """Whoever changes an e-mail address can become the person."""
    on, training, hoa = now.date(), cast["training"], cast["hoa"]
    chair = office.person("Lê Chủ Tịch Tỉnh", province.company_a)
    factory.role(chair, province.top)
    boss = office.person("Lê Quản Trị", province.company_a, is_superuser=True)
    assert [keeps_account(training, person, on) for person in (hoa, chair, boss, training)] == [True, False, False, False]
    assert not keeps_account(cast["viewer"], hoa, on)
    assert keeps_account(administrator, boss, on)
    hoa.groups.add(Group.objects.create(name="Nhóm soạn bài"))
    assert (keeps_account(cast["system"], hoa, on), keeps_account(administrator, hoa, on)) == (False, True)
    assert roles_to_give(cast["viewer"], province.ward_a) == frozenset()
