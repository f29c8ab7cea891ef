"""What the log says of a request and an error, and what it never does."""

import json
import logging
import smtplib
from io import StringIO

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from lms import logs

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
PRIVATE = ("hoa.nguyen@example.org", "0912 000 111", "+84912000111", "Nguyễn Thị Hoa")


@pytest.fixture
def lines():
    """Everything that would stand in the log of the product, as objects."""
    stream, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    handler.setFormatter(logs.Json())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def record(message: str, *args, error: BaseException | None = None, name: str = "anything", **extra) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, (type(error), error, error.__traceback__) if error else None)
    made.__dict__.update(extra)
    return made


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


def test_request_leaves_one_line_with_its_route_and_its_id(lines, as_user, learner):
    response = as_user(learner).get("/tai-khoan/ho-so/?ma=bi-mat", HTTP_USER_AGENT="Máy của Hoa", REMOTE_ADDR="203.0.113.7")
    mine = [line for line in lines() if line["logger"] == "lms.requests"]
    assert len(mine) == 1
    assert mine[0] | {"time": "", "ms": 0} == {
        "time": "", "level": "INFO", "logger": "lms.requests", "message": "request", "request_id": response["X-Request-ID"], "method": "GET",
        "route": mine[0]["route"], "status": response.status_code, "ms": 0}
    assert "/" not in mine[0]["route"] or "<" in mine[0]["route"]


def test_probes_leave_no_line(lines, client):
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert [line for line in lines() if line["logger"] == "lms.requests"] == []


@pytest.mark.parametrize(("given", "behind_proxy", "is_taken"), [
    ("0123456789abcdef", True, True), ("a-b_c.d1", True, True), ("0123456789abcdef", False, False), ("short", True, False), ("x" * 65, True, False),
    ("with space and\ttab", True, False), ('"}{"level":"x', True, False), ("hoa@example.org", True, False), ("", True, False)])
def test_id_of_a_request_is_taken_from_our_proxy_alone(client, settings, given, behind_proxy, is_taken):
    settings.BEHIND_PROXY = behind_proxy
    told = client.get("/healthz", HTTP_X_REQUEST_ID=given)["X-Request-ID"]
    assert (told == given) is is_taken
    assert logs._GIVEN.fullmatch(told)


def test_database_error_is_told_without_the_value_that_it_repeats(learner):
    User.objects.create(email=PRIVATE[0], full_name=PRIVATE[3])
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.create(email=PRIVATE[0], full_name=PRIVATE[3])
    words = logs.words_of(caught.value)
    assert words.startswith("django.db.utils.IntegrityError: ")
    assert "accounts_user" in words
    assert PRIVATE[0] not in logs.traceback_of(caught.value)
    if connection.vendor == "postgresql":
        assert "23505" in words


@pytest.mark.parametrize("error", [
    ValueError(f"invalid literal: {PRIVATE[3]!r}"), KeyError(PRIVATE[0]), PermissionDenied(PRIVATE[3]),
    smtplib.SMTPRecipientsRefused({PRIVATE[0]: (550, b"no such user")}), UnicodeEncodeError("ascii", PRIVATE[3], 0, 1, PRIVATE[3]),
    FileNotFoundError(2, "No such file", f"/srv/{PRIVATE[3]}.pdf"), raised(RuntimeError(PRIVATE[3]), raised(ValueError(PRIVATE[0]))),
])
@pytest.mark.parametrize("form", [logs.Json, logs.Line])
def test_error_is_told_by_its_kind_and_place(error, form):
    error = error if error.__traceback__ else raised(error)
    text = form().format(record("Not done: %s", "letters", error=error))
    assert [word for word in PRIVATE if word in text] == []
    assert (type(error).__name__ in text, "test_logs.py" in text) == (True, True)


@pytest.mark.parametrize(("message", "told"), [
    ("mail to hoa.nguyen@example.org failed", "mail to <mail> failed"),
    ("GET /xac-minh/?ma=AB12 done", "GET /xac-minh/<query> done"),
    ("call 0912 000 111 or +84912000111", "call <phone> or <phone>"),
    ("Key (email)=(hoa@x) already exists.", "<key> already exists."),
    ("task 3f436439-ff96-4329-ad75-efd0b0d36220 took 0912 ms", "task 3f436439-ff96-4329-ad75-efd0b0d36220 took 0912 ms"),
    ("2026-11-20 07:03:22 all is well", "2026-11-20 07:03:22 all is well"),
])
def test_message_of_a_library_loses_what_looks_like_data(message, told):
    assert logs.without_data(message) == told


def test_a_knock_with_a_wrong_name_is_one_warning_and_no_error(lines, client, settings):
    """Scanners do it all day, and Sentry reads the same records."""
    settings.ALLOWED_HOSTS = ["testserver"]
    assert client.get("/", headers={"host": "quet.example"}).status_code == 400
    mine = [line for line in lines() if line["logger"] != "lms.requests"]
    assert [(line["level"], line["message"], "trace" in line) for line in mine] == [("WARNING", "DisallowedHost 400", False)]
    assert "quet.example" not in str(lines())


def test_record_stays_whole_for_others():
    whole = record("mail to %s", PRIVATE[0], error=raised(ValueError("x")))
    logs.Line().format(whole)
    assert (whole.getMessage(), whole.exc_info is None, whole.exc_text) == (f"mail to {PRIVATE[0]}", False, None)


def test_message_with_the_wrong_number_of_values_is_no_reason_to_lose_the_line():
    assert "%s and %s" in logs.Line().format(record("%s and %s", "one"))
    assert "%(what)s is" in logs.Line().format(record("%(what)s is", {"that": PRIVATE[0]}))


def test_fault_in_a_page_is_logged_once_with_its_route_and_traceback(lines, as_user, learner, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError(PRIVATE[3])

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", broken)
    as_user(learner, raise_request_exception=False).get(f"/hoc-tap/?ten={PRIVATE[0]}")
    found = [line for line in lines() if line["level"] == "ERROR"]
    assert len(found) == 1
    assert (found[0]["error"], "broken" in found[0]["trace"]) == ("builtins.ValueError", True)
    assert found[0]["request_id"]
    assert "hoc-tap" not in json.dumps(found)


def test_whole_walk_leaves_nobody_in_the_log(lines, as_user, now, monkeypatch):
    """Signing up and in (wrongly, too), a new password, the profile, a code, an unknown page, mails that fail."""
    person = User.objects.create_user(email=PRIVATE[0], full_name=PRIVATE[3], phone=PRIVATE[2], password="mat-khau-Hoa-0912")
    stranger, signed_in = Client(raise_request_exception=False), as_user(person, raise_request_exception=False)
    signed_in.raise_request_exception = False
    for login in (PRIVATE[0], PRIVATE[1]):
        stranger.post("/tai-khoan/login/?next=/hoc-tap/%3Fma=bi-mat", {"login": login, "password": "sai-mat-khau-9"})
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _refuse)
    stranger.post("/tai-khoan/password/reset/", {"login": PRIVATE[0], "email": PRIVATE[0]})
    stranger.post("/tai-khoan/signup/", {"email": "moi@example.org", "full_name": "Trần Văn Mới", "password1": "mat-khau-Moi-77"})
    for path in ("/xac-minh/ABCDEFGH23/", "/xac-minh/?ma=ABCDEFGH23", "/hoc-tap/bien-nhan/BI-MAT-77/", "/khong-co/hoa.nguyen@example.org/",
                 "/tai-khoan/password/reset/key/1-set-password-secret/", "/tai-khoan/phieu/MAPHIEU77/"):
        stranger.get(path)
        signed_in.get(path)
    signed_in.post("/tai-khoan/ho-so/", {"full_name": "Nguyễn Thị Hoa Mới", "email": "khac@example.org", "phone": "0987654321"})
    signed_in.get("/hoc-tap/?tim=Nguyễn")
    stranger.post("/hoc-tap/", {"x": PRIVATE[3]}, HTTP_HOST="hoa.nguyen.example.org")
    text = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) >= 12
    secrets = (*PRIVATE, "Hoa", "Trần Văn Mới", "moi@", "khac@", "0987654321", "mat-khau", "sai-mat", "ABCDEFGH23", "BI-MAT", "bi-mat", "MAPHIEU77",
               "1-set-password", "?", "%3F", "sessionid", "127.0.0.1")
    assert [word for word in secrets if word in text.replace("test_logs", "")] == []


def _refuse(self, messages: list[mail.EmailMessage]) -> int:
    raise smtplib.SMTPRecipientsRefused({address: (550, b"unknown") for message in messages for address in message.to})
