"""Legal documents, their articles and how long each is in force. Who cites them is found through Wagtail's reference index.

Keeps true: one row a document number, one row an article, clause and point; text is our own words, never the statute's.
"""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.search import index

from laws.enums import Kind, Validity
from laws.querysets import ProvisionManager, SearchableQuerySet

ENDING_WITHIN = timedelta(days=90)


class Dated(models.Model):
    """In force from a day up to and including another, as statutes say it."""

    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_until = models.DateField(_("in force until"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def begins_on(self) -> date | None:
        return self.in_force_from

    @property
    def ends_on(self) -> date | None:
        """The last day in force."""
        return self.in_force_until

    def validity_on(self, day: date) -> Validity:
        """Say what the text is worth on this day."""
        if self.begins_on and day < self.begins_on:
            return Validity.COMING
        if self.ends_on and day > self.ends_on:
            return Validity.ENDED
        if self.ends_on and day > self.ends_on - ENDING_WITHIN:
            return Validity.ENDING
        return Validity.IN_FORCE


class LegalDocument(index.Indexed, ClusterableModel, Dated):
    number = models.CharField(_("number"), max_length=60, unique=True, help_text=_("As printed, for example 45/2019/QH14."))
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("short title"), max_length=120)
    full_title = models.CharField(_("full title"), max_length=400, blank=True)
    issuer = models.CharField(_("issuer"), max_length=120)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by"))
    note = models.TextField(_("note"), blank=True)
    url = models.URLField(_("official text"), blank=True)

    objects = SearchableQuerySet.as_manager()

    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("kind"), FieldPanel("slug")]),
        FieldPanel("title"),
        FieldPanel("full_title"),
        FieldRowPanel([FieldPanel("issuer"), FieldPanel("signed_on")]),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("in_force_from"), FieldPanel("in_force_until")]), FieldPanel("replaced_by")], heading=_("Validity")),
        FieldPanel("url"),
        FieldPanel("note"),
        InlinePanel("provisions", heading=_("Articles"), label=_("Article")),
    ]
    search_fields = [
        index.SearchField("title", boost=3),
        index.AutocompleteField("title"),
        index.SearchField("number", boost=4),
        index.AutocompleteField("number"),
        index.SearchField("full_title"),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = _("legal document")
        verbose_name_plural = _("legal documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gte=F("in_force_from")), name="document_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("laws:show-document", args=[self.slug])


class Provision(index.Indexed, Dated):
    """An article, or a clause or point of it. Empty dates mean: as long as its document."""

    document = ParentalKey(LegalDocument, on_delete=models.PROTECT, related_name="provisions", verbose_name=pgettext_lazy("law", "document"))
    article = models.CharField(_("article (Điều)"), max_length=8, blank=True, help_text=_("Empty: the document as a whole."))
    clause = models.CharField(_("clause (khoản)"), max_length=8, blank=True)
    point = models.CharField(_("point (điểm)"), max_length=8, blank=True)
    heading = models.CharField(_("heading"), max_length=160, blank=True)
    text = models.TextField(_("what it says, in our words"))
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=120, blank=True)

    objects = ProvisionManager()

    panels = [
        FieldRowPanel([FieldPanel("article"), FieldPanel("clause"), FieldPanel("point")]),
        FieldPanel("heading"),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("in_force_from"), FieldPanel("in_force_until")]),
        FieldRowPanel([FieldPanel("checked_on"), FieldPanel("checked_by")]),
    ]
    search_fields = [
        index.SearchField("heading", boost=2),
        index.AutocompleteField("heading"),
        index.SearchField("text"),
        index.SearchField("place"),
        index.AutocompleteField("place"),
        index.RelatedFields("document", [index.SearchField("title"), index.SearchField("number")]),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [models.UniqueConstraint(fields=["document", "article", "clause", "point"], name="provision_once")]

    def __str__(self) -> str:
        return f"{self.place}, {self.document.title}"

    def get_absolute_url(self) -> str:
        return f"{self.document.get_absolute_url()}#{self.anchor}"

    @property
    def place(self) -> str:
        """The place in the document as a Vietnamese reader says it: "Điều 70 khoản 1 điểm a"."""
        if not self.article:
            return gettext("The whole document")
        parts = [f"Điều {self.article}"]
        if self.clause:
            parts.append(f"khoản {self.clause}")
        if self.point:
            parts.append(f"điểm {self.point}")
        return " ".join(parts)

    @property
    def anchor(self) -> str:
        return "-".join(["dieu", self.article, self.clause, self.point]).rstrip("-").replace("đ", "dd") if self.article else "van-ban"

    @property
    def begins_on(self) -> date | None:
        return self.in_force_from or self.document.in_force_from

    @property
    def ends_on(self) -> date | None:
        """The last day in force: the earlier of its own and its document's."""
        ends = [day for day in (self.in_force_until, self.document.in_force_until) if day]
        return min(ends) if ends else None
