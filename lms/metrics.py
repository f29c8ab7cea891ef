"""Numbers for Prometheus: what this machine's web processes have counted, and what the database says when it is asked.

Keeps true: counting costs a few microseconds and no query; labels are names of routes, methods and classes of status, of which there are only so many;
`/metrics` answers whoever has the token, also while the database is away.
"""

import logging
import os

from django.contrib.auth.signals import user_login_failed
from django.db.models.signals import post_save
from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from lms import gauges
from lms.logs import words_of
from quizzes.models import Attempt

logger = logging.getLogger(__name__)

OWN = CollectorRegistry()
REQUESTS = Counter("lms_requests", "Requests answered.", ["method", "route", "status"], registry=OWN)
SECONDS = Histogram(
    "lms_request_seconds", "Seconds until the answer was ready.", ["route"], registry=OWN, buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))
STARTED = Counter("lms_attempts_started", "Attempts begun.", registry=OWN)
SAVED = Counter("lms_answers_saved", "Answers acknowledged.", registry=OWN)
SUBMITTED = Counter("lms_attempts_submitted", "Attempts handed in.", registry=OWN)
REFUSED = Counter("lms_sign_ins_refused", "Sign-ins with a wrong name or password.", registry=OWN)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
COUNTED = {("POST", "quizzes:save-answer"): SAVED, ("POST", "quizzes:upload-file"): SAVED, ("POST", "quizzes:submit-attempt"): SUBMITTED}
# Looking a child up costs more than counting and takes a lock; there are only so many.
_children: dict[tuple[str, str, int], tuple] = {}


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    key = (method, route, status // 100)
    requests, durations, more = _children.get(key) or _child(key)
    requests.inc()
    durations.observe(seconds)
    if more is not None:
        more.inc()


def _child(key: tuple[str, str, int]) -> tuple:
    method, route, status = key
    if method not in METHODS:
        # Whatever strangers call it, it is one label.
        method, key = "other", ("other", route, status)
    more = COUNTED.get((method, route)) if status in (2, 3) else None
    child = (REQUESTS.labels(method, route, f"{status}xx"), SECONDS.labels(route), more)
    _children[key] = child
    return child


def listen() -> None:
    """Count what is told by signals. Called once, when the apps are there."""
    post_save.connect(_count_attempt, sender=Attempt, dispatch_uid="metrics")
    user_login_failed.connect(_count_refused, dispatch_uid="metrics")


def _count_attempt(sender, created: bool, raw: bool = False, **kwargs) -> None:
    if created and not raw:
        STARTED.inc()


def _count_refused(sender, **kwargs) -> None:
    REFUSED.inc()


def exposition() -> HttpResponse:
    """Return everything in Prometheus's own words."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(OWN)
    registry.register(_Asked())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Asked:
    """What the database and Redis say; who does not answer is told as down, and the rest is answered all the same."""

    def describe(self):
        return []

    def collect(self):
        for name, ask in gauges.SOURCES.items():
            numbers, is_up = [], 1
            try:
                numbers = list(ask())
            except Exception as error:
                is_up = 0
                logger.warning("Numbers of the %s are missing: %s", name, words_of(error))
            yield gauges.gauge(f"lms_{name}_up", f"Whether the {name} answered.", is_up)
            yield from numbers
