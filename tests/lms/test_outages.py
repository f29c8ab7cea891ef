"""What is away is said plainly, with 503; a fault of our own stays 500."""

import errno
import logging
from contextlib import contextmanager

import pytest
from django.contrib.auth.signals import user_logged_in
from django.db import DataError, InternalError, OperationalError, connection
from django.test import Client

from lms.outages import kind_of
from tests.factories import accounts as people
from tests.factories.courses import small_course

CASES = [
    (OperationalError("connection to server failed"), "no_database"),
    (OperationalError("couldn't get a connection after 10.00 sec"), "no_database"),
    (OperationalError("attempt to write a readonly database"), "read_only"),
    (InternalError("cannot execute INSERT in a read-only transaction"), "read_only"),
    (OperationalError("database or disk is full"), "no_room"),
    (OSError(errno.ENOSPC, "No space left on device"), "no_room"),
    (DataError("value too long"), None),
    (KeyError("x"), None),
    (FileNotFoundError(errno.ENOENT, "x"), None),
]


@pytest.mark.parametrize(("error", "kind"), CASES)
def test_kind_of_a_fault(error, kind):
    assert kind_of(error) == kind


def test_a_fault_that_another_one_hides_is_found():
    try:
        try:
            raise OSError(errno.ENOSPC, "full")
        except OSError as error:
            raise ValueError("the picture could not be kept") from error
    except ValueError as error:
        assert kind_of(error) == "no_room"


@contextmanager
def read_only():
    """Let SQLite take nothing, as PostgreSQL does after a failover to a copy (bench/faults.py)."""
    connection.cursor().execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        connection.cursor().execute("PRAGMA query_only=OFF")


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_pages_are_read_and_forms_answered_with_a_word_when_the_database_takes_nothing(as_user, learner):
    course = small_course()
    browser = as_user(learner, raise_request_exception=False)
    browser.get(course.url)
    with read_only():
        assert browser.get(course.url).status_code == 200
        answer = browser.post(f"/hoc-tap/ghi-danh/{course.slug}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Traceback" not in answer.content.decode() and learner.full_name not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.same_everywhere
@pytest.mark.parametrize(("door", "fields"), [
    ("/tai-khoan/login/", {"login": "hocvien@example.org", "password": "sai"}),
    ("/tai-khoan/signup/", {"full_name": "Người Mới", "email": "moi@example.org", "password1": "Mat-khau-rat-dai-2026"}),
])
def test_nobody_is_told_that_they_tried_too_often_when_tries_cannot_be_counted(as_user, door, fields):
    browser = as_user(raise_request_exception=False)
    with read_only():
        assert browser.post(door, fields).status_code == 503


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_a_sign_in_that_broke_off_in_the_middle_is_sent_again_as_it_was(as_user, learner):
    def break_off(**kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    browser = as_user(raise_request_exception=False, enforce_csrf_checks=True)
    page = browser.get("/tai-khoan/login/").content.decode()
    form = {
        "login": learner.email, "password": people.PASSWORD,
        "csrfmiddlewaretoken": page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]}
    user_logged_in.connect(break_off)
    try:
        assert browser.post("/tai-khoan/login/", form).status_code == 503
    finally:
        user_logged_in.disconnect(break_off)
    assert browser.post("/tai-khoan/login/", form).status_code == 302


@pytest.mark.django_db
@pytest.mark.same_everywhere
def test_scripts_are_told_in_json(as_user, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
    answer = as_user(raise_request_exception=False).get("/khoa-hoc/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "no_database")


@pytest.mark.django_db
@pytest.mark.same_everywhere
@pytest.mark.parametrize("has_token", [True, False])
def test_a_form_that_is_too_large_is_told_so_whether_or_not_its_proof_was_read(settings, caplog, has_token):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if has_token:
        browser.get("/tai-khoan/login/")
    body, kind = f"csrfmiddlewaretoken=x&login={'a' * 5000}", "application/x-www-form-urlencoded"
    page = browser.post("/tai-khoan/login/", body, content_type=kind)
    told = browser.post("/tai-khoan/login/", body, content_type=kind, headers={"accept": "application/json"})
    assert (page.status_code, told.status_code, told.json()["code"]) == (413, 413, "too_large")
    assert (">413<" in page.content.decode(), page["Cache-Control"].count("no-store")) == (True, 1)
    # A small one without its proof is refused for that.
    assert browser.post("/tai-khoan/login/", "login=a", content_type=kind).status_code == 403
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
