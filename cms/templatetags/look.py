"""Template tags of the look: icons, bound words, numbers and times as they are written in Vietnam. Built into every template."""

import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zipfile import ZipFile

from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cms.embeds import frame_of
from laws.enums import Validity
from vietnamese import words
from vietnamese.text import fold

register = template.Library()

# Steps without a heroicon of their own: the ring of what is still to learn, and the loom's mark.
OWN_ICONS = {"ring": '<circle cx="12" cy="12" r="9"/>'}
_PATHS = re.compile(r"<svg[^>]*>\s*(.*?)\s*</svg>", re.DOTALL)


# Authors often begin a feedback with the verdict that the self-check already shows.
_VERDICT = re.compile(r"^\s*(?:đúng|chưa đúng|không đúng|sai|right|not right|wrong)\s*[.,:]\s*", re.IGNORECASE)


class UnknownIcon(Exception):
    """No outline icon has this name (see heroicons.com)."""


@register.simple_tag
@cache
def icon(name: str, classes: str = "i") -> SafeString:
    """Draw a heroicon, always beside a word or inside something that has a label: `{% icon "check" "i i--s" %}`."""
    return mark_safe(  # nosec B308, B703 # words of ours alone
        f'<svg class="{classes}" fill="none" viewBox="0 0 24 24" stroke-width="1.5" stroke="currentColor" aria-hidden="true" focusable="false">'
        f"{_paths(name)}</svg>")


@register.simple_tag
def asset(path: str) -> str:
    """Return where a static file is, as `static` does; looked up once, because the frame of every page names the same ones."""
    return _asset(path, settings.STATIC_URL, settings.STORAGES["staticfiles"]["BACKEND"])


@cache
def _asset(path: str, *_where: str) -> str:
    return conditional_escape(static(path))


@register.simple_tag
@cache
def fixed_url(name: str) -> str:
    """Return an address that has no parts to fill in, as `url` does; looked up once."""
    return reverse(name)


def _paths(name: str) -> str:
    if name in OWN_ICONS:
        return OWN_ICONS[name]
    with (files("heroicons") / "heroicons.zip").open("rb") as packed, ZipFile(packed) as icons:
        try:
            drawing = icons.read(f"outline/{name}.svg").decode()
        except KeyError as error:
            raise UnknownIcon(name) from error
    return re.sub(r">\s+<", "><", _PATHS.search(drawing).group(1))


@register.filter(is_safe=True)
@stringfilter
def bind(text: str) -> str:
    """Keep words of two syllables together in headings: `{{ page.title|bind }}`. For plain text, not for HTML."""
    return words.bind(text)


@register.filter
@stringfilter
def anchor(text: str) -> str:
    """Name a heading for links: "Bốn mốc cần nhớ" becomes "muc-bon-moc-can-nho", never the id of a part of the frame."""
    return f"muc-{slugify(fold(text))}"


@register.filter
def percent(fraction, decimals: int = 1) -> str:
    """Write a fraction of one as 81,5%; whole percents without decimals."""
    if fraction is None:
        return ""
    value = round(float(fraction) * 100, decimals)
    return f"{number_format(value, 0 if value == int(value) else decimals)}%"


@register.filter
def minutes(count) -> str:
    """Write minutes as people say them: "40 phút", "1 giờ 40 phút", "2 giờ"."""
    hours, rest = divmod(int(count or 0), 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


@register.filter
def clock(moment: datetime) -> str:
    """Write the local time to the second, as beside "Đã lưu": 14:03:22."""
    return f"{timezone.localtime(moment):%H:%M:%S}" if moment else ""


@register.simple_tag
def date_time(moment: datetime) -> SafeString:
    """Write the local time to the second as a `<time>` element that scripts and screen readers understand."""
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(moment).isoformat(timespec="seconds"), clock(moment))


@register.filter
def moment(value: datetime) -> str:
    """Write a local time and day as on a receipt: "14:21:07, 20/11/2026"."""
    return f"{timezone.localtime(value):%H:%M:%S, %d/%m/%Y}" if value else ""


@register.filter
def validity(text, day: date | None = None) -> Validity:
    """Say what a legal text is worth today, or on a day."""
    return text.validity_on(day or timezone.localdate())


@register.inclusion_tag("components/weave.html")
def weave(steps, label: str = "") -> dict:
    """Draw the weave: `steps` are "done", "now" or anything else for what is still to learn; `label` says it in words.

    From 25 steps on the caller hands in one per module (LOOK).
    """
    steps = list(steps)
    done = steps.count("done")
    return {"steps": steps, "label": label or _("Progress: %(done)s of %(all)s parts done") % {"done": done, "all": len(steps)}}


@register.inclusion_tag("components/field.html")
def field(bound, kind: str = "") -> dict:
    """Draw a form field with its label, hint and errors; `kind` "password" adds the button that shows the letters."""
    widget_type = bound.widget_type
    attributes = {} if widget_type in ("checkbox", "radioselect", "checkboxselectmultiple") else {"class": _joined(bound, "input")}
    if bound.help_text or bound.errors:
        names = [f"{bound.auto_id}_{part}" for part, there in (("helptext", bound.help_text), ("error", bound.errors)) if there]
        attributes["aria-describedby"] = " ".join(names)
    return {"field": bound, "widget": bound.as_widget(attrs=attributes), "type": widget_type, "kind": kind}


def _joined(bound, name: str) -> str:
    return " ".join(filter(None, [bound.field.widget.attrs.get("class"), name]))


@register.simple_tag(takes_context=True)
def current(context, prefix: str, kind: str = "page", without: str = "") -> SafeString:
    """Mark a link of the navigation as the current one when the page's address begins with it; "/" only when it is the address.

    `prefix` may be several, parted by spaces; `without` names those below it that belong to other links.
    """
    path = getattr(context.get("request"), "path", "")
    here = any(path == one if one == "/" else path.startswith(one) for one in prefix.split())
    here = here and not any(path.startswith(one) for one in without.split())
    return mark_safe(f' aria-current="{kind}"') if here else ""  # nosec B308, B703 # words of ours alone


@register.simple_tag
def as_sheet(table: dict | None) -> dict:
    """Turn a stored table into what is drawn: `head` (empty without a heading row), `rows`, and `names` when first cells are headings."""
    table = table or {}
    rows = [["" if cell is None else str(cell) for cell in row] for row in table.get("data") or []]
    choice = table.get("table_header_choice") or "row"
    head = rows.pop(0) if rows and choice in ("row", "both") else []
    return {"head": head, "rows": rows, "names": choice in ("column", "col", "both")}


@register.simple_tag
def drawing(name: str) -> SafeString:
    """Draw one of our own drawings, in theme colours; nothing when it has been taken out since the lesson was written."""
    try:
        return get_template(f"drawings/{name}.html").render()
    except template.TemplateDoesNotExist:
        return mark_safe("")  # nosec B308 # words of ours alone


@register.simple_tag
def video_frame(url: str) -> str:
    """Return the address of a frame for a video on YouTube or Vimeo, in the form that sets no cookies; else an empty string."""
    return frame_of(url or "")


@register.filter
@stringfilter
def without_verdict(feedback: str) -> str:
    """Take "Đúng." or "Chưa đúng." off the beginning: the self-check says it already, with its icon."""
    rest = _VERDICT.sub("", feedback, count=1)
    return rest[:1].upper() + rest[1:]


@register.simple_tag
def configured_name() -> str:
    """Return the site's name from the environment: for error pages, which must stand without database and request."""
    return settings.SITE_NAME
