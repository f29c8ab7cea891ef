"""What the frame of every page asks about its site."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches

from cms.models import SiteSettings

# Other processes hear of a change after this long at the latest; the one that saved it, at once (cms/receivers.py).
KEPT_SECONDS = 60
CACHE_KEY = "site-frames"


@dataclass(frozen=True)
class SiteFrame:
    """The site's words and addresses as templates show them; never empty where something must stand."""

    name: str
    tagline: str = ""
    contact: str = ""
    help_url: str = ""
    privacy_url: str = ""


def site_frame_of(host: str) -> SiteFrame:
    """Return the frame of the site reached under this host name, else of the default site (one query, none while cached)."""
    frames = caches["pages"].get_or_set(CACHE_KEY, _site_frames, KEPT_SECONDS)
    return frames.get(host) or frames.get("") or SiteFrame(name=settings.SITE_NAME)


def _site_frames() -> dict[str, SiteFrame]:
    frames = {}
    for row in SiteSettings.objects.select_related("site__root_page", "help_page", "privacy_page"):
        root = row.site.root_page.url_path
        frame = SiteFrame(
            name=row.name or settings.SITE_NAME, tagline=row.tagline, contact=row.contact,
            help_url=_address(row.help_page, root), privacy_url=_address(row.privacy_page, root))
        frames[row.site.hostname] = frame
        if row.site.is_default_site:
            frames[""] = frame
    return frames


def _address(page, root: str) -> str:
    """The page's path below the site's root, without the queries that Page.url makes; empty when nobody can open it."""
    if page is None or not page.live or not page.url_path.startswith(root):
        return ""
    return "/" + page.url_path[len(root):]
