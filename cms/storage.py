"""Where files of people and offices lie: in the private storage, which has no address of its own; and how one is handed to whoever may have it."""

from urllib.parse import quote

from django.core.files.storage import Storage, storages
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename

from vietnamese.text import fold


def private_files() -> Storage:
    return storages["private"]


def hand_over(file: FieldFile, *, name: str, content_type: str) -> HttpResponseBase:
    """Answer with a private file to be saved under this name; to be called after the gate.

    An object store that browsers may ask hands it over itself, by a link that holds for a minute; everything else goes through the site.

    :raises FileNotFoundError: when there is none, or the storage has lost it.
    """
    if not file:
        raise FileNotFoundError
    link_to = getattr(file.storage, "link_to", None)
    address = link_to(file.name, disposition=disposition_of(name), content_type=content_type) if link_to else ""
    if address:
        response = HttpResponseRedirect(address)
        response.headers["Referrer-Policy"] = "no-referrer"
    else:
        response = FileResponse(file.open("rb"), content_type=content_type)
        response.headers["Content-Disposition"] = disposition_of(name)
        response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def disposition_of(name: str) -> str:
    """Return the header that makes a browser save a file, with its name in two alphabets: old telephones read only the plain one."""
    if name.isascii():
        return content_disposition_header(True, name) or "attachment"
    return f"attachment; filename=\"{get_valid_filename(fold(name)) or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
