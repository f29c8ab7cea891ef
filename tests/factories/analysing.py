"""Finished attempts in bulk, and what was worked out of them; as small as the test needs."""

from datetime import timedelta

from django.utils import timezone

from quizzes.enums import AttemptState
from quizzes.grading.totals import total_of
from quizzes.models import Attempt, AttemptSlot, Question, Quiz, QuizAnalysis, Regrade
from quizzes.services import regrading
from quizzes.services.analysing import analyse_quiz, ask_for_analysis
from quizzes.services.drawing import freeze_questions


def taken(quiz: Quiz, questions: list[Question], answers: list[list[int | None]], *, now, users=(), first: int = 0) -> list[Attempt]:
    """Marked attempts at questions of one answer: by number of the option chosen at each place, 0 being the right one, None no answer.

    Takers are the users, or guests; an answer every ten seconds.
    """
    frozen = freeze_questions(questions=Question.objects.filter(pk__in=[question.pk for question in questions]), now=now)
    versions, made, slots = [frozen[question.pk] for question in questions], [], []
    for number, row in enumerate(answers, start=first):
        begun = now - timedelta(hours=1, minutes=number)
        total = total_of((1, float(choice == 0)) for choice in row)
        attempt = Attempt(
            quiz=quiz, number=1, seed=number, pass_fraction=quiz.pass_fraction, review=quiz.review, started_at=begun, state=AttemptState.MARKED,
            submitted_at=begun + timedelta(minutes=9), marked_at=begun + timedelta(minutes=9), points=total.points, max_points=len(row),
            fraction=total.fraction, passed=total.fraction >= float(quiz.pass_fraction), receipt_code=f"BN-{quiz.pk}-{number}",
            **({"user": users[number]} if users else {"visitor": f"{quiz.pk}-{number}", "shown_name": f"Khách {number}"}))
        made.append(attempt)
        slots += [_slot(attempt, position, version, choice) for position, (version, choice) in enumerate(zip(versions, row, strict=True), start=1)]
    Attempt.objects.bulk_create(made)
    AttemptSlot.objects.bulk_create(slots)
    return made


def _slot(attempt: Attempt, position: int, version, choice: int | None) -> AttemptSlot:
    at = int((attempt.started_at.timestamp() + 10 * position) * 1000)
    options = version.content["options"]
    return AttemptSlot(
        attempt=attempt, position=position, version=version, max_points=1, fraction=float(choice == 0), points=int(choice == 0),
        option_order=[option["key"] for option in options], answer={} if choice is None else {"chosen": [options[choice]["key"]]},
        answer_seq=0 if choice is None else at)


def analysed(quiz: Quiz, counted: str = "all", now=None) -> QuizAnalysis:
    """The stored analysis, worked out now."""
    now = now or timezone.now()
    analysis, _is_new = ask_for_analysis(quiz=quiz, counted=counted, by=None, now=now)
    analyse_quiz(analysis=analysis, clock=lambda: now)
    analysis.refresh_from_db()
    return analysis


def edited(question: Question, right: int, keep: int | None = None) -> Question:
    """The question published anew with another right option, and with so many options."""
    question = Question.objects.get(pk=question.pk)
    raw = question.content.get_prep_value()
    options = raw[0]["value"]["options"]
    for number, option in enumerate(options):
        option["value"]["is_right"] = number == right
    raw[0]["value"]["options"] = options[:keep] if keep else options
    question.content = question._meta.get_field("content").stream_block.to_python(raw)
    question.save_revision().publish()
    question.refresh_from_db()
    return question


def regraded(quiz: Quiz, *, by, now, **fields) -> Regrade:
    """A regrade by the newest version of every question, unless said otherwise: planned, worked out, decided and written."""
    fields = {"way": "newest", "reason": "Đáp án cũ sai.", **fields}
    regrade = regrading.plan_regrade(quiz=quiz, by=by, now=now, **fields)
    regrading.work_out_regrade(regrade=regrade, clock=lambda: now)
    regrading.apply_regrade(regrade=regrade, by=by, now=now)
    regrading.write_regrade(regrade=regrade, clock=lambda: now)
    regrade.refresh_from_db()
    return regrade
