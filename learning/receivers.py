"""What learning hears from below and says to itself: attempts that end, rules that change, posts that people enter and leave, courses that are completed."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.records import answer_with
from accounts.signals import person_erased
from courses.models import RuleSet
from courses.signals import rules_published
from learning.models import AssignmentRule, Completion, Enrolment
from learning.selectors import enrolment_by_context, personal
from learning.services import forget_studies, record_result
from learning.services.assignments import meet_course, settle_people
from learning.signals import course_completed
from learning.tasks import PEOPLE_AT_MOST, recount_course
from learning.tasks import settle_people as settle_people_later
from quizzes.models import Attempt
from quizzes.signals import attempt_finished
from unions.signals import posts_changed

# Settling so many takes no longer than whoever entered their posts can wait.
PEOPLE_AT_ONCE = 20

answer_with(personal)


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


@receiver(posts_changed)
def follow_posts(sender, people, **kwargs) -> None:
    """Whoever enters a post inherits its required courses at once; a list of people does so in the background."""
    if not AssignmentRule.objects.in_force().exists():
        return
    if people is not None and len(people) <= PEOPLE_AT_ONCE:
        settle_people(people=people, now=timezone.now())
    else:
        settle_people_later.enqueue(sorted(people) if people and len(people) <= PEOPLE_AT_MOST else None)


@receiver(course_completed)
def meet_required(sender, completion: Completion, **kwargs) -> None:
    meet_course(course=completion.enrolment.course_id, people=[completion.enrolment.user_id], now=timezone.now())
