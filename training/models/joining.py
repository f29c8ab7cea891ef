"""Codes that let a room full of people join a course, without an office typing their names."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import CoursePage
from training.querysets import JoinCodeQuerySet
from unions.models import Unit


class JoinCode(models.Model):
    """A code, typed or scanned, by which people join a course in the name of a unit while it is open."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True)
    title = models.CharField(_("class"), max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="join_codes", verbose_name=_("unit"))
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="+", verbose_name=_("course"))
    opens_at = models.DateTimeField(_("open from"))
    closes_at = models.DateTimeField(_("open until"))
    most = models.PositiveIntegerField(_("people at most"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = JoinCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("join code")
        verbose_name_plural = _("join codes")
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="join_code_closes_later")]

    def __str__(self) -> str:
        return self.title


class Joining(models.Model):
    """Somebody joined by a code; whether the unit knows them is for its office to say."""

    join_code = models.ForeignKey(JoinCode, on_delete=models.PROTECT, related_name="joinings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="joinings")
    at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["join_code", "user"], name="joined_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.join_code}"
