"""How often one address may ask about codes: enough for a desk with a pile of papers, too little for guessing."""

from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

PER_MINUTE = 30


def throttled(view: Callable) -> Callable:
    """Answer 429 with a page of ours once an address has asked PER_MINUTE times within a minute of the clock."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if _asked(get_adapter().get_client_ip(request)) > PER_MINUTE:
            response = render(request, "certificates/throttled.html", {"per_minute": PER_MINUTE}, status=429)
            response["Retry-After"] = "60"
            return response
        return view(request, *args, **kwargs)

    return guarded


def _asked(address: str) -> int:
    # The minute is part of the key: a counter that is written again keeps no deadline in every cache.
    key = f"verify:{address}:{int(timezone.now().timestamp()) // 60}"
    cache = caches["default"]
    if cache.add(key, 1, 120):
        return 1
    try:
        return cache.incr(key)
    except ValueError:
        return 1
