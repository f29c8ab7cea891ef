"""The form part that says who is meant: what it finds of what is typed, what it refuses, and what is stored and said in words."""

from datetime import date

import pytest
from django.utils import translation

from tests.factories import training as factory
from tests.factories import unions
from unions.enums import Sector
from unions.forms.audiences import AudienceForm
from unions.selectors.audiences import Meant, count_meant, describe, describe_many, meant_by
from unions.selectors.named import lines_of, people_named
from unions.selectors.scopes import office_of
from unions.services.audiences import write_audience

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
ON = date(2026, 11, 20)


@pytest.fixture
def place():
    return factory.province()


@pytest.fixture
def office(place):
    return office_of(factory.officer("Trần Văn Ân", place.ward_a))


def asked(office, audience=None, **values) -> AudienceForm:
    return AudienceForm({f"audience-{name}": value for name, value in values.items()}, office=office, on=ON, audience=audience)


def test_nothing_filled_in_is_every_cadre(office):
    form = asked(office)
    assert form.is_valid()
    assert form.meant == Meant()


def test_units_are_found_by_code_by_name_and_without_diacritics_within_ones_own(office, place):
    assert asked(office, more_units="ca\n").errors == {}
    form = asked(office, more_units="CONG TY MAY HOA BINH\nPA")
    assert form.is_valid(), form.errors
    assert [unit.code for unit in form.meant.units] == ["CA", "PA"]
    refused = asked(office, more_units="CB\nTân\nKhông đâu cả")
    assert [error.code for error in refused.errors.as_data()["more_units"]] == ["unknown", "unknown"]


def test_words_that_mean_several_units_are_refused_with_their_codes(place):
    office = office_of(factory.officer("Trần Văn Ân", place.top))
    form = asked(office, more_units="cong doan phuong")
    [error] = form.errors.as_data()["more_units"]
    assert error.code == "several"
    assert "PA" in str(error.message) and "PB" in str(error.message)


def test_people_are_pasted_from_excel_and_found_within_ones_own_units_only(office, place):
    mai = factory.person("Nguyễn Thị Mai", place.company_a, phone="+84912345678")
    binh = factory.person("Lê Văn Bình", place.company_a, email="Binh@example.org".lower(), member_code="CD-001")
    stranger = factory.person("Đỗ Văn Ngoài", place.company_b, phone="+84912345679")
    form = asked(office, picked="0912 345 678\tNguyễn Thị Mai\nBinh@Example.org; Bình\n912345678\ncd-001", only_people="on")
    assert form.is_valid(), form.errors
    assert set(form.meant.people) == {mai.pk, binh.pk}
    refused = asked(office, picked=f"{stranger.phone}\nai đó\n{mai.phone}")
    assert [str(error.message).count(line) for error, line in zip(refused.errors.as_data()["picked"], (stranger.phone, "ai đó"), strict=True)] == [1, 1]


@pytest.mark.parametrize(("values", "field"), [
    ({"members_from": "100", "members_below": "100"}, "members_below"), ({"only_people": "on"}, "picked"), ({"new_within_months": "0"}, "new_within_months"),
    ({"members_from": "-1"}, "members_from"), ({"branch": "7ab0e0a5-7f8d-4c1c-9d2c-6d1b6f1f0f00"}, "branch"), ({"from_kind": "khong-co"}, "from_kind"),
    ({"picked": "\n".join(f"09{number:08d}" for number in range(2001))}, "picked"), ({"more_units": "\n".join(f"U{number}" for number in range(101))}, "more_units"),
])
def test_what_cannot_be_meant_is_refused_at_its_field(office, values, field):
    form = asked(office, **values)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_a_branch_of_another_office_is_refused(office, place):
    assert list(asked(office, branch=str(place.ward_b.uuid)).errors) == ["branch"]
    assert asked(office, branch=str(place.company_a.uuid)).is_valid()


def test_what_was_stored_stands_in_the_form_again_and_comes_out_the_same(office, place):
    kind = unions.post_kind("Tổ phó công đoàn", "deputy", 9)
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    meant = Meant(from_kind=kind, full_time=False, women_only=True, sector=Sector.NON_STATE, unit_types=(unions.unit_type(),), members_from=10,
                  members_below=1000, new_within_months=12, units=(place.ward_a, place.company_a), people=(mai.pk,))
    stored = write_audience(meant=meant)
    assert meant_by(stored) == meant
    drawn = AudienceForm(office=office, on=ON, audience=stored)
    data = {f"audience-{name}": drawn.get_initial_for_field(drawn.fields[name], name) for name in drawn.fields}
    again = AudienceForm({name: value for name, value in data.items() if value not in (None, False)}, office=office, on=ON, audience=stored)
    assert again.is_valid(), again.errors
    assert again.meant == meant


def test_somebody_picked_before_stays_picked_though_they_left(office, place):
    gone = factory.person("Đỗ Văn Ngoài", place.company_b, phone="+84912345679")
    stored = write_audience(meant=Meant(people=(gone.pk,), only_people=True))
    assert asked(office, stored, picked="0912345679", only_people="on").is_valid()


def test_people_without_telephone_and_mail_can_be_kept_too(place):
    nobody = factory.person("Đỗ Văn Không", place.company_a, email=None)
    line = AudienceForm(office=office_of(factory.officer("Ân", place.top)), on=ON, audience=write_audience(meant=Meant(people=(nobody.pk,)))).initial["picked"]
    assert people_named(lines_of(line), type(nobody).objects.all()).found == [nobody.pk]


def test_preview_counts_people_once_before_anything_is_stored(place):
    mai = factory.person("Nguyễn Thị Mai", place.company_a)
    unions.post(mai, place.ward_a, unions.post_kind("Ủy viên", "member", 5))
    factory.person("Lê Văn Bình", place.company_b)
    assert count_meant(Meant(), None, ON) == 2
    assert count_meant(Meant(units=(place.ward_a,)), None, ON) == 1


def test_words_say_every_line():
    kind = unions.post_kind("Tổ phó công đoàn", "deputy", 9)
    with translation.override("en"):
        assert describe(Meant()) == "all cadres"
        assert describe(Meant(from_kind=kind, sector=Sector.NON_STATE, members_from=1000)) == "from Tổ phó công đoàn up, non-state sector, at least 1,000 members"
        assert describe(Meant(only_people=True, people=(1, 2))) == "2 hand-picked people"
        assert describe(Meant(kinds=(kind,), women_only=True, full_time=True, new_within_months=12, members_below=50, people=(1,))) == (
            "Tổ phó công đoàn, full-time, women, new in post within 12 months, fewer than 50 members, and 1 hand-picked person")


@pytest.mark.parametrize("count", [1, 30])
def test_describing_many_takes_five_queries(place, django_assert_max_num_queries, count):
    kind = unions.post_kind()
    audiences = [write_audience(meant=Meant(from_kind=kind, kinds=(kind,), units=(place.ward_a,), unit_types=(unions.unit_type(),))) for _ in range(count)]
    fresh = list(type(audiences[0]).objects.all())
    with django_assert_max_num_queries(5):
        words = describe_many(fresh)
    assert set(words.values()) == {describe(audiences[0])}
