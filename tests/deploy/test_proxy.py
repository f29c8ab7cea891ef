"""What the proxy says itself is said in our pages, Vietnamese first: nginx with the committed configuration, before something that only waits."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.deploy import files
from tests.deploy.house import House, nginx
from tests.deploy.visitors import Answer, Visitor

pytestmark = [pytest.mark.same_everywhere, pytest.mark.skipif(not nginx(), reason="not installed: nginx (Debian: apt install nginx-light)")]


class _Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/slow/":
            time.sleep(0.6)
            return
        self.send_response(413 if self.path == "/own/" else 200)
        self.end_headers()
        self.wfile.write(b"of the application")

    do_POST = do_GET

    def log_message(self, *args) -> None:
        """Say nothing."""


@pytest.fixture
def visitor(tmp_path, monkeypatch) -> Iterator[Visitor]:
    hasty = tmp_path / "hasty.template"
    hasty.write_text(files.TEMPLATE.read_text(encoding="utf-8").replace("proxy_read_timeout 60s;", "proxy_read_timeout 300ms;"), encoding="utf-8")
    monkeypatch.setattr(files, "TEMPLATE", hasty)
    home = House(tmp_path, "", None)
    with ExitStack() as ends:
        for port in home.web:
            web = ends.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", port), _Web))
            threading.Thread(target=web.serve_forever, daemon=True).start()
            ends.callback(web.shutdown)
        home.start_proxy()
        ends.callback(home.family.stop)
        home.wait_for(home.http)
        yield home.visitor()


def told(answer: Answer) -> tuple:
    text = answer.text
    assert text.index('lang="vi"') < text.index('lang="en"')
    assert "nginx" not in text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.status, text.partition("<title>")[2].partition("</title>")[0], answer.headers["Cache-Control"], answer.headers["Retry-After"]


def test_what_the_proxy_refuses_is_told_in_vietnamese_and_english(visitor):
    too_large = {"Content-Length": str(300 * 1024 * 1024)}
    for place in ("/hoc-tap/", "/dao-tao/can-bo/", "/quan-tri/documents/"):
        assert told(visitor.ask("POST", place, None, too_large)) == (413, "Tệp lớn quá", "no-store", None), place
    assert told(visitor.get("/slow/")) == (504, "Trang trả lời quá lâu", "no-store", None)
    assert told(visitor.get("/metrics")) == (404, "Không có trang này", "no-store", None)
    unreadable = visitor.get("/", Host="a b")
    assert told(unreadable) == (400, "Không đọc được yêu cầu", "no-store", None)
    assert unreadable.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    # What the application says stays as it is.
    assert [(answer.status, answer.text) for answer in (visitor.get("/own/"), visitor.get("/"))] == [(413, "of the application"), (200, "of the application")]
    # The pages are there for the proxy alone.
    assert [visitor.get(f"/bao-tri/{page.name}").status for page in (files.DEPLOY / "nginx" / "pages").glob("*.html")] == [404] * 5
