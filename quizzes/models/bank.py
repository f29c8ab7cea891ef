"""The question bank: categories, tags, questions with revisions, and the versions that attempts keep."""

import uuid
from random import Random

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import ItemBase, TagBase
from treebeard.mp_tree import MP_Node
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from cms.blocks import CitationsBlock
from cms.fields import CleanRichTextField, CleanStreamField
from laws.models import Provision
from quizzes.blocks import QuestionTypesBlock
from quizzes.enums import Difficulty
from quizzes.freezing import freeze, provisions_of, written_out
from quizzes.grading.review import EVERYTHING
from quizzes.querysets import QuestionQuerySet
from quizzes.types import type_of
from quizzes.types.asked import Asked
from quizzes.types.trying import NotWhole, try_out


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
    # Kept for the quizzes that name it; lists leave it out, and chance takes it no more.
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    stem_text = models.TextField(editable=False, default="")
    # Equal for questions whose words are the same but for case, diacritics, spaces and punctuation.
    stem_digest = models.CharField(max_length=64, editable=False, default="")
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
        indexes = [
            models.Index(fields=["category", "live"], name="question_in_category"),
            # What the bank's own pages count, archived questions left aside.
            models.Index(fields=["category"], condition=Q(archived_at__isnull=True), name="question_kept_by_category"),
            models.Index(fields=["stem_digest", "id"], condition=Q(archived_at__isnull=True), name="question_kept_by_stem"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.stem_text}".strip()[:90]

    @property
    def revisions(self):
        return self._revisions

    @property
    def kind(self) -> str:
        """The kind of question in words; empty before one was chosen."""
        # As it is stored: asking for the block itself would fetch its picture, for each row of a list.
        return str(type_of(self.content.raw_data[0]["type"]).label) if self.content else ""

    @property
    def approved_schedule(self) -> bool:
        """Whether a version waits for its day; lists know it beforehand (`with_what_lists_show`)."""
        return self._approved_schedule if hasattr(self, "_approved_schedule") else super().approved_schedule

    def with_content_json(self, content: dict) -> "Question":
        """Archiving is no part of a draft: publishing an older one brings nothing back."""
        question = super().with_content_json(content)
        question.archived_at = self.archived_at
        return question

    # Most are taken on a phone, so a phone comes first.
    preview_sizes = [
        {"name": "phone", "icon": "mobile-alt", "device_width": 360, "label": _("As on a phone")},
        {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("As on a desktop")},
    ]

    def get_preview_template(self, request, mode_name) -> str:
        return "quizzes/question_preview.html"

    def get_preview_context(self, request, mode_name) -> dict:
        """Show the question as a taker meets it, with what an author tried as its answer. Nothing is stored."""
        context = super().get_preview_context(request, mode_name)
        # Set by the editor's own view (quizzes.viewsets.previews): the fields of the form, and what its address has to keep.
        context |= {"shows": EVERYTHING, "kept": getattr(request, "kept_of_address", None)}
        if self.content:
            try:
                context["tried"] = try_out(self._asked_anew(), getattr(request, "tried", None))
                context["asked"] = context["tried"].asked
            except NotWhole:
                context["is_not_whole"] = True
        return context

    def _asked_anew(self) -> Asked:
        try:
            kind, content = freeze(self, Provision.objects.select_related("document").in_bulk(provisions_of(self)))
            order = type_of(kind).draw_order(content, Random(0), shuffle=False)  # noqa: S311
            return Asked(1, type_of(kind), written_out(kind, content), order, {})
        except (AttributeError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            # A draft of which not everything is written yet.
            raise NotWhole from error


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


class QuestionCitation(models.Model):
    """An article that a question cites anywhere: as its basis, beside its stem or beside an option. Derived from the question when it is saved."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="cited")
    provision = models.ForeignKey(Provision, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "provision"], name="question_citation_once")]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.provision_id}"
