"""Courses that can be taken to their end, and certificates that end, for stories about renewal."""

from datetime import timedelta

from django.utils import timezone

from certificates.models import Certificate
from courses.services import publish_rules
from learning.models import Completion, Enrolment
from tests.factories import certificates, courses


def taught(title: str, slug: str, **fields):
    """A course of one lesson, its rules published."""
    course = courses.course(title, slug, **fields)
    courses.lesson(courses.module(course))
    publish_rules(course=course)
    return course


def issued(user, course, now, *, ends_in: int, cycle: int = 1) -> Certificate:
    """A certificate that ends so many days from now."""
    certificate = certificates.certificate(user, course, now=now - timedelta(days=400), cycle=cycle)
    certificate.valid_until = timezone.localdate(now) + timedelta(days=ends_in)
    certificate.save(update_fields=["valid_until"])
    return certificate


def completed(enrolment: Enrolment, now) -> Completion:
    return Completion.objects.create(enrolment=enrolment, rule_set=enrolment.course.rule_sets.get(), completed_at=now, fraction=0.95)
