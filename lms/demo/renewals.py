"""Gives the demonstration certificates that end: one soon, one that has ended, one that was renewed in time."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from certificates.models import Certificate
from certificates.services import expire_certificates, issue_by_itself, issue_certificate, remind_ending, renew
from courses.models import CoursePage
from courses.selectors import outline_of, rules_of
from learning.models import Completion, Enrolment
from learning.services import enrol_learner

COURSE, MONTHS = "KH03", 24
# Whose certificate ends so many days from today.
ENDING, ENDED, RENEWED = ("giangvien@example.org", 20), ("pham.van.tung@example.org", -40), ("ly.thi.thu@example.org", 15)


@transaction.atomic
def load_renewals(*, now: datetime) -> int:
    """Let the course's certificates end after two years, and return how many papers were added; none when somebody has one already."""
    course = CoursePage.objects.filter(code=COURSE).first()
    people = {row.email: row for row in User.objects.filter(email__in=[email for email, _days in (ENDING, ENDED, RENEWED)])}
    if course is None or len(people) < 3 or Certificate.objects.filter(course=course, user__in=people.values()).exists():
        return 0
    if course.valid_months is None:
        CoursePage.objects.filter(pk=course.pk).update(valid_months=MONTHS)
        course.valid_months = MONTHS
    papers = [_issue(people[email], course, timezone.localdate(now) + timedelta(days=days)) for email, days in (ENDING, ENDED, RENEWED)]
    begun = renew(certificate=papers[-1], now=now - timedelta(days=14))
    papers += issue_by_itself(completion=complete(begun, now - timedelta(days=10)), now=now - timedelta(days=10))
    expire_certificates(now=now)
    remind_ending(now=now)
    return len(papers)


def _issue(user: User, course: CoursePage, ends: date) -> Certificate:
    day = ends.replace(year=ends.year - course.valid_months // 12, day=min(ends.day, 28))
    at = timezone.make_aware(datetime.combine(day, time(9, 30)))
    enrolment = enrol_learner(user=user, course=course, now=at - timedelta(days=12))
    return issue_certificate(user=user, course=course, completion=complete(enrolment, at), now=at)


def complete(enrolment: Enrolment, at: datetime) -> Completion:
    """Say that everything was done by then, without the hours of reading; nobody is told, so nothing is issued of today."""
    total = len(outline_of(enrolment.course).steps)
    Enrolment.objects.filter(pk=enrolment.pk).update(steps_done=total, steps_total=total, last_seen_at=at)
    rules = rules_of([enrolment.course_id])[enrolment.course_id]
    return Completion.objects.create(enrolment=enrolment, rule_set=rules, completed_at=at, fraction=0.87)
