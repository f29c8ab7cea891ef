"""What docs/operating.md says is what runs: every process of deploy/ is started with its own command, and people and faults come to it.

One test, so that the house is built once; its stories are told apart and go on where the one before has ended.
"""

import json
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from tests import databases
from tests.deploy import files, stage
from tests.deploy.house import House, free_port, house, missing
from tests.deploy.visitors import Answer, Visitor
from tests.factories.accounts import PASSWORD

pytestmark = [
    pytest.mark.same_everywhere,
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())} (Debian: apt install postgresql redis-server nginx-light)"),
]
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082")
DECISION = {"decision_number": "15/QĐ-CĐ", "decision_on": "19/11/2026", "order": "name", "notifies": "on", "decide": "1"}


GIT = ["git", "-c", "safe.directory=*"]
# A clone without that part of the history does not know it.
LAST = (files.DEPLOY / "last-release").read_text(encoding="utf-8").split("\n")[0] if shutil.which("git") else ""


def staged(home: House, deed: str) -> dict:
    env = {**home.settings("stage"), "DJANGO_SETTINGS_MODULE": "lms.settings", "TEMPLATE": str(databases.template())}
    done = subprocess.run([sys.executable, "-m", "tests.deploy.stage", deed], cwd=files.ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def soon(ask, *, seconds: float = 60):
    """Ask again and again until the answer is yes, or what came last."""
    deadline = time.monotonic() + seconds
    while not (found := ask()) and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


def test_documented_processes_carry_the_site(django_db_setup, subtests, capsys):
    with tempfile.TemporaryDirectory(prefix="lms-house-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL runs as somebody else and must be able to pass
        with house(folder) as home:
            open_house(home)
            if home.last is None:
                with capsys.disabled():
                    print(f"\nThe last release ({LAST or 'no git here'}) is not in this clone: it was not there to be asked.")
            for story in STORIES:
                with subtests.test(story.__name__):
                    story(home)


def open_house(home: House) -> None:
    """Fill the database, collect static files, start all processes; two things at a time."""
    with ThreadPoolExecutor() as both:
        collected, filled = both.submit(staged, home, "collect"), both.submit(staged, home, "fill")
        home.facts = {**filled.result(), **collected.result()}
    for number in (1, 2):
        home.start_web(number)
    for number in (1, 2):
        home.start_unit("lms-worker@.service", f"worker{number}", str(number))
        home.start_unit("lms-clock.service", f"clock{number}")
    home.start_proxy()
    start_last_release(home)
    for port in home.web:
        home.wait_for(port)


def start_last_release(home: House) -> None:
    """Start the web process of the last release on the same database, where git still has that release: with its code and its settings, without
    static files, which nobody asks it for."""
    home.last = None
    archive, tree = home.folder / "last.tar", home.folder / "last"
    with archive.open("wb") as file:
        if not LAST or subprocess.run([*GIT, "archive", LAST], cwd=files.ROOT, check=False, stdout=file, stderr=subprocess.DEVNULL).returncode:
            return
    tree.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", tree], check=True)
    # It knows of no store and no Redis; a cache of its own does.
    home.last = free_port()
    home.start_unit("lms-web@.service", "last", port=home.last, root=tree, DJANGO_SETTINGS_MODULE="bench.settings", CACHE_URL="locmemcache://")


# The stories, in their order

def the_proxy_keeps_to_its_rules(home: House) -> None:
    stranger, plain = home.visitor(), Visitor("localhost", home.http)
    assert (plain.get("/khoa-hoc/?q=a").status, plain.get("/khoa-hoc/?q=a").headers["Location"]) == (301, "https://localhost/khoa-hoc/?q=a")
    assert [door.get("/healthz").status for door in (plain, stranger)] == [200, 200]
    assert set(stranger.get("/readyz").json()["checks"]) >= {"database", "migrations", "cache"}
    front = stranger.get("/")
    assert (front.status, front.headers["Strict-Transport-Security"].partition(";")[0]) == (200, "max-age=31536000")
    assert "nginx/" not in front.headers["Server"]
    # The line is written once the answer has left.
    assert soon(lambda: f" {front.headers['X-Request-ID']}\n" in (home.folder / "proxy" / "access.log").read_text())
    assert stranger.get("/metrics").status == 404
    assert stranger.get("/", Accept_Encoding="br, gzip").headers["Content-Encoding"] in ("br", "gzip")
    sheet = re.search(r'href="(/static/css/site\.[0-9a-f]+\.css)"', front.text)[1]
    assert "immutable" in stranger.get(sheet).headers["Cache-Control"]
    assert stranger.ask("POST", "/tai-khoan/login/", None, {"Content-Length": str(300 * 1024 * 1024)}).status == 413
    with pytest.raises(ssl.SSLError):
        Visitor("khac.example.org", home.https, context=ssl._create_unverified_context()).get("/")


def what_a_visitor_says_of_himself_is_not_believed(home: House) -> None:
    liar = home.visitor()
    said = liar.get("/", X_Forwarded_Proto="http", X_Forwarded_For="203.0.113.1", X_Forwarded_Host="evil.example", Forwarded="host=evil.example")
    assert (said.status, "evil.example" in said.text) == (200, False)
    assert home.visitor().get("/", Host="evil.example").status in (400, 421, 404)
    assert soon(lambda: "GET /khoa-hoc/ 301 " in (home.folder / "proxy" / "access.log").read_text())
    log = (home.folder / "proxy" / "access.log").read_text()
    assert "127.0.0.0 [" in log and "203.0.113.1" not in log and "q=a" not in log and "GET /khoa-hoc/ 301 " in log


def a_cadre_signs_in_at_one_and_goes_on_at_the_other(home: House) -> None:
    here = home.visitor("web1")
    assert here.sign_in(stage.LEARNER, PASSWORD).place == "/hoc-tap/"
    there = here.at(home.visitor("web2"))
    assert there.get("/hoc-tap/").status == 200
    lesson = there.post(f"/hoc-tap/ghi-danh/{home.facts['course']}/").place
    page = here.get(lesson)
    assert page.status == 200
    assert [door.get(lesson).status for door in (there, here.at(home.visitor()))] == [200, 200]
    home.facts |= {"learner": here, "lesson": lesson}


def an_answer_given_at_one_stands_at_the_other(home: House) -> None:
    here = home.facts["learner"]
    there = here.at(home.visitor("web2"))
    assert answer_first_question(here, there, home).status == 200
    page = there.get(f"{home.facts['attempt']}cau/1/")
    assert re.search(rf'value="{home.facts["answer"]}"[^>]*checked', page.text)


def answer_first_question(here: Visitor, there: Visitor, home: House) -> Answer:
    """Find the quiz of the course at one door, start it at the other, and answer its first question as the page's script does."""
    outline = here.get(f"/khoa-hoc/{home.facts['course']}/").text
    quiz = re.search(rf'href="(/khoa-hoc/{home.facts["course"]}/[^"]*kiem-tra-1/)"', outline)[1]
    start = re.search(r'action="(/hoc-tap/lam-bai/[^"]+)"', here.get(quiz).text)[1]
    attempt = there.post(start).place.partition("cau/")[0]
    key = re.search(r'name="answer" value="([^"]+)"', here.get(f"{attempt}cau/1/").text)[1]
    home.facts |= {"attempt": attempt, "answer": key}
    command = {"client_uuid": str(uuid4()), "seq": 1, "kind": "answer", "fields": {"": [key]}}
    return here.ask("POST", f"{attempt}cau/1/luu/", json.dumps(command).encode(), {
        "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": here.cookies["csrftoken"]})


def the_last_release_still_does_its_work(home: House) -> None:
    """While an upgrade is under way, the old version serves people on the new tables."""
    if home.last is None:
        return
    home.wait_for(home.last)
    person = Visitor("localhost", home.last, headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.8"})
    assert [person.get(path).status for path in ("/", "/khoa-hoc/", f"/khoa-hoc/{home.facts['course']}/", "/xac-minh/", "/readyz")] == [200] * 5, home.words()
    assert person.sign_in(stage.OTHER, PASSWORD).place == "/hoc-tap/"
    lesson = person.post(f"/hoc-tap/ghi-danh/{home.facts['course']}/").place
    key = re.search(r"/hoc-tap/doc/[0-9a-f-]{36}/", person.get(lesson).text)[0]
    assert person.post(key, {"read_to_end": "1"}).status in (200, 302)
    assert answer_first_question(person, person, home).status == 200
    # Both versions see it, and the new one goes on where the old one stopped.
    assert person.at(home.visitor("web1")).get("/hoc-tap/").status == 200


def uploads_are_seen_by_both(home: House) -> None:
    here = home.facts["learner"]
    there = here.at(home.visitor("web2"))
    here.get("/hoc-tap/khoa-hoc-ngoai/moi/")
    told = {"title": "Lớp bồi dưỡng", "organiser": "Trường Đại học Công đoàn", "ended_on": "01/06/2026"}
    assert here.post("/hoc-tap/khoa-hoc-ngoai/moi/", told, files={"proof": ("giay.png", PICTURE)}).status in (302, 303)
    proof = re.search(r"/hoc-tap/khoa-hoc-ngoai/[0-9a-f-]{36}/minh-chung/", there.get("/hoc-tap/khoa-hoc-ngoai/").text)[0]
    assert [fetched(door, proof) for door in (there, here, here.at(home.visitor()))] == [PICTURE] * 3
    office = home.visitor("web1")
    assert office.sign_in(stage.ADMINISTRATOR, PASSWORD).status == 302
    home.facts["office"] = office
    assert not list(home.folder.glob("web*/var/media/**/*.png")), "a file stayed on one machine"


def fetched(visitor: Visitor, path: str) -> bytes:
    """Fetch a file: from the site, or from the store where the site has signed a link to it."""
    answer = visitor.get(path)
    if answer.status != 302:
        return answer.body
    url = answer.headers["Location"]
    assert "X-Amz-Signature" in url
    port, _slash, rest = url.partition("://")[2].partition("/")
    return Visitor(port.partition(":")[0], int(port.rpartition(":")[2])).ask("GET", f"/{rest}", headers={"Host": port}).body


def a_certificate_is_issued_by_a_worker(home: House) -> None:
    here = home.facts["office"]
    there = here.at(home.visitor("web2"))
    run = f"/dao-tao/cap-giay/{home.facts['run']}/"
    here.get(f"{run}quyet-dinh/")
    assert here.post(f"{run}quyet-dinh/", DECISION).place == run
    assert soon(lambda: there.get(run, Accept="application/json").json()["settled"])
    papers = set(re.findall(r"/dao-tao/so-goc/[0-9a-f-]{36}/", there.get(f"/dao-tao/so-goc/?q={quote('Nguyễn Văn')}").text))
    assert len(papers) == 3
    paper, again = (fetched(door, f"{sorted(papers)[0]}tai-pdf/") for door in (here, there))
    assert paper.startswith(b"%PDF-") and paper == again


def what_is_due_is_done_exactly_once(home: House) -> None:
    told = Counter({f"sap{number}@example.org": 1 for number in range(stage.DUE)}) + Counter({f"lop{number}@example.org": 1 for number in range(3)})
    soon(lambda: sum(home.letters.letters.values()) >= sum(told.values()))
    found = staged(home, "look")
    assert found["failures"] == []
    assert (found["expiries"], found["expired"]) == (stage.DUE, stage.DUE)
    assert (found["reminders"], found["waiting"], found["certificates"]) == (stage.DUE, 0, 3)
    assert (found["is_live"], found["publications"]) == (True, 1)
    assert home.letters.letters == told


def one_after_the_other_is_restarted_and_nobody_notices(home: House) -> None:
    """The upgrade of docs/operating.md: a web process at a time, while people go on reading and asking; half-way, only one has the new files."""
    stopped, answers, sheets = threading.Event(), Counter(), Counter()
    newer = home.folder / "static-of-the-next-release"
    shutil.copytree(home.folder / "static", newer)
    (newer / "css" / "next.0123456789ab.css").write_text("a{}")

    def go_on(visitor: Visitor) -> None:
        while not stopped.is_set():
            for path, fields in (("/", None), (home.facts["lesson"], None), ("/xac-minh/", {"code": "AAAAAAAA"})):
                try:
                    answers[path, (visitor.post(path, fields) if fields else visitor.get(path)).status < 500] += 1
                except OSError as error:
                    answers[path, type(error).__name__] += 1
            time.sleep(0.05)

    people = [home.facts["learner"].at(home.visitor()) for _person in range(4)]
    with ThreadPoolExecutor(len(people)) as crowd:
        for visitor in people:
            crowd.submit(go_on, visitor)
        try:
            for number in (1, 2):
                assert home.stop(f"web{number}") == 0
                home.start_web(number, STATIC_ROOT=str(newer))
                home.wait_for(home.web[number - 1])
                sheets.update(home.visitor().get("/static/css/next.0123456789ab.css").status for _time in range(6))
        finally:
            stopped.set()
    assert {outcome for _path, outcome in answers} == {True}, answers
    assert (sum(answers.values()) > 20, sheets) == (True, Counter({200: 12}))


def the_flag_closes_the_site_and_opens_it_again(home: House) -> None:
    visitor = home.visitor()
    home.closed.touch()
    answers = [visitor.get("/"), visitor.post("/tai-khoan/login/", {"login": "a"}), visitor.get("/static/css/site.css")]
    assert {(one.status, one.headers["Retry-After"], one.headers["Cache-Control"]) for one in answers} == {(503, "120", "no-store")}
    assert "Trang đang được bảo trì" in answers[1].text
    assert "default-src 'none'" in answers[0].headers["Content-Security-Policy"]
    assert (visitor.get("/bao-tri/maintenance.css").status, visitor.get("/healthz").status) == (200, 200)
    assert visitor.get("/bao-tri/maintenance.html").status == 404
    home.closed.unlink()
    assert visitor.get("/").status == 200


def whoever_is_asked_to_stop_finishes_and_goes(home: House) -> None:
    assert {name: home.stop(name) for name in ("worker1", "worker2", "clock1", "clock2")} == dict.fromkeys(("worker1", "worker2", "clock1", "clock2"), 0)
    assert [home.stop(name) for name in ("web1", "web2")] == [0, 0]


def nobody_behind_the_proxy_is_a_page_too(home: House) -> None:
    answer = home.visitor().get("/hoc-tap/")
    assert (answer.status, "Trang đang được bảo trì" in answer.text, answer.headers["Retry-After"]) == (503, True, "120")
    home.family.children["proxy"].send_signal(signal.SIGQUIT)
    assert home.family.children["proxy"].wait(10) == 0


STORIES = [
    the_proxy_keeps_to_its_rules, what_a_visitor_says_of_himself_is_not_believed, a_cadre_signs_in_at_one_and_goes_on_at_the_other,
    an_answer_given_at_one_stands_at_the_other, the_last_release_still_does_its_work, uploads_are_seen_by_both, a_certificate_is_issued_by_a_worker, what_is_due_is_done_exactly_once,
    one_after_the_other_is_restarted_and_nobody_notices, the_flag_closes_the_site_and_opens_it_again, whoever_is_asked_to_stop_finishes_and_goes,
    nobody_behind_the_proxy_is_a_page_too,
]
