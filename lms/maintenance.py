"""`MAINTENANCE=1`: everybody is told that the site is being worked on; static files and the two probes answer as ever, nothing else is asked."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

RETRY_SECONDS = 120


class Maintenance:
    """Stands after the languages and before whatever asks the database, which may be away or half-way through a migration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        if not settings.MAINTENANCE:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "application/json" in request.headers.get("Accept", ""):
            text = _("The site is being worked on. Your answers wait on this device and are sent afterwards.")
            response: HttpResponse = JsonResponse({"code": "maintenance", "message": text}, status=503)
        else:
            response = HttpResponse(render_to_string("503.html"), status=503)  # no request: context processors ask the database
        response["Retry-After"] = str(RETRY_SECONDS)
        add_never_cache_headers(response)
        return response
