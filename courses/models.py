"""What is taught: catalogue, course, module, lesson, quiz page, and the versions of a course's rules.

Pages declare fields, blocks and panels and stop there: nothing here knows who reads. Keeps true: a rule set never changes; editing
the rules makes the next one.
"""

from django import forms
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.fields import CleanStreamField
from cms.models import BasePage
from courses.blocks import LessonBodyBlock
from courses.enums import Issuing, LessonNeed, Level


class Topic(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address"), unique=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name


class Audience(models.Model):
    """Who a course is for, in the words of the catalogue's filter."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address"), unique=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")

    def __str__(self) -> str:
        return self.name


class Trainer(models.Model):
    """A trainer as shown on course pages; `user` when the trainer has an account."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("post and unit"), max_length=200, blank=True)
    user = models.OneToOneField("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="trainer", verbose_name=_("account"))

    class Meta:
        verbose_name = _("trainer")
        verbose_name_plural = _("trainers")

    def __str__(self) -> str:
        return self.name


class CataloguePage(BasePage):
    template = "courses/catalogue.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["courses.CoursePage"]
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("catalogue")


class CoursePage(BasePage):
    code = models.CharField(_("code"), max_length=40, blank=True)
    summary = models.CharField(_("summary"), max_length=300)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, default=Level.BASIC)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="courses", verbose_name=_("topic"))
    audiences = ParentalManyToManyField(Audience, blank=True, related_name="courses", verbose_name=_("audience"))
    trainers = ParentalManyToManyField(Trainer, blank=True, related_name="courses", verbose_name=_("trainers"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, help_text=_("Empty: counted from the lessons."))
    hours = models.DecimalField(
        _("hours on the certificate"), max_digits=5, decimal_places=1, default=0, validators=[MinValueValidator(0)])
    cover = models.ForeignKey("wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("cover"))
    language = models.CharField(_("language"), max_length=5, choices=[("vi", _("Vietnamese")), ("en", _("English"))], default="vi")
    lesson_need = models.CharField(
        _("a lesson counts when"), max_length=8, choices=LessonNeed.choices, default=LessonNeed.READ)
    gives_certificate = models.BooleanField(_("gives a certificate"), default=True)
    issuing = models.CharField(_("the certificate is issued"), max_length=8, choices=Issuing.choices, default=Issuing.AT_ONCE)
    valid_months = models.PositiveSmallIntegerField(
        _("months for which the certificate is valid"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: it does not end."))
    renewal_course = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renews", verbose_name=_("renewed by the refresher course"),
        help_text=_("Empty: by taking the whole course again."))
    # Counted whenever something below is published, so that the catalogue can filter and sort by them.
    total_minutes = models.PositiveIntegerField(editable=False, default=0)
    lesson_count = models.PositiveSmallIntegerField(editable=False, default=0)

    template = "courses/course.html"
    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.ModulePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("lead"),
        InlinePanel("objectives", heading=_("Objectives"), label=_("Objective")),
        MultiFieldPanel(
            [FieldPanel("audiences", widget=forms.CheckboxSelectMultiple), FieldPanel("level"), FieldPanel("topic"),
             FieldPanel("trainers", widget=forms.CheckboxSelectMultiple), FieldPanel("language"), FieldPanel("cover")],
            heading=_("In the catalogue")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("code"), FieldPanel("minutes"), FieldPanel("hours")]),
             FieldPanel("lesson_need")],
            heading=_("Rules for completion")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("gives_certificate"), FieldPanel("issuing")]),
             FieldRowPanel([FieldPanel("valid_months"), FieldPanel("renewal_course")])],
            heading=_("Certificate")),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("summary"),
        index.RelatedFields("objectives", [index.SearchField("text")]),
        index.FilterField("level"),
        index.FilterField("topic"),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")


class Objective(Orderable):
    page = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="objectives")
    text = models.CharField(_("after the course, one can"), max_length=200)


class ModulePage(BasePage):
    template = "courses/module.html"
    parent_page_types = ["courses.CoursePage"]
    subpage_types = ["courses.LessonPage", "courses.QuizPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("module")


class LessonPage(BasePage):
    body = CleanStreamField(LessonBodyBlock(), verbose_name=_("lesson"), blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, help_text=_("Empty: counted from the length of the text and the videos."))
    reading_minutes = models.PositiveSmallIntegerField(editable=False, default=0)
    need = models.CharField(
        _("this lesson counts when"), max_length=8, choices=LessonNeed.choices, blank=True, help_text=_("Empty: as the course says."))

    template = "courses/lesson.html"
    # What is drawn from it is kept for each revision (courses.templatetags.catalogue.lesson_body).
    served_without = ("body",)
    parent_page_types = ["courses.ModulePage"]
    subpage_types = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("need")]),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")


class QuizPage(BasePage):
    quiz = models.ForeignKey("quizzes.Quiz", on_delete=models.PROTECT, related_name="pages", verbose_name=_("quiz"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    is_required = models.BooleanField(_("must be passed"), default=True)

    template = "courses/quiz_page.html"
    parent_page_types = ["courses.ModulePage"]
    subpage_types = []
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("quiz"), FieldRowPanel([FieldPanel("minutes"), FieldPanel("is_required")])]

    class Meta:
        verbose_name = _("quiz page")


class RuleSet(models.Model):
    """A version of what completing a course takes. Written when publishing changes the rules; never edited."""

    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="rule_sets")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    # [{"page": id, "kind": "lesson", "need": "read"} | {"page": id, "kind": "quiz", "quiz": id, "pass": 0.7, "required": true}], in order
    steps = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="rule_set_number_once")]

    def __str__(self) -> str:
        return f"{self.course}, {self.number}"
