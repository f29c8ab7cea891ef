"""Attempts that wait for a marker, and the markers; as small as the test needs."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Permission

from quizzes import services
from quizzes.models import Attempt, Quiz
from quizzes.selectors import milliseconds
from tests.factories import question_types_b as written
from tests.factories import quizzes as factory

TEXT = "Vì biên bản là căn cứ để thực hiện."


def may(user, *codenames: str):
    """The person with these rights; a fresh one, since rights are remembered."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames, content_type__app_label="quizzes"))
    return type(user).objects.get(pk=user.pk)


def marker(user, *quizzes: Quiz):
    """Somebody who marks these quizzes and no others."""
    user = may(user, "mark_attempt")
    for quiz in quizzes:
        quiz.markers.add(user)
        quiz.save()
    return user


def essay_quiz(essays: int = 1, *, criteria=(), **fields) -> Quiz:
    """A quiz of one question of one answer and so many essays, each worth a point; marked as a whole unless criteria are given."""
    numbers = range(1, essays + 1)
    questions = [factory.one_answer(), *(written.essay(f"Vì sao phải lập biên bản số {number}?", criteria=criteria) for number in numbers)]
    return factory.quiz(questions, **{"pass_fraction": 0.7, "title": "Bài viết cuối khóa", **fields})


def answered(quiz: Quiz, user, now, *, context: str = "", minutes: int = 12, **taker) -> Attempt:
    """An attempt with everything answered, the marked questions rightly, handed in after so many minutes."""
    attempt = services.start_attempt(quiz=quiz, user=user, now=now - timedelta(minutes=minutes), context=context, **taker)
    for slot in attempt.slots.select_related("version"):
        answer = {"text": TEXT} if slot.version.type == "essay" else factory.right_answer(slot)
        services.save_answer(
            attempt=attempt, position=slot.position, client_uuid=uuid4(), seq=milliseconds(now), answer=answer, now=now - timedelta(minutes=1))
    return services.submit_attempt(attempt=attempt, now=now)
