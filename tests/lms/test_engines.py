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


def test_a_wrong_environment_stops_the_start_with_words_and_no_secret(tmp_path):
    env = {"PATH": "/usr/bin:/bin", "SECRET_KEY": "kurz-und-geheim", "HTTPS": "vielleicht", "VAR_DIR": str(tmp_path), "DEBUG": "0"}
    code = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'lms.settings'; from django.conf import settings; settings.DEBUG"
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if line.startswith("- ")]
    assert done.returncode != 0
    assert [line.split()[1] for line in told if "CERTIFICATE" not in line] == ["SECRET_KEY", "HTTPS"]
    assert "kurz-und-geheim" not in done.stderr
