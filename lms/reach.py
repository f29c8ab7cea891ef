"""Are the engines that the settings name really there, and do they agree with the settings? Asked by `check --deploy`, never by a request.

Each question has a time-out and tells its own fault; one engine that is away keeps no other from being asked. No secret is ever told.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.files.storage import storages
from django.core.mail import get_connection
from django.db import connection
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from lms.backup.underway import is_under_way
from lms.checks import HALF_RESTORED, Fault, worded

# The clocks of two machines drift by less where they are kept by NTP.
SECONDS_APART = 5
# So many processes a site has at least: two of the web server, a worker, a clock.
PROCESSES = 4
EARLIEST_YEAR = 2026
PROBE = "engine-check"
PATIENCE_SECONDS = 5
# By what libpq says, because it gives no codes for a connection that did not come about; servers that speak another language are told by the kind alone.
_CAUSES = {
    r"refused|timeout|timed out|no route|unreachable|no such file|not accepting": _("nobody answers there: start it, or correct host and port"),
    r"translate host|name or service|name resolution|resolve": _("there is no machine of that name"),
    r"pg_hba": _("it lets nobody in from here: look at pg_hba.conf and sslmode"),
    r"password|authentication|role .* does not exist": _("it refuses the user or the password; write special characters in them percent-encoded"),
    r"database .* does not exist": _("it has no database of that name; make it with createdb"),
    r"\bssl\b|sslmode|certificate|\btls\b": _("TLS does not come about: look at sslmode and sslrootcert"),
    r"too many|remaining connection slots": _("it has no connection left: raise max_connections"),
    r"unable to open": _("its file cannot be opened: look at the folder and who owns it"),
}


@register("engines", deploy=True)
def check_engines(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Name every engine that is away or disagrees with the settings."""
    return [worded(*fault) for ask in (_clock, _database, _redis, _store, _mail) for fault in ask()]


def _clock() -> Iterator[Fault]:
    if datetime.now(UTC).year < EARLIEST_YEAR:
        yield "clock", _("The clock of this machine says %(year)s: papers would be dated wrongly and codes refused. Set it by NTP."), {
            "year": datetime.now(UTC).year}


def _database() -> Iterator[Fault]:
    try:
        _connect_once()
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
            if connection.vendor == "postgresql":
                yield from _postgresql(cursor)
    except Exception as error:  # psycopg_pool, psycopg and SQLite each have their own; whatever it is, there is no database
        yield "database", _("DATABASE_URL: the database cannot be reached: %(cause)s."), {"cause": _cause_of(error)}
        return
    if "django_migrations" not in tables:
        yield "no_tables", _("The database is empty: no page can be shown. Run manage.py migrate, then look again."), {}
        return
    cache = settings.CACHES["default"]
    if cache["BACKEND"].endswith("DatabaseCache") and cache["LOCATION"] not in tables:
        yield "cache_table", _("The table “%(name)s” of the cache is missing: nobody can sign in. Run manage.py createcachetable."), {"name": cache["LOCATION"]}


def _connect_once() -> None:
    """Try by a connection of its own: the pool tries again and again, and in the end tells of its patience and not of the cause."""
    if connection.vendor != "postgresql" or connection.connection is not None:
        return
    probe = connection.copy()
    probe.settings_dict["OPTIONS"].pop("pool", None)
    probe.settings_dict["OPTIONS"]["connect_timeout"] = PATIENCE_SECONDS
    try:
        probe.connect()
    finally:
        probe.close()


def _cause_of(error: Exception) -> object:
    """Say in words why, and never in those of the library: they hold the name of the user and more."""
    said = str(error).lower()
    return next((cause for pattern, cause in _CAUSES.items() if re.search(pattern, said)), type(error).__name__)


def _postgresql(cursor) -> Iterator[Fault]:
    cursor.execute("SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int, now(), current_setting('server_version_num')::int")
    room, now, version = cursor.fetchone()
    size = (settings.DATABASES["default"]["OPTIONS"].get("pool") or {}).get("max_size", 1)
    if size * PROCESSES > room:
        yield "pool", _(
            "DATABASE_POOL_SIZE is %(size)d, and PostgreSQL takes %(room)d connections, for %(processes)d processes at least: %(most)d each. "
            "Make the pool smaller, or raise max_connections."), {"size": size, "room": room, "processes": PROCESSES, "most": room // PROCESSES}
    if abs((datetime.now(UTC) - now).total_seconds()) > SECONDS_APART:
        yield "clock_database", _("The clocks of this machine and of PostgreSQL differ by %(seconds)d seconds. Keep both by NTP."), {
            "seconds": abs((datetime.now(UTC) - now).total_seconds())}
    if version < 150000:
        yield "old_database", _("PostgreSQL is older than 15, which this site is not tested with. Upgrade it."), {}


def _redis() -> Iterator[Fault]:
    if "Redis" not in settings.CACHES["default"]["BACKEND"]:
        return
    from redis import Redis
    from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

    url = settings.CACHES["default"]["LOCATION"]
    try:
        client = Redis.from_url(url if isinstance(url, str) else url[0], socket_connect_timeout=3, socket_timeout=3)
        client.set(f"{PROBE}:{get_random_string(6)}", 1, ex=5)
        seconds = client.time()[0]
        policy, is_kept = client.info("memory").get("maxmemory_policy", "noeviction"), client.info("persistence").get("aof_enabled", 1)
    except (AuthenticationError, NoPermissionError):
        yield "redis_refused", _("REDIS_URL: Redis refuses the user or the password. Correct them (special characters as %%40)."), {}
    except (RedisError, ResponseError, OSError, ValueError) as error:
        yield "redis", _("REDIS_URL: Redis cannot be reached (%(kind)s). The site runs without it, slower, and counts tries in each process. Start it, or correct the address."), {
            "kind": type(error).__name__}
    else:
        if abs(time.time() - seconds) > SECONDS_APART:
            yield "clock_redis", _("The clocks of this machine and of Redis differ by %(seconds)d seconds. Keep both by NTP."), {"seconds": abs(time.time() - seconds)}
        if settings.TASKS_ENGINE == "redis" and not is_kept:
            yield "redis_forgets", _("Redis keeps tasks in memory alone and loses them when it stops. Set appendonly yes, or TASKS_ENGINE=database."), {}
        if settings.TASKS_ENGINE == "redis" and policy != "noeviction":
            yield "redis_evicts", _("Redis may drop tasks when its memory is full (maxmemory-policy %(policy)s). Set noeviction, or TASKS_ENGINE=database."), {"policy": policy}


def _store() -> Iterator[Fault]:
    if not settings.S3_BUCKET:
        return
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

    store = storages["private"]
    client, key = store.connection.meta.client, f"{store.location}/{PROBE}-{get_random_string(8)}"
    try:
        client.put_object(Bucket=store.bucket_name, Key=key, Body=b"ok")
        client.delete_object(Bucket=store.bucket_name, Key=key)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "NoSuchBucket":
            yield "no_bucket", _("S3_BUCKET: there is no bucket “%(name)s”. Make it, private, or correct the name."), {"name": store.bucket_name}
        elif code == "RequestTimeTooSkewed":
            yield "clock_store", _("The clocks of this machine and of the object store differ too much. Keep both by NTP."), {}
        else:
            yield "store_refused", _("The object store refuses to write (%(code)s). Correct S3_ACCESS_KEY and S3_SECRET_KEY, or what they may do."), {"code": code}
    except (NoCredentialsError, PartialCredentialsError):
        yield "store_keys", _("S3_BUCKET without S3_ACCESS_KEY and S3_SECRET_KEY, and this machine has no rights of its own there. Set both keys."), {}
    except (BotoCoreError, OSError, ValueError) as error:
        yield "store", _("S3_ENDPOINT_URL: the object store cannot be reached (%(kind)s). Start it, or correct the address."), {"kind": type(error).__name__}
    else:
        yield from _is_open(store.endpoint_url, store.bucket_name)
        if is_under_way():
            yield HALF_RESTORED


def _is_open(endpoint: str | None, bucket: str) -> Iterator[Fault]:
    """Ask as a stranger for a list of the bucket: papers and answers of people must not be there for everybody."""
    if not endpoint:
        return
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"{endpoint}/{bucket}?max-keys=1", timeout=5) as answer:  # noqa: S310  # nosec B310 # http and https alone pass the settings
            is_open = answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        is_open = False
    if is_open:
        yield "open_bucket", _("The bucket “%(name)s” can be read by everybody. Make it private: it holds papers and answers."), {"name": bucket}


def _mail() -> Iterator[Fault]:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return
    from smtplib import SMTPAuthenticationError, SMTPException, SMTPNotSupportedError

    try:
        mail = get_connection(timeout=PATIENCE_SECONDS)
        mail.open()
        mail.close()
    except SMTPAuthenticationError:
        yield "mail_refused", _("EMAIL_URL: the mail server refuses the user or the password. Correct them (special characters as %%40)."), {}
    except SMTPNotSupportedError:
        yield "mail_form", _("EMAIL_URL: the mail server knows no TLS or no sign-in at this port. Try smtp+tls:// with 587, or smtp+ssl:// with 465."), {}
    except (SMTPException, OSError) as error:
        yield "mail_away", _("EMAIL_URL: the mail server cannot be reached (%(kind)s): letters wait. Start it, or correct the address."), {"kind": type(error).__name__}
