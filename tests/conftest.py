"""The fixed cast: the same four people in every test, a clean cache before each, and a database that was migrated once."""

import gc
import os
from datetime import UTC, datetime

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from tests import databases
from tests.factories import accounts as people

_DATABASE = pytest.StashKey[databases.SQLiteDatabase | databases.PostgreSQLDatabase]()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    with django_db_blocker.unblock():
        database = databases.prepare(os.environ.get("PYTEST_XDIST_WORKER", "main"), anew=request.config.getoption("create_db"))
    request.config.stash[_DATABASE] = database
    yield
    with django_db_blocker.unblock():
        database.drop()


def pytest_addoption(parser):
    parser.addoption(
        "--only-with-database", action="store_true",
        help="leave out tests that ask no database, or are the same on every one: on a second one they would say the same again")


def pytest_collection_modifyitems(config, items):
    if config.getoption("only_with_database"):
        asks = [item for item in items if _asks_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not _asks_database(item)])
        items[:] = asks


def _asks_database(item) -> bool:
    marker = item.get_closest_marker("django_db")
    same = [node for node, _marker in item.iter_markers_with_node("same_everywhere")]
    # Of a module that is the same everywhere, tests that commit are asked all the same: who waits for whom differs.
    if item in same or (same and not (marker is not None and marker.kwargs.get("transaction"))):
        return False
    return marker is not None or bool({"db", "transactional_db", "live_server"} & set(item.fixturenames))


def pytest_collection_finish():
    """What is loaded by now stays: searching it for garbage again and again would cost a tenth of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """A test that commits is flushed afterwards, the rows of the migrations included: bring those back for the next one."""
    result = yield
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    commits = commits or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    if commits and _DATABASE in item.config.stash:
        with item.config.stash[blocking_manager_key].unblock():
            item.config.stash[_DATABASE].refill()
    return result


@pytest.fixture(autouse=True)
def _clean_caches(request):
    caches["pages"].clear()
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        caches["default"].clear()


@pytest.fixture
def now() -> datetime:
    """A Friday afternoon in Hà Nội (14:03:22), the clock of the stories."""
    return datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)


@pytest.fixture
def learner(db):
    return people.learner()


@pytest.fixture
def trainer(db):
    return people.trainer()


@pytest.fixture
def administrator(db):
    return people.administrator()


@pytest.fixture
def outsider(db):
    """Somebody signed in with no role and no enrolment, who must see nothing of the others."""
    return people.outsider()


@pytest.fixture
def as_user():
    """Open a browser for a person: `client = as_user(learner)`; None is a stranger."""

    def open_client(user=None, **kwargs) -> Client:
        client = Client(**kwargs)
        if user is not None:
            client.force_login(user)
        return client

    return open_client
