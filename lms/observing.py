"""The outermost middleware: every request has an id, is counted, and leaves one line in the log."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lms import metrics
from lms.logs import accepted_request_id, name_of, new_request_id, request_id

logger = logging.getLogger("lms.requests")
# Asked every few seconds by watchdogs.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class Observed:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = accepted_request_id(request.META.get("HTTP_X_REQUEST_ID", "")) if settings.BEHIND_PROXY else new_request_id()
        token, began = request_id.set(name), perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = name
            if request.path_info not in PROBES:
                _tell(request, response.status_code, perf_counter() - began)
            return response
        finally:
            request_id.reset(token)


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    is_static = request.path_info.startswith(settings.STATIC_URL)
    route = "static" if is_static else name_of(request.resolver_match)
    metrics.count_request(request.method, route, status, seconds)
    if not is_static and logger.isEnabledFor(logging.INFO):
        logger.info("request", extra={"method": request.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)})
