"""Errors to Sentry, where a SENTRY_DSN is set; without anybody's data.

Keeps true: what leaves the machine is the kind of an error, where in the program it happened, the name of the route and the id of the request.
"""

import logging
from typing import Any

from django.conf import settings

from lms.logs import HARMLESS, request_id, without_data

logger = logging.getLogger(__name__)

DROPPED = ("request", "user", "breadcrumbs", "extra", "server_name", "modules")


def start() -> None:
    """Have errors told to Sentry. Nothing happens without a SENTRY_DSN."""
    if not settings.SENTRY_DSN:
        return
    from sentry_sdk.utils import BadDsn

    try:
        _begin(settings.SENTRY_DSN)
    except BadDsn:
        # `check` says so too (lms.sentry_form); a site that could not start for it would be the worse fault.
        logger.warning("SENTRY_DSN cannot be read: errors are not told.")


def _begin(dsn: str, **options: Any) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.django import DjangoIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn, release=settings.VERSION, send_default_pii=False, include_local_variables=False, max_request_body_size="never", max_breadcrumbs=0,
        traces_sample_rate=0, auto_session_tracking=False, default_integrations=False, before_send=without_anybody,
        integrations=[DjangoIntegration(transaction_style="function_name"), LoggingIntegration(level=None)], **options)


def without_anybody(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Return what may be told of an error: `before_send` of sentry_sdk."""
    for name in DROPPED:
        event.pop(name, None)
    event["tags"] = {"request_id": request_id.get()}
    event.pop("logentry", None)
    event.pop("message", None)
    event.pop("contexts", None)
    for error in event.get("exception", {}).get("values", []):
        if error.get("type") not in {kind.__name__ for kind in HARMLESS}:
            error["value"] = ""
        else:
            error["value"] = without_data(str(error.get("value", "")))
        for frame in error.get("stacktrace", {}).get("frames", []):
            frame.pop("vars", None)
    return event
