"""What is taken away from the site while cadres walk: processes, Redis, room on the disk, the right to write, the mail server, the right time."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from bench.faults_site import Site
from bench.walk import PASSWORD, SLUG, Diary, Phone, Refused, percentiles


@dataclass
class Seen:
    """What a scene has seen: lines to print, and what is not as it should be."""

    title: str
    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def expect(self, is_good: bool, what: str) -> None:
        if not is_good:
            self.faults.append(what)


def until(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def kills(site: Site, options) -> Seen:
    """Kill -9 of one of them, at a random moment, again and again; the database is shut down at once, as by a machine that goes away."""
    seen, counts = Seen("kill -9 of web, workers and clocks, Redis; PostgreSQL shut down at once"), {}
    acts = {"web": _kill_web, "workers and clocks": _kill_background, "PostgreSQL": _stop_postgresql, "Redis": _kill_redis}
    over, order, finished = time.monotonic() + options.seconds, [], site.crowd.finished()
    # However short it is, each of them is killed once.
    while time.monotonic() < over or len(counts) < len(acts):
        order = order or random.sample(list(acts), len(acts))
        time.sleep(random.uniform(0.2, 2.5 if options.small else 8))
        name = order.pop()
        acts[name](site)
        counts[name] = counts.get(name, 0) + 1
    seen.lines.append(", ".join(f"{name} {count} times" for name, count in counts.items()) + f"; {site.crowd.finished() - finished} walks to the end meanwhile")
    return seen


def _kill_web(site: Site) -> None:
    site.server.kill()
    site.server.start()


def _kill_background(site: Site) -> None:
    site.background.kill()
    site.background.start()


def _stop_postgresql(site: Site) -> None:
    site.cluster.restart()
    # Whoever walks meets it as it is; only this program, which looks into the tables afterwards, waits.
    site.cluster.until_ready()


def _kill_redis(site: Site) -> None:
    site.redis.kill()
    time.sleep(random.uniform(0, 1))
    site.redis.start()


def without_redis(site: Site, options) -> Seen:
    """A minute without Redis: slower, not down; nobody is signed out, and wrong passwords are still counted."""
    seen, crowd, span = Seen("Redis gone"), site.crowd, 3 if options.small else 60
    someone = signed_in(site)
    times, repeated = {}, crowd.repeated()
    for name in ("before", "without", "after"):
        if name == "without":
            site.redis.kill()
        if name == "after":
            site.redis.start()
        marks = crowd.mark()
        until(lambda: False, span)
        times[name] = crowd.asked_since(marks)
        if name == "without":
            seen.expect(status_of(someone, "GET", "/hoc-tap/")[0] == 200, "somebody was signed out")
            tries = guess(site, 30)
            seen.expect(tries < 30, "wrong passwords are not counted without Redis")
            seen.lines.append(f"wrong passwords that were looked at before the account had to wait: {tries} (5 in each process)")
    for name, took in times.items():
        p50, p95, _p99 = percentiles(took)
        seen.lines.append(f"{name:8} {len(took):>5} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    seen.expect(crowd.repeated() == repeated, f"{crowd.repeated() - repeated} requests were not answered")
    return seen


def guess(site: Site, count: int) -> int:
    """Try wrong passwords at one account, and return how many were looked at before it had to wait."""
    phone = Phone(site.server.port, Diary("guess"))
    page = phone.get("sign-in page", "/tai-khoan/login/")
    for number in range(count):
        try:
            phone.send("guess", "/tai-khoan/login/", page, login=site.emails[-1], password=f"sai-roi-{number}")
        except Refused:
            return number
    return count


def signed_in(site: Site, number: int = -2) -> Phone:
    """Return the phone of somebody who does not walk, signed in."""
    phone = Phone(site.server.port, Diary(site.emails[number]), is_stubborn=True)
    page = phone.get("sign-in page", "/tai-khoan/login/")
    phone.send("sign in", "/tai-khoan/login/", page, login=site.emails[number], password=PASSWORD)
    return phone


def status_of(phone: Phone, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> tuple[int, str]:
    status, content, _to = phone._once(method, path, body, headers)
    return status, content.decode(errors="replace")


def full_disk(site: Site, options) -> Seen:
    """No room for papers and uploads: said in words, nothing half, and what could not be issued is issued once there is room."""
    from certificates.models import Certificate
    from learning.models import Completion, OutsideStudy

    seen, someone = Seen(f"disk full ({'a file system of its own' if site.disk.is_mounted else 'a storage that says so'})"), signed_in(site, -3)
    page = someone.get("form", "/hoc-tap/khoa-hoc-ngoai/moi/")
    site.disk.fill()
    before = Completion.objects.count()
    status, text = upload(someone, page)
    seen.expect(status == 503 and '"no_room"' in text, f"an upload was answered {status}: {text[:200]}")
    grew = until(lambda: Completion.objects.count() >= before + 3, 25 if options.small else 60)
    seen.expect(grew, "nobody came to the end while the disk was full")
    missing = Completion.objects.count() - Certificate.objects.count()
    seen.expect(not OutsideStudy.objects.filter(proof_name="minh-chung.pdf").exists(), "half of an upload was kept")
    site.disk.empty()
    began = time.monotonic()
    caught_up = until(lambda: _without_paper() == 0, 40)
    seen.expect(caught_up, f"{_without_paper()} papers were not issued once there was room")
    status, _text = upload(someone, page)
    seen.expect(status in (200, 302), f"the same upload was answered {status} when there was room")
    seen.lines.append(f"upload refused with words; {missing} completions without room for their papers, all issued {time.monotonic() - began:.0f} s after there was room")
    _close_connections()
    return seen


def _without_paper() -> int:
    from certificates.selectors.standing import completions_without_certificate

    return completions_without_certificate().count()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


def upload(phone: Phone, page: bytes) -> tuple[int, str]:
    """Send a course taken elsewhere with its proof."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    from bench.walk import _TOKEN

    proof = SimpleUploadedFile("minh-chung.pdf", b"%PDF-1.4\n" + b"x" * 400_000 + b"\n%%EOF", content_type="application/pdf")
    body = encode_multipart(BOUNDARY, {
        "csrfmiddlewaretoken": _TOKEN.search(page)[1].decode(), "title": "Kỹ năng đối thoại", "organiser": "Trường công đoàn", "ended_on": "01/10/2026",
        "hours": "8", "proof": proof})
    return status_of(phone, "POST", "/hoc-tap/khoa-hoc-ngoai/moi/", body, {"Content-Type": MULTIPART_CONTENT, "Accept": "application/json"})


def read_only(site: Site, options) -> Seen:
    """The database takes nothing: pages are read, writes are answered with words, and what was typed is sent afterwards."""
    seen, someone = Seen("database read-only"), signed_in(site, -4)
    place, _page = begun_attempt(someone)
    lesson = f"/khoa-hoc/{SLUG}/mo-dun-1/bai-1/"
    someone.get("lesson", lesson)
    site.ask_database("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()", CUT_ALL)
    try:
        until(lambda: False, 1)
        for path in ("/", "/khoa-hoc/", f"/khoa-hoc/{SLUG}/", lesson, "/hoc-tap/", f"{place}1/", "/chung-nhan/", "/xac-minh/"):
            status, _text = status_of(someone, "GET", path)
            seen.expect(status == 200, f"{path} was answered {status}, it is only read")
        _write_in_vain(seen, someone, f"{place}1/luu/")
        _knock_in_vain(seen, site)
        until(lambda: False, 3 if options.small else 20)
    finally:
        site.ask_database("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()", CUT_ALL)
    began, finished = time.monotonic(), site.crowd.finished()
    seen.expect(until(lambda: site.crowd.finished() > finished, 30), "nobody came to the end after it took changes again")
    seen.expect(until(lambda: answer(someone, f"{place}1/luu/")[0] == 200, 10), "an answer was not taken afterwards")
    seen.lines.append(f"8 pages read, an answer, signing in and signing up answered with words; walks went on {time.monotonic() - began:.0f} s afterwards")
    return seen


CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'lms' AND pid <> pg_backend_pid()"


def begun_attempt(phone: Phone) -> tuple[str, bytes]:
    """Enrol and begin the quiz; return the address before the numbers of its questions, and the first question."""
    import re

    page = phone.get("course", f"/khoa-hoc/{SLUG}/")
    phone.send("enrol", f"/hoc-tap/ghi-danh/{SLUG}/", page)
    page = phone.get("course", f"/khoa-hoc/{SLUG}/").decode()
    quiz = next(step for step in re.findall(rf'href="(/khoa-hoc/{SLUG}/[a-z0-9-]+/[a-z0-9-]+/)', page) if "kiem-tra" in step)
    page = phone.get("quiz page", quiz)
    page = phone.send("quiz started", re.search(r'action="(/hoc-tap/lam-bai/[^"]+)"', page.decode())[1], page)
    attempt = re.search(rb"/hoc-tap/bai-lam/([0-9a-f-]{36})", page)[1].decode()
    return f"/hoc-tap/bai-lam/{attempt}/cau/", page


def answer(phone: Phone, path: str, choice: int = 0) -> tuple[int, str]:
    """Send one answer as the page's script does; return status and what was said, 409 where the question is closed."""
    import json
    import re

    page = phone.get("question", path.removesuffix("luu/")).decode()
    keys = re.findall(r'name="answer" value="([^"]+)"', page)
    if not keys:
        return 409, "closed"
    command = {"client_uuid": str(uuid4()), "seq": int(time.time() * 1000), "kind": "answer", "fields": {"": [keys[choice]]}}
    headers = {"Accept": "application/json", "X-CSRFToken": phone.cookies.get("csrftoken", ""), "Content-Type": "application/json"}
    return status_of(phone, "POST", path, json.dumps(command).encode(), headers)


def _write_in_vain(seen: Seen, phone: Phone, path: str) -> None:
    status, text = answer(phone, path)
    seen.expect(status == 503 and '"read_only"' in text, f"an answer was answered {status}: {text[:120]}")


def _knock_in_vain(seen: Seen, site: Site) -> None:
    """Signing in and signing up need a write each: both are told what is the matter, and not that they tried too often."""
    for name, path, fields in (
            ("signing in", "/tai-khoan/login/", {"login": site.emails[-5], "password": PASSWORD}),
            ("signing up", "/tai-khoan/signup/", {"full_name": "Người Mới", "email": "moi@example.org", "password1": "Mat-khau-rat-dai-2026"})):
        stranger = Phone(site.server.port, Diary("stranger"))
        page = stranger.get(name, path)
        try:
            stranger.send(name, path, page, **fields)
            seen.expect(False, f"{name} went through")
        except Refused as refusal:
            seen.expect(str(refusal).endswith("503"), f"{refusal}")


def without_mail(site: Site, options) -> Seen:
    """The mail server is not there, then takes calls and says nothing: nobody who walks notices, and every letter arrives once it is back."""
    from bench.faults_verdict import waiting_letters

    seen, crowd, span = Seen("mail server down, then hanging"), site.crowd, 3 if options.small else 40
    times = {}
    for name in ("before", "down", "hanging"):
        if name == "down":
            site.sink.close()
        if name == "hanging":
            site.sink.is_hanging.set()
            site.sink.open()
        marks = crowd.mark()
        until(lambda: False, span)
        times[name] = crowd.asked_since(marks)
    waited = waiting_letters()
    site.sink.is_hanging.clear()
    began, arrived = time.monotonic(), len(site.sink.letters)
    seen.expect(until(lambda: len(site.sink.letters) >= arrived + min(waited, 1), 30), "no letter arrived when the mail server was back")
    for name, took in times.items():
        p50, p95, _p99 = percentiles(took)
        seen.lines.append(f"{name:8} {len(took):>5} answers, p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    seen.lines.append(f"{waited} letters waited; the first one arrived {time.monotonic() - began:.1f} s after the mail server was back")
    _close_connections()
    return seen
