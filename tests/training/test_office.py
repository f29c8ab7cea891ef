"""Who may enter the office, and whom they see there."""

from datetime import date

import pytest
from django.urls import reverse

from certificates.enums import State
from tests.factories import training as office
from tests.factories import unions

pytestmark = pytest.mark.same_everywhere

LIST = "/dao-tao/"


def names(response) -> list[str]:
    return [row.enrolment.user.full_name for row in response.context["roll"].rows]


def test_a_stranger_is_led_to_the_sign_in_page(client, db):
    response = client.get(LIST)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("view", ["list-learners", "list-courses", "export-learners"])
def test_a_learner_gets_the_page_that_says_no(as_user, outsider, view):
    response = as_user(outsider).get(reverse(f"training:{view}"))
    assert response.status_code == 403
    assert "403.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("role", ["trainer", "reviewer"])
def test_other_roles_open_nothing_here(as_user, province, hoa, role):
    office.enrolled(hoa)
    trainer = office.officer("Lê Thị Hồng Vân", province.ward_a, role)
    assert as_user(trainer).get(LIST).status_code == 403


def test_an_administrator_sees_the_own_subtree_and_nobody_else(as_user, admin_a, province, hoa, binh):
    chair = office.person("Lê Văn Phường", province.ward_a)
    for person in (hoa, binh, chair):
        office.enrolled(person)
    response = as_user(admin_a).get(LIST)
    assert names(response) == ["Đặng Thị Hòa", "Lê Văn Phường"]
    assert "Bình" not in response.content.decode().replace("Hòa Bình", "")


def test_the_roots_administrator_and_a_superuser_see_both_wards(as_user, administrator, province, hoa, binh):
    office.enrolled(hoa)
    office.enrolled(binh)
    loner = office.person("Vũ Không Chức")
    office.enrolled(loner)
    top = office.officer("Trần Văn Tỉnh", province.top)
    assert names(as_user(top).get(LIST)) == ["Trần Thanh Bình", "Đặng Thị Hòa"]
    assert names(as_user(administrator).get(LIST)) == ["Trần Thanh Bình", "Vũ Không Chức", "Đặng Thị Hòa"]


def test_a_trainer_of_b_who_is_administrator_of_a_sees_only_a(as_user, admin_a, province, hoa, binh):
    unions.role(admin_a, province.ward_b, "trainer")
    office.enrolled(hoa)
    office.enrolled(binh)
    assert names(as_user(admin_a).get(LIST)) == ["Đặng Thị Hòa"]


def test_an_administrators_own_learning_is_no_part_of_the_list(as_user, admin_a, hoa):
    office.enrolled(admin_a)
    office.enrolled(hoa)
    assert names(as_user(admin_a).get(LIST)) == ["Đặng Thị Hòa"]


def test_a_post_that_ended_shows_nobody_and_one_that_will_end_still_does(as_user, admin_a, province):
    gone, term = office.person("Bùi Đã Thôi"), office.person("Mai Đang Giữ")
    unions.post(gone, province.company_a, valid_until=date(2026, 1, 1))
    unions.post(term, province.company_a, valid_until=date(2099, 1, 1))
    office.enrolled(gone)
    shown = office.enrolled(term)
    assert names(as_user(admin_a).get(LIST)) == ["Mai Đang Giữ"]
    assert as_user(admin_a).get(reverse("training:show-learner", args=[shown.uuid])).status_code == 200


def test_somebody_with_two_posts_is_one_line_with_the_higher_post(as_user, admin_a, province, hoa):
    unions.post(hoa, province.ward_a, unions.post_kind("Ủy viên BCH", "member", 3))
    office.enrolled(hoa)
    response = as_user(admin_a).get(LIST)
    assert names(response) == ["Đặng Thị Hòa"]
    assert response.context["roll"].figures.enrolled == 1
    assert response.context["roll"].rows[0].post.kind.name == "Chủ tịch"


def test_nobody_of_another_unit_can_be_opened_revoked_or_reissued(as_user, admin_a, binh):
    certificate = office.certified(binh)
    enrolment = binh.enrolments.get()
    client = as_user(admin_a)
    said = {"reason": "Cấp nhầm người, theo đơn đề nghị."}
    assert client.get(reverse("training:show-learner", args=[enrolment.uuid])).status_code == 404
    for view in ("revoke-certificate", "reissue-certificate"):
        address = reverse(f"books:{view}", args=[certificate.uuid])
        assert client.get(address).status_code == 404
        assert client.post(address, said).status_code == 404
    certificate.refresh_from_db()
    assert (certificate.state, binh.certificates.count()) == (State.VALID, 1)


def test_a_viewer_looks_and_exports_but_changes_nothing(as_user, viewer_a, hoa):
    certificate = office.certified(hoa)
    client = as_user(viewer_a)
    record = client.get(reverse("training:show-learner", args=[hoa.enrolments.get().uuid]))
    assert names(client.get(LIST)) == ["Đặng Thị Hòa"]
    assert client.get(reverse("training:export-learners")).status_code == 200
    assert "thu-hoi" not in record.content.decode()
    for view in ("revoke-certificate", "reissue-certificate"):
        assert client.post(reverse(f"books:{view}", args=[certificate.uuid]), {"reason": "Tôi chỉ được xem thôi."}).status_code == 403
    certificate.refresh_from_db()
    assert certificate.state == State.VALID


def test_a_viewer_of_a_who_is_administrator_of_b_revokes_in_b_only(as_user, viewer_a, province, hoa, binh):
    unions.role(viewer_a, province.ward_b)
    here, there = office.certified(hoa), office.certified(binh)
    client = as_user(viewer_a)
    assert client.get(reverse("books:revoke-certificate", args=[here.uuid])).status_code == 403
    assert client.get(reverse("books:revoke-certificate", args=[there.uuid])).status_code == 200


def test_the_office_answers_are_never_kept_by_a_cache(as_user, admin_a):
    assert "no-store" in as_user(admin_a).get(LIST)["Cache-Control"]
