"""The units in the Wagtail admin go through the services, and say what is wrong with everything typed still there."""

from datetime import date

import pytest
from django.urls import NoReverseMatch, reverse

from tests.factories import unions as factory
from unions.models import PostKind, Unit, UnitType

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def office(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def url(model: str, action: str, *args) -> str:
    return reverse(f"wagtailsnippets_unions_{model}:{action}", args=args)


@pytest.mark.parametrize("model", ["unit", "unittype", "postkind"])
def test_lists_and_forms_open(office, learner, administrator, model):
    factory.post(learner, factory.unit())
    factory.role(learner, Unit.objects.get())
    assert office.get(url(model, "list")).status_code == 200
    assert office.get(url(model, "add")).status_code == 200


def test_new_unit_gets_its_place_and_a_new_name_gets_its_day(office):
    top = factory.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    values = {"name": "CĐCS An Phú", "code": "AP", "type": factory.unit_type().pk, "sector": "non_state", "parent": top.code, "decision_number": ""}
    assert office.post(url("unit", "add"), {**values, "active_from": "2026-01-01"}).status_code == 302
    unit = Unit.objects.get(code="AP")
    assert (unit.path, unit.names.count()) == (f"{top.path}{unit.pk}/", 1)
    changed = {**values, "name": "CĐCS Tập đoàn An Phú"}
    refused = office.post(url("unit", "edit", unit.pk), changed)
    assert refused.status_code == 200 and "From which day" in refused.content.decode()
    changed["reason"] = "Đổi tên doanh nghiệp"
    too_early = office.post(url("unit", "edit", unit.pk), {**changed, "renamed_on": "2025-01-01"})
    assert "Choose that day or a later one" in too_early.content.decode() and "Tập đoàn" in too_early.content.decode()
    assert office.post(url("unit", "edit", unit.pk), {**changed, "renamed_on": "2026-05-01"}).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.names.on(date(2026, 4, 30)).get().name) == ("CĐCS Tập đoàn An Phú", "CĐCS An Phú")


def test_unit_under_an_ended_unit_is_refused_in_the_form(office):
    top = factory.unit("LĐLĐ huyện cũ", "HC")
    Unit.objects.update(active_until=date(2026, 7, 1))
    html = office.post(url("unit", "add"), {
        "name": "CĐCS An Phú", "code": "AP", "type": factory.unit_type().pk, "parent": top.code, "active_from": "2026-08-01"}).content.decode()
    assert Unit.objects.count() == 1 and "CĐCS An Phú" in html


@pytest.mark.parametrize("model", ["post", "rolegrant"])
def test_posts_and_roles_are_written_in_the_office_only(office, model):
    with pytest.raises(NoReverseMatch):
        url(model, "list")
    assert office.get(f"/quan-tri/snippets/unions/{model}/add/").status_code == 404
    menu = office.get("/quan-tri/").content.decode()
    assert "/dao-tao/can-bo/" in menu and "/dao-tao/can-bo/vai-tro/" in menu


def test_searches_ignore_diacritics(office, learner):
    factory.post(learner, factory.unit("CĐCS Công ty TNHH Thủy Tạ", "TT"))
    for model, words in (("unit", "thuy ta cdcs"), ("unit", "TT")):
        assert "Thủy Tạ" in office.get(url(model, "list"), {"q": words}).content.decode()
    assert "Thủy Tạ" not in office.get(url("unit", "list"), {"q": "khong co"}).content.decode()


@pytest.mark.parametrize("model", ["unit"])
def test_lists_have_the_same_queries_with_1_and_30_rows(office, model, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.factories.accounts import person

    def add(number: int) -> None:
        unit = factory.unit(f"Đơn vị {number}", f"D{number}")
        user = person(f"Nguyễn Văn {number}", f"{number}@example.org")
        factory.post(user, unit)
        factory.role(user, unit)

    add(0)
    office.get(url(model, "list"))
    with CaptureQueriesContext(connection) as one:
        office.get(url(model, "list"))
    for number in range(1, 20):
        add(number)
    with CaptureQueriesContext(connection) as many:
        office.get(url(model, "list"))
    assert len(many) == len(one)


def test_people_chooser_shows_only_whom_the_editor_may_see(as_user, learner, outsider, trainer):
    from django.contrib.auth.models import Permission

    unit = factory.unit()
    factory.post(learner, unit)
    factory.role(trainer, unit)
    trainer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = as_user(trainer)
    html = client.get(reverse("people_chooser:choose")).json()["html"]
    assert "Nguyễn Thị Mai" in html and "mai@example.org" in html and "Đỗ Văn Ngoài" not in html
    found = client.get(reverse("people_chooser:choose_results"), {"q": "nguyen mai"}).content.decode()
    assert "Nguyễn Thị Mai" in found and "Hồng Vân" not in found


@pytest.mark.parametrize("model", ["unit", "unittype", "postkind"])
def test_what_history_hangs_on_is_never_deleted(office, learner, model):
    factory.post(learner, factory.unit())
    found = {"unit": Unit, "unittype": UnitType, "postkind": PostKind}[model].objects.get()
    address = reverse(f"wagtailsnippets_unions_{model}:delete", args=[found.pk])
    assert office.post(address).status_code == 302
    found.refresh_from_db()
    assert address not in office.get(url(model, "edit", found.pk)).content.decode()
