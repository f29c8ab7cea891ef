"""Loads the demonstration's invented people, units and what they have learnt, through the same services that real people use."""

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import yaml
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db.models import Q

from accounts.models import User
from certificates.models import Issuer
from courses.groups import TRAINERS, ensure_groups
from courses.models import CoursePage, LessonPage, QuizPage, Trainer
from courses.selectors import Step, outline_of
from learning.models import Enrolment
from learning.services import enrol_learner, record_reading
from lms.demo.load import CONTENT
from quizzes.selectors import milliseconds
from quizzes.services import save_answer, start_attempt, submit_attempt
from unions.enums import Role
from unions.models import PostKind, Unit, UnitType
from unions.services import appoint_person, create_unit, grant_role
from vietnamese.text import fold

# The place of the deputy group leader in the list of posts as it was loaded before the province had 800 people.
SHORT_LIST = 4
PASSWORD = "congdoan-demo"  # noqa: S105 - printed by `make run`; the loader refuses to run outside development


def read_people() -> dict:
    return yaml.safe_load((CONTENT / "people.yaml").read_text(encoding="utf-8"))


def load_units(data: dict) -> None:
    """Make unit types, posts, units and the issuing union that are not there."""
    _load_lists(data)
    units = {unit.code: unit for unit in Unit.objects.all()}
    types = {row.name: row for row in UnitType.objects.all()}
    for row in data["units"]:
        if row["code"] not in units:
            units[row["code"]] = create_unit(
                code=row["code"], name=row["name"], type=types[row["type"]], active_from=data["since"],
                parent=units.get(row.get("under")), sector=row.get("sector", ""))
    issuer = dict(data["issuer"])
    Issuer.objects.get_or_create(unit=units[issuer.pop("unit")], defaults={**issuer, "is_default": True})


def _load_lists(data: dict) -> None:
    """Make the types and kinds of post that are not there; where a shorter list was loaded once, its order gives way to that of the whole."""
    for rank, name in enumerate(data["types"]):
        UnitType.objects.get_or_create(name=name, defaults={"rank": rank})
    was_short = PostKind.objects.filter(slug="to-pho", rank=SHORT_LIST).exists() and not PostKind.objects.filter(slug="uy-vien-btv").exists()
    for rank, post in enumerate(data["posts"]):
        # An office may have made one of this name itself.
        if not PostKind.objects.filter(Q(slug=post["slug"]) | Q(name=post["name"])).exists():
            PostKind.objects.create(slug=post["slug"], name=post["name"], rank=rank, is_cadre=post.get("is_cadre", True))
    if was_short:
        for rank, post in enumerate(data["posts"]):
            PostKind.objects.filter(slug=post["slug"]).update(rank=rank)


def load_officers(data: dict, *, now: datetime) -> None:
    """Make the people with a role over a part of the province who are not there, able to sign in as the demo accounts do."""
    for row in data["officers"]:
        if not User.objects.filter(email=row["email"]).exists():
            user = User.objects.create_user(full_name=row["name"], email=row["email"], phone=row["phone"], password=PASSWORD, gender=_gender(row["name"]))
            _verify_email(user)
            unit = Unit.objects.get(code=row["unit"])
            kind = PostKind.objects.get(slug=row["post"])
            appoint_person(user=user, unit=unit, kind=kind, valid_from=data["since"], full_time=True, manner="designated")
            grant_role(user=user, unit=unit, role=row["role"], now=now)


def load_accounts(data: dict, *, now: datetime) -> dict[str, User]:
    """Make the three demo accounts that are not there, with their posts and roles; return them by part."""
    accounts = {}
    for part, row in data["accounts"].items():
        user = User.objects.filter(email=row["email"]).first()
        if user is None:
            user = User.objects.create_user(
                full_name=row["name"], email=row["email"], phone=row["phone"], password=PASSWORD, gender=_gender(row["name"]),
                is_staff=part != "cadre", is_superuser=part == "administrator")
            _verify_email(user)
            _appoint(user, row, data["since"])
        accounts[part] = user
    _let_teach(accounts["trainer"])
    grant_role(user=accounts["administrator"], unit=Unit.objects.get(code="TH"), role=Role.TRAINING_ADMIN, now=now)
    return accounts


def _gender(name: str) -> str:
    # True of the people in people.yaml, not of everybody.
    return "female" if "Thị" in name.split() else "male"


def _verify_email(user: User) -> None:
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def _let_teach(trainer: User) -> None:
    ensure_groups()
    trainer.groups.add(Group.objects.get(name=TRAINERS))
    Trainer.objects.update_or_create(name=trainer.full_name, defaults={"user": trainer})


def _appoint(user: User, row: dict, since) -> None:
    if "unit" in row:
        appoint_person(
            user=user, unit=Unit.objects.get(code=row["unit"]), kind=PostKind.objects.get(slug=row["post"]), valid_from=since, manner="elected")


class Learners:
    """Lets the invented people learn: who did nothing yet enrols, reads, is quizzed, over the last weeks."""

    def __init__(self, *, now: datetime) -> None:
        self.now, self.random = now, Random(24)  # noqa: S311 - invented people, no secret
        self.courses = {course.code: course for course in CoursePage.objects.live().filter(code__startswith="KH")}

    def load(self, data: dict) -> int:
        """Return how many people were added."""
        added = 0
        for number, row in enumerate(data["people"]):
            email = f"{fold(row['name']).replace(' ', '.')}@example.org"
            if User.objects.filter(email=email).exists():
                continue
            user = User.objects.create_user(
                full_name=row["name"], email=email, phone=f"09800000{number:02d}", password=None, gender=_gender(row["name"]))
            _appoint(user, row, data["since"])
            for code, steps in row["done"].items():
                if code in self.courses:
                    self._learn(user, self.courses[code], steps)
            added += 1
        return added

    def _learn(self, user: User, course: CoursePage, steps: int | str) -> Enrolment:
        at = self.now - timedelta(days=self.random.randint(12, 60), minutes=self.random.randint(0, 600))
        enrolment = enrol_learner(user=user, course=course, now=at)
        outline = outline_of(course).steps
        for step in outline if steps == "done" else outline[:steps]:
            at += timedelta(hours=self.random.randint(1, 30))
            at = min(at, self.now - timedelta(minutes=5))
            self._read(enrolment, step, at) if step.kind == "lesson" else self._pass(enrolment, step, at)
        return enrolment

    def _read(self, enrolment: Enrolment, step: Step, at: datetime) -> None:
        lesson = LessonPage.objects.get(pk=step.page_id)
        for minute in range(step.minutes):
            record_reading(enrolment=enrolment, page=lesson, now=at + timedelta(minutes=minute) - timedelta(minutes=step.minutes))
        record_reading(enrolment=enrolment, page=lesson, now=at, read_to_end=True)

    def _pass(self, enrolment: Enrolment, step: Step, at: datetime) -> None:
        page = QuizPage.objects.select_related("quiz").get(pk=step.page_id)
        attempt = start_attempt(quiz=page.quiz, user=enrolment.user, context=enrolment.context, now=at)
        for slot in attempt.slots.select_related("version"):
            right = [option["key"] for option in slot.version.content["options"] if option["right"]]
            wrong = [option["key"] for option in slot.version.content["options"] if not option["right"]]
            # One slip among the first fifth at most, so that everybody named as finished has passed.
            slips = slot.position <= len(attempt.slots.all()) // 5 and self.random.random() < 0.6
            moment = at + timedelta(seconds=slot.position * self.random.randint(12, 20))
            save_answer(
                attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=milliseconds(moment),
                answer={"chosen": wrong[:1] if slips and wrong else right}, now=moment)
        submit_attempt(attempt=attempt, now=at + timedelta(minutes=8))
