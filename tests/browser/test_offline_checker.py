"""Checking papers without network, in a real browser: installed once, it tells genuine papers from others and knows what was revoked."""

import io
import json
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Page, expect

from tests.browser import stage

pytestmark = pytest.mark.browser

CHECKER = "/xac-minh/ngoai-tuyen/"
NAME = "Hoàng Thị Thuý Hoà"
VECTORS = json.loads((Path(__file__).parents[1] / "certificates" / "qr_vectors.json").read_text(encoding="utf-8"))

MODULE = """const of = (name) => performance.getEntriesByType("resource").map((entry) => entry.name).find((url) => url.includes(name));"""
JUDGE = f"""async (vectors) => {{ {MODULE}
  const {{ verdictOf, faultOfList }} = await import(of("/paper-verdict"));
  const {{ isNameOf }} = await import(of("/qr-payload"));
  const told = [];
  for (const {{ code, digits, full_name, other_name }} of vectors.vectors) {{
    const {{ state, paper }} = await verdictOf({{ code, digits, keys: vectors.keys, list: vectors.list, today: vectors.today }});
    const names = full_name && [await isNameOf(full_name, code, paper.nameDigest), await isNameOf(other_name, code, paper.nameDigest)];
    told.push([state, paper?.number ?? null, paper?.issuedOn ?? null, paper?.validUntil ?? null, names ?? null]);
  }}
  const faults = [];
  for (const {{ list, seen }} of vectors.lists) faults.push(await faultOfList(list, vectors.keys, seen));
  return {{ told, faults }};
}}"""
# A browser from before it could check Ed25519.
OLD_BROWSER = """const asked = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, key, algorithm, ...rest) => algorithm.name === "Ed25519"
  ? Promise.reject(new DOMException("", "NotSupportedError")) : asked(format, key, algorithm, ...rest);"""
REPLAY = """async (list) => (await caches.open("xac-minh")).put("/xac-minh/thu-hoi.json", new Response(JSON.stringify(list)))"""


def settled(page: Page) -> Page:
    page.wait_for_selector("[data-checker][data-settled]")
    return page


def state_of(page: Page) -> str:
    page.wait_for_selector("[data-part=verdict][data-state]")
    return page.locator("[data-part=verdict]").get_attribute("data-state")


def compare_name(page: Page, name: str) -> str:
    page.fill("[data-part=name]", name)
    page.press("[data-part=name]", "Enter")
    return page.locator("[data-part=same-name] .notice").get_attribute("class")


def test_checker_agrees_with_the_test_vectors(device):
    expected = [
        [one["state"], one.get("number"), one.get("issued_on"), one.get("valid_until"), [True, False] if "full_name" in one else None]
        for one in VECTORS["vectors"]]
    ways = [device()]
    if ways[0].open(CHECKER).locator("[data-checker]").get_attribute("data-ed25519"):
        ways.append(device())
        ways[1].context.add_init_script(OLD_BROWSER)
    for way in ways:
        page = settled(way.open(CHECKER))
        found = page.evaluate(JUDGE, VECTORS)
        assert found["told"] == expected
        assert found["faults"] == [one["fault"] for one in VECTORS["lists"]]


def test_paper_is_checked_without_network_and_its_revocation_is_not_forgotten(device, site):
    code, digits = stage.issue(site, NAME)
    phone = device()
    page = settled(phone.open(CHECKER))
    page.wait_for_selector("[data-checker][data-ready]")
    before = page.evaluate("async () => (await fetch('/xac-minh/thu-hoi.json')).json()")

    phone.context.set_offline(True)
    settled(phone.open(f"/xac-minh/{code}/#{digits}"))
    assert state_of(page) == "valid"
    expect(page.locator("[data-part=compare]")).to_contain_text("GCN")
    assert "good" in compare_name(page, "hoàng thị thúy hòa")
    assert "bad" in compare_name(page, "Trần Văn Hùng")
    # Another's code, a changed digit, a code alone; each a new address of the same page.
    for address, state in ((f"{code}/#{digits[:-1]}{(int(digits[-1]) + 1) % 10}", "forged"), (f"7K2M9Q42/#{digits}", "forged"), (f"{code}/", "code-only")):
        page.goto("about:blank")
        settled(phone.open(f"/xac-minh/{address}"))
        assert state_of(page) == state

    phone.context.set_offline(False)
    stage.revoke(site, code)
    settled(phone.open(CHECKER))
    phone.context.set_offline(True)
    page.evaluate(REPLAY, before)
    settled(phone.open(f"/xac-minh/{code}/#{digits}"))
    assert state_of(page) == "revoked"
    expect(page.locator("[data-part=list] .notice--bad")).to_be_visible()


def test_browser_that_cannot_check_signatures_says_so_and_accuses_nobody(device):
    way, vector = device(), VECTORS["vectors"][0]
    way.context.add_init_script(OLD_BROWSER)
    way.context.route("**/vendor/ed25519*", lambda route: route.fulfill(content_type="text/javascript", body="throw new Error();"))
    page = settled(way.open(CHECKER))
    assert page.locator("[data-part=list]").inner_html().strip() == ""
    page.fill("[data-part=typed]", f"https://x.vn/xac-minh/{vector['code']}/#{vector['digits']}")
    page.press("[data-part=typed]", "Enter")
    assert state_of(page) == "no-crypto"


def test_photo_of_the_code_is_read_where_the_browser_or_a_library_can(device, site):
    vector = VECTORS["vectors"][0]
    picture = io.BytesIO()
    segno.make([f"{site.url}/xac-minh/{vector['code']}/#", vector["digits"]], error="m").save(picture, kind="png", scale=6, border=6)
    page = settled(device().open(CHECKER))
    if page.locator("[data-part=no-reader]").is_visible():
        return
    page.set_input_files("[data-part=photo]", {"name": "ma.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    # Read, and signed by a key that this site does not have.
    assert state_of(page) == "unknown-key"
