"""Questions with revisions, quizzes, attempts.

Keeps true: an attempt pins the versions of its questions; every change of an answer is a step that is only added to; the slot
holds the head of its steps; results are sums over the slots and can be computed again.
"""

import uuid
from datetime import datetime
from random import Random

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from taggit.models import ItemBase, TagBase
from treebeard.mp_tree import MP_Node
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from cms.blocks import CitationsBlock
from cms.fields import CleanRichTextField, CleanStreamField
from laws.models import Provision
from quizzes.blocks import QuestionTypesBlock, SectionsBlock
from quizzes.enums import AttemptState, Counting, Difficulty, Layout, Mode, Navigation, Review, StepKind, Sureness
from quizzes.freezing import freeze, provisions_of, written_out
from quizzes.grading.review import EVERYTHING, PRESETS, Table
from quizzes.querysets import AttemptQuerySet, QuestionQuerySet, QuizQuerySet
from quizzes.storage import private_files
from quizzes.types import type_of
from quizzes.types.asked import Asked


class Category(MP_Node):
    """A place in the tree of the question bank."""

    name = models.CharField(_("name"), max_length=120)
    node_order_by = ["name"]

    class Meta:
        verbose_name = _("question category")
        verbose_name_plural = _("question categories")

    def __str__(self) -> str:
        return self.name

    def indented_name(self) -> str:
        """The name, further to the right the deeper it stands in the tree."""
        return f"{'— ' * (self.depth - 1)}{self.name}"

    indented_name.short_description = _("category")


class QuestionTag(TagBase):
    class Meta:
        verbose_name = _("question tag")
        verbose_name_plural = _("question tags")


class TaggedQuestion(ItemBase):
    tag = models.ForeignKey(QuestionTag, on_delete=models.CASCADE, related_name="tagged")
    content_object = ParentalKey("quizzes.Question", on_delete=models.CASCADE, related_name="tagged")


class Question(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, index.Indexed, ClusterableModel):
    """A question of the bank. `content` holds exactly one block, whose type says how it is drawn, answered and marked."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, blank=True, help_text=_("Your own short name for it, for example KH01-C05."))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="questions", verbose_name=_("category"))
    difficulty = models.CharField(_("difficulty"), max_length=8, choices=Difficulty.choices, default=Difficulty.MEDIUM)
    topic = models.CharField(_("topic"), max_length=120, blank=True, help_text=_("What to study again after a wrong answer, for example Bài 3."))
    content = CleanStreamField(QuestionTypesBlock(), verbose_name=_("question"), min_num=1, max_num=1)
    explanation = CleanRichTextField(_("explanation"), blank=True, features=["bold", "ol", "ul", "link", "image", "document-link"])
    citations = CleanStreamField(CitationsBlock(), verbose_name=_("legal basis"), blank=True)
    tags = ClusterTaggableManager(verbose_name=_("tags"), through=TaggedQuestion, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    stem_text = models.TextField(editable=False, default="")
    search_key = models.TextField(editable=False, default="")
    # What it says now, as attempts keep it; empty until it is next drawn after a change of it or of the law that it cites.
    version = models.ForeignKey("QuestionVersion", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="question")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState", content_type_field="base_content_type", object_id_field="object_id", related_query_name="question",
        for_concrete_model=False)

    objects = QuestionQuerySet.as_manager()

    panels = [
        FieldPanel("content", help_text=_("One question, of one kind. Give every wrong option a short reason: the taker reads it when they chose it.")),
        FieldPanel("explanation", help_text=_("Why the right answer is right, in two or three short sentences. Shown after the attempt.")),
        FieldPanel("citations", help_text=_("The articles that the answer rests on. They are shown with the explanation, with their dates.")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("category"), FieldPanel("difficulty")]), FieldRowPanel([FieldPanel("topic"), FieldPanel("code")]),
             FieldPanel("tags")], heading=_("In the bank")),
    ]
    search_fields = [
        index.SearchField("stem_text"),
        index.AutocompleteField("stem_text"),
        index.SearchField("code", boost=2),
        index.AutocompleteField("code"),
        index.FilterField("category"),
        index.FilterField("difficulty"),
        index.FilterField("live"),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="question_code_once"),
        ]
        indexes = [models.Index(fields=["category", "live"], name="question_in_category")]

    def __str__(self) -> str:
        return f"{self.code} {self.stem_text}".strip()[:90]

    @property
    def revisions(self):
        return self._revisions

    @property
    def kind(self) -> str:
        """The kind of question in words; empty before one was chosen."""
        return str(type_of(self.content[0].block_type).label) if self.content else ""

    @property
    def approved_schedule(self) -> bool:
        """Whether a version waits for its day; lists know it beforehand (`with_what_lists_show`)."""
        return self._approved_schedule if hasattr(self, "_approved_schedule") else super().approved_schedule

    def get_preview_template(self, request, mode_name) -> str:
        return "quizzes/question_preview.html"

    def get_preview_context(self, request, mode_name) -> dict:
        """Show the question as a taker meets it, and what is shown afterwards. Nothing is stored."""
        context = super().get_preview_context(request, mode_name)
        if self.content:
            kind, content = freeze(self, Provision.objects.select_related("document").in_bulk(provisions_of(self)))
            order = type_of(kind).draw_order(content, Random(0), shuffle=False)  # noqa: S311
            context["asked"] = Asked(1, type_of(kind), written_out(kind, content), order, {})
            context["shows"] = EVERYTHING
        return context


class QuestionVersion(models.Model):
    """A question exactly as it was when it was drawn, in plain JSON; shared by all attempts that drew it so. Never changed."""

    # An unused version goes with its question; the slots of attempts protect the others, and by them the question.
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    # {"stem": html, "options": [{"key", "text", "right", "feedback"}], "explanation": html, "citations": [{"provision", "place",
    #  "document", "number", "url", "in_force_from", "in_force_until"}], "topic": str}; the type's own keys may differ
    content = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "digest"], name="question_version_once")]

    def __str__(self) -> str:
        return f"{self.question} ({self.created_at:%d/%m/%Y})"


class Quiz(DraftStateMixin, RevisionMixin, PreviewableMixin, index.Indexed, ClusterableModel):
    """Questions, and the rules of asking them. An attempt takes the rules over when it begins: editing moves no posts under a taker."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="quizzes", verbose_name=_("category"))
    introduction = CleanRichTextField(_("introduction"), blank=True, features=["bold", "ol", "ul", "link"])
    sections = CleanStreamField(SectionsBlock(), verbose_name=_("sections"), blank=True)
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, default=Mode.EXAM)
    is_listed = models.BooleanField(
        _("stands in the list of quizzes"), default=False, help_text=_("Anybody signed in may take it there, without a course."))
    is_open_to_all = models.BooleanField(_("may be taken without signing in"), default=False)
    join_code = models.CharField(
        _("code to join"), max_length=20, blank=True, help_text=_("For a contest: letters and numbers that people type at /thi/, for example LUAT2026."))
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    pass_fraction = models.DecimalField(
        _("pass mark (0 to 1)"), max_digits=4, decimal_places=3, default=0.7, validators=[MinValueValidator(0), MaxValueValidator(1)])
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=3, validators=[MaxValueValidator(1000)], help_text=_("0 means without limit."))
    retry_delay_seconds = models.PositiveIntegerField(_("pause between attempts in seconds"), default=0)
    time_limit_seconds = models.PositiveIntegerField(_("time limit in seconds"), null=True, blank=True)
    grace_seconds = models.PositiveIntegerField(
        _("grace in seconds"), default=120, validators=[MaxValueValidator(3600)],
        help_text=_("How long after the deadline answers may still arrive that were given before it."))
    shuffle_questions = models.BooleanField(_("shuffle questions"), default=False)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    layout = models.CharField(_("pages"), max_length=4, choices=Layout.choices, default=Layout.ONE)
    navigation = models.CharField(_("moving between questions"), max_length=8, choices=Navigation.choices, default=Navigation.FREE)
    asks_sureness = models.BooleanField(_("asks how sure the taker is"), default=False, help_text=_("It moves no mark; the trainer sees it."))
    counting = models.CharField(_("which attempt counts"), max_length=8, choices=Counting.choices, default=Counting.BEST)
    review = models.CharField(_("what is shown and when"), max_length=12, choices=Review.choices, default=Review.AFTER_PASS)
    # {moment: [fact, ...]}, for Review.OWN; the names are those of quizzes.grading.review.
    review_table = models.JSONField(default=dict, blank=True)
    success_text = CleanRichTextField(_("said after a pass"), blank=True, features=["bold", "ol", "ul", "link"])
    failure_text = CleanRichTextField(_("said after a failure"), blank=True, features=["bold", "ol", "ul", "link"])
    markers = ParentalManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("markers"),
        help_text=_("They see the attempts at this quiz and mark what a person has to mark."))

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="quiz")

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("mode"), FieldPanel("category")]),
        FieldPanel("introduction", help_text=_("Shown before the quiz is begun.")),
        FieldPanel("sections", help_text=_("Questions are asked in this order. Only published questions are asked, none twice in one attempt.")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("pass_percent_typed"), FieldPanel("counting")]),
             FieldRowPanel([FieldPanel("attempts_allowed"), FieldPanel("retry_delay_minutes")]),
             FieldPanel("success_text"), FieldPanel("failure_text")], heading=_("Passing")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("time_limit_minutes"), FieldPanel("grace_minutes")]),
             FieldRowPanel([FieldPanel("layout"), FieldPanel("navigation")]),
             FieldRowPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_options")]), FieldPanel("asks_sureness")],
            heading=_("Taking it")),
        MultiFieldPanel(
            [FieldPanel("review", help_text=_(
                "The ticks below count for the last choice only. A contest with the first choice shows the mark until it is closed, then everything.")),
             FieldRowPanel([FieldPanel("shown_during"), FieldPanel("shown_after_failure")]),
             FieldRowPanel([FieldPanel("shown_after_pass"), FieldPanel("shown_after_close")])], heading=_("What is shown and when")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]), FieldRowPanel([FieldPanel("is_listed"), FieldPanel("is_open_to_all")]),
             FieldPanel("join_code"), FieldPanel("markers", widget=CheckboxSelectMultiple)], heading=_("Who may take it, and when")),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]

    objects = QuizQuerySet.as_manager()

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(condition=Q(pass_fraction__gte=0) & Q(pass_fraction__lte=1), name="quiz_pass_fraction_0_to_1"),
            models.UniqueConstraint(fields=["join_code"], condition=~Q(join_code=""), name="quiz_join_code_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self):
        return self._revisions

    @property
    def pass_percent(self) -> str:
        return f"{self.pass_fraction * 100:.0f}%"

    @property
    def shown(self) -> Table:
        """What takers are shown and when: {moment: facts}. The practice mode explains at once, whatever was chosen for afterwards.

        A contest tells nothing of right answers before it is closed, unless its author chose more than what a quiz begins with.
        """
        is_untouched_contest = self.mode == Mode.CONTEST and self.review == Review.AFTER_PASS
        table = self.review_table if self.review == Review.OWN else PRESETS["after_close" if is_untouched_contest else self.review]
        return {**table, "during": PRESETS["at_once"]["during"]} if self.mode == Mode.PRACTICE else table

    @property
    def is_contest(self) -> bool:
        """Whether it is joined with a code, at /thi/."""
        return self.mode == Mode.CONTEST and bool(self.join_code)

    def is_open(self, now: datetime) -> bool:
        return self.live and (self.opens_at is None or self.opens_at <= now) and not self.is_closed(now)

    def is_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= now

    def get_preview_template(self, request, mode_name) -> str:
        return "quizzes/quiz_preview.html"


class ExtraTime(models.Model):
    """More time at a quiz, for one person or for everybody of a group."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="extra_times", verbose_name=_("quiz"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="extra_times", verbose_name=_("person"))
    group = models.ForeignKey("auth.Group", on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("group"))
    seconds = models.PositiveIntegerField(_("more time in seconds"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("extra time")
        verbose_name_plural = _("extra times")
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=False) ^ Q(group__isnull=False), name="extra_time_person_or_group"),
            models.UniqueConstraint(fields=["quiz", "user"], name="extra_time_once_a_person"),
            models.UniqueConstraint(fields=["quiz", "group"], name="extra_time_once_a_group"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz}: {self.user or self.group} +{self.seconds // 60}"


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
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(fraction__gte=0) & Q(fraction__lte=1), name="hand_mark_fraction_0_to_1")]

    def __str__(self) -> str:
        return f"{self.slot}: {self.fraction}"
