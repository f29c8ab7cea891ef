"""When something that the site stands on is away: a plain word about it and 503, so that browsers, scripts and proxies know to come again. When a form
is larger than the site takes: 413, and what to do.

Keeps true: nothing is asked here that may be away itself; a fault of our own stays a 500.
"""

import errno
import sys

from allauth.core.internal.ratelimit import handler429
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, server_error

from accounts.throttling import check_counted

RETRY_SECONDS = 30
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# What PostgreSQL (25006, 53100) and SQLite say: the classes of their errors do not tell these from others.
_READ_ONLY = ("read-only transaction", "readonly database", "read-only database")
_DISK_FULL = ("disk is full", "could not extend file", "no space left")


def answer_fault(request: HttpRequest) -> HttpResponse:
    """Answer a request whose view or middleware failed; handler500 of the site, called while the fault is being handled."""
    kind = kind_of(sys.exc_info()[1])
    if kind is None:
        return server_error(request)
    response = _told(request, kind, _words(kind), 503)
    # Signing in draws a new secret before anything is written: whoever sends the same form again must still be believed.
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def answer_unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read; handler400 of the site."""
    return _too_large(request) if isinstance(exception, RequestDataTooBig) else bad_request(request, exception)


def answer_unproved(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its proof (CSRF_FAILURE_VIEW); one that is too large was never looked into for it, and is told that."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    # Files have a limit of their own, and come in another form.
    is_form = request.content_type == "application/x-www-form-urlencoded"
    if is_form and size.isdecimal() and int(size) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return _too_large(request)
    return csrf_failure(request, reason=reason)


def _too_large(request: HttpRequest) -> HttpResponse:
    megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
    return _told(request, "too_large", (
        _("That was too much at once"),
        _("A form may hold %(size)d MB of text, and nothing of this one was stored. Go back, shorten it or send it in parts.") % {"size": megabytes}), 413)


def _told(request: HttpRequest, code: str, words: tuple[str, str], status: int) -> HttpResponse:
    title, text = words
    if "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"code": code, "message": f"{title}. {text}"}, status=status)
    else:
        response = HttpResponse(render_to_string("outage.html", {"title": title, "text": text, "code": status}), status=status)
    add_never_cache_headers(response)
    return response


def answer_too_many(request: HttpRequest) -> HttpResponse:
    """Answer whoever has tried too often; where the tries could not be counted, say that instead. handler429 of the site, asked by allauth."""
    check_counted()
    return handler429(request)


def kind_of(error: BaseException | None) -> str | None:
    """Say what is away behind an exception: "read_only", "no_room", "no_database", "no_files"; None where it is a fault of ours."""
    seen = error
    while seen is not None:
        if kind := _kind_of_one(seen):
            return kind
        seen = seen.__cause__ or seen.__context__
    return None


def _kind_of_one(error: BaseException) -> str | None:
    words = str(error).lower()
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return "no_room"
    if isinstance(error, DatabaseError) and any(part in words for part in _READ_ONLY):
        return "read_only"
    if isinstance(error, DatabaseError) and any(part in words for part in _DISK_FULL):
        return "no_room"
    if isinstance(error, OperationalError | InterfaceError):
        return "no_database"
    if type(error).__module__.startswith(("botocore.", "boto3.")) or getattr(error, "code", "") == "store_away":
        return "no_files"
    return None


def _words(kind: str) -> tuple[str, str]:
    wait = _("Go back: what you typed is still in the form. Wait a minute and send it again.")
    return {
        "read_only": (_("For the moment you can only read"), wait),
        "no_room": (_("There is no room left to store this"), _("The office that runs this site must make room. What was saved before is still there.")),
        "no_database": (_("The site cannot reach its data at the moment"), wait),
        "no_files": (_("The site cannot reach its files at the moment"), wait),
    }[kind]
