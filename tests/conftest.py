"""The fixed cast: the same four people in every test, and a clean cache before each."""

from datetime import UTC, datetime

import pytest
from django.core.cache import caches
from django.test import Client

from tests.factories import accounts as people


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
