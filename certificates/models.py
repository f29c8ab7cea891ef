"""The register (sổ gốc): series, certificates, the log of what happened to each, consent to show a name.

Keeps true: numbers of a series run 1, 2, 3 … without holes; an issued record, its PDF and its hash never change, only its state
moves forward, and every move is an entry with reason, person and time; one person holds one valid certificate per award and cycle.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import codes
from certificates.enums import Entry, Paper, State
from certificates.querysets import CertificateQuerySet
from certificates.storage import private_storage
from courses.models import CoursePage
from unions.models import Unit


class Issuer(models.Model):
    """A unit that issues, with what stands in its block at the head and foot of the paper."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="issuer", verbose_name=_("unit"))
    upper_name = models.CharField(_("upper body, first line"), max_length=120, blank=True)
    name = models.CharField(_("issuing body, second line"), max_length=120)
    place = models.CharField(_("place"), max_length=60, help_text=_("As in “Hà Nội, ngày …”."))
    series_code = models.CharField(_("code in the number"), max_length=20, default="CĐ", help_text=_("As in 123/GCN-CĐ."))
    signer_form = models.CharField(_("signs as, first line"), max_length=80, default="TM. BAN CHẤP HÀNH")
    signer_title = models.CharField(_("signs as, second line"), max_length=80, default="CHỦ TỊCH")
    signer_name = models.CharField(_("name of the signer"), max_length=120)
    is_default = models.BooleanField(_("issues when no other unit is named"), default=False)

    class Meta:
        verbose_name = _("issuing unit")
        verbose_name_plural = _("issuing units")
        constraints = [models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="issuer_one_default")]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """The numbers of one issuer, kind of paper and year; the row is locked while a number is taken."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="series")
    paper = models.CharField(max_length=3, choices=Paper.choices, default=Paper.CERTIFICATE)
    year = models.PositiveSmallIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "paper", "year"], name="series_once_a_year")]

    def __str__(self) -> str:
        return f"{self.paper}-{self.issuer.series_code}/{self.year}"


class Certificate(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=16, unique=True, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="certificates")
    number = models.PositiveIntegerField()
    # As printed: "123/GCN-CĐ"; and in the register: "0123/2026".
    register_number = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, related_name="certificates")
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    # What was true on the day, in words: name, unit, post, course title and version, hours, period, grade, signer, issuer, decision.
    snapshot = models.JSONField()
    design = models.CharField(max_length=40)
    pdf = models.FileField(storage=private_storage, upload_to="certificates/%Y/", max_length=200)
    pdf_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="certificate_number_once"),
            models.UniqueConstraint(fields=["user", "course", "cycle"], condition=Q(state="valid"), name="certificate_one_valid"),
            models.CheckConstraint(condition=Q(number__gte=1), name="certificate_number_from_1"),
        ]
        indexes = [
            models.Index(fields=["user", "course"], name="certificate_of_person"),
            models.Index(fields=["issued_at"], name="certificate_by_day"),
        ]

    def __str__(self) -> str:
        return self.register_number

    def get_absolute_url(self) -> str:
        return reverse("certificates:show-certificate", args=[self.uuid])

    @property
    def code_shown(self) -> str:
        """The code as it is printed: "7K2M-9Q4T-XB"."""
        return codes.shown(self.code)


class RegisterEntry(models.Model):
    """What happened to a certificate, with why, by whom and when. Only added to."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Entry.choices)
    reason = models.TextField(blank=True)
    decision_number = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["certificate", "at"], name="entry_of_certificate")]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.get_kind_display()}"


class NameConsent(models.Model):
    """A holder's consent to show the full name on the verification page (Law 91/2025/QH15, Art. 9): who, when, to which words."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="name_consents")
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(withdrawn_at__isnull=True), name="name_consent_one_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.given_at:%d/%m/%Y})"
