"""What a real browser does with hostile bodies after the sanitiser: it runs none of them. No content security policy stands in the way.

All bodies are loaded at once, each in a frame of its own that counts what runs in it.
"""

from html import escape

import pytest

from tests.cms.payloads import CLOBBERING, PAYLOADS

playwright = pytest.importorskip("playwright.sync_api")
from cms.sanitise import sanitise  # noqa: E402

pytestmark = pytest.mark.browser

_COUNTING = "<script>window.hits = []; window.alert = (what) => { hits.push(String(what)); }; window.mine = true</script>"
_PROVOKE = """
async () => {
  const frames = [...document.querySelectorAll("iframe[data-number]")];
  const found = {};
  const note = (number, what) => { (found[number] ??= []).push(what); };
  for (const frame of frames) {
    let page;
    try { page = frame.contentWindow.mine ? frame.contentDocument : null; } catch { page = null; }
    // Led elsewhere by itself: that counts as having run.
    if (!page) { note(frame.dataset.number, "navigated"); continue; }
    // Read the body a second time (what innerHTML does to it), then touch, focus and follow everything in it.
    for (const body of page.querySelectorAll("section")) body.innerHTML = body.innerHTML;
    for (const part of page.querySelectorAll("section *")) {
      for (const kind of ["mouseover", "mouseenter", "pointerenter", "focus", "click", "toggle"]) part.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true}));
      const address = part.getAttribute("href") || part.getAttribute("xlink:href") || "";
      if (/^[\\s\\x01-\\x20]*(?:j\\s*a\\s*v\\s*a\\s*s\\s*c\\s*r\\s*i\\s*p\\s*t|vbscript|data)\\s*:/i.test(address)) note(frame.dataset.number, address);
      if (part.id && window.document[part.id] instanceof HTMLElement) note(frame.dataset.number, "clobbered");
    }
  }
  await new Promise((done) => setTimeout(done, 400));
  for (const frame of frames) {
    try { for (const hit of frame.contentWindow.hits) note(frame.dataset.number, hit); } catch { note(frame.dataset.number, "navigated"); }
  }
  return found;
}
"""


@pytest.fixture
def executed(chromium):
    """A function that loads bodies into the frames of one page, provokes them all, and returns what ran or would run, by body."""

    def run(bodies: list[str]) -> dict[str, list]:
        documents = [f"<!doctype html><html lang=vi><title>x</title>{_COUNTING}<section>{body}</section>" for body in bodies]
        frames = "".join(f'<iframe data-number={number} srcdoc="{escape(text)}"></iframe>' for number, text in enumerate(documents))
        page.unroute_all()
        # Ordinary links lead nowhere: 204 keeps the browser where it is.
        page.route("**/*", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=f"<!doctype html><title>x</title>{frames}")
                   if route.request.url == "http://lms.test/" and route.request.frame.parent_frame is None else route.fulfill(status=204))
        page.goto("http://lms.test/", wait_until="load")
        return {bodies[int(number)]: hits for number, hits in page.evaluate(_PROVOKE).items()}

    page = chromium.new_page()
    yield run
    page.close()


def test_no_payload_runs_after_the_sanitiser(executed):
    cleaned = {sanitise(f"<p>Trước</p>{payload}<p>Sau</p>"): payload for payload in [*PAYLOADS, *CLOBBERING]}
    together = sanitise("".join(PAYLOADS))
    assert {cleaned.get(body, "all together"): hits for body, hits in executed([*cleaned, together]).items()} == {}


def test_the_payloads_would_run_without_the_sanitiser(executed):
    """Else the test above would measure nothing."""
    some = PAYLOADS[::3]
    assert len(executed(some)) >= len(some) // 3
