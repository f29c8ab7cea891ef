"""Which questions cite which articles: rows of their own, so that chance can leave out in one statement what rests on a law of yesterday."""

from collections.abc import Iterable

from django.db import transaction

from laws.models import Provision
from quizzes.freezing import articles_of
from quizzes.models import Question, QuestionCitation


def cite(*, questions: Iterable[Question]) -> None:
    """Bring the rows of these saved questions in step with what they cite now; an article that is there no more is left out. Three queries at most."""
    wanted = {(question.pk, key) for question in questions for key in articles_of(question)}
    keys = [question.pk for question in questions]
    with transaction.atomic():
        there = set(QuestionCitation.objects.filter(question__in=keys).values_list("question", "provision"))
        for question, provision in sorted(there - wanted):
            QuestionCitation.objects.filter(question=question, provision=provision).delete()
        new = wanted - there
        known = set(Provision.objects.filter(pk__in={key for _question, key in new}).values_list("pk", flat=True)) if new else set()
        QuestionCitation.objects.bulk_create(
            [QuestionCitation(question_id=question, provision_id=key) for question, key in sorted(new) if key in known], ignore_conflicts=True)
