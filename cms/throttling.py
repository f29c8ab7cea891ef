"""How often one address may do a thing within a minute (or another span) of the clock: enough for a room full of people, too little for guessing."""

from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

SECONDS = 60


def times_done(what: str, request: HttpRequest, *, seconds: int = SECONDS) -> int:
    """Return how often this address has done it within this span of the clock."""
    return caches["default"].get(_key(what, request, seconds), 0)


def note_once_more(what: str, request: HttpRequest, *, seconds: int = SECONDS, times: int = 1) -> int:
    """Count it, and return how often this address has done it within this span of the clock.

    :param times: 0 counts nothing and costs the same.
    """
    key, cache = _key(what, request, seconds), caches["default"]
    if cache.add(key, times, 2 * seconds):
        return times
    try:
        return cache.incr(key, times)
    except ValueError:
        return times


def _key(what: str, request: HttpRequest, seconds: int) -> str:
    # The span is part of the key: a counter that is written again keeps no deadline in every cache.
    return f"{what}:{_address(request)}:{int(timezone.now().timestamp()) // seconds}"


def _address(request: HttpRequest) -> str:
    """Return the address, of IPv6 the first 64 bits: one household or one telephone has all the addresses behind them."""
    text = get_adapter().get_client_ip(request)
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False).network_address)
