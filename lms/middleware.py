"""What every answer tells the browser: the content security policy, strict for every page of ours, wider for Wagtail's editor, which writes
inline styles and scripts, and shut for files that people uploaded; the other headers of safety; and redirects.

Keeps true: no kind of answer (page, file, error, static file, probe) leaves without them, and none that was made for one person may be
kept by anybody but that person's own browser.
"""

import mimetypes

from csp.constants import HEADER, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from wagtail.contrib.redirects.middleware import RedirectMiddleware

EDITOR = "/quan-tri/"
VERIFICATION = "/xac-minh/"
# What is one person's or one office's business: no copy of it stays behind on the disk of a shared computer.
PERSONAL = (EDITOR, "/dao-tao/", "/tai-khoan/", "/chung-nhan/")
# Where files lie that people uploaded: shown as what we say they are, or saved, and never as a page of this site.
UPLOADS = ("/media/", "/tai-lieu/")
SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A picture keeps its name for ever: another one, or another cut of it, is stored under another name.
PICTURES_KEPT_SECONDS = 30 * 24 * 3600
# The only types that are shown; whatever else lies there is a file to save.
SHOWN_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp", "audio/mp4", "audio/mpeg", "audio/ogg", "text/vtt", "video/mp4", "video/webm"}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([
        # The camera reads the QR code of a paper or a slip; a video may fill the screen.
        "camera=(self)", 'fullscreen=(self "https://www.youtube-nocookie.com" "https://player.vimeo.com")',
        'picture-in-picture=(self "https://www.youtube-nocookie.com" "https://player.vimeo.com")', "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)", *(f"{power}=()" for power in (
            "accelerometer", "autoplay", "browsing-topics", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection",
            "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"))]),
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
}

# By our own word: a bare machine's list of types may know none of them, and another's may call them something else.
for _ending, _kind in ((".avif", "image/avif"), (".webp", "image/webp")):
    mimetypes.add_type(_kind, _ending)


class Headers:
    """The outermost of all: what the middleware below it answers by itself (probes, static files, redirects to HTTPS) has its headers too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.has_header("Access-Control-Allow-Origin"):
            # Made for other sites: the public documents of credentials.
            response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains{preload}")
        if not getattr(response, "xframe_options_exempt", False):
            response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        _say_who_may_keep(request, response)
        return response


def _say_who_may_keep(request: HttpRequest, response: HttpResponse) -> None:
    """Whoever wants an answer to be kept says so; all others belong to one person, or may from the next release on."""
    said = response.headers.get("Cache-Control", "")
    if request.path.startswith(PERSONAL) and "max-age" not in said:
        patch_cache_control(response, private=True, no_store=True)
    elif said:
        return
    elif request.path.startswith("/media/") and response.status_code == 200:
        patch_cache_control(response, public=True, max_age=PICTURES_KEPT_SECONDS)
    else:
        patch_cache_control(response, private=True, no_cache=True)


class ContentSecurityPolicy(CSPMiddleware):
    """Two policies, put together once in a process: nothing in them depends on the request, since no nonce is ever made."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self._policies: dict[bool, str] = {}

    def process_request(self, request: HttpRequest) -> None:
        pass

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if _is_upload(request, response):
            _shut_in(response)
        elif settings.DEBUG:
            # Django's own pages about errors would be bare.
            return super().process_response(request, _widened(response) if request.path.startswith(EDITOR) else response)
        else:
            response.headers.setdefault(HEADER, self._policy(request, is_editor=request.path.startswith(EDITOR)))
        return response

    def _policy(self, request: HttpRequest, *, is_editor: bool) -> str:
        if is_editor not in self._policies:
            plain = HttpResponse()
            self._policies[is_editor] = super().process_response(request, _widened(plain) if is_editor else plain).headers[HEADER]
        return self._policies[is_editor]


def _widened(response: HttpResponse) -> HttpResponse:
    response._csp_update = {
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
        # Previews of pages and questions stand in a frame beside the form.
        "frame-src": [SELF, "https://www.youtube-nocookie.com", "https://player.vimeo.com"],
    }
    return response


def _is_upload(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether the answer is a file that came from people, or any file to save: none of them is a page of this site."""
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return True
    return request.path.startswith(UPLOADS) and response.status_code in (200, 206) and not _is_page(response)


def _is_page(response: HttpResponse) -> bool:
    """Say whether a template of ours made it: Wagtail asks for a collection's password under the address of its documents."""
    return hasattr(response, "template_name")


def _shut_in(response: HttpResponse) -> None:
    response.headers["Content-Security-Policy"] = SANDBOX
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in SHOWN_TYPES and not response.headers.get("Content-Disposition", "").startswith("attachment"):
        response.headers["Content-Type"] = "application/octet-stream"
        response.headers["Content-Disposition"] = "attachment"


class Redirects(RedirectMiddleware):
    """Redirects that editors made. Not asked for under verification: an unknown code must not cost a query more than a known one."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if request.path.startswith(VERIFICATION) else super().process_response(request, response)
