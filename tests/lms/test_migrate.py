"""`migrate` on a site at work, on a real PostgreSQL: whoever reads long keeps nobody else waiting, and the change comes through when they are done."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.lms import scripts

postgresql = scripts.load("postgresql")
pytestmark = [
    pytest.mark.same_everywhere, pytest.mark.skipif(not postgresql.programs(), reason="not installed: PostgreSQL (Debian: apt install postgresql)")]
FIRST = """
from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Paper", [("id", models.BigAutoField(primary_key=True))])]
"""
SECOND = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("held", "0001_first")]
    operations = [migrations.AddField("paper", "title", models.TextField(null=True))]
"""
SCRIPT = """
import sys
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["held"], DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "lms", "USER": "lms", "HOST": sys.argv[1]}})
django.setup()
from django.core.management import CommandError, call_command
from lms.management.commands.migrate import Command
try:
    call_command(Command(), *sys.argv[2:])
except CommandError as error:
    sys.exit(f"ended: {error}")
"""


@pytest.fixture
def server(tmp_path) -> Iterator[Path]:
    (tmp_path / "held" / "migrations").mkdir(parents=True)
    for name, text in (("__init__", ""), ("migrations/__init__", ""), ("migrations/0001_first", FIRST), ("migrations/0002_title", SECOND)):
        (tmp_path / "held" / f"{name}.py").write_text(text)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else and must be able to pass
        with postgresql.server(Path(folder) / "pg"):
            place = Path(folder) / "pg"
            with psycopg.connect(host=str(place), user="lms", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE lms")
            yield place


def migrate(server: Path, tmp_path: Path, *arguments: str) -> subprocess.Popen:
    env = {**os.environ, "PYTHONPATH": f"{settings.BASE_DIR}:{tmp_path}"}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(server), "held", *arguments], env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen) -> tuple[int, str]:
    told = process.communicate(timeout=30)[1]
    return process.returncode, told


def test_migrate_gives_a_held_table_up_and_comes_through_when_it_is_free(server, tmp_path):
    assert ended(migrate(server, tmp_path, "0001")) == (0, "")
    with psycopg.connect(host=str(server), user="lms", dbname="lms") as holder, psycopg.connect(
            host=str(server), user="lms", dbname="lms", autocommit=True) as reader:
        holder.execute("SELECT COUNT(*) FROM held_paper")
        reader.execute("SET statement_timeout = '5s'")
        impatient = migrate(server, tmp_path, "--lock-seconds", "0.3", "--tries", "2", "--pause", "0.1")
        longest = 0.0
        while impatient.poll() is None:
            began = time.monotonic()
            reader.execute("SELECT COUNT(*) FROM held_paper")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.01)
        code, told = ended(impatient)
        assert (code, told.count("A table is not free"), f"pg_terminate_backend({holder.info.backend_pid})" in told, "in 2 tries" in told) == (1, 1, True, True)
        # Readers waited behind it once for as long as it may wait, and no longer.
        assert 0.1 < longest < 2
        patient = migrate(server, tmp_path, "--lock-seconds", "0.2", "--pause", "0.2")
        assert "Try 1 of 30" in patient.stderr.readline()
        holder.rollback()
        assert ended(patient)[0] == 0
        assert reader.execute("SELECT title FROM held_paper").fetchall() == []
