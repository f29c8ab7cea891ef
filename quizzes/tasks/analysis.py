"""Item analysis in the background."""

from django.utils import timezone
from django_tasks import task

from cms.work import Need, within
from quizzes.models import QuizAnalysis
from quizzes.services.analysing import analyse_quiz


@task(priority=Need.ASKED_FOR)
@within(minutes=30)
def analyse(analysis_id: int) -> bool:
    """Work the analysis out, unless another worker has taken it."""
    return analyse_quiz(analysis=QuizAnalysis.objects.get(pk=analysis_id), clock=timezone.now)
