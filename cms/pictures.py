"""Pictures of the site, served by the site itself where no proxy does (SERVE_MEDIA): from its folder, or handed on from the object store."""

import mimetypes
from posixpath import normpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation, SuspiciousOperation
from django.core.files.storage import Storage, default_storage
from django.http import Http404, HttpRequest, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_http_date_safe, quote_etag
from django.views.static import serve

CHUNK = 256 * 1024


def serve_picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with the picture; a name that the storage will not even look for is not found.

    :raises StoreAway: when the object store does not answer, which is not the same as having no such picture.
    """
    if normpath(path) != path or "\\" in path:
        # "images/../documents/x.pdf" would lead out of the pictures, to files that /tai-lieu/ shows only to whom they are for.
        raise Http404(path[:80])
    if hasattr(default_storage, "part"):
        return _handed_on(request, path)
    try:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404(path[:80]) from error


def _handed_on(request: HttpRequest, path: str) -> HttpResponseBase:
    storage: Storage = default_storage
    try:
        found = storage.part(path)
    except (FileNotFoundError, ValueError, SuspiciousOperation) as error:
        raise Http404(path[:80]) from error
    etag, changed = quote_etag(found["ETag"]), found["LastModified"]
    if _is_known(request, etag, int(changed.timestamp())):
        found["Body"].close()
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = StreamingHttpResponse(found["Body"].iter_chunks(CHUNK), content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")
        response["Content-Length"] = str(found["ContentLength"])
    response["ETag"], response["Last-Modified"] = etag, http_date(changed.timestamp())
    return response


def _is_known(request: HttpRequest, etag: str, changed: int) -> bool:
    """Say whether the browser has this very picture. Its tag counts more than its date (RFC 9110, 13.2.2)."""
    if asked := request.headers.get("If-None-Match"):
        return etag in (part.strip().removeprefix("W/") for part in asked.split(","))
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed <= since
