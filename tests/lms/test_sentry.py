"""What Sentry hears of an error: where in the program it happened, and nothing of anybody."""

import json

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from lms import sentry

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
PRIVATE = ("hoa.nguyen@example.org", "Nguyễn Thị Hoa", "0912000111", "bi-mat", "sessionid", "mat-khau-123", "203.0.113.7")


class Kept(Transport):
    def __init__(self) -> None:
        super().__init__({"dsn": "https://key@sentry.example.org/1"})
        self.events: list[dict] = []

    def capture_envelope(self, envelope) -> None:
        self.events += [item.payload.json for item in envelope.items if item.type == "event"]


@pytest.fixture
def kept():
    transport = Kept()
    sentry._begin("https://key@sentry.example.org/1", transport=transport)
    yield transport
    sentry_sdk.init()


def test_error_of_a_request_is_told_without_anybody(kept, as_user, learner, monkeypatch):
    def broken(*args, **kwargs):
        mail, name, phone, *_rest = PRIVATE
        raise ValueError(f"{name} {phone} {mail}")

    browser = as_user(learner, raise_request_exception=False)
    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", broken)
    browser.post(f"/hoc-tap/?ma={PRIVATE[3]}", {"password": PRIVATE[5], "email": PRIVATE[0]}, REMOTE_ADDR=PRIVATE[6])
    sentry_sdk.flush()
    assert kept.events
    text = json.dumps(kept.events, ensure_ascii=False)
    assert [word for word in PRIVATE if word in text] == []
    error = kept.events[0]["exception"]["values"][-1]
    assert (error["type"], error["value"]) == ("ValueError", "")
    assert error["stacktrace"]["frames"][-1]["function"] == "broken"
    assert set(kept.events[0]) & {"request", "user", "breadcrumbs", "extra", "server_name"} == set()


@pytest.mark.parametrize("nonsense", ["nonsense", "https://sentry.congdoan.vn"])
def test_a_wrong_address_is_told_and_the_site_starts(settings, caplog, nonsense):
    settings.SENTRY_DSN = nonsense
    sentry.start()
    assert [record.getMessage().split()[0] for record in caplog.records] == ["SENTRY_DSN"]


def test_nothing_is_told_without_an_address(settings):
    settings.SENTRY_DSN = ""
    sentry.start()
    assert sentry_sdk.get_client().options.get("dsn") in (None, "")
