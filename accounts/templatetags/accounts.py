"""Lines of the log in words."""

from django import template

from accounts.models import LogEntry
from accounts.wording import FIELDS

register = template.Library()


@register.filter
def changes_of(entry: LogEntry) -> list[dict[str, str]]:
    """Return what an entry says was changed: the field in words, the value before and after; either may be empty."""
    lines = []
    for name, values in entry.changes.items():
        old, new = values if isinstance(values, list) and len(values) == 2 else ("", values)
        lines.append({"label": FIELDS.get(name, name), "old": old or "", "new": new or ""})
    return lines
