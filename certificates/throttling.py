"""How often one address may ask about codes: enough for a desk with a pile of papers, too little for guessing.

Keeps true: only a well-formed code that nobody holds counts as a miss. A slip of the finger is found by the check character, so
whoever checks real papers never misses (docs/adr/0023-codes-of-eight-characters.md has the odds).
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.throttling import SECONDS, note_once_more, times_done

PER_MINUTE = 30
FILES_PER_MINUTE = 10
MISSES_PER_HOUR = 10
_HOUR = 3600


def throttled(view: Callable) -> Callable:
    """Answer 429 with a page of ours once an address has asked PER_MINUTE times within a minute, or missed MISSES_PER_HOUR times within an hour.

    Both by the clock. Whoever has missed too often is told nothing about any code, else the next guess would still be answered.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if note_once_more("verify", request) > PER_MINUTE:
            return _refusal(request, SECONDS)
        if times_done("verify-miss", request, seconds=_HOUR) >= MISSES_PER_HOUR:
            return _refusal(request, _HOUR)
        return view(request, *args, **kwargs)

    return guarded


def throttled_files(view: Callable) -> Callable:
    """The same for files that are handed in, FILES_PER_MINUTE of them: looking into one costs up to five seconds of work."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST":
            if note_once_more("verify-file", request) > FILES_PER_MINUTE:
                return _refusal(request, SECONDS, files=FILES_PER_MINUTE)
            if times_done("verify-miss", request, seconds=_HOUR) >= MISSES_PER_HOUR:
                return _refusal(request, _HOUR)
        return view(request, *args, **kwargs)

    return guarded


def note_answer(request: HttpRequest, *, missed: int) -> None:
    """Count the codes that nobody holds; an answer without any counts nothing, at the same cost."""
    note_once_more("verify-miss", request, seconds=_HOUR, times=missed)


def _refusal(request: HttpRequest, seconds: int, files: int = 0) -> HttpResponse:
    told = {"per_minute": PER_MINUTE, "files": files, "misses": MISSES_PER_HOUR, "has_missed": seconds == _HOUR}
    response = render(request, "certificates/throttled.html", told, status=429)
    response["Retry-After"] = str(seconds)
    return response
