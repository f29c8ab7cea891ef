"""Moving to another database and back: every table with the same digest on both sides, or nothing at all."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from certificates.models import Certificate
from lms.backup.databases import digest_of, opened, tables_in
from lms.backup.errors import CannotMove, CannotReach, Misfit, NotEmpty, WrittenMeanwhile
from lms.backup.moving import move_database
from lms.backup.tables import SEARCH_INDEX
from tests import databases
from tests.factories import accounts as people
from tests.factories import certificates, courses

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(tmp_path):
    """An SQLite database without a row of ours, migrated where the tests on SQLite have left one: on PostgreSQL, another engine."""
    path = tmp_path / "target.sqlite3"
    if databases.template().exists():
        shutil.copyfile(databases.template(), path)
    return path


def count_of(target) -> int:
    with closing(sqlite3.connect(target)) as found:
        return found.execute("SELECT COUNT(*) FROM accounts_user").fetchone()[0]


def test_move_there_is_exact_and_all_or_nothing(target, now):
    learner, course = people.learner(), courses.small_course(lessons=1)
    certificates.certificate(learner, course, now=now)
    SessionStore().create()

    def write(text):
        if text == "Comparing the target.":
            User.objects.filter(pk=learner.pk).update(full_name="Viết giữa chừng")

    with pytest.raises(WrittenMeanwhile, match="accounts_user"):
        move_database(url=f"sqlite:///{target}", tell=write)
    assert count_of(target) == 0
    moved = move_database(url=f"sqlite:///{target}")
    with opened() as source:
        source.begin_reading()
        assert moved.digests == {table.name: digest_of(source, table) for table in tables_in(source, without=SEARCH_INDEX)}
    assert (moved.digests["accounts_user"].rows, moved.digests["django_session"].rows) == (User.objects.count(), 1)
    with closing(sqlite3.connect(target)) as found:
        # As Django writes them: a moment without its zone, a uuid without its dashes, JSON as text.
        issued_at, uuid, kind = found.execute("SELECT issued_at, uuid, typeof(snapshot) FROM certificates_certificate").fetchone()
        assert (issued_at, uuid, kind) == ("2026-11-20 07:03:22", Certificate.objects.get().uuid.hex, "text")
        assert found.execute("SELECT COUNT(*) FROM wagtailsearch_indexentry").fetchone()[0] > 0
    with pytest.raises(NotEmpty, match="accounts_user"):
        move_database(url=f"sqlite:///{target}")


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("url", "error"), [
    ("nonsense", CannotMove), ("mysql://a@b/c", CannotMove), ("sqlite:////none/there/x.sqlite3", CannotReach),
    ("postgres://nobody:secret@127.0.0.1:1/none", CannotReach)])
def test_target_that_cannot_be_used_is_refused(url, error):
    with pytest.raises(error) as caught:
        move_database(url=url)
    assert "secret" not in str(caught.value)


@pytest.mark.same_everywhere
def test_own_database_is_no_target():
    if connection.vendor == "sqlite":
        with pytest.raises(CannotMove, match="uses already"):
            move_database(url=f"sqlite:///{connection.settings_dict['NAME']}")
    with pytest.raises(CommandError):
        call_command("move_database", to="nonsense")


def test_row_that_the_target_refuses_is_named_without_its_value(now):
    """A row as SQLite takes it and PostgreSQL does not: a text that is too long, or holds a zero byte."""
    learner = people.learner()
    with opened() as database:
        table = next(table for table in tables_in(database) if table.name == "accounts_user")
        database.begin_reading()
        rows = list(database.rows(table))
        database.rollback()
        place = table.names.index("full_name")
        name, rows[0][place] = rows[0][place], "Riêng tư" * 400
        rows[0][table.names.index("id")] = learner.pk if database.vendor == "sqlite" else learner.pk + 100
        database.begin_writing()
        with pytest.raises(Misfit) as caught:
            database.write(table, rows)
        assert "accounts_user" in str(caught.value) and "Riêng tư" not in str(caught.value) and name not in str(caught.value)
