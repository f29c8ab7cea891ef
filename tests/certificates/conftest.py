"""Threads that race, on the database of the tests: a file in the place of SQLite's memory, which cannot be shared between writers."""

import sqlite3
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from tests.factories import signing


def run_at_once(tasks: list[Callable]) -> list:
    """Start all tasks at the same moment, each in a thread with its own connection; return results or the errors raised."""
    results, barrier = [None] * len(tasks), Barrier(len(tasks))

    def work(place: int) -> None:
        try:
            barrier.wait()
            results[place] = tasks[place]()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=[place]) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def race(transactional_db, tmp_path):
    """`race(tasks)` runs the tasks at once; afterwards the test sees what they wrote."""

    def on_shared_database(tasks: list[Callable]) -> list:
        if connection.vendor != "sqlite":
            return run_at_once(tasks)
        path, settings = tmp_path / "race.sqlite3", connections.settings["default"]
        _copy(connection.connection, path)
        memory, settings["NAME"] = settings["NAME"], str(path)
        try:
            return run_at_once(tasks)
        finally:
            settings["NAME"] = memory
            with sqlite3.connect(path) as written:
                written.backup(connection.connection)
            written.close()

    return on_shared_database


def _copy(source: sqlite3.Connection, path) -> None:
    with sqlite3.connect(path) as target:
        source.backup(target)
    target.close()


# Keys that sign papers: drawn once a session, since an RSA key takes a while.

@pytest.fixture(scope="session")
def rsa_key():
    return signing.rsa_key()


@pytest.fixture(scope="session")
def key_data(rsa_key) -> bytes:
    return signing.key_file(rsa_key, signing.certificate(rsa_key))


@pytest.fixture
def signs(settings, tmp_path, key_data):
    """Papers are signed with the session's key; `signs(data, section=…, more=…)` says otherwise."""

    def write(data: bytes = key_data, **more) -> None:
        settings.PDF_SIGNING = str(signing.settings_file(tmp_path, data, **more))

    write()
    return write
