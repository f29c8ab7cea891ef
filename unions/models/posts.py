"""Posts (chức danh) that people hold in units over a time, and roles over units.

Keeps true: a person holds one kind of post in one unit once at a time; what was held is ended, not deleted.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from unions.enums import Manner, Role
from unions.models.units import Unit
from unions.querysets import PostQuerySet, RoleGrantQuerySet


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
    # The term as offices write it: "2026–2031".
    term = models.CharField(_("term"), max_length=20, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "kind", "valid_from"], name="post_begins_once_a_day"),
            models.UniqueConstraint(fields=["user", "unit", "kind"], condition=Q(valid_until__isnull=True), name="post_held_once"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="post_ends_later"),
        ]
        indexes = [models.Index(fields=["unit", "valid_until", "valid_from", "user"], name="post_of_unit"), models.Index(fields=["user", "valid_from"], name="post_of_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind}, {self.unit}"


class RoleGrant(models.Model):
    """A role over a unit and its subtree."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="role_grants", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(_("granted at"))

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["user", "unit", "role"], name="role_granted_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"
