"""Parts of the office's lists: headings that sort, tags of states."""

from django import template
from django.utils.http import urlencode

from certificates.enums import State
from training.enums import Standing
from unions.selectors.scopes import office_of

register = template.Library()

TONES = {
    Standing.UNDER_WAY: "now", Standing.FINISHED: "done",
    State.VALID: "done", State.REVOKED: "bad", State.SUPERSEDED: "warn", State.EXPIRED: "warn",
}


@register.inclusion_tag("training/_heading.html", takes_context=True)
def sort_heading(context: dict, name: str, label: str, classes: str = "") -> dict:
    """Draw a heading that sorts the list by `name`, or turns the order round when the list is sorted by it already."""
    wanted = context["wanted"]
    backwards = wanted.sort.startswith("-")
    is_current = wanted.sort.removeprefix("-") == name
    # Names begin at A; of everything else the latest and the furthest are asked for first.
    turned = not backwards if is_current else name != "name"
    params = {**wanted.params, "sort": f"-{name}" if turned else name}
    direction = ("descending" if backwards else "ascending") if is_current else ""
    return {"query": urlencode(params), "label": label, "classes": classes, "direction": direction}


@register.simple_tag(takes_context=True)
def enters_office(context: dict) -> bool:
    """Say whether the reader may see learners; pages for whoever marks are open to others too. One query, none on the office's own pages."""
    request = context["request"]
    if not hasattr(request, "office"):
        request.office = office_of(request.user)
    return request.office is not None


@register.simple_tag(takes_context=True)
def runs_site(context: dict) -> bool:
    """Say whether the reader looks after the site itself. One query, none after `enters_office`."""
    return enters_office(context) and context["request"].office.runs_site


@register.filter
def tone(state: str) -> str:
    """Return the colour of the tag that carries the state's word."""
    return TONES.get(state, "")
