"""Union units as dated nodes of a tree, posts held in them, and roles over their subtrees.

Keeps true: a unit is never deleted; its names, its place and its posts each hold from a day until, and not on, another day.
`Unit.path` is today's tree, written by the service that moves units; UnitPlacement is what history is asked of.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unions.enums import Manner, Role, Sector
from unions.querysets import DatedQuerySet, PostQuerySet, UnitQuerySet


class UnitType(models.Model):
    """An editable list: nothing in the code assumes how many levels the union has."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("type of unit")
        verbose_name_plural = _("types of unit")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    type = models.ForeignKey(UnitType, on_delete=models.PROTECT, verbose_name=_("type"))
    sector = models.CharField(_("sector"), max_length=12, choices=Sector.choices, blank=True)
    # Today's name and place, kept by services beside the dated rows so that lists need no join over time.
    name = models.CharField(_("name"), max_length=200)
    search_key = models.CharField(max_length=250, editable=False, default="")
    path = models.CharField(max_length=255, unique=True, editable=False)
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


class PostKind(models.Model):
    """A kind of post (chức danh), ordered from chair to deputy group leader."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)
    is_cadre = models.BooleanField(_("counts as a cadre"), default=True)

    class Meta:
        verbose_name = _("kind of post")
        verbose_name_plural = _("kinds of post")

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post that a person holds in a unit over a time; a person may hold several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", verbose_name=_("unit"))
    kind = models.ForeignKey(PostKind, on_delete=models.PROTECT, related_name="posts", verbose_name=_("kind of post"))
    full_time = models.BooleanField(_("full-time"), default=False)
    manner = models.CharField(_("manner"), max_length=12, choices=Manner.choices, blank=True)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "kind", "valid_from"], name="post_begins_once_a_day"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="post_ends_later"),
        ]
        indexes = [models.Index(fields=["unit", "valid_until", "valid_from", "user"], name="post_of_unit")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}, {self.unit}"


class RoleGrant(models.Model):
    """A role over a unit and its subtree."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="role_grants", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(_("granted at"))

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["user", "unit", "role"], name="role_granted_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"
