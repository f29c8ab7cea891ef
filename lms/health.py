"""Two addresses for whoever watches the site: `/healthz`, is the process alive, and `/readyz`, can it do its work.

Answers hold no detail beyond names and "ok" or what is wrong, and no secret: they are open to everybody.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from django.core.cache import caches
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

# A task that waited this long has no worker, or too few.
LONGEST_WAIT = timedelta(minutes=5)


class Probes:
    """Answers both addresses before any other middleware: a watchdog calls by number over plain HTTP, and must get its answer
    while the database, which others ask on every request, is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        self.views = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.views.get(request.path_info, self.get_response)(request)


class NotReady(Exception):
    """A part that the site needs is not there; the message says which way."""

    code = "not_ready"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    checks = readiness(now=timezone.now())
    is_ready = set(checks.values()) == {"ok"}
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


def readiness(*, now: datetime) -> dict[str, str]:
    """Ask every part that a request may need, each on its own, and say "ok" or what is wrong with it. Four queries."""
    parts: dict[str, Callable[[], None]] = {
        "database": _check_database,
        "migrations": _check_migrations,
        "cache": _check_cache,
        "worker": lambda: _check_worker(now=now),
    }
    return {name: _answer(check) for name, check in parts.items()}


def _answer(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:  # whatever it is, the part is not there; the message may hold addresses, so its kind alone is told
        return type(error).__name__
    return "ok"


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    waiting = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if waiting:
        raise NotReady(f"{len(waiting)} not applied")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    # Once a process: reading all migration files takes half a second, and they do not change under a running one.
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _check_cache() -> None:
    word = get_random_string(12)
    caches["default"].set("readiness", word, 60)
    if caches["default"].get("readiness") is None:
        raise NotReady("forgets at once")


def _check_worker(*, now: datetime) -> None:
    oldest = DBTaskResult.objects.ready().order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    if oldest and now - oldest > LONGEST_WAIT:
        raise NotReady(f"the oldest task has waited for {int((now - oldest).total_seconds() // 60)} minutes")
