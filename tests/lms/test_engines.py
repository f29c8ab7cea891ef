"""The environment: what is set where nothing is set, what a wrong value is told, and the lists that must hold every variable."""

import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lms import engines
from tests.lms import scripts


@pytest.fixture
def env(monkeypatch):
    for name in settings.KNOWN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    return engines.Environment()


def given(monkeypatch, **variables) -> engines.Environment:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return engines.Environment()


def test_with_nothing_set_no_service_is_needed(env, tmp_path):
    database = engines.database(env, tmp_path, pooled=True)
    assert (database["ENGINE"], database["NAME"], database["OPTIONS"]["transaction_mode"]) == (engines.SQLITE, str(tmp_path / "db.sqlite3"), "IMMEDIATE")
    assert engines.caches(env, "", "site")["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert {name: one["BACKEND"].rpartition(".")[2] for name, one in engines.storages(env, tmp_path).items()} == {
        "default": "FileSystemStorage", "private": "FileSystemStorage", "staticfiles": "HashedStaticFiles"}
    assert engines.tasks(env, "") == ("database", {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}})
    assert engines.mail(env)["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
    assert re.fullmatch(r"\d+\.\d+\.\d+", engines.version(env, settings.BASE_DIR))
    env.settle()


def test_every_wrong_value_is_told_at_once(env, monkeypatch, tmp_path):
    env = given(
        monkeypatch, HTTPS="maybe", DATABASE_POOL_SIZE="four", REDIS_URL="cache:6379", LOG_FORMAT="xml", TASKS_ENGINE="celery", DATABASE_URL="mysql://a/b",
        EMAIL_URL="mail.congdoan.vn", CACHE_URL="nonsense", S3_BUCKET="a", S3_ENDPOINT_URL="s3.congdoan.vn")
    env.bool("HTTPS")
    engines.database(env, tmp_path, pooled=True)
    engines.tasks(env, env.address("REDIS_URL", "redis", "rediss"))
    env.choice("LOG_FORMAT", "line", "json")
    engines.mail(env)
    engines.caches(env, "", "site")
    engines.storages(env, tmp_path)
    with pytest.raises(ImproperlyConfigured) as caught:
        env.settle()
    for name in ("HTTPS", "DATABASE_POOL_SIZE", "REDIS_URL", "LOG_FORMAT", "TASKS_ENGINE", "DATABASE_URL", "EMAIL_URL", "CACHE_URL", "S3_ENDPOINT_URL"):
        assert sum(line.startswith(f"- {name} ") for line in str(caught.value).splitlines()) == 1, name


@pytest.mark.parametrize(("name", "value"), [
    ("REDIS_URL", "redis://127.0.0.1:port/0"), ("REDIS_URL", "redis:///0"), ("EMAIL_URL", "smtp:/mail"), ("DATABASE_POOL_SIZE", "0"), ("SECRET_KEY_FILE", "/no/file"),
    ("REDIS_URL", "redis://127.0.0.1:99999/0"), ("EMAIL_URL", "smtp://")])
def test_what_looks_right_and_leads_nowhere_is_told(monkeypatch, tmp_path, name, value):
    env = given(monkeypatch, **{name: value})
    env.address("REDIS_URL", "redis", "rediss", "unix")
    engines.mail(env)
    engines.database(env, tmp_path, pooled=True)
    # The environment may not be changed for the tests behind this one.
    monkeypatch.setenv("SECRET_KEY", "of-the-environment")
    (tmp_path / ".env").write_text("SECRET_KEY=of-the-file\n")
    env.read_env(tmp_path / ".env")
    env.str("SECRET_KEY", default="")
    assert [fault.split()[0] for fault in env.faults] == [name]


def test_a_socket_needs_no_host(monkeypatch):
    env = given(monkeypatch, REDIS_URL="unix:///run/redis.sock")
    assert (env.address("REDIS_URL", "redis", "rediss", "unix"), env.faults) == ("unix:///run/redis.sock", [])


@pytest.mark.parametrize(("word", "is_on"), [("1", True), ("Yes", True), ("ON", True), ("0", False), ("False", False), (" ", True), ("", True)])
def test_yes_and_no(env, monkeypatch, word, is_on):
    env = given(monkeypatch, HTTPS=word)
    assert (env.bool("HTTPS", default=True), env.faults) == (is_on, [])


def test_a_secret_may_lie_in_a_file(env, monkeypatch, tmp_path):
    (tmp_path / "redis").write_text("rediss://:geheim@redis.internal:6380/1\n")
    env = given(monkeypatch, REDIS_URL_FILE=str(tmp_path / "redis"))
    url = env.address("REDIS_URL", "redis", "rediss")
    assert engines.caches(env, url, "hoc.congdoan.vn")["default"] == {
        "BACKEND": "lms.caching.SteadyRedisCache", "LOCATION": "rediss://:geheim@redis.internal:6380/1", "KEY_PREFIX": "hoc.congdoan.vn"}


def test_line_break_at_the_end_of_a_file_is_no_part_of_a_secret(env, monkeypatch, tmp_path):
    for name, text in (("key", "khoa-dai \r\n"), ("bare", "khoa"), ("former", "a" * 50 + "\n" + "b" * 50 + ",\n")):
        (tmp_path / name).write_text(text, newline="")
    env = given(monkeypatch, SECRET_KEY_FILE=str(tmp_path / "key"), CERTIFICATE_SIGNING_KEY_FILE=str(tmp_path / "bare"), SECRET_KEY_FALLBACKS_FILE=str(tmp_path / "former"))
    env.ENVIRON.files_cache.clear()
    assert (env.str("SECRET_KEY"), env.str("CERTIFICATE_SIGNING_KEY"), env.keys("SECRET_KEY_FALLBACKS")) == ("khoa-dai ", "khoa", ["a" * 50, "b" * 50])
    # What was sealed while the break was read with the key opens as ever.
    assert (env.former("SECRET_KEY"), env.former("CERTIFICATE_SIGNING_KEY"), env.former("METRICS_TOKEN")) == (["khoa-dai \n"], [], [])
    env.ENVIRON.files_cache.clear()


def test_postgresql_keeps_what_its_address_says_and_a_pool(env, monkeypatch, tmp_path):
    url = "postgres://lms:p%40ss@db/lms?sslmode=verify-full&connect_timeout=3"
    pooled = engines.database(given(monkeypatch, DATABASE_URL=url, DATABASE_POOL_SIZE="8"), tmp_path, pooled=True)
    assert (pooled["PASSWORD"], pooled["CONN_HEALTH_CHECKS"]) == ("p@ss", True)
    assert pooled["OPTIONS"] == {
        "options": "-c jit=off -c idle_in_transaction_session_timeout=180s", "sslmode": "verify-full", "connect_timeout": 3, **engines.SILENCE,
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10}}
    behind_pgbouncer = engines.database(given(monkeypatch, DATABASE_POOL="0"), tmp_path, pooled=True)
    assert behind_pgbouncer["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": 3, **engines.SILENCE}


def test_statements_of_web_processes_end_and_an_address_may_say_when(env, monkeypatch, tmp_path):
    def options_of(url: str, **more: str) -> str | None:
        made = engines.database(given(monkeypatch, DATABASE_URL=url, **more), tmp_path, pooled=True)
        engines.hurry(made)
        return made["OPTIONS"].get("options")

    assert options_of("postgres://lms@db/lms") == "-c statement_timeout=300s -c jit=off -c idle_in_transaction_session_timeout=180s"
    # PostgreSQL goes by the last one.
    assert options_of("postgres://lms@db/lms?options=-c%20statement_timeout%3D9s") == "-c statement_timeout=300s -c statement_timeout=9s"
    assert options_of("postgres://lms@db/lms", DATABASE_POOL="0") is None
    assert options_of(f"sqlite:///{tmp_path / 'db.sqlite3'}", DATABASE_POOL="1") is None


@pytest.mark.parametrize(("said", "seconds"), [("", 3), ("?connect_timeout=5", 5)])
def test_web_processes_wait_for_a_connection_no_longer_than_a_probe_may(env, monkeypatch, tmp_path, said, seconds):
    made = engines.database(given(monkeypatch, DATABASE_URL=f"postgres://lms@db/lms{said}"), tmp_path, pooled=True)
    engines.hurry(made)
    assert (made["ENGINE"], made["OPTIONS"]["connect_timeout"], made["OPTIONS"]["pool"]["max_size"]) == ("lms.postgresql", seconds, 4)
    assert made["OPTIONS"]["pool"]["timeout"] < 1


def test_two_sites_are_told_apart():
    assert [engines.site_name_in(url) for url in ("https://Hoc.Congdoan.vn", "http://127.0.0.1:8000", "")] == ["hoc.congdoan.vn", "127.0.0.1:8000", "lms"]


def test_media_and_private_files_share_a_bucket_and_static_files_stay(env, monkeypatch, tmp_path):
    env = given(monkeypatch, S3_BUCKET="lms", S3_ENDPOINT_URL="https://s3.congdoan.vn/", S3_ACCESS_KEY="a", S3_SECRET_KEY="b", S3_SIGNED_LINKS="0")
    made = engines.storages(env, tmp_path)
    assert [made[name]["OPTIONS"]["location"] for name in ("default", "private")] == ["media", "private"]
    assert made["default"]["OPTIONS"] | {"location": ""} == {
        "bucket_name": "lms", "endpoint_url": "https://s3.congdoan.vn", "region_name": None, "access_key": "a", "secret_key": "b", "public_url": "",
        "has_links": False, "location": ""}
    assert made["staticfiles"]["BACKEND"] == "lms.static.HashedStaticFiles"


def test_lists_of_variables_are_complete():
    """What a person has set on the own machine must not reach the tests, and the table must tell of everything."""
    known = settings.KNOWN_VARIABLES
    ci = (settings.BASE_DIR / ".ci" / "run").read_text()
    unset = set(ci[ci.index("unset "):ci.index("export ")].replace("\\\n", " ").split())
    told = set(re.findall(r"^\| `([A-Z0-9_]+)`", (settings.BASE_DIR / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert (known - set(scripts.load("test").OURS), known - unset, known - told) == (set(), set(), set())


def test_former_keys_reach_the_settings(tmp_path):
    """Whatever asks for them (second factors, slips, sessions) asks the settings; its own tests say what it does with them."""
    (tmp_path / "key").write_text("n" * 50 + "\n")
    env = {
        "PATH": "/usr/bin:/bin", "SECRET_KEY_FILE": str(tmp_path / "key"), "SECRET_KEY_FALLBACKS": "f" * 50, "CERTIFICATE_SIGNING_KEY": "c" * 50,
        "VAR_DIR": str(tmp_path), "DEBUG": "0", "DATABASE_URL": f"sqlite:///{tmp_path}/db"}
    code = "from lms import settings; print(settings.SECRET_KEY, *map(repr, settings.SECRET_KEY_FALLBACKS), settings.SECURE_HSTS_PRELOAD)"
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["n" * 50, repr("f" * 50), repr("n" * 50 + "\n"), "False"]


def test_a_wrong_environment_stops_the_start_with_words_and_no_secret(tmp_path):
    env = {"PATH": "/usr/bin:/bin", "SECRET_KEY": "kurz-und-geheim", "HTTPS": "vielleicht", "VAR_DIR": str(tmp_path), "DEBUG": "0"}
    done = subprocess.run([sys.executable, "manage.py", "work"], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if line.startswith("- ")]
    assert done.returncode != 0
    assert [line.split()[1] for line in told if "CERTIFICATE" not in line] == ["SECRET_KEY", "HTTPS"]
    assert "kurz-und-geheim" not in done.stderr
    assert "Traceback" not in done.stderr
