"""The content security policy: strict for every page of ours, wider for Wagtail's editor, which writes inline styles and scripts; and redirects."""


from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects.middleware import RedirectMiddleware

EDITOR = "/quan-tri/"
VERIFICATION = "/xac-minh/"


class ContentSecurityPolicy(CSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(EDITOR):
            response._csp_update = {
                "script-src": [SELF, UNSAFE_INLINE],
                "style-src": [SELF, UNSAFE_INLINE],
                "img-src": [SELF, "data:", "blob:"],
                # Previews of pages and questions stand in a frame beside the form.
                "frame-src": [SELF, "https://www.youtube-nocookie.com", "https://player.vimeo.com"],
            }
        return super().process_response(request, response)


class Redirects(RedirectMiddleware):
    """Redirects that editors made. Not asked for under verification: an unknown code must not cost a query more than a known one."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if request.path.startswith(VERIFICATION) else super().process_response(request, response)
