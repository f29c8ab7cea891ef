"""A page that has not changed is not sent again: a phone that comes back to a lesson pays for a few headers (RFC 9110, 13).

Keeps true: the tag stands for all that the reader would see; only the masked token of forms, which is another one in each answer though the
secret behind it is the same, is left out of it, and the secret itself taken in.
"""

import re
from collections.abc import Callable
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control

_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}')


class ConditionalGet:
    """Tags pages of HTML and answers 304 where the browser has the same. Below compression, which would make equal pages differ."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_page(request, response):
            return response
        response["ETag"] = _tag(request, response)
        # Asked about each time, so that nobody sees a stale tick, and kept by nobody but the reader's own browser.
        patch_cache_control(response, private=True, no_cache=True)
        return get_conditional_response(request, etag=response["ETag"], response=response)


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.method == "GET" and response.status_code == 200 and not response.streaming and not response.has_header("ETag")
        and response.get("Content-Type", "").startswith("text/html") and "no-store" not in response.get("Cache-Control", ""))


def _tag(request: HttpRequest, response: HttpResponse) -> str:
    secret = request.META.get("CSRF_COOKIE") or ""
    seen = blake2b(_TOKEN.sub(rb"\1", response.content), digest_size=16, key=secret.encode()[:64])
    return f'"{seen.hexdigest()}"'
