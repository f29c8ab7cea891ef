"""Attempts, their answers and their marks."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from quizzes.enums import AttemptState, Layout, Mode, Navigation, Review, StepKind, Sureness
from quizzes.grading.review import PRESETS, Table
from quizzes.models.bank import QuestionVersion
from quizzes.models.quizzes import Quiz
from quizzes.querysets import AttemptQuerySet
from quizzes.storage import private_files


class Attempt(models.Model):
    """One person's go at a quiz. `context` is the caller's own key (an enrolment): attempts are counted within it.

    Whoever takes it without signing in is known by `visitor`, the digest of a secret that their session keeps.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="attempts")
    visitor = models.CharField(max_length=64, default="", blank=True)
    # The name that its taker wants to be read in a contest's ranking.
    shown_name = models.CharField(max_length=80, default="", blank=True)
    context = models.CharField(max_length=64, default="", blank=True)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=AttemptState.choices, default=AttemptState.IN_PROGRESS)
    seed = models.BigIntegerField()
    # Taken over from the quiz at the start, so that editing the quiz does not move the posts under a taker.
    pass_fraction = models.DecimalField(max_digits=4, decimal_places=3)
    review = models.CharField(max_length=12, choices=Review.choices)
    # {"mode", "layout", "navigation", "sureness": bool, "grace": seconds, "shown": {moment: [fact, ...]}}
    rules = models.JSONField(default=dict)
    # Forward only: the furthest question, and since when.
    reached = models.PositiveSmallIntegerField(default=1)
    reached_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Closed by its deadline, and open until then to answers that were given in time.
    late_until = models.DateTimeField(null=True, blank=True)
    seconds_taken = models.PositiveIntegerField(null=True, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)
    points = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    max_points = models.DecimalField(max_digits=8, decimal_places=3, default=0)
    fraction = models.FloatField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    receipt_code = models.CharField(max_length=16, unique=True, null=True, blank=True)
    answers_digest = models.CharField(max_length=64, blank=True)

    # Not stored: it was begun in this very request.
    is_new = False

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        permissions = [
            ("mark_attempt", _("Can mark attempts at the quizzes that name them a marker")),
            ("view_every_attempt", _("Can see and mark the attempts at every quiz")),
            ("regrade_attempt", _("Can have attempts marked anew")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "user", "context", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["quiz", "visitor", "context", "number"], condition=Q(user__isnull=True), name="attempt_number_once_a_visitor"),
            models.UniqueConstraint(
                fields=["quiz", "visitor", "context"], condition=Q(state="in_progress", user__isnull=True), name="attempt_one_a_visitor"),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(visitor=""), name="attempt_has_taker"),
            models.UniqueConstraint(
                fields=["quiz", "user", "context"], condition=Q(state="in_progress"), name="attempt_one_in_progress"),
            models.CheckConstraint(
                condition=Q(state="in_progress", submitted_at__isnull=True) | Q(~Q(state="in_progress"), submitted_at__isnull=False),
                name="attempt_submitted_has_time"),
            models.CheckConstraint(
                condition=~Q(state="marked") | Q(fraction__isnull=False, passed__isnull=False, marked_at__isnull=False),
                name="attempt_marked_has_result"),
        ]
        indexes = [
            models.Index(fields=["user", "context", "quiz"], name="attempt_of_person"),
            models.Index(fields=["quiz", "state", "-fraction", "seconds_taken"], name="attempt_in_ranking"),
            models.Index(fields=["deadline_at"], condition=Q(state="in_progress", deadline_at__isnull=False), name="attempt_under_way"),
            models.Index(fields=["late_until"], condition=Q(late_until__isnull=False), name="attempt_taking_late"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} #{self.number}, {self.user or self.shown_name}"

    def get_absolute_url(self) -> str:
        """Where its taker goes on. One that has just begun has its first question at once, without being looked up again."""
        if self.is_new and self.layout == Layout.ONE:
            return reverse("quizzes:show-question", args=[self.uuid, 1])
        return reverse("quizzes:show-attempt", args=[self.uuid])

    @property
    def taker_name(self) -> str:
        return self.user.full_name if self.user else self.shown_name

    @property
    def is_over(self) -> bool:
        return self.state != AttemptState.IN_PROGRESS

    @property
    def is_taking_late(self) -> bool:
        return self.state == AttemptState.SUBMITTED and self.late_until is not None

    @property
    def shown(self) -> Table:
        """What may be shown and when, as it was when the attempt began."""
        # An author may have chosen to show nothing, ever: an empty table is a table.
        return self.rules["shown"] if "shown" in self.rules else PRESETS.get(self.review, {})

    @property
    def layout(self) -> str:
        return self.rules.get("layout", Layout.ONE)

    @property
    def is_forward_only(self) -> bool:
        return self.rules.get("navigation") == Navigation.FORWARD and self.layout == Layout.ONE

    @property
    def asks_sureness(self) -> bool:
        return bool(self.rules.get("sureness"))

    @property
    def mode(self) -> str:
        return self.rules.get("mode", Mode.EXAM)


class AttemptSlot(models.Model):
    """A place in the attempt: which question version stands there, and the newest answer."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=120, default="", blank=True)
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="slots")
    option_order = models.JSONField(default=list)
    max_points = models.DecimalField(max_digits=6, decimal_places=3, default=1)
    # The head of the steps: {} means no answer; its shape is the question type's own.
    answer = models.JSONField(default=dict)
    answer_seq = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    flagged = models.BooleanField(default=False)
    flag_seq = models.BigIntegerField(default=0)
    sureness = models.PositiveSmallIntegerField(choices=Sureness.choices, null=True, blank=True)
    sure_seq = models.BigIntegerField(default=0)
    # The newest answer came in after the deadline, given before it.
    is_late = models.BooleanField(default=False)
    # Practice: since when its taker knows what is right; the answer stands from then on.
    checked_at = models.DateTimeField(null=True, blank=True)
    # Marked when saved; None while nothing was answered, or until a person marks it.
    fraction = models.FloatField(null=True, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    comment = models.TextField(blank=True)
    # No index: an answer that is saved should cost nothing more. After a regrade: the version by whose key it is marked now, where it is not the one that was asked, and the regrade itself.
    key = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    regrade = models.ForeignKey("quizzes.Regrade", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="slot_position_once"),
            models.CheckConstraint(
                condition=Q(fraction__isnull=True) | Q(fraction__gte=0) & Q(fraction__lte=1), name="slot_fraction_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.position}"


class AnswerStep(models.Model):
    """One change of one slot, as it came in. Only added to; the same client_uuid twice adds none."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="steps")
    slot = models.ForeignKey(AttemptSlot, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=StepKind.choices, default=StepKind.ANSWER)
    client_uuid = models.UUIDField()
    seq = models.BigIntegerField()
    answer = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "client_uuid"], name="step_once")]
        indexes = [models.Index(fields=["slot", "seq"], name="step_of_slot")]

    def __str__(self) -> str:
        return f"{self.slot} {self.seq}"


class AnswerFile(models.Model):
    """A file that was sent as an answer. Kept when the answer lets go of it: steps are only added to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(AttemptSlot, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(storage=private_files, upload_to="answers/%Y/%m/")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "sha256", "name"], name="answer_file_once")]

    def __str__(self) -> str:
        return self.name


class HandMark(models.Model):
    """A mark that a person gave to an answer. Only added to: the newest one counts, and each says who and when."""

    slot = models.ForeignKey(AttemptSlot, on_delete=models.CASCADE, related_name="hand_marks")
    fraction = models.FloatField()
    comment = models.TextField(blank=True)
    # What was given by the rubric: {criterion's key: fraction of its points, 0 to 1}; empty for a mark as a whole.
    criteria = models.JSONField(default=dict, blank=True)
    # Settles what two markers saw differently: it alone counts.
    decides = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fraction__gte=0) & Q(fraction__lte=1), name="hand_mark_fraction_0_to_1")]

    def __str__(self) -> str:
        return f"{self.slot}: {self.fraction}"
