"""One field for a unit of the tree: a list while that is short, else words; what it costs, and what it refuses."""

from datetime import date

import pytest
from django import forms
from django.urls import reverse

from tests.factories import training as office
from tests.factories import unions as factory
from training.models import Scheme
from unions.forms.choosing import UnitField, as_typed
from unions.models import Unit, UnitPlacement
from unions.selectors.units import UNITS_AT_ONCE, unit_options

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 22)
LIST = "/dao-tao/"


def many(parent: Unit, count: int, first: int = 0) -> None:
    """So many units directly below, at once: what services keep beside them is not asked for here."""
    units = Unit.objects.bulk_create([
        Unit(code=f"M{n}", name=f"CĐCS Nhà máy số {n}", search_key=f"cdcs nha may so {n} m{n}", type=parent.type, path=f"{parent.path}new{n}/",
             active_from=parent.active_from) for n in range(first, first + count)])
    for unit in units:
        unit.path = f"{parent.path}{unit.pk}/"
    Unit.objects.bulk_update(units, ["path"])
    UnitPlacement.objects.bulk_create([UnitPlacement(unit=unit, parent=parent, valid_from=unit.active_from) for unit in units])


def drawn(head: Unit, value="", *, units=None, **kwargs) -> UnitField:
    class AskForm(forms.Form):
        unit = UnitField("Unit", required=False, empty_label="All", **kwargs)

    form = AskForm({"unit": value})
    field = form.fields["unit"]
    field.units = Unit.objects.under(head) if units is None else units
    form.is_valid()
    field.draw(form["unit"].value(), [head.path], ON)
    field.html = str(form["unit"])
    field.codes = [error.code for error in form.errors.as_data().get("unit", [])]
    field.found = form.cleaned_data.get("unit")
    return field


def is_list(field: UnitField) -> bool:
    return field.html.startswith("<select")


def test_a_hundred_units_are_a_list_and_one_more_are_words(tree):
    north = tree["HB"]
    many(north, UNITS_AT_ONCE - Unit.objects.under(north).count())
    fits = drawn(north)
    assert is_list(fits) and fits.html.count("<option") == 1 + UNITS_AT_ONCE
    many(north, 1, first=1000)
    words = drawn(north)
    assert not is_list(words) and 'data-unit-search-at="/dao-tao/don-vi/tim/"' in words.html and "option" not in words.html


def test_a_branch_that_is_short_is_a_list_save_where_it_would_hide_units(tree, monkeypatch):
    monkeypatch.setattr("unions.selectors.units.UNITS_AT_ONCE", 4)
    top = tree["TH"]
    assert [is_list(drawn(top)), is_list(drawn(top, is_whole=True)), is_list(drawn(top, str(tree["HB"].uuid)))] == [True, False, False]
    everything = drawn(top, units=Unit.objects.all())
    assert everything.html.count("<option") == 5


@pytest.mark.parametrize("typed", ["HB", "hb", "HB · LĐLĐ huyện Bắc", "LĐLĐ huyện Bắc", "ldld huyen bac", "huyen bac", "  bắc  "])
def test_a_unit_is_known_by_its_code_its_name_and_its_words(tree, monkeypatch, typed):
    monkeypatch.setattr("unions.selectors.units.UNITS_AT_ONCE", 2)
    field = drawn(tree["TH"], typed)
    assert (field.found, is_list(field)) == (tree["HB"], False)
    assert 'value="HB · LĐLĐ huyện Bắc"' in field.html


def test_what_was_typed_is_chosen_in_a_list_too(tree):
    field = drawn(tree["TH"], "huyen bac")
    assert is_list(field) and f'value="{tree["HB"].uuid}" selected' in field.html


def test_a_link_shows_code_and_name(tree, monkeypatch):
    monkeypatch.setattr("unions.selectors.units.UNITS_AT_ONCE", 2)
    field = drawn(tree["TH"], str(tree["B1"].uuid))
    assert (field.found, f'value="{as_typed(tree["B1"])}"' in field.html) == (tree["B1"], True)


def test_a_whole_name_without_diacritics_is_not_mistaken_for_longer_ones(tree):
    ward = factory.unit("CĐ phường Tân Lập Đông", "P2", parent=tree["TH"])
    assert drawn(tree["TH"], "cd phuong tan lap").found == tree["P"]
    assert drawn(tree["TH"], "lap dong").found == ward


@pytest.mark.parametrize(("typed", "code"), [("huyen", "several"), ("khong co", "unknown"), ("HN", "unknown"), ("HN · LĐLĐ huyện Nam", "unknown"), ("x" * 251, "max_length"), ("a\0b", "null_characters_not_allowed")])
def test_what_is_not_one_unit_of_ones_own_is_refused_and_stays_to_be_mended(tree, typed, code):
    # In a list there would be no place for it, so that words are asked for again.
    mine = Unit.objects.under(tree["TH"]).exclude(pk=tree["HN"].pk)
    factory.unit("LĐLĐ huyện Trung", "HT", parent=tree["TH"])
    field = drawn(tree["TH"], typed, units=mine)
    assert (field.codes, field.found, is_list(field)) == ([code], None, False)
    assert typed.replace("\0", "") in field.html.replace("\0", "")


def test_another_offices_uuid_is_refused_without_a_word_of_it(tree):
    field = drawn(tree["HB"], str(tree["N1"].uuid))
    assert (field.codes, is_list(field), "N1" in field.html) == (["unknown"], True, False)


def test_a_code_is_not_taken_for_words_of_another_unit(tree):
    factory.unit("CĐCS Nam Hải", "HN-HAI", parent=tree["HB"])
    assert drawn(tree["HB"], "HN · LĐLĐ huyện Nam").codes == ["unknown"]


def test_a_unit_that_ended_is_reached_by_code_and_link_only(tree):
    Unit.objects.filter(pk=tree["B1"].pk).update(active_until=date(2026, 1, 1))
    found = [drawn(tree["TH"], typed).found for typed in ("B1", str(tree["B1"].uuid), "CĐCS B1")]
    assert found == [tree["B1"], tree["B1"], None]


@pytest.mark.parametrize(("typed", "most"), [("", 2), ("khong co", 3), ("HB", 3), ("huyen bac", 5)])
def test_it_costs_the_same_below_and_above_the_limit(tree, django_assert_max_num_queries, typed, most):
    for more in (3, 300):
        many(tree["HB"], more, first=more)
        with django_assert_max_num_queries(most):
            drawn(tree["TH"], typed)


@pytest.mark.parametrize("chosen", [None, "HB"])
def test_never_more_rows_than_the_limit_are_fetched(tree, django_assert_max_num_queries, chosen):
    many(tree["HB"], 150)
    with django_assert_max_num_queries(3) as asked:
        unit_options(Unit.objects.all(), [], tree.get(chosen), ON)
    assert [query["sql"].endswith(f"LIMIT {UNITS_AT_ONCE + 1}") for query in asked.captured_queries] == [True] * len(asked)


@pytest.fixture
def far(monkeypatch):
    """As though there were too many units for a list."""
    monkeypatch.setattr("unions.selectors.units.UNITS_AT_ONCE", 1)


def test_the_learner_list_is_asked_by_words(as_user, far):
    province = office.province()
    mai, binh = office.person("Nguyễn Thị Mai", province.company_a), office.person("Trần Thanh Bình", province.ward_a)
    for person in (mai, binh):
        office.enrolled(person)
    desk = as_user(office.officer("Phạm Thị Ánh", province.ward_a), HTTP_ACCEPT_LANGUAGE="en")

    def names(typed):
        response = desk.get(LIST, {"unit": typed})
        return [row.enrolment.user.full_name for row in response.context["roll"].rows], response.content.decode()

    assert names("may hoa binh")[0] == ["Nguyễn Thị Mai"]
    found, page = names(str(province.company_a.uuid))
    assert found == ["Nguyễn Thị Mai"] and f'value="{as_typed(province.company_a)}"' in page and page.count("unit-search.js") == 1
    found, page = names(province.company_b.code)
    assert len(found) == 2 and f'value="{province.company_b.code}"' in page and "None of your units" in page


def test_coverage_and_statistics_keep_what_was_typed(as_user, far):
    province = office.province()
    desk = as_user(office.officer("Phạm Thị Ánh", province.ward_a), HTTP_ACCEPT_LANGUAGE="en")
    for address in (reverse("coverage:show-overview"), reverse("statistics:show-statistics")):
        assert f'value="{as_typed(province.ward_a)}"' in desk.get(address).content.decode()
        page = desk.get(address, {"unit": "không có"})
        assert page.status_code == 200 and 'value="không có"' in page.content.decode() and "None of your units" in page.content.decode()


def test_a_managing_form_takes_words_and_refuses_other_offices(as_user, far):
    province = office.province()
    desk = as_user(office.officer("Phạm Thị Ánh", province.ward_a), HTTP_ACCEPT_LANGUAGE="en")
    address = reverse("targets:make-scheme")
    page = desk.get(address)
    assert 'data-unit-search-at="/dao-tao/don-vi/tim/?quan-ly=nguoi"' in page.content.decode()
    said = {"key": page.context["form"]["key"].value(), "title": "Đề án 2026", "year_from": "2026", "year_until": "2027", "decision_number": ""}
    for typed in (province.company_b.name, ""):
        refused = desk.post(address, {**said, "unit": typed})
        assert refused.status_code == 422 and "unit" in refused.context["form"].errors and typed in refused.context["form"]["unit"].as_widget()
    assert not Scheme.objects.exists()
    assert desk.post(address, {**said, "unit": "may hoa binh"}).status_code == 302
    assert Scheme.objects.get().unit == province.company_a


def test_a_list_of_cadres_is_written_out_by_words(as_user, far):
    province = office.province()
    desk = as_user(office.officer("Phạm Thị Ánh", province.ward_a), HTTP_ACCEPT_LANGUAGE="en")
    export = reverse("rosters:export-roster")
    assert desk.post(export, {"unit": "may hoa binh"}).status_code == 200
    refused = desk.post(export, {"unit": province.company_b.name})
    assert refused.status_code == 422 and f'value="{province.company_b.name}"' in refused.content.decode()


def test_what_is_offered_is_ones_own(as_user):
    province = office.province()
    looker = office.officer("Ngô Văn Xem", province.ward_a, "viewer")
    factory.role(looker, province.company_a, "training_admin")
    desk, find = as_user(looker), reverse("units:find-units")

    def offered(query=""):
        return [unit["value"] for unit in desk.get(f"{find}?q=c{query}").json()["units"]]

    assert set(offered()) == {as_typed(province.ward_a), as_typed(province.company_a)}
    assert offered("&quan-ly=nguoi") == [as_typed(province.company_a)]
    assert offered("&quan-ly=1") == []
