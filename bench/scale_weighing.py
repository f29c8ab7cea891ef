"""How `bench/scale.py` weighs a request: statements in this process, CPU of a served site and of its database by /proc."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from bench.scale import MOST_ANSWER, MOST_LESSON
from bench.scale_cases import Case, Cast, Request, cases
from bench.serving import HOST, Browser, Server, sessions_for

# What frames statements, and is none.
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
# Each case has learners of its own, those that warm up before those that are weighed.
WARM, COUNTED = 6, 3
ROUNDS = 6
# By turns with the bare view: a machine that others use runs at another speed from one second to the next.
AT_A_TURN = 10
OF_A_REPORT, BARE_BESIDE = 20, 100


def measure(requests: int, only: str) -> dict:
    """Weigh every case, then a lesson and a saved answer by turns with the bare view."""
    cast = Cast()
    wanted = [case for case in cases(cast) if only in case.name]
    counts = {case.name: {"queries": _statements(case, cast), "report": _of_report(case)} for case in wanted}
    with ExitStack() as stack:
        site = Site(stack.enter_context(Server(dict(os.environ), workers=1)), cast)
        bare = Bare(stack.enter_context(Server(
            {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.bare_settings"}, app="bench.bare:application", workers=1)), cast)
        bare.weigh(requests)
        lines = {case.name: _beside(bare, lambda case=case: site.weigh(case, requests)) | counts[case.name] for case in wanted}
        ratios = {} if only else _ratios(site, bare, {case.name: case for case in wanted}, requests)
    return {"lines": lines, "ratios": ratios}


def _statements(case: Case, cast: Cast) -> int:
    """Count the statements of a warm request, through the whole middleware, in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    numbers = range(COUNTED)
    if case.ready:
        case.ready(numbers)
    for number in numbers:
        request, client = case.make(number), Client(SERVER_NAME=HOST, headers={"accept-language": "vi"})
        if request.who is not None:
            client.force_login(cast.person(request.who))
        if case.report is not None:
            # Figures of a large unit that are missing or old are counted at once here, where a worker would do it.
            _ask(client, request)
        with CaptureQueriesContext(connection) as queries:
            answer = _ask(client, request)
            said = [query["sql"].lstrip("(").split(None, 1)[0].upper() for query in queries.captured_queries]
        _check(request, answer.status_code)
    return sum(not word.startswith(FRAME) for word in said)


def _of_report(case: Case) -> int | None:
    """Count the statements of the report itself, its target read before; None for what is none."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if case.report is None:
        return None
    for _warm in range(2):
        case.report(0)
    with CaptureQueriesContext(connection) as queries:
        case.report(0)
    return len(queries) - case.asks_first


def _ask(client, request: Request):
    headers = {"x-forwarded-for": request.address}
    if request.is_post:
        return client.post(request.path, json.dumps(request.data), content_type="application/json", headers=headers)
    return client.get(request.path, headers=headers)


def _check(request: Request, status: int) -> None:
    wanted = (200, 302, 303) if request.is_post else (200,)
    if status not in wanted:
        sys.exit(f"{request.path} answered {status}, so there is nothing to measure.")


class Site:
    """The served site, and a kept-alive connection for each session."""

    def __init__(self, server: Server, cast: Cast):
        self.server, self.cast, self.browsers = server, cast, {}
        keys = {"chief": cast.chief} | dict(enumerate(cast.learners)) | {-place - 1: holder for place, holder in enumerate(cast.holders)}
        self.sessions = dict(zip(keys, sessions_for(list(keys.values())), strict=True))
        self.connection = Browser(server.port, "")
        self.database = int(os.environ["BENCH_POSTMASTER"])

    def ask(self, request: Request) -> None:
        self.connection.cookies = f"csrftoken={'a' * 32}" + (f"; sessionid={self.sessions[request.who]}" if request.who is not None else "")
        headers = {"X-Forwarded-For": request.address, "Accept-Encoding": "gzip"}
        body = None
        if request.is_post:
            headers |= {"X-CSRFToken": "a" * 32, "Content-Type": "application/json", "Accept": "application/json"}
            body = json.dumps(request.data).encode()
        _check(request, self.connection.ask("POST" if request.is_post else "GET", request.path, body, headers)[0])

    def weigh(self, case: Case, requests: int) -> dict[str, float]:
        """Return the CPU in ms of one request of many, of the web process and of the database."""
        weighed = self.warmed(case, min(requests, OF_A_REPORT) if case.report is not None else requests)
        requests = len(weighed)
        web, database = self.server.cpu_seconds(), _database_seconds(self.database)
        for request in weighed:
            self.ask(request)
        spent = self.server.cpu_seconds() - web, _database_seconds(self.database) - database
        return dict(zip(("web", "database"), (each * 1000 / requests for each in spent), strict=True))

    def warmed(self, case: Case, requests: int) -> list[Request]:
        """Return so many requests, everybody's second."""
        warm, weighed = list(self._requests(case, COUNTED, WARM)), list(self._requests(case, COUNTED + WARM, requests))
        for request in warm:
            self.ask(request)
        if not case.ready and case.name != "start quiz":
            # Everybody's second visit: the first one may write that they were there.
            for request in weighed:
                self.ask(request)
        return weighed

    def _requests(self, case: Case, first: int, many: int) -> Iterator[Request]:
        numbers = range(first, first + many)
        if case.ready:
            case.ready(numbers)
        return (case.make(number) for number in numbers)


class Bare:
    """The bare view, asked by the same people under sessions of its own."""

    def __init__(self, server: Server, cast: Cast):
        self.server, self.connection = server, Browser(server.port, "")
        self.sessions = sessions_for(cast.learners, backend="django.contrib.auth.backends.ModelBackend")

    def weigh(self, requests: int) -> float:
        before = self.server.cpu_seconds()
        self.ask(range(requests))
        return (self.server.cpu_seconds() - before) * 1000 / requests

    def ask(self, numbers: range) -> None:
        for number in numbers:
            self.connection.cookies = f"sessionid={self.sessions[number % len(self.sessions)]}"
            if self.connection.get("/nguoi/")[0] != 200:
                sys.exit("The bare view did not know who asks.")


def _beside(bare: Bare, weigh: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Weigh with the bare view before and after, so that sizes are compared in bare views: the machine may be busier during one than during another."""
    before = bare.weigh(BARE_BESIDE)
    return weigh() | {"bare": (before + bare.weigh(BARE_BESIDE)) / 2}


def _ratios(site: Site, bare: Bare, by_name: dict[str, Case], requests: int) -> dict[str, dict]:
    """Weigh by turns, a few requests each, so that what else the machine does falls on both."""
    bare.weigh(requests)
    found = {}
    for name, most in (("lesson", MOST_LESSON), ("save answer", MOST_ANSWER)):
        plain, ours, count = 0.0, 0.0, 0
        for _round in range(ROUNDS):
            weighed = site.warmed(by_name[name], requests)
            count += len(weighed)
            for at in range(0, len(weighed), AT_A_TURN):
                turn = weighed[at:at + AT_A_TURN]
                plain += _spent(bare.server, lambda at=at, turn=turn: bare.ask(range(at, at + len(turn))))
                ours += _spent(site.server, lambda turn=turn: [site.ask(request) for request in turn])
        found[name] = {"ratio": ours / plain, "bare": plain * 1000 / count, "most": most}
    return found


def _spent(server: Server, ask: Callable[[], object]) -> float:
    before = server.exact_seconds()
    ask()
    return server.exact_seconds() - before


def _database_seconds(postmaster: int) -> float:
    """Return the CPU that the database server has used: its own, that of the processes it has, and of those that ended."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if folder.name.isdecimal():
                values = (folder / "stat").read_text().rpartition(")")[2].split()
                is_its_own = int(folder.name) == postmaster
                if is_its_own or int(values[1]) == postmaster:
                    ticks += sum(int(value) for value in values[11:15 if is_its_own else 13])
    return ticks / os.sysconf("SC_CLK_TCK")
