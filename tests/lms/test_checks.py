"""Each fault of an environment is named by itself, in two languages, and a right one is silent."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as product
from django.core.checks import ERROR, WARNING
from django.utils import translation
from redis import Redis

from lms import checks, reach
from tests.deploy.letters import PostOffice
from tests.lms import engines

GOOD = {
    "SECRET_KEY": "Jx0vH3f-2QmTz8Lr5WcYb7Nd1KsPg4Ua6Ei9OqRtVwXyZjMnB-8Kd3", "CERTIFICATE_SIGNING_KEY": "u8Zt-Rk4Wm1Qx7Vb2Ny5Hc9Jf3Lp6Ds0GaTeIoUrYwXqCvB",
    "SITE_URL": "https://hoc.congdoan.vn", "ALLOWED_HOSTS": ["hoc.congdoan.vn"], "HTTPS": True, "BEHIND_PROXY": True, "DEBUG": False, "TESTING": False,
    "ADMINS_NEED_SECOND_FACTOR": True, "ALLAUTH_TRUSTED_PROXY_COUNT": 1, "CSRF_TRUSTED_ORIGINS": [], "SMS_SENDER": "",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "mail.congdoan.vn", "EMAIL_USE_TLS": True, "EMAIL_USE_SSL": False,
    "DEFAULT_FROM_EMAIL": "Lớp học <khong-tra-loi@congdoan.vn>", "IS_SQLITE": True, "REDIS_URL": "", "S3_BUCKET": "", "TASKS_ENGINE": "database",
    "SECRET_KEY_FALLBACKS": [], "METRICS_TOKEN": "", "SENTRY_DSN": "", "LOG_LEVEL": "INFO", "BACKUP_RECIPIENT": "", "SERVE_MEDIA": True, "MAINTENANCE": False,
}
STORE = {"has_links": True, "public_url": "", "endpoint_url": "https://s3.congdoan.vn"}


@pytest.fixture
def right(settings, monkeypatch, tmp_path):
    """A right environment, as it becomes settings."""
    for name in [*product.KNOWN_VARIABLES, *checks._HABITS]:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        setattr(settings, name, value)
    settings.VAR_DIR, settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path, tmp_path / "media", tmp_path / "private"
    settings.BACKUP_DIR, settings.STATIC_ROOT = tmp_path / "backups", tmp_path / "static"
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    return settings


def found() -> set[str]:
    return {message.id.removeprefix("lms.") for message in [*checks.check_debug(), *checks.check_environment()]}


def test_a_right_environment_is_silent(right):
    assert found() == set()


@pytest.mark.parametrize(("wrong", "codes"), [
    ({"HTTPS": False}, {"https"}),
    ({"BEHIND_PROXY": False, "ALLAUTH_TRUSTED_PROXY_COUNT": 0}, {"proxy"}),
    ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, {"proxy_count"}),
    ({"BEHIND_PROXY": False}, {"proxy", "forged_address"}),
    ({"DEBUG": True}, {"debug"}),
    ({"ALLOWED_HOSTS": ["*"]}, {"any_host"}),
    ({"ALLOWED_HOSTS": ["khac.congdoan.vn"]}, {"other_host"}),
    ({"ALLOWED_HOSTS": ["hoc.congdoan.vn", ".example"]}, {"wide_host"}),
    ({"ALLOWED_HOSTS": [".vn"]}, {"wide_host"}),
    ({"ALLOWED_HOSTS": ["hoc.congdoan.vn", ".org.vn"]}, {"wide_host"}),
    ({"SITE_URL": "https://hoctap.congdoan.example", "ALLOWED_HOSTS": ["hoctap.congdoan.example"]}, {"sample_site"}),
    ({"ALLOWED_HOSTS": [".congdoan.vn"]}, set()),
    ({"SITE_URL": "http://hoc.congdoan.vn"}, {"http_site"}),
    ({"SITE_URL": "https://127.0.0.1:8000"}, {"local_site", "other_host"}),
    ({"SITE_URL": "https://hoc.congdoan.vn/lms"}, {"site_path"}),
    ({"CSRF_TRUSTED_ORIGINS": ["http://a.vn"]}, {"http_origin"}),
    ({"CERTIFICATE_SIGNING_KEY": GOOD["SECRET_KEY"]}, {"same_key"}),
    ({"SECRET_KEY": "change-me-0123456789-abcdefghijklmnopqrstuvwxyz"}, {"sample_key"}),
    ({"SECRET_KEY": "ab" * 30}, {"sample_key"}),
    ({"SECRET_KEY_FALLBACKS": [GOOD["SECRET_KEY"][::-1], "short"]}, {"former_key"}),
    ({"SECRET_KEY_FALLBACKS": [GOOD["SECRET_KEY"][::-1]]}, set()),
    ({"TESTING": True}, {"testing"}),
    ({"EMAIL_HOST": "mail.example"}, {"sample_mail"}),
    ({"EMAIL_HOST": "smtp.example.com"}, {"sample_mail"}),
    ({"EMAIL_HOST": "mail.example-congdoan.vn"}, set()),
    ({"ADMINS_NEED_SECOND_FACTOR": False}, {"second_factor"}),
    ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, {"mail"}),
    ({"EMAIL_USE_TLS": False}, {"mail_in_clear"}),
    ({"EMAIL_USE_TLS": False, "EMAIL_HOST": "localhost"}, set()),
    ({"DEFAULT_FROM_EMAIL": "Lớp học Công đoàn <khong-tra-loi@example.org>"}, {"sender"}),
    ({"DEFAULT_FROM_EMAIL": "nobody"}, {"sender"}),
    ({"SMS_SENDER": "nowhere.send"}, {"sms"}),
    ({"REDIS_URL": "redis://redis:6379/0"}, {"sqlite"}),
    ({"REDIS_URL": "redis://:p@cache.congdoan.vn:6379/0", "IS_SQLITE": False}, {"redis_in_clear"}),
    ({"REDIS_URL": "rediss://cache.congdoan.vn:6380/0", "IS_SQLITE": False}, {"redis_password"}),
    ({"REDIS_URL": "rediss://:p@cache.congdoan.vn:6380/0", "IS_SQLITE": False}, set()),
    ({"METRICS_TOKEN": "short"}, {"metrics_token"}),
    ({"SENTRY_DSN": "http://a@b/1"}, {"sentry"}),
    ({"LOG_LEVEL": "DEBUG"}, {"log_level"}),
    ({"BACKUP_RECIPIENT": "AGE-SECRET-KEY-1"}, {"backup_key"}),
    ({"BACKUP_RECIPIENT": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs backup"}, set()),
    ({"BACKUP_RECIPIENT": "age1nonsense"}, {"backup_key"}),
    ({"SENTRY_DSN": "nonsense"}, {"sentry_form"}),
    ({"SENTRY_DSN": "https://sentry.congdoan.vn/4"}, {"sentry_form"}),
    ({"ALLOWED_HOSTS": ["hoc.congdoan.vn", "https://www.congdoan.vn"]}, {"host_form"}),
    ({"ALLOWED_HOSTS": ["hoc.congdoan.vn", "www.congdoan.vn:443"]}, {"host_form"}),
    ({"ALLOWED_HOSTS": ["hoc.congdoan.vn; www.congdoan.vn"]}, {"host_form", "other_host"}),
    ({"ALLOWED_HOSTS": ["hoc.congdoan.vn", "[::1]"]}, set()),
    ({"CSRF_TRUSTED_ORIGINS": ["hoc.congdoan.vn"]}, {"origin_form"}),
    ({"SITE_NAME": " "}, {"site_name"}),
    ({"BACKUP_DIR": Path("backups")}, {"relative"}),
    ({"BACKUP_DIR": Path("/proc/nowhere")}, {"folder"}),
    ({"PRIVATE_ROOT": Path("/proc/nowhere")}, {"folder"}),
])
def test_each_fault_is_named_by_itself(right, wrong, codes):
    for name, value in wrong.items():
        setattr(right, name, value)
    assert found() == codes


@pytest.mark.parametrize(("given", "options", "codes"), [
    ({"S3_REGION": "hn", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}, {}, set()),
    ({"S3_REGION": "hn", "S3_ACCESS_KEY": "a"}, {}, {"store_keys"}),
    ({}, {}, {"store_place"}),
    ({"S3_REGION": "hn"}, {"endpoint_url": "http://s3.congdoan.vn"}, {"links_in_clear"}),
    ({"S3_REGION": "hn"}, {"endpoint_url": "https://minio:9000"}, {"links_inside"}),
    ({"S3_REGION": "hn"}, {"endpoint_url": "http://minio:9000", "has_links": False}, set()),
    ({"S3_REGION": "hn"}, {"endpoint_url": "http://minio:9000", "public_url": "https://kho.congdoan.vn"}, set()),
])
def test_faults_of_the_store(right, monkeypatch, given, options, codes):
    right.S3_BUCKET, right.IS_SQLITE = "lms", False
    right.STORAGES = {**right.STORAGES, "default": {"BACKEND": "lms.s3.PublicStore", "OPTIONS": {**STORE, **options}}}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert found() == codes


def test_what_is_set_in_vain_is_told(right, monkeypatch):
    monkeypatch.setenv("S3_SECRET_KEY", "x")
    assert found() == {"bucket"}
    right.PRIVATE_ROOT = right.MEDIA_ROOT / "private"
    assert found() == {"bucket", "open_folder"}
    right.CACHES = {**right.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert found() == {"bucket", "open_folder", "own_cache"}


@pytest.mark.parametrize(("name", "meant"), [
    ("REDIS_URI", "REDIS_URL"), ("ALLOWED_HOST", "ALLOWED_HOSTS"), ("SENTRY_DNS", "SENTRY_DSN"), ("DJANGO_SECRET_KEY", "SECRET_KEY"),
    ("AWS_SECRET_ACCESS_KEY", "S3_SECRET_KEY"), ("DATABASE_URI", "DATABASE_URL"), ("BEHIND_PROXIES", "BEHIND_PROXY"), ("S3_BUKET", "S3_BUCKET"),
])
def test_a_misspelt_name_is_told(right, monkeypatch, name, meant):
    monkeypatch.setenv(name, "x")
    [message] = checks.check_environment()
    assert message.id == "lms.name"
    assert name in message.msg
    assert meant in message.msg


@pytest.mark.parametrize("name", ["PATH", "HOME", "HTTPS_PROXY", "TMPDIR", "VIRTUAL_ENV", "KUBERNETES_SERVICE_HOST", "SITE", "NODE_VERSION", "PYTHON_VERSION"])
def test_names_of_others_are_left_alone(right, monkeypatch, name):
    monkeypatch.setenv(name, "/x")
    assert found() == set()


def test_no_fault_tells_a_secret(right, monkeypatch):
    secrets = ["mat-khau-redis", "mat-khau-s3", "mat-khau-thu"]
    right.REDIS_URL, right.SECRET_KEY, right.CERTIFICATE_SIGNING_KEY = f"redis://:{secrets[0]}@cache.congdoan.vn", "example" * 8, "example" * 8
    right.METRICS_TOKEN, right.SENTRY_DSN, right.EMAIL_HOST_PASSWORD = "mat-khau", f"http://{secrets[1]}@b", secrets[2]
    monkeypatch.setenv("S3_SECRET_KEYS", secrets[1])
    told = "".join(f"{message.msg}{message.hint}" for message in checks.check_environment())
    assert not [secret for secret in [*secrets, right.SECRET_KEY] if secret in told]
    assert len(told) > 500


def test_start_tells_the_log_on_a_public_site_and_nothing_on_the_own_machine(right, caplog):
    right.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    # The unit of a web process keeps it from backups, and that is as it should be.
    right.BACKUP_DIR = Path("/proc/nowhere")
    checks.tell_faults()
    assert {"lms.mail", "lms.static"} == {record.getMessage().partition(":")[0] for record in caplog.records}
    caplog.clear()
    right.SITE_URL, right.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["localhost", "127.0.0.1", "[::1]"]
    checks.tell_faults()
    assert not caplog.records


def test_the_password_of_the_example_is_told(right, monkeypatch):
    monkeypatch.setitem(right.DATABASES["default"], "PASSWORD", "password")
    assert found() == {"sample_password"}


@pytest.mark.parametrize("door", ["CACHE_URL", "CACHE_URL_FILE"])
def test_of_two_caches_one_is_used(right, monkeypatch, door):
    monkeypatch.setenv(door, "x")
    right.REDIS_URL, right.IS_SQLITE = "redis://redis:6379/0", False
    assert found() == {"two_caches"}


def test_what_is_dangerous_fails_a_gate_and_what_is_not_only_warns(right, monkeypatch):
    right.ALLOWED_HOSTS, right.LOG_LEVEL, right.BACKUP_DIR = ["*"], "DEBUG", Path("/proc/nowhere")
    assert {message.id: message.level for message in checks.check_environment()} == {"lms.any_host": ERROR, "lms.log_level": WARNING, "lms.folder": ERROR}
    right.DEBUG = True
    assert [message.level for message in checks.check_debug()] == [WARNING]
    monkeypatch.setattr("sys.argv", ["manage.py", "check", "--deploy"])
    assert [message.level for message in checks.check_debug()] == [ERROR]


def test_every_dangerous_fault_is_one_that_is_told():
    told = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (checks, reach))
    assert [code for code in sorted(checks.DANGEROUS) if told.count(f'"{code}"') < 2 and f'yield "{code}"' not in told] == []


# The engines

def away() -> set[str]:
    return {message.id.removeprefix("lms.") for message in reach.check_engines()}


@pytest.fixture
def running(right):
    """The same, without a mail server that is somewhere else."""
    right.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    return right


@pytest.mark.django_db
def test_engines_that_are_there_are_silent_and_a_missing_table_is_named(running):
    assert away() == set()
    running.CACHES = {**running.CACHES, "default": {**running.CACHES["default"], "LOCATION": "no_such_table"}}
    assert away() == {"cache_table"}


@pytest.mark.django_db
def test_a_pool_that_the_server_cannot_feed_is_named(running, monkeypatch):
    """SQLite has none, and is silent."""
    monkeypatch.setitem(running.DATABASES["default"]["OPTIONS"], "pool", {"max_size": 40})
    assert away() == ({"pool"} if reach.connection.vendor == "postgresql" else set())


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_redis_is_asked(running, tmp_path):
    with engines.redis_server() as server:
        url = f"redis://{engines.HOST}:{server.port}/0"
        running.REDIS_URL = url
        running.CACHES = {**running.CACHES, "default": {"BACKEND": "lms.caching.SteadyRedisCache", "LOCATION": url}}
        assert away() == set()
        running.TASKS_ENGINE = "redis"
        assert away() == {"redis_forgets"}
        Redis.from_url(url).config_set("requirepass", "geheim")
        for wrong in (url, url.replace("redis://", "redis://:wrong@")):
            running.CACHES["default"]["LOCATION"] = wrong
            assert away() == {"redis_refused"}
    running.CACHES["default"]["LOCATION"] = url
    start = time.monotonic()
    assert away() == {"redis"}
    assert time.monotonic() - start < 5


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_the_store_is_asked(running, tmp_path):
    with engines.s3_server(tmp_path / "s3") as server:
        options = {**engines.s3_options(server.port), "location": "private"}

        def told(**more) -> set[str]:
            running.STORAGES = {**running.STORAGES, "private": {"BACKEND": "lms.s3.PrivateStore", "OPTIONS": {**options, **more}}}
            return away()

        running.S3_BUCKET = engines.BUCKET
        assert (told(), told(secret_key="x"), told(bucket_name="none")) == (set(), {"store_refused"}, {"no_bucket"})
        assert not list((tmp_path / "s3" / engines.BUCKET).rglob("engine-check*"))
    assert told() == {"store"}


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_a_store_without_keys_is_told_so(running, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    options = {**engines.s3_options(engines.free_port()), "location": "private", "access_key": None, "secret_key": None}
    running.S3_BUCKET, running.STORAGES = engines.BUCKET, {**running.STORAGES, "private": {"BACKEND": "lms.s3.PrivateStore", "OPTIONS": options}}
    assert away() == {"store_keys"}


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_the_mail_server_is_asked(right):
    right.EMAIL_HOST, right.EMAIL_USE_TLS = engines.HOST, False
    with PostOffice() as office:
        right.EMAIL_PORT = office.port
        assert away() == set()
        right.EMAIL_USE_TLS = True
        assert away() == {"mail_form"}
    assert away() == {"mail_away"}


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_a_database_that_was_never_migrated_is_told_so(running, monkeypatch):
    monkeypatch.setattr("lms.reach.connection.introspection.table_names", lambda *given, **named: [])
    assert away() == {"no_tables"}


@pytest.mark.parametrize(("said", "word"), [
    ('FATAL:  password authentication failed for user "lms"', "password"), ('FATAL:  database "lms" does not exist', "createdb"),
    ("server does not support SSL, but SSL was required", "sslmode"), ('invalid sslmode value: "nonsense"', "sslmode"),
    ("could not translate host name", "no machine"), ("connection refused", "nobody answers"), ("connection timeout expired", "nobody answers"),
    ('no pg_hba.conf entry for host "10.0.0.4", user "lms", no encryption', "pg_hba"), ("unable to open database file", "folder"),
    ('server at "tls.congdoan.vn" failed: Connection refused', "nobody answers"),
    ("FATAL: sorry, too many clients already", "max_connections"), ("geheim", "ValueError")])
def test_why_the_database_is_away_is_told_in_words_of_ours(said, word):
    with translation.override("en"):
        told = str(reach._cause_of(ValueError(said)))
    assert word in told
    assert said not in told


@pytest.mark.django_db
def test_a_clock_that_stands_wrong_is_named(running, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime(1970, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(reach, "datetime", Clock)
    assert "clock" in away()
