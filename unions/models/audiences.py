"""Who is meant: by a course that is required, by a target (đối tượng). A description, never a list that grows old; only hand-picked people are named."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from unions.enums import Sector
from unions.models.posts import PostKind
from unions.models.units import Unit, UnitType


class Audience(models.Model):
    """Whoever holds, on the day that is asked about, a post that answers to every line that is filled in; what is empty asks nothing.

    Hand-picked people belong to it whatever post they hold, as long as they hold one. `unions.selectors.audiences` reads it.
    """

    # From the chair down to this kind of post ("from deputy group leader up"): kinds that count as cadres and rank no lower.
    from_kind = models.ForeignKey(
        PostKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from this post up"))
    kinds = models.ManyToManyField(PostKind, blank=True, related_name="+", verbose_name=_("these posts"))
    full_time = models.BooleanField(_("full-time"), null=True, blank=True)
    women_only = models.BooleanField(_("women only"), default=False)
    sector = models.CharField(_("sector"), max_length=12, choices=Sector.choices, blank=True)
    unit_types = models.ManyToManyField(UnitType, blank=True, related_name="+", verbose_name=_("types of unit"))
    members_from = models.PositiveIntegerField(_("units with at least so many members"), null=True, blank=True)
    members_below = models.PositiveIntegerField(_("units with fewer members than"), null=True, blank=True)
    # Months since the person first entered a post that is meant here.
    new_within_months = models.PositiveSmallIntegerField(_("new in post, within months"), null=True, blank=True, validators=[MinValueValidator(1)])
    # Branches of the tree; empty: wherever the rule or the target stands.
    units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name=_("only in these units and below"))
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("hand-picked people"))
    only_people = models.BooleanField(_("nobody but the hand-picked people"), default=False)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def clean(self) -> None:
        if self.members_from is not None and self.members_below is not None and self.members_from >= self.members_below:
            raise ValidationError({"members_below": _("This number must be higher than the lowest one.")})
