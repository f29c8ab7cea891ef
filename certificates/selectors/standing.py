"""What is still to be issued or to expire, and by whom."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.enums import State
from certificates.models import Certificate, Issuer
from learning.models import Completion


def standing_certificate(user, course, cycle: int) -> Certificate | None:
    """Return the latest certificate for this award and cycle, whatever its state: a revoked one is not issued again by itself. One query."""
    return Certificate.objects.filter(user=user, course=course, cycle=cycle).order_by("-pk").first()


def completion_of(user, course) -> Completion | None:
    """Return the person's latest completion of the course. One query."""
    return (
        Completion.objects.filter(enrolment__user=user, enrolment__course=course)
        .select_related("enrolment__user", "enrolment__course", "rule_set").order_by("-enrolment__cycle").first())


def default_issuer() -> Issuer | None:
    """Return the unit that issues when no other is named. One query."""
    return Issuer.objects.filter(is_default=True).first()


def completions_without_certificate() -> QuerySet[Completion]:
    """Return completions of courses that give a certificate, for which none was ever issued, the earliest first."""
    issued = Certificate.objects.filter(
        user=OuterRef("enrolment__user"), course=OuterRef("enrolment__course"), cycle=OuterRef("enrolment__cycle"))
    return (
        Completion.objects.filter(~Exists(issued), enrolment__course__gives_certificate=True)
        .select_related("enrolment__user", "enrolment__course", "rule_set").order_by("completed_at", "pk"))


def certificates_to_expire(on: date) -> QuerySet[Certificate]:
    """Return valid certificates whose time is over on that day; `valid_until` itself is the first day without."""
    return Certificate.objects.filter(Q(valid_until__lte=on), state=State.VALID).order_by("valid_until", "pk")
