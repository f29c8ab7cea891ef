"""Where a person stands on a day, and whom one may see."""

from datetime import date

import pytest

from tests.factories import unions as factory
from unions.selectors import unit_of, visible_people
from unions.services import rename_unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def tree():
    province = factory.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    ward = factory.unit("Công đoàn phường Tân Lập", "TL", parent=province)
    return province, ward, factory.unit("CĐCS An Phú", "AP", parent=ward)


def test_unit_of_is_the_highest_post_of_the_day(tree, learner, django_assert_num_queries):
    province, ward, base = tree
    chair, member = factory.post_kind(), factory.post_kind("Ủy viên Ban Chấp hành", "member", 4)
    factory.post(learner, ward, member)
    factory.post(learner, base, chair, valid_from=date(2026, 3, 1))
    factory.post(learner, province, chair, valid_from=date(2025, 8, 1), valid_until=date(2026, 1, 1))
    with django_assert_num_queries(1):
        assert str(unit_of(learner, TODAY)) == "Chủ tịch CĐCS An Phú"
    assert [unit_of(learner, day) and unit_of(learner, day).unit_id for day in (
        date(2025, 6, 30), date(2025, 7, 31), date(2025, 12, 31), date(2026, 1, 1))] == [None, ward.pk, province.pk, ward.pk]


def test_unit_of_tells_the_name_of_the_day(tree, learner):
    factory.post(learner, tree[2])
    rename_unit(unit=tree[2], name="CĐCS Tập đoàn An Phú", on=date(2026, 6, 1))
    assert [unit_of(learner, day).unit_name for day in (date(2026, 5, 31), date(2026, 6, 1))] == ["CĐCS An Phú", "CĐCS Tập đoàn An Phú"]


def test_unit_of_is_none_without_a_post(outsider):
    assert unit_of(outsider, TODAY) is None


def test_visible_people_are_those_under_ones_role_today(tree, learner, trainer, administrator, outsider):
    province, ward, base = tree
    factory.post(learner, base)
    factory.post(outsider, province)
    factory.post(administrator, base, valid_until=date(2026, 1, 1))
    factory.role(trainer, ward)
    assert set(visible_people(trainer, TODAY)) == {trainer, learner}
    assert set(visible_people(learner, TODAY)) == {learner}
    assert visible_people(administrator, TODAY).count() == 4


def test_visible_people_hold_no_doubles(tree, learner, trainer):
    for place in tree:
        factory.post(learner, place)
        factory.role(trainer, place)
    assert list(visible_people(trainer, TODAY).filter(pk=learner.pk)) == [learner]


def test_strangers_see_nobody(learner):
    from django.contrib.auth.models import AnonymousUser

    assert visible_people(AnonymousUser(), TODAY).count() == 0
