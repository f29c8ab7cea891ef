"""What is missing, dangerous or at odds in the environment, each fault by itself and with what to do, in Vietnamese and English.

Keeps true: nothing here opens a connection (`lms.reach` asks the engines), so that every process may look at it when it starts; no value of a secret
is ever told.
"""

import difflib
import logging
import os
import tempfile
from collections.abc import Iterator
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.http.request import validate_host
from django.utils import translation
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

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
_SAMPLES = ("change", "example", "secret", "tests-only", "insecure", "password", "matkhau")
_PRINTING_MAIL = ("console", "filebased", "dummy", "locmem")


@register(Tags.security, deploy=True)
def check_environment(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Name what is wrong with the environment of a site that is open to the world."""
    return [worded(*fault) for fault in faults()]


@register(Tags.security)
def check_debug(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Name the one fault that nobody may overlook, with every command."""
    return [worded(*fault) for fault in _debug()]


def worded(code: str, text: str | Promise, names: dict[str, object]) -> CheckMessage:
    """Return a fault as Django tells it: Vietnamese first, English as the hint."""
    told = []
    for language in ("vi", "en"):
        with translation.override(language):
            told.append(str(text) % names)
    return Warning(told[0], hint=told[1] if told[1] != told[0] else None, id=f"lms.{code}")


def tell_faults() -> None:
    """Write every fault to the log; called once by each web process when it starts. Never stops it.

    Says nothing on a machine that only its owner reaches.
    """
    if settings.TESTING or all(is_local(host) for host in [*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname]):
        return
    for message in [*check_debug(), *(worded(*fault) for fault in [*faults(of_backups=False), *_static_files()])]:
        log.warning("%s: %s%s", message.id, message.msg, f" / {message.hint}" if message.hint else "")


def faults(*, of_backups: bool = True) -> Iterator[Fault]:
    """Yield code, text and names of each fault. No query, no connection.

    :param of_backups: whether this process has to be able to write them; a web process is kept from it (deploy/systemd)
    """
    yield from _hosts()
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
    hosts, site = settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL)
    if "*" in hosts:
        yield "any_host", _("ALLOWED_HOSTS is *: links in letters can be forged. List the names of the site, as in “hoc.congdoan.vn”."), {}
    if site.hostname and not validate_host(site.hostname, hosts):
        yield "other_host", _(
            "SITE_URL leads to %(host)s, which ALLOWED_HOSTS does not hold: links in letters and QR codes end in an error. Add it."), {"host": site.hostname}
    if site.hostname in ("localhost", "127.0.0.1", "::1"):
        yield "local_site", _("SITE_URL is %(url)s: letters and QR codes lead to the reader's own machine. Set the public address."), {"url": settings.SITE_URL}
    if settings.HTTPS and site.scheme != "https":
        yield "http_site", _("SITE_URL begins with http:// though HTTPS is on. Write https://."), {}
    if site.path or site.query:
        yield "site_path", _("SITE_URL has a path (%(path)s); the site must lie at the root of its name. Write the name alone."), {"path": site.path}
    if any(origin.startswith("http://") for origin in settings.CSRF_TRUSTED_ORIGINS) and settings.HTTPS:
        yield "http_origin", _("CSRF_TRUSTED_ORIGINS accepts forms sent over http://. Write https://."), {}


def _keys() -> Iterator[Fault]:
    pair = {"SECRET_KEY": settings.SECRET_KEY, "CERTIFICATE_SIGNING_KEY": settings.CERTIFICATE_SIGNING_KEY}
    if pair["SECRET_KEY"] and len(set(pair.values())) == 1:
        yield "same_key", _(
            "SECRET_KEY and CERTIFICATE_SIGNING_KEY are the same: renewing the one would make every paper's code unreadable. Draw two different ones."), {}
    for name, key in pair.items():
        if key and (len(set(key)) < 12 or any(word in key.lower() for word in _SAMPLES)):
            yield "sample_key", _(
                "%(name)s looks like an example. Draw one: python3 -c \"import secrets; print(secrets.token_urlsafe(48))\"."), {"name": name}


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
    elif not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL) and not is_local(settings.EMAIL_HOST):
        yield "mail_in_clear", _("EMAIL_URL hands letters and its password over in clear. Write smtp+tls:// or smtp+ssl://."), {}
    _name, _at, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower().partition("@")
    if not domain or domain.endswith(("example.org", "example.com", "example.net", "localhost", ".invalid", ".example", ".test")):
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
    if settings.REDIS_URL and os.environ.get("CACHE_URL"):
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
    for name, folder in wanted.items():
        if not _may_write(folder):
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
    if settings.SENTRY_DSN and urlsplit(settings.SENTRY_DSN).scheme != "https":
        yield "sentry", _("SENTRY_DSN does not begin with https://: what went wrong would travel in clear."), {}
    if settings.LOG_LEVEL == "DEBUG":
        yield "log_level", _("LOG_LEVEL is DEBUG: statements with people's data get into the log. Set INFO."), {}
    if settings.BACKUP_RECIPIENT and not settings.BACKUP_RECIPIENT.startswith(("age1", "ssh-")):
        yield "backup_key", _("BACKUP_RECIPIENT is no public key of age (age1…): no backup can be written. Make a pair with age-keygen."), {}


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
