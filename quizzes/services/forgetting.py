"""Taking an erased person out of quizzes; what they answered stays, without a name."""

from django.db import transaction

from accounts.models import ERASED_NAME
from quizzes.models import Attempt, ExtraTime, Quiz


def forget_taker(*, user) -> None:
    """Put no name in place of the person's in rankings; drop extra time, whose reason may tell of their health, and what they were to mark. Safe to call twice."""
    with transaction.atomic():
        Attempt.objects.filter(user=user).exclude(shown_name="").update(shown_name=ERASED_NAME)
        ExtraTime.objects.filter(user=user).delete()
        Quiz.markers.through.objects.filter(user=user).delete()
