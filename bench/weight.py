"""What a phone has to fetch: bytes over the wire of the main pages, cold and warm, as Chromium counts them; and how files are kept.

    .venv/bin/python bench/weight.py

Needs Chromium. Everything happens in a temporary folder, on loopback. Ends with 1 when a lesson is heavier than it may be, or a file or
page is not compressed, not kept or not asked about as it should be.
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.pages import LEARNER, ROOT, build, environment
from bench.serving import HOST, Server

sys.path.insert(0, str(ROOT / "scripts"))
import packages

PASSWORD = "congdoan-demo"
COURSE = "/khoa-hoc/phap-luat-lao-dong-co-ban/"
LESSON, NEXT_LESSON, QUIZ = (f"{COURSE}mo-dun-1/{slug}/" for slug in ("bai-1", "bai-2", "kiem-tra-1"))
COLD_MOST, WARM_MOST = 60 * 1024, 15 * 1024
MEDIA = {"Image", "Media"}
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
COMPRESSIBLE = (".css", ".js", ".svg")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lms-weight-") as name, served(Path(name)) as server:
        faults = weigh_pages(server) + look_at_files(server)
    for fault in faults:
        print(f"NOT GOOD: {fault}")
    sys.exit(1 if faults else 0)


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve the demonstration as in production, with static files hashed and compressed."""
    build(folder)
    env = {**environment(folder, debug="0"), "DJANGO_SETTINGS_MODULE": "lms.settings", "ALLOWED_HOSTS": HOST}
    for command in (["scripts/build_assets.py"], ["scripts/messages.py", "compile"], ["manage.py", "collectstatic", "--noinput"]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    with Server(env, workers=1) as server:
        yield server


def weigh_pages(server: Server) -> list[str]:
    from playwright.sync_api import sync_playwright

    faults = []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"] if os.geteuid() == 0 else ["--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=packages.chromium(), args=flags)
        signed_in = sign_in(browser, server)
        print(f"\n{'bytes over the wire, without pictures':40}{'first visit':>12}{'again':>9}{'another':>9}")
        for name, path, other, state in (
                ("home, stranger", "/", "/khoa-hoc/", None), ("course, stranger", COURSE, "/", None), ("learner's home", "/hoc-tap/", COURSE, signed_in),
                ("lesson", LESSON, NEXT_LESSON, signed_in), ("quiz, its first page", QUIZ, LESSON, signed_in),
                ("verification", "/xac-minh/", "/", None)):
            context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN", storage_state=state)
            page = context.new_page()
            cold, warm, another = (fetched(page, f"http://{HOST}:{server.port}{at}") for at in (path, path, other))
            context.close()
            print(f"{name:40}{cold:>12,}{warm:>9,}{another:>9,}")
            if name == "lesson" and (cold > COLD_MOST or max(warm, another) > WARM_MOST):
                faults.append(f"a lesson costs {cold:,} bytes, then {warm:,}, the next one {another:,}; at most {COLD_MOST:,} and {WARM_MOST:,}")
        browser.close()
    return faults


def sign_in(browser, server: Server) -> dict:
    """Sign the demonstration's learner in, enrol them, and return what their browser keeps."""
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(f"http://{HOST}:{server.port}/tai-khoan/login/")
    page.fill("[name=login]", LEARNER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/hoc-tap/"))
    page.goto(f"http://{HOST}:{server.port}{COURSE}")
    if (button := page.get_by_role("button", name="Ghi danh")).count():
        button.first.click()
        page.wait_for_load_state("networkidle")
    page.goto(f"http://{HOST}:{server.port}{LESSON}")
    if not page.url.endswith(LESSON):
        sys.exit(f"The lesson leads to {page.url}: nothing to weigh.")
    state = context.storage_state()
    context.close()
    return state


def fetched(page, url: str) -> int:
    """Visit a page and return how many bytes came over the wire, headers included, pictures and recordings left out."""
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    wire.detach()
    return sum(size for key, size in sizes.items() if kinds.get(key) not in MEDIA)


def look_at_files(server: Server) -> list[str]:
    """Ask for every file that the home page and a course name, and for the pages themselves; return what is not as it should be."""
    faults, names = [], set()
    for path in ("/", "/khoa-hoc/", COURSE):
        headers, body = ask(server, path)
        names |= set(re.findall(r"/static/[^\"' )]+", body))
        if headers.get("content-encoding") not in ("gzip", "br"):
            faults.append(f"{path} is not compressed")
        known = {"If-None-Match": headers.get("etag", ""), "Cookie": headers.get("set-cookie", "").partition(";")[0]}
        if ask(server, path, known)[0]["status"] != "304":
            faults.append(f"{path} is sent again though it has not changed")
    for name in sorted(names):
        faults += look_at_file(server, name)
    print(f"\n{len(names)} files named by these pages: hashed, compressed, kept for ever" if not faults else "")
    return faults


def look_at_file(server: Server, name: str) -> Iterator[str]:
    headers, _body = ask(server, name)
    if headers["status"] != "200" or not HASHED.search(name) or "immutable" not in headers.get("cache-control", ""):
        yield f"{name}: {headers['status']}, kept as “{headers.get('cache-control')}”"
    if name.endswith(COMPRESSIBLE) and headers.get("content-encoding") != "br":
        yield f"{name} is sent without brotli"


def ask(server: Server, path: str, headers: dict | None = None) -> tuple[dict[str, str], str]:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": "br, gzip", "Accept-Language": "vi", **(headers or {})})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    told = {name.lower(): value for name, value in reply.getheaders()} | {"status": str(reply.status)}
    return told, unpacked(body, told.get("content-encoding", ""))


def unpacked(body: bytes, encoding: str) -> str:
    import gzip

    import brotli

    plain = gzip.decompress(body) if encoding == "gzip" else brotli.decompress(body) if encoding == "br" else body
    return plain.decode(errors="replace")


if __name__ == "__main__":
    main()
