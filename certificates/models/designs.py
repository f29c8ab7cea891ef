"""How papers look: designs that are edited, and their versions that never change.

Keeps true: a certificate points at a version, a version holds every measure and the digests of its pictures; editing a design
publishes the next version and leaves all papers as they are.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from certificates.blocks import DesignBlocks
from certificates.enums import Border, Orientation, Paper, PaperSize
from certificates.models.issuers import Issuer
from certificates.querysets import DesignFileQuerySet
from certificates.storage import private_storage
from cms.fields import CleanStreamField
from courses.models import CoursePage


def _picture(label: str) -> models.ForeignKey:
    return models.ForeignKey("wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=label)


class Design(PreviewableMixin, DraftStateMixin, RevisionMixin, ClusterableModel):
    """A design as an administrator edits it; what is published becomes a DesignVersion."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    paper = models.CharField(_("kind of paper"), max_length=3, choices=Paper.choices, default=Paper.CERTIFICATE)
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, null=True, blank=True, related_name="designs", verbose_name=_("issuing unit"),
        help_text=_("Empty: every unit may use it."))
    courses = ParentalManyToManyField(
        CoursePage, blank=True, related_name="designs", verbose_name=_("courses"), help_text=_("Courses whose papers always look like this."))
    is_default = models.BooleanField(_("used when no other design is named"), default=False)
    size = models.CharField(_("size"), max_length=2, choices=PaperSize.choices, default=PaperSize.A4)
    orientation = models.CharField(_("orientation"), max_length=10, choices=Orientation.choices, default=Orientation.LANDSCAPE)
    is_blank_form = models.BooleanField(
        _("printed onto forms"), default=False, help_text=_("Only the fields are printed; border, background and fixed words are on the form already."))
    border = models.CharField(_("border"), max_length=8, choices=Border.choices, default=Border.WOVEN, blank=True)
    background = _picture(_("background"))
    blocks = CleanStreamField(DesignBlocks(), verbose_name=_("blocks"), blank=True)
    _revisions = GenericRelation("wagtailcore.Revision", content_type_field="base_content_type", object_id_field="object_id", for_concrete_model=False)

    class Meta:
        verbose_name = _("design of papers")
        verbose_name_plural = _("designs of papers")
        constraints = [
            models.UniqueConstraint(fields=["paper"], condition=Q(is_default=True), name="design_one_default_a_paper"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self):
        return self._revisions

    @property
    def preview_modes(self) -> list[tuple]:
        """What the editor offers to look at; see certificates.layout.samples."""
        return [
            ("usual", pgettext_lazy("design", "As usual")), ("long", pgettext_lazy("design", "Longest names")),
            ("short", pgettext_lazy("design", "Shortest names")), ("missing", pgettext_lazy("design", "Fields missing")),
            ("form", pgettext_lazy("design", "On the printed form"))]

    @property
    def default_preview_mode(self) -> str:
        return "usual"


class DesignVersion(models.Model):
    """A published state of a design: everything that a paper needs besides its snapshot. Immutable."""

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    # certificates.layout says what stands in it; pictures by their SHA-256.
    spec = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="design_version_once")]

    def __str__(self) -> str:
        return f"{self.design}, {self.number}"


class DesignFile(models.Model):
    """A picture of a version, kept by its own digest, whatever becomes of the picture in the library."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(storage=private_storage, upload_to="designs/", max_length=200)
    # "svg", "png", "jpg"
    format = models.CharField(max_length=4)

    objects = DesignFileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{self.format}"
