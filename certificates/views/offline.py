"""Checking without network: the keys and the list of revocations for everybody's checkers, and our own, which can be installed."""

import json
from functools import cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from certificates import services

_SHEETS = ("css/site.css", "css/offline.css", "fonts/BeVietnamPro-Regular.woff2", "fonts/BeVietnamPro-SemiBold.woff2")
_SCRIPTS = (
    "js/look.js", "js/pages/offline-checker.js", "js/components/ed25519.js", "js/components/paper-verdict.js", "js/components/published.js",
    "js/components/qr-camera.js", "js/components/qr-payload.js", "js/components/said.js")
_PICTURES = ("svg/mark.svg", "svg/mark-on-blue.svg")
# Brought by npm at install time, where it is there; without them the page works on browsers that can do it by themselves.
_BROUGHT = {"jsqr": "vendor/jsqr.js", "ed25519": "vendor/ed25519.js"}


@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    return _published(request, services.published_keys(now=timezone.now()))


@require_safe
def show_revocations(request: HttpRequest) -> HttpResponse:
    return _published(request, services.published_revocations(now=timezone.now()))


def _published(request: HttpRequest, document: bytes) -> HttpResponse:
    etag = services.etag_of(document)
    same = etag in request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if same else HttpResponse(document, content_type="application/json")
    response["ETag"] = etag
    # Others' checkers may ask from their own sites: nothing in it is anybody's.
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=60)
    return response


@require_safe
@cache_control(no_cache=True)
def show_checker(request: HttpRequest) -> HttpResponse:
    brought = {name: _brought(path) for name, path in _BROUGHT.items()}
    response = render(request, "certificates/offline_checker.html", {"brought": brought})
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@cache_control(public=True, max_age=300)
def show_manifest(request: HttpRequest) -> JsonResponse:
    start = reverse("certificates:show-checker")
    return JsonResponse({
        "id": start, "start_url": start, "scope": reverse("certificates:verify"), "display": "standalone",
        "name": _("Check certificates"), "short_name": _("Check papers"), "lang": request.LANGUAGE_CODE,
        "background_color": "#faf7f1", "theme_color": "#123e72",
        "icons": [{"src": static("svg/mark-on-blue.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def show_worker(request: HttpRequest) -> HttpResponse:
    """The worker's own code is a file of ours; what it keeps changes with the names of the files, and so do the bytes of this answer."""
    kept = {
        "page": reverse("certificates:show-checker"),
        "files": [static(path) for path in (*_SHEETS, *_SCRIPTS, *_PICTURES)] + [url for url in map(_brought, _BROUGHT.values()) if url],
        "published": [reverse("certificates:show-keys"), reverse("certificates:show-revocations")],
        "manifest": reverse("certificates:show-manifest"),
    }
    script = f"self.kept = {json.dumps(kept)};\nimportScripts({json.dumps(static('js/pages/offline-worker.js'))});\n"
    return HttpResponse(script, content_type="text/javascript")


@cache
def _brought(path: str) -> str:
    """Return the address of a file that may not be there, or nothing."""
    try:
        url = static(path)
    except ValueError:
        return ""
    return url if staticfiles_storage.exists(path) or finders.find(path) else ""
