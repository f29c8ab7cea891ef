"""MAINTENANCE=1: everybody gets a page, scripts an answer, probes and static files theirs; the database is not asked."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.test import Client

from lms.maintenance import Maintenance

pytestmark = pytest.mark.same_everywhere


@pytest.fixture
def closed(settings) -> Client:
    settings.MAINTENANCE = True
    return Client()


@pytest.mark.parametrize("path", ["/", "/hoc-tap/", "/tai-khoan/login/", "/quan-tri/", "/khong-co/"])
def test_every_page_says_that_the_site_is_worked_on_and_asks_no_database(closed, path):
    for answer in (closed.get(path), closed.post(path, {"a": "b"})):
        assert (answer.status_code, answer["Retry-After"]) == (503, "120")
        assert "no-store" in answer["Cache-Control"]
        assert b"503" in answer.content and b"<h1>" in answer.content
        assert "script-src" in answer["Content-Security-Policy"]


def test_page_speaks_the_language_of_the_visitor(closed):
    english, vietnamese = (closed.get("/", headers={"accept-language": code}).content.decode() for code in ("en", "vi"))
    assert 'lang="en"' in english and 'lang="vi"' in vietnamese


def test_script_is_told_in_json(closed):
    answer = closed.post("/hoc-tap/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "maintenance")


def test_watchdogs_still_get_their_answer(closed):
    assert closed.get("/healthz").status_code == 200


def test_open_site_does_not_carry_it(settings):
    assert settings.MAINTENANCE is False
    with pytest.raises(MiddlewareNotUsed):
        Maintenance(lambda request: None)
