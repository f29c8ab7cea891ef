"""The frame of every page: who sees which links, the site's own words, and what it costs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.template import engines
from django.template.loader import render_to_string
from wagtail.models import Site

from cms.models import InformationPage, SiteSettings
from tests.factories import courses as course_factory

pytestmark = pytest.mark.same_everywhere

PAGE = '{% extends "base.html" %}{% block title %}Bài 3{% endblock %}{% block content %}<h1>Bài 3</h1>{% endblock %}'
OFFICE = '{% extends "office.html" %}{% block content %}<h1>Học viên</h1>{% endblock %}'


@pytest.fixture
def draw(rf):
    def draw_page(user=None, path="/khoa-hoc/", source=PAGE, **variables) -> str:
        request = rf.get(path, HTTP_HOST="localhost")
        request.user = user or AnonymousUser()
        return engines["django"].from_string(source).render(variables, request)

    return draw_page


@pytest.fixture
def site(db):
    return course_factory.catalogue().get_site()


def settings_of(**fields) -> SiteSettings:
    return SiteSettings.objects.create(site=Site.objects.get(is_default_site=True), **fields)


def test_guest_is_offered_to_sign_in_and_nothing_personal(draw, db):
    page = draw()
    assert 'href="/tai-khoan/login/"' in page
    assert 'href="/xac-minh/"' in page
    assert 'href="/hoc-tap/"' not in page
    assert 'href="/dao-tao/"' not in page


def test_learner_sees_own_pages_but_no_office(draw, learner):
    page = draw(learner)
    assert 'href="/hoc-tap/"' in page
    assert 'href="/chung-nhan/"' in page
    assert learner.full_name in page
    assert 'href="/dao-tao/"' not in page
    assert 'href="/tai-khoan/login/"' not in page


def test_administrator_is_offered_the_office(draw, administrator):
    assert 'href="/dao-tao/"' in draw(administrator)


def test_current_part_is_marked_in_header_and_dock(draw, db):
    assert draw().count('href="/khoa-hoc/" aria-current="page"') == 2


def test_head_loads_one_style_sheet_and_one_script(draw, db):
    page = draw()
    assert page.count('rel="stylesheet"') == 1
    assert page.count("<script") == 1
    assert '<a class="skip" href="#noi-dung">' in page
    assert '<main id="noi-dung" class="wrap">' in page
    assert "<title>Bài 3 – Lớp học Công đoàn</title>" in page
    assert "style=" not in page


def test_office_has_side_list_and_its_own_sheet(draw, administrator):
    page = draw(administrator, path="/dao-tao/", source=OFFICE)
    assert "css/office.css" in page
    assert 'class="office-nav"' in page
    assert '<main id="noi-dung">' in page
    assert page.count("<main") == 1


def test_site_has_its_own_name_and_pages(draw, site):
    home = site.root_page
    privacy = home.add_child(instance=InformationPage(title="Dữ liệu cá nhân", slug="du-lieu-ca-nhan"))
    draft = home.add_child(instance=InformationPage(title="Trợ giúp", slug="tro-giup", live=False))
    settings_of(name="Lớp học <Tân Hòa>", tagline="Học để làm", privacy_page=privacy, help_page=draft)
    page = draw()
    assert "– Lớp học &lt;Tân Hòa&gt;</title>" in page
    assert "Học để làm" in page
    assert 'href="/du-lieu-ca-nhan/"' in page
    assert "tro-giup" not in page


def test_site_without_settings_keeps_the_name_of_the_environment(draw, site, settings):
    assert f"– {settings.SITE_NAME}</title>" in draw()


def test_frame_costs_one_query_and_then_none(draw, site, learner, django_assert_num_queries):
    settings_of(name="Tân Hòa", privacy_page=site.root_page)
    with django_assert_num_queries(1):
        draw(learner)
    with django_assert_num_queries(0):
        draw(learner)


def test_new_name_shows_at_once(draw, site):
    row = settings_of(name="Tên cũ")
    assert "Tên cũ" in draw()
    row.name = "Tên mới"
    row.save()
    page = draw()
    assert "Tên mới" in page
    assert "Tên cũ" not in page


def test_messages_are_shown_with_their_kind(draw, db):
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message

    page = draw(messages=[Message(constants.ERROR, "Chưa lưu được <b>"), Message(constants.SUCCESS, "Đã ghi danh")])
    assert 'class="notice notice--bad" role="alert"' in page
    assert 'class="notice notice--good" role="status"' in page
    assert "Chưa lưu được &lt;b&gt;" in page


@pytest.mark.parametrize("template", ["500.html", "400.html"])
def test_error_page_stands_without_request_database_and_cache(template):
    caches["pages"].clear()
    page = render_to_string(template)
    assert "Lớp\u00a0học Công\u00a0đoàn" in page
    assert 'href="/"' in page
    assert template[:3] in page


@pytest.mark.parametrize(("template", "code"), [("404.html", "404"), ("403.html", "403"), ("403_csrf.html", "403")])
def test_other_error_pages_keep_the_frame(draw, db, template, code):
    page = draw(source=f'{{% extends "{template}" %}}')
    assert f'<p class="over num">{code}</p>' in page
    assert 'class="dock"' in page


@pytest.mark.django_db
def test_unknown_address_answers_404_in_our_design(client):
    course_factory.catalogue()
    response = client.get("/khong-co-trang-nay/", HTTP_HOST="localhost")
    assert response.status_code == 404
    assert b'class="over num">404' in response.content
