"""A page is found at once, and answered as Wagtail would answer it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail import hooks, views
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult

from cms.models import HomePage, InformationPage
from cms.serve import _all_route_plainly, place_site, serve_page
from tests.factories import courses as courses_factory

pytestmark = pytest.mark.django_db
DEEP = "gioi-thieu/to-chuc/lich-su/ngay-thanh-lap/"

def below(parent: Page, title: str, slug: str) -> InformationPage:
    return parent.add_child(instance=InformationPage(title=title, slug=slug))


@pytest.fixture
def page(monkeypatch) -> InformationPage:
    """A page four levels below the home page. What is drawn on it is not asked here, only which page is served."""
    monkeypatch.setattr(Page, "serve", lambda page, request, *args, **kwargs: HttpResponse(f"{type(page).__name__} {page.pk} {page.title}"))
    home = courses_factory.catalogue().get_parent()
    history = below(below(below(home, "Giới thiệu", "gioi-thieu"), "Tổ chức", "to-chuc"), "Lịch sử", "lich-su")
    return below(history, "Ngày thành lập", "ngay-thanh-lap")


def ask(view, path, user=None) -> str:
    request = RequestFactory().get(f"/{path}")
    request.user = user or AnonymousUser()
    try:
        response = view(request, path)
    except Http404:
        return "404"
    return f"{response.status_code} {response.headers.get('Location', '')} {response.content.decode()}"


def both(path, user=None) -> str:
    """Ask Wagtail's view and ours, twice (a cold and a warm cache): the answers must be one."""
    answers = {ask(views.serve, path, user), ask(serve_page, path, user), ask(serve_page, path, user)}
    assert len(answers) == 1
    return answers.pop()


def test_live_page_is_served_as_its_own_class(page):
    assert both(DEEP) == f"200  InformationPage {page.pk} {page.title}"


def test_home_page_is_served_at_the_empty_path(page):
    assert "HomePage" in both("")


def test_page_without_its_slash_is_served_by_neither_or_both(page):
    both(DEEP.rstrip("/"))


@pytest.mark.parametrize("path", ["khong-co/", "gioi-thieu/lich-su/", "lich-su/", "trang-chu/", "khoa-hoc/%00/", "gioi-thieu//to-chuc/"])
def test_wrong_address_is_answered_alike(page, path):
    both(path)


def test_draft_is_not_found(page):
    both(DEEP)
    page.unpublish()
    assert both(DEEP) == "404"


def test_live_page_below_a_draft_is_served_as_wagtail_does(page):
    page.get_parent().specific.unpublish()
    assert both(DEEP).startswith("200")


def test_private_page_asks_strangers_to_sign_in(page, learner):
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type=PageViewRestriction.LOGIN)
    assert both(DEEP).startswith("302 /tai-khoan/login/?next=")
    assert both(DEEP, learner).startswith("200")


def test_moved_page_is_found_at_its_new_address_only(page):
    both(DEEP)
    page.move(Page.objects.get(slug="gioi-thieu"), pos="last-child")
    assert both(DEEP) == "404"
    assert both("gioi-thieu/ngay-thanh-lap/") == f"200  InformationPage {page.pk} {page.title}"


def test_address_taken_over_by_another_kind_of_page_is_answered_with_the_new_one(page):
    both(DEEP)
    page.slug = "ngay-cu"
    page.save()
    other = page.get_parent().add_child(instance=HomePage(title="Trang khác", slug="ngay-thanh-lap"))
    assert both(DEEP) == f"200  HomePage {other.pk} Trang khác"


def test_new_root_page_is_heard_of_at_once(page):
    both("")
    site = Site.objects.get()
    site.root_page = page.get_parent()
    site.save()
    assert both("ngay-thanh-lap/").startswith("200")
    assert both("") == f"200  InformationPage {page.get_parent().pk} Lịch sử"


def test_renamed_root_page_is_heard_of_at_once(page):
    both(DEEP)
    home = Site.objects.get().root_page.specific
    home.slug = "trang-nha"
    home.save()
    assert both(DEEP).startswith("200")
    request = RequestFactory().get("/")
    place_site(request)
    assert Page.objects.get(pk=page.pk).get_url(request) == f"/{DEEP}"


def test_page_type_that_answers_below_its_own_address_is_left_to_wagtail(page, monkeypatch):
    _all_route_plainly.cache_clear()
    monkeypatch.setattr(HomePage, "route", lambda self, request, components: RouteResult(self), raising=False)
    assert both(DEEP).startswith("200  HomePage")
    monkeypatch.undo()
    _all_route_plainly.cache_clear()


def test_hooks_run_and_may_answer_instead_of_the_page(page):
    def gate(page, request, args, kwargs):
        return HttpResponse(f"gate {page.pk}", status=403)

    with hooks.register_temporarily("before_serve_page", gate):
        assert both(DEEP) == f"403  gate {page.pk}"


def tables_asked(path: str) -> list[str]:
    """Open the address and say which table each query asked."""
    with CaptureQueriesContext(connection) as queries:
        ask(serve_page, path)
    return [query["sql"].partition("FROM ")[2].split('"')[1] for query in queries]


def test_page_costs_one_query(page):
    ask(serve_page, DEEP)
    assert tables_asked(DEEP) == ["cms_informationpage"]


def test_first_visit_costs_one_query_more(page):
    ask(serve_page, "gioi-thieu/")
    assert tables_asked(DEEP) == ["wagtailcore_page", "cms_informationpage"]


def test_queries_do_not_grow_with_the_depth_of_the_page(page):
    ask(serve_page, "gioi-thieu/"), ask(serve_page, DEEP)
    assert tables_asked("gioi-thieu/") == tables_asked(DEEP)


def test_site_of_a_request_costs_nothing_the_second_time(page, django_assert_num_queries):
    place_site(RequestFactory().get("/"))
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        place_site(request)
        assert Site.find_for_request(request).root_page.slug == "trang-chu"
        assert page.get_url(request) == f"/{DEEP}"
