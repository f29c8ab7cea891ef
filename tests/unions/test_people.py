"""The office's pages of cadres: whom they show, what they change, what they refuse with everything typed still there."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act
from accounts.models import LogEntry, User
from tests.factories import training as office
from tests.factories import unions as factory
from unions.enums import Role
from unions.models import Post, RoleGrant
from unions.selectors import cadres

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
LIST = reverse("people:list-people")


@pytest.fixture
def province():
    return office.province()


@pytest.fixture
def admin_a(province):
    return office.officer("Phạm Thị Ánh", province.ward_a)


@pytest.fixture
def hoa(province):
    return office.person("Đặng Thị Hòa", province.company_a, email="hoa@example.org", phone="+84912345678", birth_year=1985)


@pytest.fixture
def binh(province):
    return office.person("Trần Thanh Bình", province.company_b, email="binh@example.org", phone="+84987654321")


@pytest.fixture
def desk(as_user, admin_a):
    return as_user(admin_a, HTTP_ACCEPT_LANGUAGE="en")


def url(name: str, *args) -> str:
    return reverse(f"people:{name}", args=args)


def post_args(post: Post) -> list:
    return [post.user.uuid, post.unit.uuid, post.kind.slug, f"{post.valid_from:%Y-%m-%d}"]


def names(response) -> list[str]:
    return [row.person.full_name for row in response.context["page"].rows]


def said(province, **values) -> dict:
    return {
        "unit": str(province.company_a.uuid), "kind": factory.post_kind().slug, "full_time": "0", "valid_from": "01/03/2026", "valid_until": "",
        "manner": "", "term": "", "decision_number": "", "full_name": "Vũ Thị Mới", "born": "1990", "gender": "", "phone": "0911222333", "email": "",
        "member_code": "", "given_name": "", **values}


class TestList:
    def test_shows_the_own_subtree_in_vietnamese_order(self, desk, province, hoa, binh):
        office.person("Lê Văn Ân", province.ward_a)
        assert names(desk.get(LIST)) == ["Lê Văn Ân", "Đặng Thị Hòa"]

    @pytest.mark.parametrize(("query", "expected"), [
        ("q=dang+hoa", ["Đặng Thị Hòa"]), ("q=0912 345 678", ["Đặng Thị Hòa"]), ("q=HOA@example.org", ["Đặng Thị Hòa"]), ("q=cd-7", ["Lê Văn Ân"]),
        ("q=binh@example", []), ("q=Trần Thanh Bình", []), ("kind=leader", ["Lê Văn Ân"]), ("full_time=1", ["Lê Văn Ân"]), ("full_time=0", ["Đặng Thị Hòa"]),
        ("sector=state", []), ("seen=1", ["Lê Văn Ân"]), ("seen=0", ["Đặng Thị Hòa"]), ("unit=COMPANY", ["Đặng Thị Hòa"]),
        ("kind=leader&full_time=0", []), ("unit=khong-phai", ["Lê Văn Ân", "Đặng Thị Hòa"]), ("sau=khong-phai", ["Lê Văn Ân", "Đặng Thị Hòa"])])
    def test_filters(self, desk, province, hoa, binh, query, expected):
        an = office.person("Lê Văn Ân", member_code="CD-7", last_login=timezone.now())
        factory.post(an, province.ward_a, factory.post_kind("Tổ trưởng", "leader", 6), full_time=True)
        assert names(desk.get(f"{LIST}?{query.replace('COMPANY', str(province.company_a.uuid))}")) == expected

    def test_pages_follow_each_other_and_go_back(self, desk, province, monkeypatch):
        monkeypatch.setattr(cadres, "PER_PAGE", 2)
        for name in ("Lê Ân", "Lê Bình", "Lê Chi", "Lê Dung", "Lê Đào"):
            office.person(name, province.company_a)
        pages, address = [], LIST
        while address:
            page = desk.get(address).context["page"]
            pages.append([row.person.full_name for row in page.rows])
            address = f"{LIST}?sau={page.after}" if page.after else ""
        assert pages == [["Lê Ân", "Lê Bình"], ["Lê Chi", "Lê Dung"], ["Lê Đào"]]
        back = desk.get(f"{LIST}?truoc={page.before}").context["page"]
        assert [row.person.full_name for row in back.rows] == ["Lê Chi", "Lê Dung"]
        assert back.count == 5

    def test_costs_the_same_with_1_and_30(self, desk, province, hoa):
        spent = []
        for number in range(0, 31, 30):
            for extra in range(number):
                office.person(f"Lê Văn {extra}", province.company_a)
            desk.get(LIST)
            with CaptureQueriesContext(connection) as queries:
                desk.get(LIST)
            spent.append(len(queries))
        assert spent[0] == spent[1]

    def test_viewers_look_and_enter_nobody(self, as_user, province, hoa):
        viewer = as_user(office.officer("Ngô Văn Xem", province.ward_a, Role.VIEWER), HTTP_ACCEPT_LANGUAGE="en")
        page = viewer.get(LIST).content.decode()
        assert "Đặng Thị Hòa" in page and url("add-person") not in page
        assert viewer.get(url("add-person")).status_code == 403


class TestRecord:
    def test_shows_what_is_known_here_and_notes_the_look(self, desk, province, hoa, admin_a):
        factory.post(hoa, province.company_b, factory.post_kind("Ủy viên", "member", 3))
        page = desk.get(url("show-person", hoa.uuid)).content.decode()
        assert "0912 345 678" in page and "1985" in page and "may Hòa Bình" in page
        assert "An Phú" not in page
        assert LogEntry.objects.values_list("about", "by", "act").get() == (hoa.pk, admin_a.pk, Act.LOOKED)

    def test_the_birthday_is_for_whoever_manages_and_the_year_for_viewers(self, desk, as_user, province, hoa):
        hoa.date_of_birth = date(1985, 11, 21)
        hoa.save()
        viewer = as_user(office.officer("Ngô Văn Xem", province.ward_a, Role.VIEWER))
        assert "21/11/1985" in desk.get(url("show-person", hoa.uuid)).content.decode()
        page = viewer.get(url("show-person", hoa.uuid)).content.decode()
        assert "1985" in page and "21/11/1985" not in page and url("change-person", hoa.uuid) not in page
        for name in ("change-person", "add-post", "give-role"):
            assert viewer.get(url(name, hoa.uuid)).status_code == 403
        assert viewer.get(url("correct-post", *post_args(hoa.posts.get()))).status_code == 403

    def test_people_of_other_units_are_not_there(self, desk, binh):
        for name in ("show-person", "change-person", "add-post", "give-role"):
            assert desk.get(url(name, binh.uuid)).status_code == 404
        for name in ("correct-post", "end-post"):
            assert desk.get(url(name, *post_args(binh.posts.get()))).status_code == 404
        assert desk.post(url("withdraw-post", *post_args(binh.posts.get()))).status_code == 404
        assert binh.posts.get().valid_until is None

    def test_costs_the_same_however_many_posts_and_roles(self, desk, province, hoa):
        spent = []
        for number in range(0, 9, 4):
            for extra in range(number):
                factory.post(hoa, province.company_a, factory.post_kind(f"Chức {number}{extra}", f"k{number}{extra}", 5))
                factory.role(hoa, factory.unit(f"CĐCS {number}{extra}", parent=province.ward_a), Role.VIEWER)
            desk.get(url("show-person", hoa.uuid))
            with CaptureQueriesContext(connection) as queries:
                desk.get(url("show-person", hoa.uuid))
            spent.append(len(queries))
        assert spent[1] == spent[2]

    def test_facts_are_corrected_and_noted(self, desk, hoa, admin_a):
        values = {"full_name": "Đặng Thị  Hoà", "born": "21/11/1985", "gender": "female", "phone": "0912345679", "email": "HOA2@example.org", "member_code": "cd-1"}
        assert desk.post(url("change-person", hoa.uuid), values).status_code == 302
        hoa.refresh_from_db()
        assert (hoa.full_name, hoa.phone, hoa.email, hoa.member_code, hoa.birth_year) == ("Đặng Thị Hoà", "+84912345679", "hoa2@example.org", "CD-1", 1985)
        entry = LogEntry.objects.get(act=Act.CHANGED)
        assert (entry.by, entry.changes["phone"]) == (admin_a, ["0912 345 678", "0912 345 679"])

    @pytest.mark.parametrize(("field", "value"), [
        ("phone", "0987654321"), ("email", "Binh@example.org"), ("member_code", "b-1"), ("full_name", " "), ("phone", "12"), ("born", "31/02/1985"),
        ("born", "2025"), ("born", "năm 85")])
    def test_what_is_taken_or_wrong_is_said_at_the_field(self, desk, hoa, binh, field, value):
        binh.member_code = "B-1"
        binh.save()
        values = {"full_name": "Đặng Thị Hòa", "born": "1985", "phone": "0912345678", "email": "hoa@example.org", "member_code": "", field: value}
        response = desk.post(url("change-person", hoa.uuid), values)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
        assert value.strip() in response.content.decode() and "Bình" not in response.content.decode().replace("Hòa Bình", "")

    def test_nobody_corrects_a_record_whose_roles_reach_further(self, desk, province, hoa):
        factory.role(hoa, province.top)
        assert desk.get(url("change-person", hoa.uuid)).status_code == 403
        assert desk.post(url("change-person", hoa.uuid), {"full_name": "X Y", "email": "ke-gian@example.org"}).status_code == 403
        hoa.refresh_from_db()
        assert hoa.email == "hoa@example.org"

    def test_the_log_is_open_where_the_person_stands_here_alone(self, desk, province, hoa):
        assert desk.get(url("show-person", hoa.uuid)).context["record"].changes == []
        factory.post(hoa, province.company_b, factory.post_kind("Ủy viên", "member", 3))
        assert desk.get(url("show-person", hoa.uuid)).context["record"].changes is None


class TestPosts:
    def test_a_new_person_comes_with_a_post(self, desk, province, admin_a):
        response = desk.post(url("add-person"), said(province, manner="elected", term="2026–2031", full_time="1"))
        person = User.objects.get(phone="+84911222333")
        assert (response.status_code, response.url) == (302, url("show-person", person.uuid))
        assert person.posts.values_list("unit", "manner", "full_time", "term").get() == (province.company_a.pk, "elected", True, "2026–2031")
        assert not person.has_usable_password()
        assert list(LogEntry.objects.filter(about=person).order_by("pk").values_list("act", "by")) == [(Act.MADE, admin_a.pk), (Act.APPOINTED, admin_a.pk)]

    def test_a_form_sent_twice_makes_one_person(self, desk, province):
        values = said(province, phone="")
        assert desk.post(url("add-person"), values).status_code == 302
        again = desk.post(url("add-person"), values)
        assert again.status_code == 422 and "this name and year of birth already" in again.content.decode()
        assert desk.post(url("add-person"), {**values, "is_somebody_else": "on"}).status_code == 302
        assert User.objects.filter(full_name="Vũ Thị Mới").count() == 2

    def test_somebody_of_another_unit_is_not_taken_over(self, desk, province, binh):
        response = desk.post(url("add-person"), said(province, full_name=binh.full_name, phone="0987654321", born=""))
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["phone"])
        assert binh.posts.count() == 1

    def test_somebody_who_signed_up_alone_gets_the_post(self, desk, province):
        loner = office.person("Vũ Thị Mới", phone="+84911222333")
        assert desk.post(url("add-person"), said(province, full_name="VŨ THỊ MỚI")).status_code == 302
        assert (loner.posts.get().unit, User.objects.filter(full_name__icontains="Mới").count()) == (province.company_a, 1)

    @pytest.mark.parametrize("where", ["company_b", "top"])
    def test_no_post_in_a_unit_of_others(self, desk, province, hoa, where):
        values = said(province, unit=str(getattr(province, where).uuid))
        assert desk.post(url("add-person"), values).status_code == 422
        assert desk.post(url("add-post", hoa.uuid), values).status_code == 422
        assert (Post.objects.count(), User.objects.filter(full_name="Vũ Thị Mới").exists()) == (1, False)

    def test_an_overlap_is_said_with_the_days_and_nothing_typed_is_lost(self, desk, province, hoa):
        response = desk.post(url("add-post", hoa.uuid), said(province, decision_number="34/QĐ"))
        page = response.content.decode()
        assert response.status_code == 422 and "01/07/2025" in page and 'value="34/QĐ"' in page
        assert desk.post(url("add-post", hoa.uuid), said(province, kind=factory.post_kind("Ủy viên", "member", 3).slug)).status_code == 302

    def test_a_unit_is_found_by_words_where_there_are_too_many_to_choose_from(self, desk, province, hoa, monkeypatch):
        monkeypatch.setattr("unions.selectors.units.UNITS_AT_ONCE", 1)
        kind = factory.post_kind("Ủy viên", "member", 3).slug
        for typed, status in (("phường khác", 422), ("TB", 422), ("may hoa binh", 302)):
            assert desk.post(url("add-post", hoa.uuid), said(province, kind=kind, unit=typed)).status_code == status

    def test_a_post_is_corrected_ended_and_taken_back(self, desk, province, hoa):
        post = hoa.posts.get()
        form = desk.get(url("correct-post", *post_args(post))).context["form"]
        values = said(province, seen=form.initial["seen"], term="2025–2030", valid_from="01/08/2025")
        assert desk.post(url("correct-post", *post_args(post)), values).status_code == 302
        post.refresh_from_db()
        assert (post.term, f"{post.valid_from}") == ("2025–2030", "2025-08-01")
        assert desk.post(url("end-post", *post_args(post)), {"on": "01/08/2025"}).status_code == 422
        ended = desk.post(url("end-post", *post_args(post)), {"on": f"{timezone.localdate():%d/%m/%Y}"})
        assert (ended.status_code, ended.url) == (302, LIST)
        assert desk.post(url("withdraw-post", *post_args(post))).status_code == 302
        assert not hoa.posts.exists()


class TestRoles:
    def test_a_role_is_given_listed_and_taken_away(self, desk, province, hoa, admin_a):
        response = desk.post(url("give-role", hoa.uuid), {"unit": str(province.company_a.uuid), "role": Role.VIEWER})
        assert response.status_code == 302
        rows = desk.get(url("list-roles")).context["rows"]
        assert [(row.grant.user, row.may_take) for row in rows] == [(admin_a, False), (hoa, True)]
        assert desk.get(url("take-role", hoa.uuid, province.company_a.uuid, Role.VIEWER)).status_code == 200
        assert desk.post(url("take-role", hoa.uuid, province.company_a.uuid, Role.VIEWER)).status_code == 302
        assert not RoleGrant.objects.filter(user=hoa).exists()

    @pytest.mark.parametrize(("role", "where"), [(Role.SYSTEM_ADMIN, "company_a"), (Role.VIEWER, "company_b"), (Role.VIEWER, "top")])
    def test_nothing_beyond_ones_own_is_given(self, desk, province, hoa, role, where):
        response = desk.post(url("give-role", hoa.uuid), {"unit": str(getattr(province, where).uuid), "role": role})
        assert (response.status_code, RoleGrant.objects.filter(user=hoa).exists()) == (422, False)

    def test_roles_elsewhere_are_not_seen_nor_taken(self, desk, province, binh, admin_a):
        factory.role(binh, province.ward_b, Role.VIEWER)
        assert [row.grant.user for row in desk.get(url("list-roles")).context["rows"]] == [admin_a]
        assert desk.post(url("take-role", binh.uuid, province.ward_b.uuid, Role.VIEWER)).status_code == 404
        assert desk.post(url("take-role", admin_a.uuid, province.ward_a.uuid, Role.TRAINING_ADMIN)).status_code == 403
        assert desk.get(f"{url('list-roles')}?q=binh").context["rows"] == []

    def test_the_list_costs_the_same_with_1_and_20(self, desk, province):
        spent = []
        for number in (0, 20):
            for extra in range(number):
                factory.role(office.person(f"Lê Văn {extra}", province.company_a), province.company_a, Role.VIEWER)
            desk.get(url("list-roles"))
            with CaptureQueriesContext(connection) as queries:
                desk.get(url("list-roles"))
            spent.append(len(queries))
        assert spent[0] == spent[1]
