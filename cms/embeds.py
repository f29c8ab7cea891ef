"""Videos of other sites: which sites, and how their players are framed.

Keeps true: the server itself asks nobody. Wagtail's own finder would fetch a description from whatever site an author's address belongs to,
follow where that site leads (into our own network, if it likes), and put the HTML that comes back into the page.
"""

import re

from django.utils.html import format_html
from wagtail.embeds.exceptions import EmbedNotFoundException
from wagtail.embeds.finders.base import EmbedFinder

# Where a video of another site is shown without its cookies; only these two hosts are let in by the content security policy.
FRAMES = [
    (re.compile(r"^https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:.*&)?v=|embed/|shorts/)|youtu\.be/)([\w-]{6,20})", re.ASCII),
     "https://www.youtube-nocookie.com/embed/{}"),
    (re.compile(r"^https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{4,12})", re.ASCII), "https://player.vimeo.com/video/{}?dnt=1"),
]


def frame_of(url: str) -> str:
    """Return the address of the player that shows the video at this address, "" when it is no site that we frame."""
    for pattern, address in FRAMES:
        if found := pattern.match(url):
            return address.format(found.group(1))
    return ""


class FramedVideos(EmbedFinder):
    """Takes a video's address for what it is, by its form alone (WAGTAILEMBEDS_FINDERS)."""

    def accept(self, url: str) -> bool:
        return bool(frame_of(url))

    def find_embed(self, url: str, max_width=None, max_height=None) -> dict:
        if not (frame := frame_of(url)):
            raise EmbedNotFoundException
        html = format_html('<iframe src="{}" loading="lazy" allowfullscreen></iframe>', frame)
        return {"title": "", "author_name": "", "provider_name": "", "type": "video", "thumbnail_url": "", "width": None, "height": None, "html": html}
