"""How often one address may do a thing within a minute of the clock: enough for a room full of people, too little for guessing."""

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

SECONDS = 60


def times_done(what: str, request: HttpRequest) -> int:
    """Return how often this address has done it within this minute."""
    return caches["default"].get(_key(what, request), 0)


def note_once_more(what: str, request: HttpRequest) -> int:
    """Count it, and return how often this address has done it within this minute."""
    key, cache = _key(what, request), caches["default"]
    if cache.add(key, 1, 2 * SECONDS):
        return 1
    try:
        return cache.incr(key)
    except ValueError:
        return 1


def _key(what: str, request: HttpRequest) -> str:
    # The minute is part of the key: a counter that is written again keeps no deadline in every cache.
    return f"{what}:{get_adapter().get_client_ip(request)}:{int(timezone.now().timestamp()) // SECONDS}"
