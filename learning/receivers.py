"""What learning hears from below: attempts that end, rules that change."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import person_erased
from courses.models import RuleSet
from courses.signals import rules_published
from learning.models import Enrolment
from learning.selectors import enrolment_by_context
from learning.services import forget_studies, record_result
from learning.tasks import recount_course
from quizzes.models import Attempt
from quizzes.signals import attempt_finished


@receiver(attempt_finished)
def follow_attempt(sender, attempt: Attempt, **kwargs) -> None:
    enrolment = enrolment_by_context(attempt.context)
    if enrolment is not None and enrolment.user_id == attempt.user_id:
        record_result(enrolment=enrolment, attempt=attempt, now=attempt.marked_at or timezone.now())


@receiver(rules_published)
def follow_rules(sender, rule_set: RuleSet, **kwargs) -> None:
    if Enrolment.objects.filter(course_id=rule_set.course_id).exists():
        recount_course.enqueue(rule_set.course_id)


@receiver(person_erased)
def forget(sender, user, **kwargs) -> None:
    forget_studies(user=user)
