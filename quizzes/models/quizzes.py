"""Quizzes: questions, and the rules of asking them."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin
from wagtail.search import index

from cms.fields import CleanRichTextField, CleanStreamField
from quizzes.blocks import SectionsBlock
from quizzes.enums import Counting, Layout, Mode, Navigation, Review
from quizzes.grading.review import PRESETS, Table
from quizzes.models.bank import Category
from quizzes.querysets import QuizQuerySet


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
    is_marked_blind = models.BooleanField(
        _("markers do not see names"), default=False, help_text=_("Until an attempt is marked, markers see a number instead of the name."))
    needs_second_marker = models.BooleanField(
        _("two people mark each answer"), default=False,
        help_text=_("The second one does not see the mark of the first. The mean counts, unless the two differ by more than is allowed below."))
    marking_tolerance = models.DecimalField(
        _("difference allowed between two markers (0 to 1)"), max_digits=4, decimal_places=3, default=Decimal("0.1"),
        validators=[MinValueValidator(0), MaxValueValidator(1)])

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
             FieldPanel("join_code")], heading=_("Who may take it, and when")),
        MultiFieldPanel(
            [FieldPanel("markers", widget=CheckboxSelectMultiple),
             FieldRowPanel([FieldPanel("is_marked_blind"), FieldPanel("needs_second_marker")]), FieldPanel("marking_tolerance_percent")],
            heading=_("Marking by people")),
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
