"""Who issues, who signs, and the numbers that are given out."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from certificates.enums import Paper, SigningForm
from certificates.querysets import IssuerQuerySet
from certificates.wording import check_number_format
from unions.models import Unit


class Issuer(ClusterableModel):
    """A unit that issues, with what stands in its block at the head and foot of the paper."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="issuer", verbose_name=_("unit"))
    upper_name = models.CharField(_("upper body, first line"), max_length=120, blank=True)
    name = models.CharField(_("issuing body, second line"), max_length=120)
    place = models.CharField(_("place"), max_length=60, help_text=_("As in “Hà Nội, ngày …”."))
    series_code = models.CharField(_("code in the number"), max_length=20, default="CĐ", help_text=_("As in 123/GCN-CĐ."))
    number_format = models.CharField(
        _("how the number is written"), max_length=40, default="{số:3}/{loại}-{mã}", validators=[check_number_format],
        help_text=_("{số:4} is the number with 4 digits, {năm} the year, {loại} GCN or CC, {mã} the code above. {số} must be there."))
    register_format = models.CharField(
        _("how the number in the register is written"), max_length=40, default="{số:4}/{năm}", validators=[check_number_format])
    may_issue_diplomas = models.BooleanField(
        _("may issue “Chứng chỉ”"), default=False, help_text=_("Only where a decision allows it. Everybody may issue “Giấy chứng nhận”."))
    signer_form = models.CharField(_("signs as, first line"), max_length=80, default="TM. BAN CHẤP HÀNH")
    signer_title = models.CharField(_("signs as, second line"), max_length=80, default="CHỦ TỊCH")
    signer_name = models.CharField(_("name of the signer"), max_length=120)
    is_default = models.BooleanField(_("issues when no other unit is named"), default=False)

    objects = IssuerQuerySet.as_manager()

    class Meta:
        verbose_name = _("issuing unit")
        verbose_name_plural = _("issuing units")
        constraints = [models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="issuer_one_default")]

    def __str__(self) -> str:
        return self.name


class Signatory(Orderable):
    """Somebody who signs beside the first signer, or instead of the one who is named above; forms of Decree 30/2020/NĐ-CP, Art. 13."""

    issuer = ParentalKey(Issuer, on_delete=models.CASCADE, related_name="signatories")
    body = models.CharField(_("on behalf of"), max_length=80, blank=True, help_text=_("As in “TM. BAN CHẤP HÀNH”; empty when nobody is named."))
    form = models.CharField(_("signs"), max_length=4, choices=SigningForm.choices, blank=True)
    of_whom = models.CharField(_("for whom"), max_length=80, blank=True, help_text=_("As in “CHỦ TỊCH” after “KT.”."))
    title = models.CharField(_("post of the signer"), max_length=80)
    name = models.CharField(_("name of the signer"), max_length=120)
    signature = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture of the signature"))

    class Meta(Orderable.Meta):
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")

    def __str__(self) -> str:
        return f"{self.title} {self.name}"

    @property
    def lines(self) -> list[str]:
        """The lines above the signature: ["TM. BAN CHẤP HÀNH", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]."""
        instead = f"{self.form} {self.of_whom}".strip()
        return [line for line in (self.body, instead, self.title) if line]


class Series(models.Model):
    """The numbers of one issuer, kind of paper and year; the row is locked while numbers are taken."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="series")
    paper = models.CharField(max_length=3, choices=Paper.choices, default=Paper.CERTIFICATE)
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(1946), MaxValueValidator(2200)])
    # The highest number given out; a register that is brought in from paper moves it on.
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "paper", "year"], name="series_once_a_year")]

    def __str__(self) -> str:
        return f"{self.paper}-{self.issuer.series_code}/{self.year}"
