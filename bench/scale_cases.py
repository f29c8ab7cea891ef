"""The requests that `bench/scale.py` weighs: the twelve of a cadre's and an office's day, and lists of the office beside them.

A case makes its requests anew for each person, so that nothing is answered twice from the same row; what it needs is prepared before, uncounted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

CHIEF = "quantri@example.org"
SEARCH = "/khoa-hoc/?q=thoa+uoc+lao+dong+tap+the"


@dataclass(frozen=True)
class Request:
    path: str
    # The learner who asks, by place in the cast; "chief": the office; None: a stranger.
    who: int | str | None = None
    data: dict | None = None
    is_post: bool = False
    address: str = "10.0.0.1"


@dataclass(frozen=True)
class Case:
    """`make` returns the request of a number; `ready` prepares those of some numbers. `report`: what a report counts, without its page; it may grow."""

    name: str
    make: Callable[[int], Request]
    ready: Callable[[Sequence[int]], None] | None = None
    report: Callable[[int], object] | None = None
    # Statements of what is asked (a target, the unit of a form), which are no part of the report.
    asks_first: int = 0


class Cast:
    """Who asks, and what they ask for."""

    def __init__(self) -> None:
        from accounts.models import User
        from certificates.models import Certificate
        from courses.models import CoursePage, QuizPage
        from courses.selectors import outline_of
        from training.models import Target
        from unions.models import Unit

        self.chief = User.objects.get(email=CHIEF)
        self.learners = list(User.objects.filter(email__endswith="@bench.example.org").order_by("pk"))
        self.course = CoursePage.objects.live().order_by("path").first()
        steps = outline_of(self.course).steps
        self.lessons = [step.url for step in steps if step.kind == "lesson"]
        self.quiz_page = QuizPage.objects.select_related("quiz").get(pk=next(step.page_id for step in steps if step.kind == "quiz"))
        papers = Certificate.objects.exclude(pdf="").select_related("user").order_by("-pk")
        self.papers = list(papers[:40])
        self.holders = [paper.user for paper in self.papers]
        self.targets = list(Target.objects.order_by("pk"))
        self.top = Unit.objects.get(code="T")
        self.communes = list(Unit.objects.filter(code__startswith="X").order_by("pk")[1:21])
        self.attempts: dict[int, object] = {}

    def person(self, who: int | str):
        if who == "chief":
            return self.chief
        return self.holders[-who - 1] if who < 0 else self.learners[who]

    def begin(self, numbers: Sequence[int]) -> None:
        """Let learners start the quiz, by the service that the page calls."""
        from django.utils import timezone

        from learning.models import Enrolment
        from quizzes.services import start_attempt

        for number in numbers:
            enrolment = Enrolment.objects.get(user=self.learners[number], course=self.course)
            self.attempts[number] = start_attempt(
                quiz=self.quiz_page.quiz, user=self.learners[number], context=enrolment.context, now=timezone.now())

    def answer_all(self, numbers: Sequence[int]) -> None:
        from django.utils import timezone

        from quizzes.querysets import Taker
        from quizzes.services import save_answer
        from tests.factories.quizzes import right_answer

        self.begin(numbers)
        for number in numbers:
            for slot in self.attempts[number].slots.select_related("version"):
                save_answer(
                    taker=Taker(self.learners[number]), uuid=self.attempts[number].uuid, position=slot.position, answer=right_answer(slot), fields=None,
                    client_uuid=uuid4(), seq=2, now=timezone.now())


def cases(cast: Cast) -> list[Case]:
    """Return all cases, in the order in which they must come: a quiz is started before it is answered."""
    return [*_of_learners(cast), *_of_strangers(cast), *_of_the_office(cast)]


def _of_learners(cast: Cast) -> list[Case]:
    keys: dict[int, str] = {}
    ticks = count(10)

    def saved(number: int) -> Request:
        attempt = cast.attempts[number]
        if number not in keys:
            keys[number] = attempt.slots.select_related("version").get(position=1).version.content["options"][0]["key"]
        command = {"client_uuid": str(uuid4()), "seq": next(ticks), "kind": "answer", "fields": {"": [keys[number]]}}
        return Request(f"/hoc-tap/bai-lam/{attempt.uuid}/cau/1/luu/", number, command, is_post=True)

    def paper(number: int) -> Request:
        place = number % len(cast.papers)
        return Request(f"/chung-nhan/{cast.papers[place].uuid}/tai-pdf/", -place - 1)

    return [
        Case("course", lambda number: Request(cast.course.url_path.replace("/trang-chu", ""), number)),
        Case("lesson", lambda number: Request(cast.lessons[0], number)),
        Case("lesson, another one opened", lambda number: Request(cast.lessons[1 + next(ticks) % 2], number)),
        Case("start quiz", lambda number: Request(f"/hoc-tap/lam-bai/{cast.quiz_page.translation_key}/", number, {}, is_post=True)),
        Case("save answer", saved, ready=cast.begin),
        Case("submit", lambda number: Request(f"/hoc-tap/bai-lam/{cast.attempts[number].uuid}/nop/", number, {}, is_post=True), ready=cast.answer_all),
        Case("learner's home", lambda number: Request("/hoc-tap/", number)),
        Case("certificate PDF", paper),
    ]


def _of_strangers(cast: Cast) -> list[Case]:
    turns = count(1)

    def checked(number: int) -> Request:
        turn = next(turns)
        return Request(f"/xac-minh/{cast.papers[number % len(cast.papers)].code}/", address=f"10.{turn // 65536}.{turn // 256 % 256}.{turn % 256}")

    return [Case("home", lambda _number: Request("/")), Case("catalogue search", lambda _number: Request(SEARCH)), Case("verification", checked)]


def _of_the_office(cast: Cast) -> list[Case]:
    reports = Reports(cast)

    def asked(name: str, path: str, report: Callable[[int], object] | None = None, asks_first: int = 0) -> Case:
        return Case(name, lambda _number: Request(path, "chief"), report=report, asks_first=asks_first)

    def covered(names: str, number: int, unit) -> Request:
        return Request(f"/dao-tao/do-phu/{cast.targets[number % len(cast.targets)].uuid}/{names}?unit={unit.uuid}", "chief")

    return [
        Case("coverage of the province", lambda number: covered("", number, cast.top), report=lambda number: reports.covered(number, cast.top), asks_first=1),
        Case("coverage of a commune", lambda number: covered("", number, cast.communes[number % len(cast.communes)]),
             report=lambda number: reports.covered(number, cast.communes[number % len(cast.communes)]), asks_first=1),
        Case("coverage, names of the province", lambda number: covered("ten/", number, cast.top), report=lambda number: reports.named(number, cast.top),
             asks_first=1),
        asked("learner list", "/dao-tao/"), asked("learner list, page 20", "/dao-tao/?trang=20"),
        Case("learner list of a commune", lambda number: Request(f"/dao-tao/?unit={cast.communes[number % len(cast.communes)].uuid}", "chief")),
        asked("completion by course", "/dao-tao/theo-khoa-hoc/", reports.by_course), asked("statistics", "/dao-tao/thong-ke/", reports.statistics, asks_first=3),
        asked("list of cadres", "/dao-tao/can-bo/"), asked("slips", "/dao-tao/phieu/"),
    ]


class Reports:
    """The reports themselves, without the pages around them."""

    def __init__(self, cast: Cast):
        from django.utils import timezone

        from unions.selectors.scopes import office_of

        self.cast, self.now, self.today, self.office = cast, timezone.now(), timezone.localdate(), office_of(cast.chief)

    def asked(self, number: int, unit) -> dict:
        from training.models import Target

        # As a page loads it: nothing of it is known from the call before.
        targets = Target.objects.select_related("unit", "audience__from_kind")
        target = targets.get(pk=self.cast.targets[number % len(self.cast.targets)].pk)
        return {"target": target, "unit": unit, "on": self.today, "tree": "today", "now": self.now}

    def covered(self, number: int, unit):
        from training.selectors.coverage import coverage_of

        return coverage_of(**self.asked(number, unit))

    def named(self, number: int, unit):
        from training.selectors.coverage import people_of

        return people_of(**self.asked(number, unit))

    def by_course(self, _number: int):
        from training.selectors.courses import sums_by_course
        from training.selectors.learners import Filters

        return sums_by_course(self.office, Filters(), self.today)

    def statistics(self, _number: int):
        from training.forms.statistics import PeriodForm
        from training.selectors.statistics import statistics_of

        form = PeriodForm({}, office=self.office, on=self.today)
        return statistics_of(form.period, form.grouping)
