"""What is missing, dangerous or at odds in the environment, each fault by itself and with what to do, in Vietnamese and English.

Keeps true: nothing here opens a connection (`lms.reach` asks the engines), so that every process may look at it when it starts; no value of a secret
is ever told.
"""

import difflib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host
from django.utils import translation
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from lms.backup.underway import is_under_way

log = logging.getLogger(__name__)

Fault = tuple[str, str | Promise, dict[str, object]]

# What people call things elsewhere.
_HABITS = {
    "AWS_ACCESS_KEY_ID": "S3_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY": "S3_SECRET_KEY", "AWS_STORAGE_BUCKET_NAME": "S3_BUCKET",
    "AWS_S3_ENDPOINT_URL": "S3_ENDPOINT_URL", "S3_ENDPOINT": "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID": "S3_ACCESS_KEY",
    "S3_SECRET_ACCESS_KEY": "S3_SECRET_KEY", "S3_BUCKET_NAME": "S3_BUCKET", "DB_URL": "DATABASE_URL", "POSTGRES_URL": "DATABASE_URL",
    "DJANGO_SECRET_KEY": "SECRET_KEY", "DJANGO_DEBUG": "DEBUG", "DJANGO_ALLOWED_HOSTS": "ALLOWED_HOSTS", "EMAIL_HOST": "EMAIL_URL",
    "REDIS_HOST": "REDIS_URL", "BASE_URL": "SITE_URL", "CACHE_BACKEND": "REDIS_URL",
}
_ALIKE = 0.84
HALF_RESTORED: Fault = ("restore", _(
    "A restore has not ended: rows and files may not belong together. Run manage.py restore with --empty-first again, before anybody works here."), {})
_SAMPLES = ("change", "example", "secret", "tests-only", "insecure", "password", "matkhau")
# Names that nobody can own (RFC 2606, RFC 6761): whoever uses one has left something of an example as it was.
_RESERVED = re.compile(r"(^|\.)(example(\.(org|com|net))?|invalid|test|localhost)$")
# As wide as “*”: a country, or what a country keeps for everybody (com.vn). A list of all of them would be out of date; these are the usual ones.
_WIDE = re.compile(r"\.?((com|net|org|gov|edu|info|name|pro|health|biz|int|ac|co)\.)?[^.]+")
# With these a site is open to others, loses something or answers nobody: `check --deploy` fails. All others are told.
DANGEROUS = frozenset({
    "debug", "testing", "any_host", "wide_host", "host_form", "other_host", "same_key", "sample_key", "former_key", "https", "forged_address", "sample_password",
    "redis_password", "sqlite", "store_keys", "store_place", "relative", "folder", "open_folder", "restore", "backup_key",
    "clock", "database", "no_tables", "cache_table", "redis_refused", "no_bucket", "store_refused", "open_bucket",
})
_PRINTING_MAIL = ("console", "filebased", "dummy", "locmem")


@register(Tags.security, deploy=True)
def check_environment(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Name what is wrong with the environment of a site that is open to the world."""
    return [worded(*fault) for fault in faults()]


@register(Tags.security)
def check_debug(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Name the one fault that nobody may overlook, with every command; `check --deploy` fails for it, others go on."""
    is_gate = "--deploy" in sys.argv
    return [worded(*fault, is_dangerous=is_gate) for fault in _debug()]


def worded(code: str, text: str | Promise, names: dict[str, object], *, is_dangerous: bool | None = None) -> CheckMessage:
    """Return a fault as Django tells it: Vietnamese first, English as the hint.

    :param is_dangerous: whether a gate is to fail for it; None: as DANGEROUS says
    """
    told = []
    for language in ("vi", "en"):
        with translation.override(language):
            told.append(str(text) % names)
    kind = Error if (code in DANGEROUS if is_dangerous is None else is_dangerous) else Warning
    return kind(told[0], hint=told[1] if told[1] != told[0] else None, id=f"lms.{code}")


def tell_faults() -> None:
    """Write every fault to the log; called once by each web process when it starts. Never stops it.

    Says nothing on a machine that only its owner reaches.
    """
    if all(is_local(host) for host in [*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname]):
        return
    for message in [*check_debug(), *(worded(*fault) for fault in [*faults(of_backups=False), *_static_files()])]:
        log.warning("%s: %s%s", message.id, message.msg, f" / {message.hint}" if message.hint else "")


def faults(*, of_backups: bool = True) -> Iterator[Fault]:
    """Yield code, text and names of each fault. No query, no connection.

    :param of_backups: whether this process has to be able to write them; a web process is kept from it (deploy/systemd)
    """
    yield from _hosts()
    yield from _site()
    yield from _keys()
    yield from _transport()
    yield from _mail()
    yield from _engines()
    yield from _store()
    yield from _folders(of_backups=of_backups)
    yield from _watching()
    yield from _names()


def is_local(host: str | None) -> bool:
    """Say whether it is this machine or one of a network of our own: a private address, or a name without a dot as containers have."""
    if not host:
        return True
    if host == "*":
        return False
    try:
        return ip_address(host.strip("[]")).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))


def _debug() -> Iterator[Fault]:
    public = [host for host in [*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname] if host and not is_local(host.lstrip("."))]
    if settings.DEBUG and public and not settings.TESTING:
        yield "debug", _("DEBUG is on though the site answers to %(host)s: errors show code and data to everybody. Set DEBUG=0."), {"host": public[0]}


def _hosts() -> Iterator[Fault]:
    hosts = settings.ALLOWED_HOSTS
    if "*" in hosts:
        yield "any_host", _("ALLOWED_HOSTS is *: links in letters can be forged. List the names of the site, as in “hoc.congdoan.vn”."), {}
    if wide := [host for host in hosts if host.startswith(".") and _WIDE.fullmatch(host)]:
        yield "wide_host", _("ALLOWED_HOSTS holds “%(host)s”, which is nearly as wide as *: links in letters can be forged. List the names of the site."), {
            "host": wide[0]}
    if wrong := [host for host in hosts if not host.startswith("[") and set(host) & set("/:; ")]:
        yield "host_form", _("ALLOWED_HOSTS holds “%(host)s”: write names alone, commas between them, without https:// and without a port."), {"host": wrong[0]}
    if wrong := [origin for origin in settings.CSRF_TRUSTED_ORIGINS if "://" not in origin]:
        yield "origin_form", _("CSRF_TRUSTED_ORIGINS holds “%(origin)s”, which trusts nobody. Write it with https://."), {"origin": wrong[0]}
    if any(origin.startswith("http://") for origin in settings.CSRF_TRUSTED_ORIGINS) and settings.HTTPS:
        yield "http_origin", _("CSRF_TRUSTED_ORIGINS accepts forms sent over http://. Write https://."), {}


def _site() -> Iterator[Fault]:
    site = urlsplit(settings.SITE_URL)
    if site.hostname and not validate_host(site.hostname, settings.ALLOWED_HOSTS):
        yield "other_host", _(
            "SITE_URL leads to %(host)s, which ALLOWED_HOSTS does not hold: links in letters and QR codes end in an error. Add it."), {"host": site.hostname}
    if _RESERVED.search(site.hostname or "") and site.hostname != "localhost":
        yield "sample_site", _("SITE_URL still holds %(host)s of the example: letters and QR codes lead nowhere. Write the site's own name."), {"host": site.hostname}
    if not settings.SITE_NAME.strip():
        yield "site_name", _("SITE_NAME is empty: pages, letters and papers do not say whose they are. Set it, or remove the variable."), {}
    if site.hostname in ("localhost", "127.0.0.1", "::1"):
        yield "local_site", _("SITE_URL is %(url)s: letters and QR codes lead to the reader's own machine. Set the public address."), {"url": settings.SITE_URL}
    if settings.HTTPS and site.scheme != "https":
        yield "http_site", _("SITE_URL begins with http:// though HTTPS is on. Write https://."), {}
    if site.path or site.query:
        yield "site_path", _("SITE_URL has a path (%(path)s); the site must lie at the root of its name. Write the name alone."), {"path": site.path}


def _keys() -> Iterator[Fault]:
    pair = {"SECRET_KEY": settings.SECRET_KEY, "CERTIFICATE_SIGNING_KEY": settings.CERTIFICATE_SIGNING_KEY}
    if pair["SECRET_KEY"] and len(set(pair.values())) == 1:
        yield "same_key", _(
            "SECRET_KEY and CERTIFICATE_SIGNING_KEY are the same: renewing the one would make every paper's code unreadable. Draw two different ones."), {}
    for name, key in pair.items():
        if key and (len(set(key)) < 12 or any(word in key.lower() for word in _SAMPLES)):
            yield "sample_key", _(
                "%(name)s looks like an example. Draw one: python3 -c \"import secrets; print(secrets.token_urlsafe(48))\"."), {"name": name}
    if any(len(key) < 40 for key in settings.SECRET_KEY_FALLBACKS):
        yield "former_key", _(
            "SECRET_KEY_FALLBACKS holds a key of fewer than 40 characters, with which sessions could be forged. Write whole former keys, commas between them, or remove it."), {}
    if settings.TESTING:
        yield "testing", _("TESTING is on: short keys pass, and connections are not kept. It is for tests alone. Remove it."), {}
    if settings.DATABASES["default"].get("PASSWORD", "") in ("password", "matkhau", "secret", "changeme"):
        yield "sample_password", _("The password in DATABASE_URL is the one of the example. Give the role another one, and write it there."), {}


def _transport() -> Iterator[Fault]:
    if not settings.HTTPS:
        yield "https", _("HTTPS is off: passwords and sessions travel in clear. Set HTTPS=1, with a proxy before the site that ends TLS."), {}
    elif not settings.BEHIND_PROXY:
        yield "proxy", _(
            "HTTPS is on and BEHIND_PROXY is off: behind a proxy every page would be redirected without end, and all tries would count for one address. Set BEHIND_PROXY=1."), {}
    if settings.BEHIND_PROXY and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield "proxy_count", _("TRUSTED_PROXY_COUNT is 0 behind a proxy: everybody's wrong passwords count for one address. Remove it, or count the proxies."), {}
    if not settings.BEHIND_PROXY and settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield "forged_address", _("TRUSTED_PROXY_COUNT is set without BEHIND_PROXY: whoever sends X-Forwarded-For chooses the address that tries count for. Remove it."), {}
    if not settings.ADMINS_NEED_SECOND_FACTOR and not settings.DEBUG:
        yield "second_factor", _("ADMINS_NEED_SECOND_FACTOR is off: a guessed password opens everything. Set it to 1."), {}


def _mail() -> Iterator[Fault]:
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    if kind in _PRINTING_MAIL:
        yield "mail", _("EMAIL_URL sends nothing (%(kind)s): nobody gets a link for a new password. Set smtp+tls://user:password@host:587."), {"kind": kind}
    elif _RESERVED.search(settings.EMAIL_HOST.lower()) and not is_local(settings.EMAIL_HOST):
        yield "sample_mail", _("EMAIL_URL still holds %(host)s of the example: no letter leaves. Write your mail server."), {"host": settings.EMAIL_HOST}
    elif not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL) and not is_local(settings.EMAIL_HOST):
        yield "mail_in_clear", _("EMAIL_URL hands letters and its password over in clear. Write smtp+tls:// or smtp+ssl://."), {}
    _name, _at, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower().partition("@")
    if not domain or _RESERVED.search(domain):
        yield "sender", _("DEFAULT_FROM_EMAIL is at “%(domain)s”, which nobody can answer and mail servers refuse. Write an address of yours."), {"domain": domain}
    if settings.SMS_SENDER:
        try:
            import_string(settings.SMS_SENDER)
        except ImportError:
            yield "sms", _("SMS_SENDER names no function that can be imported: no telephone number can be proved. Correct it, or leave it empty."), {}


def _engines() -> Iterator[Fault]:
    shares = [name for name in ("REDIS_URL", "S3_BUCKET") if getattr(settings, name)]
    if settings.IS_SQLITE and shares:
        yield "sqlite", _(
            "DATABASE_URL is SQLite while %(names)s speaks for several machines, which cannot share one. Set DATABASE_URL=postgres://…, or remove the others."), {
                "names": ", ".join(shares)}
    if settings.REDIS_URL and (os.environ.get("CACHE_URL") or os.environ.get("CACHE_URL_FILE")):
        yield "two_caches", _("CACHE_URL and REDIS_URL are both set; CACHE_URL is used. Remove CACHE_URL."), {}
    if settings.CACHES["default"]["BACKEND"].rsplit(".", 1)[-1] in ("LocMemCache", "DummyCache", "FileBasedCache"):
        yield "own_cache", _("CACHE_URL is a cache that machines do not share: limits on tries hold for each process alone. Remove it, or set REDIS_URL."), {}
    redis = urlsplit(settings.REDIS_URL)
    if redis.scheme != "unix" and redis.hostname and not is_local(redis.hostname):
        if redis.scheme != "rediss":
            yield "redis_in_clear", _("REDIS_URL leads to %(host)s without TLS. Write rediss://."), {"host": redis.hostname}
        if not redis.password:
            yield "redis_password", _("REDIS_URL leads to %(host)s without a password: whoever can write there can run code here. Set one."), {"host": redis.hostname}


def _store() -> Iterator[Fault]:
    given = {name: bool(os.environ.get(name) or os.environ.get(f"{name}_FILE")) for name in (
        "S3_ENDPOINT_URL", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_PUBLIC_URL")}
    if not settings.S3_BUCKET:
        if any(given.values()):
            yield "bucket", _("%(names)s without S3_BUCKET: files lie on this machine. Set S3_BUCKET, or remove the others."), {
                "names": ", ".join(name for name, is_set in given.items() if is_set)}
        return
    if given["S3_ACCESS_KEY"] != given["S3_SECRET_KEY"]:
        missing = "S3_SECRET_KEY" if given["S3_ACCESS_KEY"] else "S3_ACCESS_KEY"
        yield "store_keys", _("%(name)s is missing: the object store will refuse everything. Set both keys."), {"name": missing}
    if not given["S3_ENDPOINT_URL"] and not given["S3_REGION"]:
        yield "store_place", _("S3_BUCKET without S3_ENDPOINT_URL or S3_REGION: nobody knows where the store is. Set one of them."), {}
    if not settings.SERVE_MEDIA:
        yield "pictures", _("SERVE_MEDIA is off and the bucket is private: nobody serves the pictures. Remove SERVE_MEDIA."), {}
    options = settings.STORAGES["default"]["OPTIONS"]
    public = urlsplit(options["public_url"] or options["endpoint_url"] or "https://")
    if options["has_links"] and settings.HTTPS and public.scheme == "http":
        yield "links_in_clear", _(
            "Signed links lead to http://%(host)s, which browsers refuse from a page on HTTPS. Set S3_PUBLIC_URL=https://…, or S3_SIGNED_LINKS=0."), {"host": public.netloc}
    elif options["has_links"] and options["endpoint_url"] and is_local(public.hostname):
        yield "links_inside", _(
            "Signed links lead to %(host)s, which nobody outside can reach. Set S3_PUBLIC_URL to the store's public address, or S3_SIGNED_LINKS=0."), {"host": public.netloc}


def _folders(*, of_backups: bool) -> Iterator[Fault]:
    wanted = {"VAR_DIR": settings.VAR_DIR} | ({"BACKUP_DIR": settings.BACKUP_DIR} if of_backups else {})
    if not settings.S3_BUCKET:
        wanted |= {"MEDIA_ROOT": settings.MEDIA_ROOT, "PRIVATE_ROOT": settings.PRIVATE_ROOT}
        if is_under_way():
            yield HALF_RESTORED
    for name, folder in wanted.items():
        if not folder.is_absolute():
            yield "relative", _("%(name)s is no whole path (%(folder)s): processes that start elsewhere take another folder. Begin it with /."), {
                "name": name, "folder": folder}
        elif not _may_write(folder):
            yield "folder", _("%(name)s: this user may not write into %(folder)s. Make the folder and give it to the user that runs the site."), {
                "name": name, "folder": folder}
    open_ones = {"MEDIA_ROOT": settings.MEDIA_ROOT, "STATIC_ROOT": Path(settings.STATIC_ROOT)}
    for name, folder in {"PRIVATE_ROOT": settings.PRIVATE_ROOT, "BACKUP_DIR": settings.BACKUP_DIR}.items():
        for outer, place in open_ones.items():
            if folder.resolve().is_relative_to(place.resolve()):
                yield "open_folder", _("%(name)s lies in %(outer)s, which a proxy hands to everybody. Choose a folder outside."), {"name": name, "outer": outer}


def _may_write(folder: Path) -> bool:
    """Say whether this user may write there, or make it where it is not yet; by writing, because a disk may be read-only for root too."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _watching() -> Iterator[Fault]:
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        yield "metrics_token", _("METRICS_TOKEN can be guessed: use at least 20 random characters, or leave it empty."), {}
    dsn = urlsplit(settings.SENTRY_DSN)
    if settings.SENTRY_DSN and not (dsn.username and dsn.path.strip("/")):
        yield "sentry_form", _("SENTRY_DSN is not as Sentry gives it (https://key@host/number): errors are not told. Copy it again."), {}
    elif settings.SENTRY_DSN and dsn.scheme != "https":
        yield "sentry", _("SENTRY_DSN does not begin with https://: what went wrong would travel in clear."), {}
    if settings.LOG_LEVEL == "DEBUG":
        yield "log_level", _("LOG_LEVEL is DEBUG: statements with people's data get into the log. Set INFO."), {}
    if settings.BACKUP_RECIPIENT and not _can_seal(settings.BACKUP_RECIPIENT):
        yield "backup_key", _("BACKUP_RECIPIENT is no public key of age (age1…): no backup can be written. Make a pair with age-keygen."), {}


def _can_seal(recipient: str) -> bool:
    from lms.backup.errors import BackupError
    from lms.backup.sealing import recipients_of

    try:
        return bool(recipients_of(recipient))
    except BackupError:
        return False


def _names() -> Iterator[Fault]:
    known = settings.KNOWN_VARIABLES
    for name in sorted(os.environ):
        plain = name.removesuffix("_FILE")
        if plain in known or name != name.upper() or name.startswith(("PYTEST", "LC_", "XDG_", "PYTHON")):
            continue
        meant = _HABITS.get(name) or next(iter(difflib.get_close_matches(plain, known, 1, _ALIKE)), "")
        if meant and not os.environ.get(meant):
            yield "name", _("%(name)s is no setting of this site and is not read. Did you mean %(meant)s?"), {"name": name, "meant": meant}


def _static_files() -> Iterator[Fault]:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield "static", _("There are no collected static files in %(folder)s: no page can be drawn. Run manage.py collectstatic --noinput."), {
            "folder": settings.STATIC_ROOT}
