"""Closed lists of the quiz engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.work import WorkState as WorkState


class Difficulty(models.TextChoices):
    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class AttemptState(models.TextChoices):
    """In progress → submitted (waiting for a marker) → marked. Only forward."""

    # Wagtail has the same words for a page that waits for approval.
    IN_PROGRESS = "in_progress", pgettext_lazy("attempt", "In progress")
    SUBMITTED = "submitted", _("Waiting to be marked")
    MARKED = "marked", _("Marked")


class StepKind(models.TextChoices):
    ANSWER = "answer", _("Answer")
    FLAG = "flag", _("Flag")
    SURE = "sure", _("How sure")


class Sureness(models.IntegerChoices):
    """What a taker says of an answer when the quiz asks how sure they are. It moves no mark."""

    GUESSED = 1, _("I guessed")
    FAIRLY_SURE = 2, _("Fairly sure")
    SURE = 3, _("Sure")


class Mode(models.TextChoices):
    EXAM = "exam", _("Exam")
    PRACTICE = "practice", pgettext_lazy("quiz", "Practice")
    SURVEY = "survey", _("Survey")
    CONTEST = "contest", _("Contest")


class Layout(models.TextChoices):
    ONE = "one", _("One question a page")
    ALL = "all", _("All on one page")


class Navigation(models.TextChoices):
    FREE = "free", _("Free: back and forth")
    FORWARD = "forward", _("Forward only")


class Counting(models.TextChoices):
    """Which attempt counts when there are several."""

    BEST = "best", _("The best")
    LATEST = "latest", _("The latest")
    FIRST = "first", _("The first")
    AVERAGE = "average", _("The average of all")


class Review(models.TextChoices):
    """What the taker sees and when: presets of the table in quizzes.grading.review, or a table of the quiz's own."""

    AFTER_PASS = "after_pass", _("Everything after a pass, topics only after a failure")
    FULL = "full", _("Everything after submitting")
    AT_ONCE = "at_once", _("Everything, after each answer")
    MARK_ONLY = "mark_only", _("The mark only")
    OWN = "own", _("As the table below says")


class MarkingState(models.TextChoices):
    """How a finished attempt stands with those who mark."""

    WAITING = "waiting", _("Waiting to be marked")
    LATE = "late", _("Taking late answers")
    MARKED = "marked", _("Marked")


class Settling(models.TextChoices):
    """What an answer that people mark still waits for."""

    FIRST = "first", _("Waiting for a first mark")
    SECOND = "second", _("Waiting for a second marker")
    DECISION = "decision", _("The two markers differ: waiting for a decision")


class AppealState(models.TextChoices):
    OPEN = "open", _("Not yet answered")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Not upheld")


class RegradeWay(models.TextChoices):
    """What a regrade gives to the answers that it looks at."""

    NEWEST = "newest", _("Mark again by the question as it stands now")
    FULL = "full", _("Give everybody who was asked all the points")


class RowState(models.TextChoices):
    """What bringing in a question of a file would do."""

    NEW = "new", _("New")
    CHANGED = "changed", pgettext_lazy("question of a file", "Changed")
    SAME = "same", _("Already there")
    REFUSED = "refused", _("Refused")


class Counted(models.TextChoices):
    """Which attempts an analysis looks at."""

    FIRST = "first", _("The first attempt of each person")
    ALL = "all", _("All attempts")
