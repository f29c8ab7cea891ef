"""What the frame of every page asks about its site."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.db.models import Q
from django.utils.html import strip_tags

from cms.models import InformationPage, SiteSettings

# Other processes hear of a change after this long at the latest; the one that saved it, at once (cms/receivers.py).
KEPT_SECONDS = 60
CACHE_KEY = "site-frames"
# The pages about personal data that come with the programme (demo/pages), and what stands on top of them until a lawyer has read them.
_SAMPLE_SLUGS = ("du-lieu-ca-nhan", "personal-data")
_SAMPLE_WORDS = ("Bản mẫu, chờ luật sư rà soát", "A template, to be reviewed by a lawyer")


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


def lacking_in_notice() -> set[str]:
    """Return what the site's words about personal data still lack: "contact" (who is responsible and whom to ask), "review" (a page that came with the
    programme and that nobody has gone through). Two queries."""
    row = SiteSettings.objects.filter(site__is_default_site=True).first()
    lacking = set() if row and strip_tags(row.contact).strip() else {"contact"}
    pages = InformationPage.objects.live().filter(Q(pk=row.privacy_page_id if row else None) | Q(slug__in=_SAMPLE_SLUGS))
    if any(words in str(block) for page in pages for block in page.body.raw_data for words in _SAMPLE_WORDS):
        lacking.add("review")
    return lacking


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
