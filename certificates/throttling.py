"""How often one address may ask about codes: enough for a desk with a pile of papers, too little for guessing."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.throttling import SECONDS, note_once_more

PER_MINUTE = 30


def throttled(view: Callable) -> Callable:
    """Answer 429 with a page of ours once an address has asked PER_MINUTE times within a minute of the clock."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if note_once_more("verify", request) > PER_MINUTE:
            response = render(request, "certificates/throttled.html", {"per_minute": PER_MINUTE}, status=429)
            response["Retry-After"] = str(SECONDS)
            return response
        return view(request, *args, **kwargs)

    return guarded
