"""What can be refused, each with a code for scripts and a message that says what to do."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _said(moment) -> str:
    return f"{timezone.localtime(moment):%H:%M, %d/%m/%Y}"


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


class NotOpenYet(QuizError):
    code = "not_open_yet"

    def __init__(self, opens_at):
        super().__init__()
        self.message = _("This quiz opens at %(time)s.") % {"time": _said(opens_at)}


class QuizClosed(QuizError):
    code = "closed"
    message = _("This quiz is closed. Ask the training office of your unit if you still need it.")


class TooEarly(QuizError):
    code = "too_early"

    def __init__(self, next_at):
        super().__init__()
        self.message = _("You can take this quiz again from %(time)s. Look through the lessons until then.") % {"time": _said(next_at)}


class SignInFirst(QuizError):
    code = "sign_in_first"
    message = _("Sign in to take this quiz.")


class AnswerChecked(QuizError):
    code = "checked"
    message = _("This question has been checked already, so its answer stays as it is.")


class NotMovedOn(QuizError):
    code = "moved_on"
    message = _("In this quiz you cannot go back to an earlier question. Your answer to it was kept as it was.")


class NotMarkable(QuizError):
    code = "not_markable"
    message = _("This answer cannot be marked now. Reload the page to see how it stands.")


class MarkedMeanwhile(QuizError):
    code = "marked_meanwhile"

    def __init__(self, mark, seen: int):
        super().__init__()
        # The newest mark, and how many there are by now.
        self.mark, self.seen = mark, seen
        self.message = _("%(name)s marked this answer at %(time)s.") % {"name": mark.by, "time": _said(mark.made_at)}


class NotYourMark(QuizError):
    code = "not_your_mark"
    message = _("You are one of those who marked this answer, and your mark is kept. A third person decides.")


class NotAppealable(QuizError):
    code = "not_appealable"
    message = _("Nothing can be held against this question now. Open the result again to see how it stands.")


class AppealTextRefused(QuizError):
    code = "appeal_text"

    def __init__(self, least: int, most: int):
        super().__init__()
        self.message = _("Write from %(least)s to %(most)s characters.") % {"least": least, "most": most}


class TooManyAppeals(QuizError):
    code = "too_many_appeals"

    def __init__(self, most: int):
        super().__init__()
        self.message = _("%(count)s of your appeals still wait for an answer. Send this one when one of them is answered.") % {"count": most}


class AppealAnswered(QuizError):
    code = "appeal_answered"

    def __init__(self, appeal):
        super().__init__()
        self.appeal = appeal
        self.message = _("%(name)s answered this appeal at %(time)s. Their answer stands; yours was not kept.") % {
            "name": appeal.decided_by, "time": _said(appeal.decided_at)}


class FileRefused(QuizError):
    code = "file_refused"

    def __init__(self, message: str):
        super().__init__()
        self.message = message


class AttemptFinished(QuizError):
    code = "finished"
    message = _("This attempt has already been submitted. The answers saved before that were marked.")


class TimeOver(QuizError):
    code = "time_over"
    message = _("Time is over. The answers already saved are marked.")

    def __init__(self, attempt):
        super().__init__()
        self.attempt = attempt


class UnknownPosition(QuizError):
    code = "unknown_position"
    message = _("This attempt has no such question. Choose one from the list of all questions.")


class MisplacedCommand(QuizError):
    code = "other_question"
    message = _("This answer was given to another question. Reload the page and choose again.")


class AnswerTooLong(QuizError):
    code = "too_long"

    def __init__(self, most: int):
        super().__init__()
        self.message = _("This answer is too long: at most %(count)s characters. Shorten it and save again.") % {"count": f"{most:,}".replace(",", ".")}
