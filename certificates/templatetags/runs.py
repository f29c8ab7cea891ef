"""Words and colours of lists that are issued by decision, and of their rows."""

from django import template
from django.utils.translation import pgettext

from certificates.enums import NoticeState, RunRowState
from certificates.models import IssueRun
from cms.work import WorkState

register = template.Library()

TONES = {
    WorkState.READY: "warn", WorkState.APPLYING: "now", WorkState.DONE: "done", WorkState.FAILED: "bad",
    RunRowState.WAITING: "now", RunRowState.ISSUED: "done",
    NoticeState.SENT: "done", NoticeState.WAITING: "now",
}


@register.filter
def run_tone(state: str) -> str:
    """Return the colour of the tag that carries the state's word."""
    return TONES.get(state, "")


@register.filter
def run_word(run: IssueRun) -> str:
    """Say how far a list is: "Not decided yet"."""
    return {
        WorkState.READY: pgettext("list", "Not decided yet"), WorkState.APPLYING: pgettext("list", "Being issued"),
        WorkState.DONE: pgettext("list", "Issued"), WorkState.CANCELLED: pgettext("list", "Called off"),
        WorkState.FAILED: pgettext("list", "Stopped"),
    }.get(run.state, run.get_state_display())
