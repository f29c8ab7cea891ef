"""How notices are shown in the office."""

from django import template
from django.utils.translation import pgettext

from certificates.enums import NoticeState
from certificates.models import Notice

register = template.Library()


@register.filter
def notice_tone(state: str) -> str:
    """Return the colour of the tag that carries the word."""
    return {NoticeState.SENT: "done", NoticeState.FAILED: "bad", NoticeState.WAITING: "warn"}.get(state, "")


@register.filter
def notice_word(state: str) -> str:
    """Return the state in as few words as a table has room for."""
    return pgettext("notice", "No e-mail address") if state == NoticeState.NO_EMAIL else NoticeState(state).label


@register.filter
def can_resend(notice: Notice) -> bool:
    user = notice.certificate.user
    has_address = notice.state == NoticeState.NO_EMAIL and bool(user and user.email)
    return bool(user and user.is_active) and (notice.state == NoticeState.FAILED or has_address)
