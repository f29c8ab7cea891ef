"""An office with two units, A and B, and people enrolled in courses as far as the story needs them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.models import User
from certificates import services as certificates
from certificates.models import Certificate
from courses.models import CoursePage, RuleSet
from learning.models import Completion, Enrolment
from tests.factories import accounts, courses, unions
from tests.factories import certificates as papers
from unions.models import Unit

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)


@dataclass
class Province:
    """A province with two wards; each ward has one company."""

    top: Unit
    ward_a: Unit
    company_a: Unit
    ward_b: Unit
    company_b: Unit


def province() -> Province:
    top = unions.unit("LĐLĐ tỉnh Tân Hòa", "TH")
    ward_a = unions.unit("Công đoàn phường Tân Lập", "PA", top)
    ward_b = unions.unit("Công đoàn phường Tân Mai", "PB", top)
    return Province(
        top, ward_a, unions.unit("CĐCS Công ty may Hòa Bình", "CA", ward_a), ward_b, unions.unit("CĐCS Công ty TNHH An Phú", "CB", ward_b))


def person(name: str, unit: Unit | None = None, **fields) -> User:
    """Somebody with a post in the unit, if one is given."""
    user = accounts.person(name, fields.pop("email", f"p{User.objects.count()}@example.org"), **fields)
    if unit:
        unions.post(user, unit)
    return user


def officer(name: str, over: Unit, role: str = "training_admin") -> User:
    user = accounts.person(name, f"o{User.objects.count()}@example.org")
    unions.role(user, over, role)
    return user


def course(title: str = "Thương lượng tập thể", slug: str = "thuong-luong") -> CoursePage:
    return CoursePage.objects.filter(slug=slug).first() or courses.course(title, slug, hours=8)


def enrolled(user: User, in_course: CoursePage | None = None, done: int = 0, total: int = 8, days_ago: int = 10, **fields) -> Enrolment:
    """An enrolment that many days ago; with steps done the person was seen the next day."""
    at = NOW - timedelta(days=days_ago)
    fields.setdefault("last_seen_at", at + timedelta(days=1) if done else None)
    return Enrolment.objects.create(user=user, course=in_course or course(), enrolled_at=at, steps_done=done, steps_total=total, **fields)


def finished(user: User, in_course: CoursePage | None = None, fraction: float | None = 0.875, **fields) -> Enrolment:
    enrolment = enrolled(user, in_course, **{"done": 8, **fields})
    rules = RuleSet.objects.get_or_create(
        course=enrolment.course, number=1, defaults={"digest": "0" * 64, "steps": [], "created_at": NOW})[0]
    Completion.objects.create(enrolment=enrolment, rule_set=rules, completed_at=enrolment.last_seen_at, fraction=fraction)
    return enrolment


def certified(user: User, in_course: CoursePage | None = None, **fields) -> Certificate:
    """A finished enrolment with its certificate, typeset and stored."""
    papers.issuer(**({"unit": unit} if (unit := Unit.objects.order_by("path").first()) else {}))
    enrolment = finished(user, in_course, **fields)
    return certificates.issue_certificate(user=user, course=enrolment.course, completion=enrolment.completion, now=NOW)
