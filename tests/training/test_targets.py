"""Targets: set with a preview, changed, carried on, ended; by whom; and what is refused, beside which field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from learning.enums import Need
from tests.factories import targets as factory
from tests.factories import training as office
from tests.factories import unions
from training.enums import Match, Tree
from training.forms.targets import PercentField
from training.models import Count, Scheme, Target, UnitCount
from training.services import targets as services
from training.services.errors import (
    ChangedMeanwhile,
    DueBeforeYear,
    DueTooEarly,
    NoCertificateGiven,
    NoCourse,
    NotYourUnit,
    SchemeElsewhere,
    SchemeOfOtherYears,
    TargetsOutside,
)
from training.services.targets import SchemeFacts, TargetFacts
from unions.models import Audience
from unions.selectors.audiences import Meant

pytestmark = pytest.mark.django_db

LIST, NEW, COPY = "/dao-tao/chi-tieu/", "/dao-tao/chi-tieu/moi/", "/dao-tao/chi-tieu/chep/"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def facts():
    return TargetFacts(2026, "100% cán bộ được bồi dưỡng năm 2026", date(2026, 12, 31), (office.course(),))


def made(unit, facts, by, now, **fields) -> Target:
    return services.make_target(unit=unit, facts=facts, meant=fields.pop("meant", Meant()), by=by, now=now, key=fields.pop("key", uuid4()))


def asked(unit, **fields) -> dict:
    return {
        "title": "90% cán bộ công đoàn được bồi dưỡng", "year": "2026", "unit": str(unit.uuid), "courses": [office.course().slug], "match": "all",
        "need": "course", "percentage": "90", "due_on": "31/12/2026", "key": str(uuid4()), **fields}


# Services

def test_a_target_is_set_once_however_often_the_page_is_sent(province, admin_a, facts, now):
    key, kind = uuid4(), unions.post_kind("Tổ trưởng", "leader", 8)
    first = made(province.ward_a, facts, admin_a, now, key=key, meant=Meant(from_kind=kind, women_only=True))
    again = made(province.ward_a, facts, admin_a, now, key=key, meant=Meant(from_kind=kind, women_only=True))
    assert first == again and Target.objects.count() == 1 and Audience.objects.count() == 1
    assert (first.audience.from_kind, first.audience.women_only, first.made_by, list(first.courses.all())) == (kind, True, admin_a, [office.course()])


def test_who_goes_back_in_the_browser_and_writes_something_else_sets_another_target(province, admin_a, facts, now):
    first = made(province.ward_a, facts, admin_a, now)
    made(province.ward_a, facts, admin_a, now, key=first.uuid, meant=Meant(women_only=True))
    made(province.ward_a, replace(facts, percentage=Decimal(90)), admin_a, now, key=first.uuid)
    assert made(province.ward_a, facts, admin_a, now, key=first.uuid) == first
    assert sorted(Target.objects.values_list("percentage", "audience__women_only")) == [(90, False), (100, False), (100, True)]


def test_only_who_manages_a_unit_sets_its_targets(province, admin_a, viewer_a, facts, now):
    for by, unit in ((viewer_a, province.ward_a), (admin_a, province.ward_b), (admin_a, province.top)):
        with pytest.raises(NotYourUnit):
            made(unit, facts, by, now)
        with pytest.raises(NotYourUnit):
            services.make_scheme(unit=unit, facts=SchemeFacts("Đề án", 2026, 2027), by=by, key=uuid4())
    assert not Target.objects.exists() and not Audience.objects.exists() and not Scheme.objects.exists()


def test_what_cannot_be_a_target_is_refused(province, admin_a, facts, now):
    above = Scheme.objects.create(unit=province.ward_b, title="Đề án", year_from=2026, year_until=2027)
    late = Scheme.objects.create(unit=province.top, title="Đề án", year_from=2027, year_until=2028)
    without = office.course("Không cấp giấy", "khong-cap")
    without.gives_certificate = False
    without.save()
    for wrong, error in (
        ({"courses": ()}, NoCourse), ({"due_on": date(2025, 12, 31)}, DueBeforeYear), ({"since": date(2027, 1, 1)}, DueTooEarly),
        ({"need": Need.CERTIFICATE, "courses": (without,)}, NoCertificateGiven), ({"scheme": above}, SchemeElsewhere), ({"scheme": late}, SchemeOfOtherYears),
    ):
        with pytest.raises(error):
            made(province.ward_a, replace(facts, **wrong), admin_a, now)
    assert not Target.objects.exists()


def test_a_change_throws_the_figures_away_and_a_second_one_from_an_old_page_is_refused(province, admin_a, facts, now):
    target = made(province.ward_a, facts, admin_a, now)
    count = Count.objects.create(target=target, on=date(2026, 11, 20), tree=Tree.TODAY, made_at=now)
    UnitCount.objects.create(count=count, unit=province.ward_a, people=9, done=1, under_way=0, attendances=3)
    seen = services.told_of(target)
    assert services.told_of(Target.objects.get()) == seen, "the same words whoever reads them"
    services.change_target(target=target, facts=replace(facts, percentage=Decimal(80)), meant=Meant(women_only=True), seen=seen)
    changed = Target.objects.get()
    assert (changed.percentage, changed.audience.women_only, changed.audience_id) == (80, True, target.audience_id)
    assert not Count.objects.exists() and not UnitCount.objects.exists()
    with pytest.raises(ChangedMeanwhile):
        services.change_target(target=target, facts=facts, meant=Meant(), seen=seen)
    assert Target.objects.get().percentage == 80


def test_targets_are_carried_on_to_the_next_year_once(province, admin_a, facts, now):
    scheme = services.make_scheme(unit=province.ward_a, facts=SchemeFacts("Đề án", 2026, 2027), by=admin_a, key=uuid4())
    over = services.make_scheme(unit=province.ward_a, facts=SchemeFacts("Đề án xong", 2025, 2026), by=admin_a, key=uuid4())
    kind = unions.post_kind("Tổ trưởng", "leader", 8)
    one = made(province.ward_a, replace(facts, scheme=scheme, since=date(2026, 1, 1), match=Match.ANY), admin_a, now, meant=Meant(kinds=(kind,)))
    two = made(province.ward_a, replace(facts, title="Chuyên trách", scheme=over), admin_a, now)
    copies = services.copy_targets(targets=[one, two], year=2027, by=admin_a, now=now)
    assert [(copy.year, copy.title, copy.since, copy.due_on, copy.scheme, copy.match) for copy in copies] == [
        (2027, "100% cán bộ được bồi dưỡng năm 2027", date(2027, 1, 1), date(2027, 12, 31), scheme, Match.ANY),
        (2027, "Chuyên trách", None, date(2027, 12, 31), None, Match.ALL)]
    assert list(copies[0].audience.kinds.all()) == [kind] and copies[0].audience != one.audience and copies[0].courses.count() == 1
    assert services.copy_targets(targets=[one, two], year=2027, by=admin_a, now=now) == [] and Target.objects.count() == 4
    with pytest.raises(TargetsOutside):
        services.change_scheme(scheme=scheme, facts=SchemeFacts("Đề án", 2027, 2028))


def test_what_is_set_above_is_seen_below_and_not_beside(province, admin_a, now, facts):
    admin_b = office.officer("Lê Quản Trị B", province.ward_b)
    top, a, below = (factory.target(unit) for unit in (province.top, province.ward_a, province.company_a))
    assert set(Target.objects.visible_to(admin_a)) == {top, a, below}
    assert set(Target.objects.visible_to(admin_b)) == {top}
    assert set(Target.objects.of_line(province.company_a)) == {top, a, below}
    assert not Target.objects.visible_to(office.person("Ngô Văn Ngoài", province.company_a)).exists()


# Pages

@pytest.fixture
def client(as_user, admin_a):
    return as_user(admin_a, **ENGLISH)


def test_first_it_is_said_how_many_people_are_meant_then_the_target_is_set(client, province, hoa, binh, admin_a):
    office.person("Lê Văn Hai", province.company_a)
    data = asked(province.ward_a)
    page = client.post(NEW, data)
    assert page.status_code == 200 and "2 people are meant today" in page.content.decode() and not Target.objects.exists()
    saved = client.post(NEW, {**data, "save": "1"})
    target = Target.objects.get()
    assert saved.status_code == 302 and saved["Location"] == f"{LIST}{target.uuid}/"
    assert (target.unit, target.percentage, target.due_on, target.made_by) == (province.ward_a, 90, date(2026, 12, 31), admin_a)
    assert client.get(saved["Location"]).status_code == 200
    assert client.post(NEW, {**data, "save": "1"})["Location"] == saved["Location"] and Target.objects.count() == 1


WRONG = [
    ({"percentage": "0"}, "percentage", "above 0"), ({"percentage": "101"}, "percentage", "up to 100"), ({"percentage": "chín"}, "percentage", "above 0"),
    ({"percentage": "NaN"}, "percentage", "above 0"), ({"percentage": "87,55"}, "percentage", "one decimal"), ({"year": "1899"}, "year", "between 2000"),
    ({"year": "99999999999"}, "year", "between 2000"), ({"year": "năm nay"}, "year", "between 2000"), ({"due_on": "31/02/2026"}, "due_on", "20/11/2026"),
    ({"since": "01/01/2027"}, "due_on", "before the day"), ({"due_on": "31/12/2025"}, "due_on", "before the year"), ({"courses": []}, "courses", "at least one"),
    ({"courses": ["khong-co"]}, "courses", ""), ({"unit": "x"}, "unit", ""), ({"title": "  "}, "title", ""),
]


@pytest.mark.same_everywhere
def test_what_is_wrong_is_told_beside_its_field_and_nothing_entered_is_lost(client, province):
    for wrong, field, said in WRONG:
        page = client.post(NEW, {**asked(province.ward_a), "decision_number": "05/KH-LĐLĐ", **wrong, "save": "1"})
        form = page.context["form"]
        assert page.status_code == 422 and list(form.errors) == [field] and said in str(form.errors[field])
        assert "05/KH-LĐLĐ" in page.content.decode()
    assert not Target.objects.exists()


@pytest.mark.same_everywhere
def test_percentages_are_read_as_people_write_them():
    typed = {"90": "90", "87,5": "87.5", "87.5%": "87.5", " 100 % ": "100", "0,1": "0.1"}
    assert {text: PercentField().clean(text) for text in typed} == {text: Decimal(read) for text, read in typed.items()}


def test_a_change_meanwhile_is_told_and_what_was_entered_can_be_saved_after_a_second_look(client, province, admin_a):
    target = factory.target(province.ward_a)
    page = client.get(f"{LIST}{target.uuid}/sua/")
    data = {**asked(province.ward_a), "seen": page.context["form"]["seen"].value(), "save": "1"}
    Target.objects.update(percentage=70)
    refused = client.post(f"{LIST}{target.uuid}/sua/", data)
    assert refused.status_code == 422 and "Somebody else" in refused.content.decode() and Target.objects.get().percentage == 70
    again = {**data, "seen": refused.context["form"]["seen"].value()}
    assert client.post(f"{LIST}{target.uuid}/sua/", again).status_code == 302 and Target.objects.get().percentage == 90


@pytest.mark.same_everywhere
def test_a_viewer_sees_targets_and_changes_none(as_user, viewer_a, province):
    target, client = factory.target(province.ward_a), as_user(viewer_a, **ENGLISH)
    assert client.get(LIST, {"nam": "2026"}).status_code == client.get(f"{LIST}{target.uuid}/").status_code == 200
    assert {client.get(address).status_code for address in (NEW, COPY, f"{LIST}de-an/moi/", f"{LIST}{target.uuid}/sua/")} == {403}
    assert {client.post(f"{LIST}{target.uuid}/{act}/").status_code for act in ("ket-thuc", "tiep-tuc", "sua")} == {403}
    assert Target.objects.get().is_active


@pytest.mark.same_everywhere
def test_below_a_target_is_seen_and_not_changed_and_beside_it_is_not_there(client, province):
    above, beside = factory.target(province.top), factory.target(province.ward_b)
    assert client.get(f"{LIST}{above.uuid}/").status_code == 200
    assert client.get(f"{LIST}{above.uuid}/sua/").status_code == client.post(f"{LIST}{above.uuid}/ket-thuc/").status_code == 403
    assert client.get(f"{LIST}{beside.uuid}/").status_code == client.post(f"{LIST}{beside.uuid}/ket-thuc/").status_code == 404
    assert client.get(NEW, {"tu": beside.uuid}).status_code == 404


@pytest.mark.same_everywhere
def test_a_target_is_ended_and_put_in_force_again(client, province):
    target = factory.target(province.ward_a)
    assert client.post(f"{LIST}{target.uuid}/ket-thuc/").status_code == 302 and not Target.objects.get().is_active
    assert client.get(f"{LIST}{target.uuid}/ket-thuc/").status_code == 405
    assert client.post(f"{LIST}{target.uuid}/tiep-tuc/").status_code == 302 and Target.objects.get().is_active


@pytest.mark.same_everywhere
def test_ticked_targets_are_copied_and_others_of_other_units_are_not(client, province):
    one, two, above, beside = (factory.target(unit, title=f"{unit.code} 2026") for unit in (province.ward_a, province.company_a, province.top, province.ward_b))
    page = client.get(COPY, {"nam": "2026"})
    assert page.context["targets"] == [one, two]
    client.post(f"{COPY}?nam=2026", {"target": [str(target.uuid) for target in (one, above, beside)]})
    assert [(target.unit, target.title) for target in Target.objects.filter(year=2027)] == [(province.ward_a, "PA 2027")]
    filled = client.get(NEW, {"tu": one.uuid}).context["form"]
    assert (filled["title"].value(), filled["year"].value(), filled["due_on"].value()) == ("PA 2027", 2027, date(2027, 12, 31))


@pytest.mark.same_everywhere
def test_a_scheme_is_made_and_changed_by_its_unit(client, province):
    data = {"title": "Đề án chủ tịch", "year_from": "2026", "year_until": "2027", "unit": str(province.ward_a.uuid), "key": str(uuid4())}
    assert client.post(f"{LIST}de-an/moi/", {**data, "year_until": "2025"}).status_code == 422
    assert client.post(f"{LIST}de-an/moi/", data).status_code == client.post(f"{LIST}de-an/moi/", data).status_code == 302
    scheme = Scheme.objects.get()
    factory.target(province.ward_a, scheme=scheme)
    assert "Đề án chủ tịch" in client.get(LIST, {"nam": "2026"}).content.decode()
    outside = client.post(f"{LIST}de-an/{scheme.uuid}/", {**data, "year_from": "2027", "year_until": "2028"})
    assert outside.status_code == 422 and list(outside.context["form"].errors) == ["year_until"]
    assert client.post(f"{LIST}de-an/{scheme.uuid}/", {**data, "title": "Đề án mới"}).status_code == 302
    assert Scheme.objects.get().title == "Đề án mới"
    above = Scheme.objects.create(unit=province.top, title="Đề án tỉnh", year_from=2026, year_until=2026)
    assert client.get(f"{LIST}de-an/{above.uuid}/").status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_the_same_queries_however_long(client, province, count, django_assert_max_num_queries):
    scheme = Scheme.objects.create(unit=province.top, title="Đề án", year_from=2026, year_until=2027)
    for number in range(count):
        factory.target(province.ward_a, title=f"Chỉ tiêu {number}", scheme=scheme if number % 2 else None, kinds=[unions.post_kind()])
    client.get(LIST)
    with django_assert_max_num_queries(17):
        assert len(client.get(LIST, {"nam": "2026"}).context["found"].page.object_list) == count
    with django_assert_max_num_queries(12):
        assert len(client.get(COPY, {"nam": "2026"}).context["targets"]) == count
