"""Parts of audio and video files: a phone that seeks asks for bytes from – to, and iPhones play nothing without an answer (RFC 9110, 14)."""

import re

from django.http import HttpRequest, HttpResponse
from wagtail.documents.models import AbstractDocument

# No file has more bytes than such a number counts; and a longer one takes long to read.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
MOST_AT_ONCE = 1024 * 1024


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte that a Range header asks for, or None when there are none to give.

    "bytes=0-499" the first 500, "bytes=500-" from there on, "bytes=-500" the last 500; a last byte beyond the end means the end.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()) or not size:
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else None
    start, stop = int(first), min(int(last), size - 1) if last else size - 1
    return (start, stop) if start <= stop else None


def answer_in_part(document: AbstractDocument, request: HttpRequest) -> HttpResponse | None:
    """Answer a request for a part of an audio or video file; None for everything else, which Wagtail serves whole.

    Several ranges at once are served whole too, as the standard allows.
    """
    header = request.headers.get("Range", "")
    if not header or "," in header or not document.content_type.startswith(("audio/", "video/")):
        return None
    size = document.file.size
    span = span_of(header, size)
    if span is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, stop = span
    # Wagtail takes no streaming answer from a hook, so a part is at most MOST_AT_ONCE; the player asks for the next.
    stop = min(stop, start + MOST_AT_ONCE - 1)
    body = _bytes_of(document, start, stop)
    return HttpResponse(body, status=206, content_type=document.content_type, headers={
        "Content-Range": f"bytes {start}-{stop}/{size}", "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff",
        # Compressed, the bytes would no longer be those that were asked for.
        "Content-Encoding": "identity", "Cache-Control": "private, max-age=3600",
    })


def _bytes_of(document: AbstractDocument, start: int, stop: int) -> bytes:
    storage = document.file.storage
    if hasattr(storage, "part"):
        # An object store is asked for these bytes alone: opening the file there fetches all of it.
        return storage.part(document.file.name, start=start, stop=stop)["Body"].read()
    with document.file.open("rb") as file:
        file.seek(start)
        return file.read(stop - start + 1)
