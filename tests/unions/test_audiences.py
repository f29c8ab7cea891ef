"""Who is meant by an audience: by post, size, sector, sex, time in post, branch and by hand."""

from datetime import date

import pytest

from tests.factories import accounts as people
from tests.factories import unions as factory
from unions.models import Audience, Post, Unit
from unions.selectors.audiences import people_meant, posts_meant
from unions.services import changes

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)


@pytest.fixture
def cast():
    """A chair and a deputy group leader of a large company, the chair of a small one, an accountant who is no cadre."""
    top = factory.unit("LĐLĐ tỉnh Tân Hòa", "TH", sector="state")
    large = factory.unit("CĐCS lớn", "L", top, sector="non_state", members=1000)
    small = factory.unit("CĐCS nhỏ", "N", top, sector="non_state", members=999)
    chair, deputy = factory.post_kind("Chủ tịch", "chair", 1), factory.post_kind("Tổ phó công đoàn", "deputy-group-leader", 9)
    cashier = factory.post_kind("Thủ quỹ", "cashier", 10)
    cashier.is_cadre = False
    cashier.save()
    names = {}
    for name, unit, kind, fields in (
        ("An", large, chair, {"full_time": True}), ("Bình", large, deputy, {}), ("Cúc", small, chair, {"valid_from": date(2026, 9, 1)}), ("Dung", small, cashier, {}),
    ):
        names[name] = people.person(f"Nguyễn Thị {name}", f"{name.lower()}@example.org".replace("ì", "i").replace("ú", "u"), gender="female" if name == "Cúc" else "male")
        factory.post(names[name], unit, kind, **fields)
    return names


def meant(audience, within=None, on=ON) -> str:
    return " ".join(sorted(person.full_name.split()[-1] for person in people_meant(audience, within, on)))


def audience(**fields) -> Audience:
    row = Audience()
    many = {name: fields.pop(name) for name in ("kinds", "units", "people", "unit_types") if name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    for name, value in many.items():
        getattr(row, name).set(value)
    return row


def test_an_empty_audience_is_every_cadre(cast):
    assert meant(audience()) == "An Bình Cúc"


def test_lines_narrow_it_together(cast):
    deputy = Post.objects.get(user=cast["Bình"]).kind
    chair = Post.objects.get(user=cast["An"]).kind
    assert meant(audience(from_kind=deputy)) == "An Bình Cúc"
    assert meant(audience(from_kind=chair)) == "An Cúc"
    assert meant(audience(from_kind=chair, kinds=[Post.objects.get(user=cast["Dung"]).kind])) == "An Cúc Dung"
    assert meant(audience(from_kind=chair, sector="non_state", members_from=1000)) == "An"
    assert meant(audience(from_kind=chair, sector="non_state", members_below=1000)) == "Cúc"
    assert meant(audience(women_only=True)) == "Cúc"
    assert meant(audience(full_time=False)) == "Bình Cúc"
    assert meant(audience(units=[Unit.objects.get(code="N")])) == "Cúc"
    assert meant(audience(), Unit.objects.filter(code="L")) == "An Bình"
    assert meant(audience(sector="other")) == ""


def test_size_is_that_of_the_day(cast):
    large = Unit.objects.get(code="L")
    large.figures.create(valid_from=date(2026, 6, 1), members=900)
    chairs = audience(kinds=[factory.post_kind()], members_from=1000)
    assert (meant(chairs, on=date(2026, 5, 31)), meant(chairs, on=date(2026, 6, 1))) == ("An", "")


def test_new_in_post_is_who_never_held_it_before(cast):
    new = audience(new_within_months=6)
    assert meant(new) == "Cúc"
    # Elected again elsewhere: not new.
    factory.post(cast["An"], Unit.objects.get(code="N"), Post.objects.get(user=cast["An"]).kind, valid_from=date(2026, 10, 1))
    assert meant(new) == "Cúc"
    assert meant(new, on=date(2027, 3, 1)) == ""


def test_picked_people_count_whatever_their_post_while_they_hold_one(cast, outsider):
    picked = audience(women_only=True, people=[cast["Dung"], outsider])
    assert meant(picked) == "Cúc Dung"
    assert meant(audience(only_people=True, people=[cast["Dung"]])) == "Dung"


def test_a_branch_is_what_stood_below_it_on_that_day(cast, now):
    top = Unit.objects.get(code="TH")
    ward = factory.unit("Công đoàn phường", "P", top)
    changes.move_unit(
        unit=Unit.objects.get(code="L"), parent=ward, decision=changes.Decision(date(2026, 9, 1), "Sắp xếp lại"), by=cast["An"], now=now)
    branch = audience(units=[ward])
    assert (meant(branch, on=date(2026, 8, 31)), meant(branch, on=date(2026, 9, 1)), meant(branch)) == ("", "An Bình", "An Bình")
    changes.merge_units(
        merge=changes.Merge((ward, Unit.objects.get(code="N")), changes.NewUnit("X", "Công đoàn mới", ward.type, top)),
        decision=changes.Decision(date(2026, 11, 1), "Sắp xếp lại"), by=cast["An"], now=now)
    assert (meant(branch, on=date(2026, 10, 31)), meant(branch)) == ("An Bình", "")


def test_posts_cost_the_same_queries_however_many(cast, django_assert_num_queries):
    row = audience(from_kind=Post.objects.get(user=cast["Bình"]).kind)
    with django_assert_num_queries(5):
        assert len(posts_meant(row, Unit.objects.all(), ON)) == 3
