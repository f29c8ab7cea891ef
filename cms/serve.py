"""Finding a page by its whole address at once, where Wagtail walks the tree at four or five queries a level.

Keeps true: whatever is not found here (redirects, drafts, 404) is left to Wagtail's own view, and restrictions and hooks always run there.
"""

from functools import cache

from django.core.cache import caches
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from wagtail import views
from wagtail.models import Page, Site, get_page_models
from wagtail.models.sites import SiteRootPath
from wagtail.signals import post_page_move
from wagtail.url_routing import RouteResult

from accounts.prepared import FirstRow

# Other processes hear of a change of the sites when this time is over; the one that made the change hears it at once.
_SITE_SECONDS = 60
_SITE_VERSION = "site-version"


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Answer with the live page at this address, found in one query (two the first time in a process)."""
    place_site(request)
    page = _page_at(request._wagtail_site, path) if request._wagtail_site and _all_route_plainly() else None
    if page is not None:
        # Wagtail's view takes a route that is there already, and then runs its hooks and restrictions as ever.
        request._wagtail_route_for_request = RouteResult(page)
    return views.serve(request, path)


def place_site(request: HttpRequest) -> None:
    """Put the site and the root addresses on the request, where Wagtail looks before it asks the database."""
    if hasattr(request, "_wagtail_site"):
        return
    version = caches["pages"].get_or_set(_SITE_VERSION, 1, None)
    key = f"site:{version}:{request._get_raw_host()}:{request.get_port()}"
    found = caches["pages"].get(key)
    if found is None:
        found = (Site.find_for_request(request), _root_paths())
        caches["pages"].set(key, found, _SITE_SECONDS)
    request._wagtail_site, request._wagtail_cached_site_root_paths = found


def _root_paths() -> list[SiteRootPath]:
    """Return what Site.get_site_root_paths returns, in one query: its own way goes through the shared cache, which is a table."""
    sites = Site.objects.select_related("root_page__locale").order_by("-root_page__url_path", "-is_default_site", "hostname")
    return [SiteRootPath(site.pk, site.root_page.url_path, site.root_url, site.root_page.locale.language_code) for site in sites]


def _page_at(site: Site, path: str) -> Page | None:
    address = f"{site.root_page.localized.url_path}{path}"
    # The slug only because it has an index, and url_path has none.
    wanted = {"url_path": address, "slug": address.rstrip("/").rpartition("/")[2], "live": True}
    model = _models().get(caches["pages"].get(f"class-at:{address}"))
    # A stale class finds no row; then the long way below finds the right one.
    if model and (page := _query_of(model).get(address, wanted["slug"])):
        return page
    if (page := Page.objects.filter(**wanted).first()) is None:
        return None
    page = page.specific
    caches["pages"].set(f"class-at:{address}", page._meta.label, None)
    return page


@cache
def _query_of(model: type[Page]) -> FirstRow:
    pages = model.objects.defer(*getattr(model, "served_without", ()))
    return FirstRow(
        lambda path, slug: pages.filter(url_path=path, slug=slug, live=True).order_by("pk"),
        ("/no-page/at-all/", Page._meta.get_field("url_path")), ("no-page-at-all", Page._meta.get_field("slug")))


@cache
def _models() -> dict[str, type[Page]]:
    return {model._meta.label: model for model in get_page_models()}


@cache
def _all_route_plainly() -> bool:
    """Say whether no page type answers for addresses below its own (RoutablePage): only then an address is one page."""
    return all(model.route is Page.route for model in _models().values())


@receiver([post_save, post_delete, post_page_move])
def _forget_sites(sender, instance, **kwargs) -> None:
    is_root = isinstance(instance, Page) and instance.depth is not None and instance.depth <= 2
    if is_root or isinstance(instance, Site):
        caches["pages"].get_or_set(_SITE_VERSION, 1, None)
        caches["pages"].incr(_SITE_VERSION)
