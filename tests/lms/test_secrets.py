"""No password, code, key or token reaches a log, an error page or a probe; private files are their owner's alone."""

import logging
import re
import stat
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings as site
from django.core import mail
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.services.slips import make_slips
from cms.storage import private_files
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

WRONG, NEW = "sai-mat-khau-rat-rieng", "gio thoi qua doi tram"


@pytest.fixture
def logged(caplog):
    """All that any logger says, from the lowest level on, with its tracebacks; the database's own statements are no log of ours."""
    caplog.set_level(logging.DEBUG)
    for name in ("django.db.backends", "faker", "PIL"):
        caplog.set_level(logging.WARNING, logger=name)
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s %(request)s", defaults={"request": ""})
    return lambda: "\n".join(formatter.format(record) for record in caplog.records)


def test_signing_in_and_up_logs_no_secret(logged, learner, administrator, now):
    said = [WRONG, NEW, PASSWORD]
    client = Client(raise_request_exception=False)
    for password in (WRONG, PASSWORD):
        client.post(reverse("account_login"), {"login": "0912345678", "password": password})
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW})
    client.post(reverse("account_reset_password"), {"email": "mai@example.org"})
    link = re.search(r"/tai-khoan/password/reset/key/[^\s]+", mail.outbox[-1].body)[0]
    client.get(link)
    said.append(link.rpartition("/key/")[2].strip("/"))
    slip = make_slips(people=[learner.pk], by=administrator, now=now)[0]
    stranger = Client(raise_request_exception=False)
    stranger.post(reverse("accounts:use-slip"), {"code": slip.code})
    stranger.post(reverse("accounts:set-slip-password"), {"password": WRONG})
    said.append(slip.code)
    secret = generate_totp_secret()
    TOTP.activate(administrator, secret)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    admin = Client()
    admin.post(reverse("account_login"), {"login": "an@example.org", "password": PASSWORD})
    admin.post(reverse("mfa_authenticate"), {"code": code})
    said += [secret, code, admin.session.session_key, site.SECRET_KEY]

    told = logged()
    assert [one for one in said if one in told] == []


def test_an_error_in_a_view_tells_neither_log_nor_page_what_was_typed(logged, learner, monkeypatch):
    def broken(*given, **named):
        raise RuntimeError("broken")

    monkeypatch.setattr("accounts.adapter.AccountAdapter.pre_authenticate", broken)
    client = Client(raise_request_exception=False)
    answer = client.post(reverse("account_login"), {"login": "0912345678", "password": PASSWORD})

    assert answer.status_code == 500
    assert "RuntimeError" in logged()
    for told in (logged(), answer.content.decode()):
        assert PASSWORD not in told and site.SECRET_KEY not in told
    assert "Traceback" not in answer.content.decode() and "RuntimeError" not in answer.content.decode()


@pytest.mark.parametrize("at", ["/healthz", "/readyz", "/khong-co/", "/tai-khoan/login/"])
def test_no_answer_holds_a_key(client, at):
    said = client.get(at).content.decode()
    assert site.SECRET_KEY not in said and site.CERTIFICATE_SIGNING_KEY not in (said if site.CERTIFICATE_SIGNING_KEY else "")


def test_lines_that_people_make_cannot_be_forged_in_a_log(logged, client):
    """A line break in an address or a name begins no line of its own."""
    client.get("/khong-co/%0d%0aERROR%20forged")
    client.post(reverse("account_login"), {"login": "x\r\nERROR forged", "password": "y"})
    assert not re.search(r"(?m)^ERROR forged", logged())


def test_private_files_are_their_owners_alone():
    name = private_files().save("thu/ten.pdf", ContentFile(b"x"))
    path = Path(private_files().path(name))
    assert [stat.S_IMODE(place.stat().st_mode) & 0o077 for place in (path, path.parent)] == [0, 0]
    private_files().delete(name)
