"""The content security policy: strict for every page of ours, wider for Wagtail's editor, which writes inline styles and scripts."""


from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse

EDITOR = "/quan-tri/"


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


