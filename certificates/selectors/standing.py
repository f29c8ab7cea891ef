"""What is still to be issued or to expire, and by whom."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from certificates.enums import State
from certificates.models import Certificate, Issuer
from courses.enums import Issuing
from learning.models import Completion


def standing_certificate(user, course, cycle: int) -> Certificate | None:
    """Return the latest certificate for this award and cycle, whatever its state: a revoked one is not issued again by itself. One query."""
    return Certificate.objects.filter(user=user, course=course, cycle=cycle).order_by("-pk").first()


def completion_of(user, course) -> Completion | None:
    """Return the person's latest completion of the course. One query."""
    return (
        Completion.objects.filter(enrolment__user=user, enrolment__course=course)
        .select_related("enrolment__user", "enrolment__course", "rule_set").order_by("-enrolment__cycle").first())


def default_issuer(on: date | None = None) -> Issuer | None:
    """Return the unit that issues when no other is named; with a day, None once that unit has ended by then. One query."""
    default = Issuer.objects.filter(is_default=True)
    return (default if on is None else default.filter(Q(unit__active_until=None) | Q(unit__active_until__gt=on))).first()


def completions_without_certificate() -> QuerySet[Completion]:
    """Return completions of courses that give a certificate by themselves, for which none was ever issued, the earliest first.

    Left out: courses whose papers are given by decision, people who were erased or switched off, and a cycle after one whose certificate was revoked.
    """
    papers = Certificate.objects.filter(user=OuterRef("enrolment__user"), course=OuterRef("enrolment__course"))
    issued = papers.filter(cycle=OuterRef("enrolment__cycle"))
    former = papers.filter(cycle__lt=OuterRef("enrolment__cycle")).order_by("-cycle", "-pk").values("state")[:1]
    return (
        Completion.objects.annotate(former_state=Coalesce(Subquery(former), Value("")))
        .filter(
            ~Exists(issued), ~Q(former_state=State.REVOKED), enrolment__course__gives_certificate=True, enrolment__course__issuing=Issuing.AT_ONCE,
            enrolment__user__is_active=True)
        .select_related("enrolment__user", "enrolment__course", "rule_set").order_by("completed_at", "pk"))


def certificates_to_expire(on: date) -> QuerySet[Certificate]:
    """Return valid certificates whose time is over on that day; `valid_until` itself is the first day without."""
    return Certificate.objects.filter(Q(valid_until__lte=on), state=State.VALID).order_by("valid_until", "pk")
