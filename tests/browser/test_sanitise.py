"""What a real browser does with hostile bodies after the sanitiser: it runs none of them. No content security policy stands in the way."""

import pytest

from tests.cms.payloads import PAYLOADS

playwright = pytest.importorskip("playwright.sync_api")
from cms.sanitise import sanitise  # noqa: E402

pytestmark = pytest.mark.browser

_PROVOKE = """
async () => {
  // Read every body a second time (what innerHTML does to it), then touch, focus and follow everything in it.
  for (const body of document.querySelectorAll("section")) body.innerHTML = body.innerHTML;
  for (const part of document.querySelectorAll("section *")) {
    for (const kind of ["mouseover", "mouseenter", "pointerenter", "focus", "click", "toggle"]) part.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true}));
    const address = part.getAttribute("href") || part.getAttribute("xlink:href") || "";
    if (/^[\\s\\x01-\\x20]*(?:j\\s*a\\s*v\\s*a\\s*s\\s*c\\s*r\\s*i\\s*p\\s*t|vbscript|data)\\s*:/i.test(address)) window.hits.push(address);
  }
  await new Promise((done) => setTimeout(done, 80));
  return window.hits;
}
"""


@pytest.fixture
def executed(chromium):
    """A function that loads a body in an empty page, provokes it, and returns what ran or would run."""

    def run(body: str) -> list:
        html = f"<!doctype html><html lang=vi><title>x</title><section>{body}</section>"
        page.unroute_all()
        page.route("**/*", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=html)
                   if route.request.url == "http://lms.test/" else route.fulfill(status=204))
        try:
            page.goto("http://lms.test/", wait_until="domcontentloaded")
            return page.evaluate(_PROVOKE)
        except playwright.Error:
            # The body sent the browser elsewhere (an ordinary link does not: 204 keeps it here): that counts as having run.
            return ["navigated"]

    page = chromium.new_page()
    page.add_init_script("window.hits = []; window.alert = (what) => { window.hits.push(String(what)); };")
    yield run
    page.close()


def test_no_payload_runs_after_the_sanitiser(executed):
    assert {payload: hits for payload in PAYLOADS if (hits := executed(sanitise(payload)))} == {}


def test_all_payloads_together_run_nothing(executed):
    assert executed(sanitise("".join(PAYLOADS))) == []


def test_the_payloads_would_run_without_the_sanitiser(executed):
    """Else the tests above would measure nothing."""
    ran = [payload for payload in PAYLOADS[::4] if executed(payload)]
    assert len(ran) >= len(PAYLOADS) // 8
