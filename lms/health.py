"""Three addresses for whoever watches the site: `/healthz`, is the process alive; `/readyz`, can it do its work; `/metrics`, in numbers.

Keeps true: the first two are open to everybody and tell names and "ok" or what is wrong, no address and no secret; a part that hangs keeps the answer
waiting for no longer than PATIENCE_SECONDS; what only slows the site down is told and does not take it out of the proxy's list.
"""

import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from cms.models import Duty, Worker, WorkerKind
from lms.background.presence import SILENT_SECONDS
from lms.background.queue import LATE_SECONDS
from lms.backup import underway
from lms.backup.keeping import latest_backup

# A task that waited this long has no worker, or too few.
LONGEST_WAIT = timedelta(minutes=5)
PATIENCE_SECONDS = 2
# A backup that is older is none to rely on.
BACKUP_DAYS = 2
# Without these a request cannot be answered as it should; the others are told and make no difference to the status.
NEEDED = frozenset({"database", "migrations", "cache"})
# Neither is whatever lies there before its time: rows of one site with files of another look healthy to all other questions.
HALF_RESTORED = {"restore": underway.WORDS}
# Few: what hangs holds its thread until its own time-out, and the next probe must not open another one for it.
_threads = ThreadPoolExecutor(max_workers=5, thread_name_prefix="probe")
# Of its own, so that a store that hangs does not make the database look as if it did.
_database_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="probe-database")


class Probes:
    """Answers its addresses before any other middleware: a watchdog calls by number over plain HTTP, and must get its answer
    while the database, which others ask on every request, is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        self.views = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

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
    wrong = {name for name, word in checks.items() if word != "ok"}
    is_ready = not wrong & NEEDED and not HALF_RESTORED.items() & checks.items()
    state = "ready" if not wrong else "degraded" if is_ready else "not ready"
    return JsonResponse({"ready": is_ready, "state": state, "checks": checks}, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer whoever has the token, whoever has not with 401; where none is set, there is no such page."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    from lms.metrics import exposition

    return exposition()


def readiness(*, now: datetime) -> dict[str, str]:
    """Ask every part that a request may need, each on its own, and say "ok" or what is wrong with it. Six queries at most."""
    waited_for = {
        name: _threads.submit(_answer, check)
        for name, check in {
            "media": _check_media, "private files": _check_private, "restore": _check_restore, "backup": lambda: _check_backup(now=now), **_check_of_redis()}.items()}
    until = timezone.now() + timedelta(seconds=PATIENCE_SECONDS)
    # Asked apart first: a database that hangs is not asked from here, where nobody could be called back.
    checks = {"database": database_word(until)}
    asked: dict[str, Callable[[], None]] = {
        "migrations": _check_migrations, "cache": _check_cache, "worker": lambda: _check_worker(now=now), "clock": lambda: _check_clock(now=now)}
    for name, check in asked.items():
        checks[name] = _answer(check) if checks["database"] == "ok" or (name == "cache" and _is_cache_apart()) else "not asked: no database"
    for name, answer in waited_for.items():
        checks[name] = _in_time(answer, until)
    return checks


def database_word(until: datetime) -> str:
    """Ask the database for a sign of life and say "ok" or what is wrong with it, at this time at the latest. One query, on a connection of its own."""
    return _in_time(_database_threads.submit(_answer, _check_database), until)


def _in_time(answer, until: datetime) -> str:
    try:
        return answer.result(timeout=max(0.05, (until - timezone.now()).total_seconds()))
    except TookTooLong:
        answer.cancel()
        return f"no answer within {PATIENCE_SECONDS} seconds"


def _answer(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:  # whatever it is, the part is not there; the message may hold addresses, so its kind alone is told
        return type(error).__name__
    return "ok"


def _check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()  # this thread's own


def _is_cache_apart() -> bool:
    return not settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def _check_migrations() -> None:
    # More than this release knows are no fault: the next release may have brought them while this one still answers.
    waiting = known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if waiting:
        raise NotReady(f"{len(waiting)} not applied")


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
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
    _check_alive(WorkerKind.WORKER, now)


def _check_clock(*, now: datetime) -> None:
    _check_alive(WorkerKind.CLOCK, now)
    if late := Duty.objects.filter(next_at__lt=now - timedelta(seconds=LATE_SECONDS)).count():
        raise NotReady(f"{late} duties are late")


def _check_alive(kind: str, now: datetime) -> None:
    latest = Worker.objects.filter(kind=kind).order_by("-alive_at").values_list("alive_at", flat=True).first()
    if latest is None or abs((now - latest).total_seconds()) > SILENT_SECONDS:
        raise NotReady("none says that it is alive")


def _check_media() -> None:
    storages["default"].exists("readiness")


def _check_private() -> None:
    storages["private"].exists("readiness")


def _check_restore() -> None:
    if underway.is_under_way():
        raise NotReady(underway.WORDS)


def _check_backup(*, now: datetime) -> None:
    facts = latest_backup()
    if facts is None:
        raise NotReady("none yet")
    days = (now - datetime.fromisoformat(facts["at"])).days
    if days >= BACKUP_DAYS:
        raise NotReady(f"the last good one is {days} days old")


def _check_of_redis() -> dict[str, Callable[[], None]]:
    return {"redis": _check_redis} if settings.REDIS_URL else {}


def _check_redis() -> None:
    from redis import Redis

    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as redis:
        redis.ping()
