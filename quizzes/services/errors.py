"""What can be refused, each with a code for scripts and a message that says what to do."""

from django.utils.translation import gettext_lazy as _


class QuizError(Exception):
    """A taker asked for what cannot be done; nothing that was saved before is lost."""

    code = "quiz"
    message = _("This cannot be done now.")

    def __str__(self) -> str:
        return str(self.message)


class NoQuestions(QuizError):
    code = "no_questions"
    message = _("This quiz has no questions yet. The trainer is still writing it; come back later.")


class NoAttemptsLeft(QuizError):
    code = "no_attempts_left"
    message = _("You have used all your attempts at this quiz. Your results are kept.")


class AttemptFinished(QuizError):
    code = "finished"
    message = _("This attempt has already been submitted. The answers saved before that were marked.")


class TimeOver(QuizError):
    code = "time_over"
    message = _("Time is over. The answers already saved are marked.")


class UnknownPosition(QuizError):
    code = "unknown_position"
    message = _("This attempt has no such question. Choose one from the list of all questions.")


class MisplacedCommand(QuizError):
    code = "other_question"
    message = _("This answer was given to another question. Reload the page and choose again.")


class AnswerTooLong(QuizError):
    code = "too_long"
    message = _("This answer is too long: at most 8,000 characters. Shorten it and save again.")
