"""Reads over posts: what one says, in words that stay true of that day, and where it is found again."""

import hashlib
from datetime import date

from django.utils.translation import override

from unions.enums import Manner
from unions.models import Post


def facts_of(post: Post) -> dict[str, str]:
    """Return what is said about the post, as the log keeps it: Vietnamese, days as 20/11/2026, "" for what is not said. No query with its kind."""
    with override("vi"):
        manner = str(Manner(post.manner).label) if post.manner else ""
        full_time = "chuyên trách" if post.full_time else "không chuyên trách"
    return {
        "kind": post.kind.name, "valid_from": _day(post.valid_from), "valid_until": _day(post.valid_until), "full_time": full_time,
        "manner": manner, "term": post.term, "decision_number": post.decision_number,
    }


def told_of(post: Post) -> str:
    """Return a mark of what the post says, for a page to hand back: another one means that somebody has changed it since."""
    return hashlib.sha256("\n".join(facts_of(post).values()).encode()).hexdigest()[:32]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
