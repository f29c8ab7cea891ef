"""A cadre's walk through the site, as their phone takes it: sign in, home, a course, three lessons, a quiz with every answer saved, result, paper.

Keeps true: nothing is asked that a phone would not ask, cookies and forms' tokens are the server's own; what the server has acknowledged is
noted, so that it can be held against the database afterwards.
"""

import contextlib
import http.client
import json
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

HOST, PASSWORD, SLUG = "127.0.0.1", "congdoan-demo", "khoa-de-do"
LESSONS, QUESTIONS = 3, 10
WAITS = [0.2, 0.5, 1, 2, 4]
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Refused(Exception):
    """The server answered with an error, or not at all; the message says where and what."""


@dataclass
class Diary:
    """What one cadre asked, how long it took, and what they were told."""

    email: str
    asked: list[tuple[str, float]] = field(default_factory=list)
    repeated: int = 0
    attempt: str = ""
    # By position: seq and option of the newest acknowledged command.
    answers: dict[int, tuple[int, str]] = field(default_factory=dict)
    # The same of the newest command that was sent, acknowledged or not.
    sent: dict[int, tuple[int, str]] = field(default_factory=dict)
    read: int = 0
    submitted: bool = False
    certified: bool = False
    finished: bool = False
    error: str = ""
    # By the stopwatch.
    ended: float = 0.0


class Phone:
    """A browser with its cookies and one kept connection. `is_stubborn`: ask again until there is an answer, as the page's script does."""

    def __init__(self, port: int, diary: Diary, *, is_stubborn: bool = False, timeout: float = 60):
        self.port, self.diary, self.is_stubborn, self.timeout = port, diary, is_stubborn, timeout
        self.cookies: dict[str, str] = {}
        self.connection: http.client.HTTPConnection | None = None

    def get(self, what: str, path: str) -> bytes:
        """Ask for a page, follow where it leads, and return what stands there."""
        return self._follow(what, self._ask(what, "GET", path))

    def send(self, what: str, path: str, page: bytes, **fields: str) -> bytes:
        """Send a form of this page, follow where it leads, and return what stands there."""
        token = _TOKEN.search(page)
        body = urlencode({"csrfmiddlewaretoken": token[1].decode() if token else "", **fields}).encode()
        return self._follow(what, self._ask(what, "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}))

    def tell(self, what: str, path: str, data: dict) -> bytes:
        """Send what the page's script sends, as JSON or as a form, and return the answer."""
        headers = {"Accept": "application/json", "X-CSRFToken": self.cookies.get("csrftoken", ""), "Content-Type": "application/json"}
        return self._ask(what, "POST", path, json.dumps(data).encode(), headers)[1]

    def _follow(self, what: str, reply: tuple[int, bytes, str]) -> bytes:
        while reply[0] in (301, 302, 303):
            reply = self._ask(what, "GET", urlsplit(reply[2]).path or "/")
        return reply[1]

    def _ask(self, what: str, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> tuple[int, bytes, str]:
        tried = 0
        while True:
            try:
                began = time.monotonic()
                reply = self._once(method, path, body, headers)
                if reply[0] < 400:
                    self.diary.asked.append((what, time.monotonic() - began))
                    return reply
                fault = Refused(f"{what}: {method} {path} answered {reply[0]}")
                may_repeat = reply[0] >= 500
            except (OSError, http.client.HTTPException) as error:
                self.connection = None
                fault, may_repeat = Refused(f"{what}: {method} {path}: {type(error).__name__} {error}"), True
            if not (self.is_stubborn and may_repeat):
                raise fault
            self.diary.repeated += 1
            time.sleep(WAITS[min(tried, len(WAITS) - 1)] * random.uniform(0.7, 1.3))
            tried += 1

    def _once(self, method: str, path: str, body: bytes | None, headers: dict | None) -> tuple[int, bytes, str]:
        is_kept = self.connection is not None
        if not is_kept:
            self.connection = http.client.HTTPConnection(HOST, self.port, timeout=self.timeout)
        told = {"Accept-Language": "vi", "Accept-Encoding": "identity", "Referer": f"http://{HOST}:{self.port}/",
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        try:
            self.connection.request(method, path, body, told)
            reply = self.connection.getresponse()
            content = reply.read()
        except (ConnectionError, http.client.RemoteDisconnected):
            # A server may close a connection that was idle; a browser opens another one.
            self.connection = None
            if not is_kept:
                raise
            return self._once(method, path, body, headers)
        for line in reply.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name.strip()] = rest.partition(";")[0]
        return reply.status, content, reply.headers.get("Location", "")


class Cadre(threading.Thread):
    """One person's walk. `think` is the mean pause between two touches, in seconds."""

    def __init__(self, number: int, port: int, email: str, *, think: float, stubborn: bool = False,
                 go_on: Callable[[], bool] = lambda: False, delay: float = 0):
        super().__init__(daemon=True)
        self.random, self.diary, self.think = random.Random(number), Diary(email), think
        self.phone, self.go_on, self.delay, self.seq = Phone(port, self.diary, is_stubborn=stubborn), go_on, delay, 0

    def run(self) -> None:
        time.sleep(self.delay)
        try:
            self.sign_in()
            lessons, quiz = self.find_course()
            for lesson in lessons:
                self.read(lesson)
            self.take(quiz)
            self.diary.finished = True
        except Refused as refusal:
            self.diary.error = str(refusal)
        except Exception as error:  # a page that is other than the walk expects
            self.diary.error = f"{type(error).__name__}: {error}"
        finally:
            self.diary.ended = time.monotonic()

    def rest(self) -> None:
        time.sleep(self.random.uniform(0.5, 1.5) * self.think)

    def sign_in(self) -> None:
        self.phone.get("front page", "/")
        self.rest()
        page = self.phone.get("sign-in page", "/tai-khoan/login/")
        self.rest()
        home = self.phone.send("sign in", "/tai-khoan/login/", page, login=self.diary.email, password=PASSWORD)
        if b"/tai-khoan/logout/" not in home and "sessionid" not in self.phone.cookies:
            raise Refused("sign in: still a stranger")
        self.rest()
        self.phone.get("learner's home", "/hoc-tap/")
        self.rest()

    def find_course(self) -> tuple[list[str], str]:
        page = self.phone.get("course", f"/khoa-hoc/{SLUG}/")
        self.rest()
        self.phone.send("enrol", f"/hoc-tap/ghi-danh/{SLUG}/", page)
        page = self.phone.get("course", f"/khoa-hoc/{SLUG}/").decode()
        steps = list(dict.fromkeys(re.findall(rf'href="(/khoa-hoc/{SLUG}/[a-z0-9-]+/[a-z0-9-]+/)', page)))
        return [step for step in steps if "/bai-" in step][:LESSONS], next(step for step in steps if "kiem-tra" in step)

    def read(self, lesson: str) -> None:
        self.rest()
        page = self.phone.get("lesson", lesson)
        reports = re.search(rb'data-reading="([^"]+)"', page)[1].decode()
        self.rest()
        self.phone.send("reading reported", reports, page, anchor="muc-1", anchor_title="Mục 1")
        self.rest()
        self.phone.send("lesson read", reports, page, read_to_end="1")
        self.diary.read += 1

    def take(self, quiz: str) -> None:
        self.rest()
        page = self.phone.get("quiz page", quiz)
        start = re.search(r'action="(/hoc-tap/lam-bai/[^"]+)"', page.decode())[1]
        self.rest()
        page = self.phone.send("quiz started", start, page)
        self.diary.attempt = re.search(rb"/hoc-tap/bai-lam/([0-9a-f-]{36})", page)[1].decode()
        while self.go_on():
            self.answer(self.random.randint(1, QUESTIONS), is_last=False)
        for position in range(1, QUESTIONS + 1):
            page = self.answer(position, is_last=True)
        result = self.phone.send("submitted", f"/hoc-tap/bai-lam/{self.diary.attempt}/nop/", page)
        self.diary.submitted = True
        self.rest()
        papers = self.phone.get("my certificates", "/chung-nhan/")
        self.diary.certified = SLUG.encode() in papers or b"/chung-nhan/" in result

    def answer(self, position: int, *, is_last: bool) -> bytes:
        """Look at a question, choose and have it saved; the last time rightly: in this quiz the first option is right."""
        place = f"/hoc-tap/bai-lam/{self.diary.attempt}/cau/{position}/"
        page = self.phone.get("question", place)
        options = re.findall(r'name="answer" value="([^"]+)"', page.decode())
        key = options[0] if is_last else self.random.choice(options)
        self.rest()
        self.seq = max(self.seq + 1, int(time.time() * 1000))
        command = {"client_uuid": str(uuid4()), "seq": self.seq, "kind": "answer", "fields": {"": [key]}}
        self.diary.sent[position] = (self.seq, key)
        self.phone.tell("answer saved", f"{place}luu/", command)
        self.diary.answers[position] = max(self.diary.answers.get(position, (0, "")), (self.seq, key))
        return page


def make_course(*, count: int) -> list[str]:
    """Make people with one password, and a course of three lessons and a quiz whose first options are right; return their addresses.

    Runs where Django is set up and there is an issuer. Where the demonstration is loaded, lessons are as long as its lessons.
    """
    from django.contrib.auth.hashers import make_password

    from accounts.models import User
    from courses.models import LessonPage
    from courses.services import publish_rules
    from tests.factories import courses, quizzes

    bodies = [{"body": page.body} for page in LessonPage.objects.live().order_by("path")[:LESSONS]] or [{}] * LESSONS
    course = courses.course("Khóa để đo", SLUG, gives_certificate=True)
    module = courses.module(course)
    for number, body in enumerate(bodies, start=1):
        courses.lesson(module, f"Bài {number}. Đọc như thật", f"bai-{number}", **body)
    questions = quizzes.bank(QUESTIONS, category=quizzes.category("Để đo"))
    courses.quiz_page(module, quizzes.quiz(questions, title="Để đo", attempts_allowed=0, time_limit_seconds=3600))
    publish_rules(course=course)
    kept = make_password(PASSWORD)
    User.objects.bulk_create(
        User(email=f"{n}@walk.example.org", full_name=f"Người Đi {n}", password=kept, sort_key=f"{n:06}", search_key=f"nguoi di {n}") for n in range(count))
    return [f"{n}@walk.example.org" for n in range(count)]



def percentiles(seconds: list[float]) -> tuple[float, float, float]:
    """Return the median, the 95th and the 99th of a hundred, in ms; zeros of nothing."""
    if not seconds:
        return 0.0, 0.0, 0.0
    ordered = sorted(seconds)
    return tuple(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99))


def join_all(people: list[Cadre], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for one in people:
        with contextlib.suppress(RuntimeError):
            one.join(max(0.1, deadline - time.monotonic()))
