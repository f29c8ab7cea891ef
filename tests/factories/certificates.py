"""Issuers, completions and certificates as small as the test needs."""

from datetime import UTC, datetime, timedelta

from certificates import services
from certificates.models import Certificate, Issuer
from courses.models import RuleSet
from learning.models import Completion, Enrolment
from tests.factories import courses, unions

NOW = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)


def issuer(**fields) -> Issuer:
    """The ward's union, which issues by default."""
    if found := Issuer.objects.filter(is_default=True).first():
        return found
    fields.setdefault("unit", unions.unit("Công đoàn phường Tân Lập", "TL"))
    return Issuer.objects.create(**{
        "upper_name": "Liên đoàn Lao động tỉnh Tân Hòa", "name": "Công đoàn phường Tân Lập", "place": "Tân Lập",
        "signer_name": "Trần Văn An", "is_default": True, **fields})


def completion(user, course=None, fraction: float | None = 0.85, now: datetime = NOW, cycle: int = 1) -> Completion:
    """Somebody enrolled eighteen days ago who has just met the last requirement."""
    course = course or courses.course()
    rules = RuleSet.objects.filter(course=course).order_by("-number").first() or RuleSet.objects.create(
        course=course, number=1, digest="0" * 64, steps=[], created_at=now)
    enrolment = Enrolment.objects.create(user=user, course=course, cycle=cycle, enrolled_at=now - timedelta(days=18))
    return Completion.objects.create(enrolment=enrolment, rule_set=rules, completed_at=now, fraction=fraction)


def certificate(user, course=None, now: datetime = NOW, **fields) -> Certificate:
    """An issued certificate, its paper typeset and stored."""
    issuer()
    done = completion(user, course, now=now, **fields)
    return services.issue_certificate(user=user, course=done.enrolment.course, completion=done, now=now)
