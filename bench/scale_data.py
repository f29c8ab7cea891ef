"""A site for `bench/scale.py`: the courses of the demonstration and copies of them, the province of `bench/coverage_data.py`, attempts and answers.

Everything grows with the people: for 300,000 of them 1,000,000 enrolments, 100,000 attempts with 500,000 answers, 300 courses.
"""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.core.management import call_command
from django.utils import timezone

from bench.coverage_data import COURSES, FIRST_DAY, _set_sequences, make, pour

# Every third person has taken a quiz of five questions.
TAKEN_BY_EACH, ASKED = 3, 5
# Units for each copy of the demonstration's courses: a hundred copies at the full size.
UNITS_PER_COPY = 600
LEARNERS, PAPERS = 400, 40
PASSWORD = "!"


def make_site(units: int) -> dict:
    """Make the site, and return how much of everything there is."""
    begun = time.perf_counter()
    courses = _courses(units)
    made = make(units, courses[:COURSES])
    answers = _attempts(made["people"])
    _set_sequences()
    _cast()
    _papers()
    call_command("update_index", verbosity=0)
    _analyse()
    return {**made, "answers": answers, "courses": len(courses), "seconds": time.perf_counter() - begun}


def _courses(units: int) -> list:
    """Load the courses of the demonstration, and copy them as often as the size asks; at least twelve."""
    from django.test.utils import override_settings

    from courses.models import CoursePage
    from lms.demo import load
    from lms.management.commands.grow import Courses

    # Indexed at once at the end, as the demonstration does.
    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}):
        load.load_site()
        load.load_laws()
        teacher = load.Courses(now=FIRST_DAY)
        loaded = sum(teacher.load(path.parent) for path in sorted(load.CONTENT.glob("*/course.yaml")))
        copier = Courses()
        for _round in range(max(units // UNITS_PER_COPY, -(-COURSES // loaded)) - 1):
            copier.copy_all()
    return list(CoursePage.objects.live().order_by("path"))


def _attempts(people: int) -> int:
    """Attempts of every third person at the first quiz there is, marked, each with its answers. Return how many answers."""
    from quizzes.models import AnswerStep, Attempt, AttemptSlot, Question, Quiz
    from quizzes.services.drawing import freeze_questions
    from quizzes.types import type_of

    chance, quiz = random.Random(7), Quiz.objects.order_by("pk").first()
    versions = list(freeze_questions(questions=Question.objects.order_by("pk")[:ASKED], now=FIRST_DAY).values())
    orders = [type_of(version.type).draw_order(version.content, chance, shuffle=False) for version in versions]
    right = [{"chosen": [option["key"] for option in version.content["options"] if option["right"]]} for version in versions]
    takers = range(1, people + 1, TAKEN_BY_EACH)

    def taken() -> Iterator[tuple]:
        for number, person in enumerate(takers, start=1):
            at = FIRST_DAY + timedelta(days=chance.randrange(600), minutes=number % 1440)
            done = at + timedelta(minutes=6)
            yield number, quiz.pk, person, f"bench-{number}", 1, "marked", number, 0.5, "full", {}, at, done, done, ASKED, ASKED, 1.0, True, f"{number:016d}"

    pour(Attempt, [
        "id", "quiz", "user", "context", "number", "state", "seed", "pass_fraction", "review", "rules", "started_at", "submitted_at", "marked_at", "points",
        "max_points", "fraction", "passed", "receipt_code"], taken())
    slots = [(number, place) for number, _person in enumerate(takers, start=1) for place in range(ASKED)]
    pour(AttemptSlot, ["id", "attempt", "position", "version", "option_order", "answer", "answer_seq", "fraction", "points", "max_points"], (
        (pk, number, place + 1, versions[place].pk, orders[place], right[place], 1, 1.0, 1, 1) for pk, (number, place) in enumerate(slots, start=1)))
    pour(AnswerStep, ["attempt", "slot", "client_uuid", "seq", "answer", "received_at"], (
        (number, pk, UUID(int=pk), 1, right[place], FIRST_DAY) for pk, (number, place) in enumerate(slots, start=1)))
    return len(slots)


def _cast() -> None:
    """One who looks after the province, and learners spread over it who are in the middle of a course that everybody measured reads."""
    from accounts.models import User
    from courses.models import CoursePage
    from learning.models import Completion, Enrolment
    from unions.models import RoleGrant, Unit

    chief = User.objects.create_user(email="quantri@example.org", full_name="Trần Văn Ân", password=PASSWORD, is_staff=True)
    RoleGrant.objects.create(user=chief, unit=Unit.objects.get(code="T"), role="training_admin", granted_at=FIRST_DAY)
    course, everybody = CoursePage.objects.live().order_by("path").first(), User.objects.count()
    keys = range(2, everybody - 1, max(everybody // LEARNERS, 1))
    learners = list(User.objects.filter(pk__in=keys).order_by("pk")[:LEARNERS])
    for learner in learners:
        learner.email = f"{learner.pk}@bench.example.org"
    User.objects.bulk_update(learners, ["email"])
    # Theirs alone: whoever finished it already would read a page of another kind.
    Completion.objects.filter(enrolment__course=course, enrolment__user__in=learners, enrolment__cycle=1).delete()
    Enrolment.objects.bulk_create(
        [Enrolment(user=learner, course=course, enrolled_at=FIRST_DAY, steps_total=8) for learner in learners], ignore_conflicts=True)


def _papers() -> None:
    """Papers as the product makes them, stored and all, for some of the learners."""
    from certificates.models import Certificate, Series
    from certificates.services import issue_certificate
    from learning.models import Completion

    for series in Series.objects.all():
        series.taken = Certificate.objects.filter(series=series).order_by("-number").values_list("number", flat=True).first() or 0
        series.save()
    done = Completion.objects.exclude(enrolment__user__certificates__isnull=False).select_related("enrolment__user", "enrolment__course")
    for completion in done.order_by("pk")[:PAPERS]:
        issue_certificate(user=completion.enrolment.user, course=completion.enrolment.course, completion=completion, now=timezone.now())


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
