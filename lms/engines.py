"""What the settings are made of: variables of the environment, and the engines behind the site that they name.

Keeps true: with nothing set no service is needed (SQLite, a table as cache, local files, mail on the console); a value that cannot be read is
never guessed, all of them are told together; nothing here opens a connection.
"""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SQLITE = "django.db.backends.sqlite3"
# A command, or a test, has one request at a time; a web process as many as granian has blocking threads.
POOL_SIZE = 4
CONNECT_SECONDS = 10
# A machine or a network that is gone says nothing, and TCP alone would wait for it for minutes or hours: so libpq asks, and gives up after half a minute.
SILENCE = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
# Nothing of ours thinks for so long between two statements of a transaction.
IDLE_SECONDS = 180
# No proxy of ours waits longer for a page.
STATEMENT_SECONDS = 300
# An RQ worker empties them in this order (`lms.queueing.queue_of` says what is in each).
QUEUES = ("urgent", "high", "default", "low", "last")
_TRUE, _FALSE = {"1", "true", "on", "ok", "y", "yes", "t"}, {"0", "false", "off", "no", "n", "f"}


class Files(environ.fileaware_mapping.FileAwareMapping):
    """Variables, or files that `NAME_FILE` names: without the line break that every editor and `echo` leave at the end of one."""

    def __getitem__(self, key: str) -> str:
        value = super().__getitem__(key)
        return value.rstrip("\r\n") if self.env.get(f"{key}_FILE") else value

    def broken(self, key: str) -> str:
        """Return the value as it lies in its file, line break and all; empty where there is no break, or no file."""
        value = super().__getitem__(key) if self.env.get(f"{key}_FILE") else ""
        return value if value != value.rstrip("\r\n") else ""


class Environment(environ.FileAwareEnv):
    """Variables, or files that `NAME_FILE` names; remembers which were asked for and gathers what is wrong with them.

    A yes-or-no or a number that is empty counts as not set: compose files hand on empty ones.
    """

    ENVIRON = Files()

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()
        self.faults: list[str] = []

    @classmethod
    def read_env(cls, *args: Any, **kwargs: Any) -> None:
        """Read `.env` beneath the environment, and open none of the files that it names: one that is missing is told with the other faults."""
        environ.Env.read_env(*args, **kwargs)

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False) -> Any:
        self.known.add(var)
        try:
            return super().get_value(var, cast, default, parse_default)
        except OSError as error:
            self.faults.append(f"{var}_FILE names a file that cannot be read ({error.strerror}).")
            return "" if default is self.NOTSET else default

    def bool(self, var: str, default: bool = False) -> bool:
        word = self.str(var, default="").strip().lower()
        if word and word not in _TRUE | _FALSE:
            self.faults.append(f"{var} is “{word}”: write 1 or 0.")
            return default
        return word in _TRUE if word else default

    def int(self, var: str, default: int = 0) -> int:
        word = self.str(var, default="").strip()
        if word and not (word.isascii() and word.isdecimal()):
            self.faults.append(f"{var} is “{word}”: write a whole number, 0 or more.")
            return default
        return int(word) if word else default

    def choice(self, var: str, *choices: str) -> str:
        """Return one of the choices; the first where nothing is set."""
        word = self.str(var, default="").strip() or choices[0]
        if word not in choices:
            self.faults.append(f"{var} is “{word}”: write one of {', '.join(choices)}.")
            return choices[0]
        return word

    def text(self, var: str, default: str = "") -> str:
        """Return a text whose emptiness means that nothing is set."""
        return self.str(var, default="").strip() or default

    def keys(self, var: str) -> list[str]:
        """Return keys that stand in one text, with commas or line breaks between them."""
        return self.text(var).replace(",", " ").split()

    def former(self, var: str) -> list[str]:
        """Return what a key was while the line break at the end of its file was read as a part of it: what it sealed still opens."""
        try:
            return [broken] if (broken := self.ENVIRON.broken(var)) else []
        except OSError:
            return []

    def address(self, var: str, *schemes: str, default: str = "") -> str:
        """Return a URL of one of these kinds."""
        text = self.text(var, default)
        if text and (urlsplit(text).scheme not in schemes or "://" not in text):
            self.faults.append(f"{var} does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
            return ""
        if text and not _leads_somewhere(text):
            self.faults.append(f"{var} has no name of a host behind ://, or a port that is no number.")
            return ""
        return text

    def settle(self) -> None:
        """Stop the start with everything that is wrong.

        :raises ImproperlyConfigured: when a value could not be read or is missing.
        """
        if self.faults:
            raise ImproperlyConfigured("\n".join(["The environment needs a hand (docs/settings.md):", *(f"- {fault}" for fault in self.faults)]))


def _leads_somewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname or parts.scheme == "unix") and parts.port != 0
    except ValueError:
        return False


def database(env: Environment, var_dir: Path, *, pooled: bool) -> dict[str, Any]:
    """Return Django's settings of the database; what DATABASE_URL says behind its “?” is kept.

    :param pooled: whether PostgreSQL's connections are kept in a pool unless DATABASE_POOL says otherwise.
    """
    pooled, size = env.bool("DATABASE_POOL", default=pooled), env.int("DATABASE_POOL_SIZE", default=POOL_SIZE)
    if not size:
        env.faults.append("DATABASE_POOL_SIZE is “0”: write 1 or more; for no pool DATABASE_POOL=0.")
    url = env.text("DATABASE_URL", f"sqlite:///{var_dir / 'db.sqlite3'}")
    try:
        found = environ.Env.db_url_config(url)
    except (ValueError, ImproperlyConfigured):
        found = {}
    if not found.get("ENGINE", "").endswith(("sqlite3", "postgresql")):
        env.faults.append("DATABASE_URL is neither postgres://user:password@host/name nor sqlite:////folder/file (special characters as %40).")
        found = environ.Env.db_url_config(f"sqlite:///{var_dir / 'db.sqlite3'}")
    if found["ENGINE"] == SQLITE:
        # WAL and IMMEDIATE, else concurrent writers fail with "database is locked".
        return {**found, "OPTIONS": {
            "transaction_mode": "IMMEDIATE", "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"}}
    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, **SILENCE, **found.get("OPTIONS", {})}
    if pooled:
        # Compiling a statement takes longer here than running it: a page of names in a large province 375 ms instead of 33. Not behind
        # PgBouncer, where there is no pool of ours and options are refused; set `jit = off` for the role there.
        # A process that hangs in the middle of a transaction lets go of what it has locked: else nobody else could issue a paper.
        options = {"options": f"-c jit=off -c idle_in_transaction_session_timeout={IDLE_SECONDS}s", **options, "pool": {"min_size": 1, "max_size": max(1, size), "timeout": CONNECT_SECONDS}}
    # A connection that a restarted server has cut is noticed before a request gets it.
    return {**found, "OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def hurry(database: dict[str, Any]) -> None:
    """Have PostgreSQL break off what a request waits for once nobody waits for the request, and no request wait for a PostgreSQL that is away;
    what DATABASE_URL says itself stands.

    For web processes alone, before their first connection: tasks, migrations and backups have longer statements, and time.
    """
    options = database.get("OPTIONS", {})
    if "pool" not in options:
        return
    from lms.postgresql.base import ANSWER_SECONDS, POOL

    database["ENGINE"] = "lms.postgresql"
    options["options"] = f"-c statement_timeout={STATEMENT_SECONDS}s {options['options']}"
    options["pool"] |= POOL
    if options["connect_timeout"] == CONNECT_SECONDS:
        options["connect_timeout"] = ANSWER_SECONDS


def caches(env: Environment, redis_url: str, prefix: str) -> dict[str, dict[str, Any]]:
    """Return Django's settings of the caches: "default" is shared by all processes, "pages" belongs to each."""
    url = env.text("CACHE_URL")
    pages = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages", "TIMEOUT": 24 * 3600, "OPTIONS": {"MAX_ENTRIES": 5000}}
    if redis_url and not url:
        return {"default": _redis(redis_url, prefix), "pages": pages}
    try:
        # Room for many: Django's 300 entries would let a few hundred junk sign-ins wash away somebody's lockout.
        found = environ.Env.cache_url_config(url or "dbcache://cache?max_entries=100000")
    except (ValueError, KeyError, ImproperlyConfigured):
        env.faults.append("CACHE_URL is not an address of a cache; remove it, and set REDIS_URL for Redis.")
        found = environ.Env.cache_url_config("dbcache://cache?max_entries=100000")
    if "redis" in found["BACKEND"].lower():
        found = _redis(found["LOCATION"], prefix)
    return {"default": found, "pages": pages}


def _redis(url: str | list[str], prefix: str) -> dict[str, Any]:
    return {"BACKEND": "lms.caching.SteadyRedisCache", "LOCATION": url, "KEY_PREFIX": prefix}


def site_name_in(site_url: str) -> str:
    """Return what tells this site from another one that shares its services: its host, and its port where it has one."""
    return urlsplit(site_url).netloc.rpartition("@")[2].lower() or "lms"


def storages(env: Environment, private_root: Path) -> dict[str, dict[str, Any]]:
    """Return Django's settings of files: "default" for pictures and documents, "private" for what has no address of its own.

    With S3_BUCKET both lie in that bucket, which nobody else may read.
    """
    static = {"BACKEND": "lms.static.HashedStaticFiles"}
    bucket, options = env.text("S3_BUCKET"), {
        "endpoint_url": env.address("S3_ENDPOINT_URL", "https", "http").rstrip("/") or None, "region_name": env.text("S3_REGION") or None,
        "access_key": env.text("S3_ACCESS_KEY") or None, "secret_key": env.text("S3_SECRET_KEY") or None,
        "public_url": env.address("S3_PUBLIC_URL", "https", "http").rstrip("/"), "has_links": env.bool("S3_SIGNED_LINKS", default=True),
    }
    if bucket:
        kept = {"bucket_name": bucket, **options}
        return {
            "default": {"BACKEND": "lms.s3.PublicStore", "OPTIONS": {**kept, "location": "media"}},
            "private": {"BACKEND": "lms.s3.PrivateStore", "OPTIONS": {**kept, "location": "private"}},
            "staticfiles": static}
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        # Certificates and uploads that only some may see: no URL of its own, served through a view that asks who asks.
        # Readable by the account that the site runs under, and by no other of the machine.
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {
            "location": private_root, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}},
        "staticfiles": static}


def tasks(env: Environment, redis_url: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the name of the engine and Django's settings of background work."""
    engine = env.choice("TASKS_ENGINE", "database", "redis")
    database = {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}
    if engine == "database":
        return engine, {"default": database}
    if not redis_url:
        env.faults.append("TASKS_ENGINE is redis, and there is no REDIS_URL: set it, or remove TASKS_ENGINE.")
    # The table stays beside it: what cannot be handed to Redis waits there.
    return engine, {"default": {"BACKEND": "lms.queueing.SteadyRQBackend", "QUEUES": list(QUEUES)}, "database": database}


def queues(redis_url: str) -> dict[str, dict[str, Any]]:
    """Return django-rq's settings of its queues."""
    return {name: {"URL": redis_url} for name in QUEUES}


def mail(env: Environment) -> dict[str, Any]:
    """Return Django's settings of mail."""
    try:
        found = environ.Env.email_url_config(env.text("EMAIL_URL", "consolemail://"))
    except (ValueError, KeyError, ImproperlyConfigured):
        found = {}
    if not found or ("smtp" in found["EMAIL_BACKEND"] and not found["EMAIL_HOST"]):
        env.faults.append("EMAIL_URL is not like smtp+tls://user:password@host:587 (special characters as %40).")
        return environ.Env.email_url_config("consolemail://")
    return found


def version(env: Environment, base: Path) -> str:
    """Return the release: VERSION, else what pyproject.toml says."""
    return env.text("VERSION") or tomllib.loads((base / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
