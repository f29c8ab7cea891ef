"""Writes the people of the invented province into the database, in bulk: who they are, their posts, what they learnt.

They come once and all together; where some are there already, nothing is added.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from courses.models import CoursePage
from courses.selectors import Step, outline_of, rules_of
from learning.enums import Source, StudyState
from learning.models import Completion, Enrolment, OutsideStudy, StepRecord
from lms.demo.province import Person, Province, Study, make_province
from lms.demo.tree import load_tree
from unions.models import Post, PostKind, Unit

# What the people of the province learnt lies between this day and today.
BEGINNING = datetime(2025, 3, 3, tzinfo=UTC)
SCHOOLS = ("Trường Đại học Công đoàn", "Trường Chính trị tỉnh Tân Hòa", "Liên đoàn Lao động tỉnh Tân Hòa (lớp tập trung)")


@transaction.atomic
def load_province(data: dict, *, taken: set[str], by: User, now: datetime) -> int:
    """Load units, people, posts and learning that are not there; return how many people were added."""
    load_tree(data, now=now)
    province = make_province(data, taken)
    if User.objects.filter(member_code__in=[person.code for person in province.people]).exists():
        return 0
    people = _load_people(province.people, now)
    _load_posts(province, people)
    _Facts(people, by=by, now=now).load(province.studies)
    return len(people)


def _load_people(people: Iterable[Person], now: datetime) -> dict[str, User]:
    rows = [User(
        full_name=row.name, gender=row.gender, birth_year=row.birth_year, phone=row.phone, email=row.email, member_code=row.code,
        joined_at=now, password=make_password(None)) for row in people]
    for user in rows:
        user.set_keys()
    User.objects.bulk_create(rows, batch_size=500)
    return {user.member_code: user for user in rows}


def _load_posts(province: Province, people: dict[str, User]) -> None:
    units, kinds = {unit.code: unit for unit in Unit.objects.all()}, {kind.slug: kind for kind in PostKind.objects.all()}
    Post.objects.bulk_create([Post(
        user=people[post.person], unit=units[post.unit], kind=kinds[post.kind], valid_from=post.since, valid_until=post.until,
        full_time=post.full_time, manner=post.manner, term=post.term) for post in province.posts if post.kind in kinds], batch_size=500)


class _Facts:
    """What people learnt, as rows: enrolments with their steps, completions, courses taken elsewhere."""

    def __init__(self, people: dict[str, User], *, by: User, now: datetime) -> None:
        self.people, self.by, self.now = people, by, now
        self.courses = {course.code: course for course in CoursePage.objects.live().filter(code__startswith="KH")}
        self.steps = {code: outline_of(course).steps for code, course in self.courses.items()}
        self.rules = rules_of([course.pk for course in self.courses.values()])

    def load(self, studies: Iterable[Study]) -> None:
        known = [study for study in studies if study.course in self.courses]
        OutsideStudy.objects.bulk_create([self._elsewhere(number, study) for number, study in enumerate(known) if study.is_elsewhere])
        here = [study for study in known if not study.is_elsewhere]
        enrolments = Enrolment.objects.bulk_create([self._enrolment(study) for study in here], batch_size=500)
        pairs = list(zip(here, enrolments, strict=True))
        StepRecord.objects.bulk_create((row for study, enrolment in pairs for row in self._records(study, enrolment)), batch_size=1000)
        Completion.objects.bulk_create([Completion(
            enrolment=enrolment, rule_set=self.rules[enrolment.course_id], completed_at=enrolment.last_seen_at, fraction=_mark(study))
            for study, enrolment in pairs if study.share == 1], batch_size=500)
        self._sign_in(enrolments)

    def _sign_in(self, enrolments: list[Enrolment]) -> None:
        """Whoever studied here signed in; the others never have."""
        for enrolment in enrolments:
            user = enrolment.user
            user.last_login = max(enrolment.last_seen_at, user.last_login or enrolment.last_seen_at)
        User.objects.bulk_update({enrolment.user for enrolment in enrolments}, ["last_login"], batch_size=300)

    def _begun(self, study: Study) -> datetime:
        span = self.now - BEGINNING
        day = BEGINNING + timedelta(days=max(0, int(span.days * study.begun)))
        return day + timedelta(hours=1 + _number_of(study) % 12, minutes=_number_of(study) % 60)

    def _enrolment(self, study: Study) -> Enrolment:
        begun, total = self._begun(study), len(self.steps[study.course])
        ended = min(begun + timedelta(days=study.days), self.now - timedelta(hours=1))
        done = total if study.share == 1 else max(1, int(total * study.share))
        return Enrolment(
            user=self.people[study.person], course=self.courses[study.course], source=Source.SELF, enrolled_at=min(begun, ended),
            last_seen_at=ended, last_page_id=self.steps[study.course][done - 1].page_id, steps_done=done, steps_total=total,
            seconds=sum(step.minutes for step in self.steps[study.course][:done]) * 45)

    def _records(self, study: Study, enrolment: Enrolment) -> list[StepRecord]:
        steps = self.steps[study.course][:enrolment.steps_done]
        stride = (enrolment.last_seen_at - enrolment.enrolled_at) / len(steps)
        return [_record(step, enrolment, enrolment.enrolled_at + stride * number, _mark(study)) for number, step in enumerate(steps, start=1)]

    def _elsewhere(self, number: int, study: Study) -> OutsideStudy:
        course, begun = self.courses[study.course], self._begun(study)
        ended = min(begun + timedelta(days=study.days), self.now - timedelta(days=1))
        return OutsideStudy(
            user=self.people[study.person], title=f"Bồi dưỡng: {course.title}", organiser=SCHOOLS[number % 3], form="Tập trung",
            begun_on=min(begun, ended).date(), ended_on=ended.date(), hours=course.hours, paper_number=f"{number + 1}/GCN", counts_as=course,
            state=StudyState.APPROVED, entered_by=self.by, entered_at=ended, decided_by=self.by, decided_at=ended)


def _record(step: Step, enrolment: Enrolment, at: datetime, mark: float) -> StepRecord:
    record = StepRecord(enrolment=enrolment, page_id=step.page_id, opened_at=at, seen_at=at, seconds=step.minutes * 45)
    if step.kind == "lesson":
        record.read_at = at
    else:
        record.passed_at, record.best_fraction = at, mark
    return record


def _number_of(study: Study) -> int:
    # Something to vary hours and marks by that is the same each time.
    return int(study.begun * 100_000)


def _mark(study: Study) -> float:
    return 0.7 + _number_of(study) % 7 * 0.05
