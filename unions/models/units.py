"""Union units as dated nodes of a tree.

Keeps true: a unit is never deleted; its names, its place and its size each hold from a day until, and not on, another day.
`Unit.path`, `name`, `members` and `workers` are today's, written by services beside the dated rows. `UnitPath` is what the tree of a former day
is asked of: a row for each stretch of time in which neither the unit nor any unit above it moved.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unions.enums import Sector
from unions.querysets import DatedQuerySet, UnitPathQuerySet, UnitQuerySet


class UnitType(models.Model):
    """An editable list: nothing in the code assumes how many levels the union has."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("type of unit")
        verbose_name_plural = _("types of unit")

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """An editable list of places: communes and wards, industrial zones."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    type = models.ForeignKey(UnitType, on_delete=models.PROTECT, verbose_name=_("type"))
    sector = models.CharField(_("sector"), max_length=12, choices=Sector.choices, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("region"))
    # Today's name, place and size, kept by services beside the dated rows so that lists need no join over time.
    name = models.CharField(_("name"), max_length=200)
    search_key = models.CharField(max_length=250, editable=False, default="")
    path = models.CharField(max_length=255, unique=True, editable=False)
    members = models.PositiveIntegerField(_("members"), null=True, blank=True)
    workers = models.PositiveIntegerField(_("workers"), null=True, blank=True)
    active_from = models.DateField(_("active from"))
    active_until = models.DateField(_("active until"), null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True, verbose_name=_("successors"))

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(
                condition=Q(active_until__isnull=True) | Q(active_until__gt=F("active_from")), name="unit_ends_after_it_begins"),
        ]
        indexes = [
            models.Index(fields=["path"], name="unit_path_prefix", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class UnitName(models.Model):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=200)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_name_once_a_day"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="unit_name_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from:%d/%m/%Y})"


class UnitPlacement(models.Model):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="child_placements", null=True, blank=True)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_placed_once_a_day"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="placement_ends_later"),
            models.CheckConstraint(condition=~Q(parent=F("unit")), name="unit_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ← {self.parent} ({self.valid_from:%d/%m/%Y})"


class UnitPath(models.Model):
    """Where a unit stood in the tree over a stretch of time: the ids from the top down to itself, "4/17/230/"."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="paths")
    path = models.CharField(max_length=255)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    objects = UnitPathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_path_once_a_day"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="unit_path_ends_later"),
        ]
        indexes = [models.Index(fields=["path"], name="unit_path_then", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return f"{self.path} ({self.valid_from:%d/%m/%Y})"


class UnitFigures(models.Model):
    """How many members and workers a unit had from a day on; the next row ends it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="figures")
    valid_from = models.DateField(_("as of"))
    members = models.PositiveIntegerField(_("members"), null=True, blank=True)
    workers = models.PositiveIntegerField(_("workers"), null=True, blank=True)

    class Meta:
        verbose_name = _("size of a unit")
        verbose_name_plural = _("sizes of units")
        constraints = [models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_counted_once_a_day")]

    def __str__(self) -> str:
        return f"{self.unit} ({self.valid_from:%d/%m/%Y})"
