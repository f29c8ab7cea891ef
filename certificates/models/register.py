"""Certificates and the log of what happened to each."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates import codes
from certificates.enums import Entry, State
from certificates.models.designs import DesignVersion
from certificates.models.issuers import Series
from certificates.querysets import CertificateQuerySet
from certificates.storage import private_storage
from courses.models import CoursePage
from unions.models import Unit


def _name_key_in(field: str) -> models.Func:
    # Written alike for both databases and without a parameter, so that an index on it is used.
    return models.Func(models.F(field), template="(%(expressions)s ->> 'name_key')", output_field=models.CharField())


# Given name first, in Vietnamese order; what was issued before there was a key stands by its search key.
NAME_KEY = Coalesce(_name_key_in("corrected"), _name_key_in("snapshot"), models.F("search_key"), output_field=models.CharField())


class Certificate(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=16, unique=True, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="certificates")
    number = models.PositiveIntegerField()
    # As printed: "123/GCN-CĐ"; and in the register: "0123/2026".
    register_number = models.CharField(max_length=40)
    # None: brought in from an older register, of somebody who has no account here, or of a course that is not here.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates")
    course = models.ForeignKey(CoursePage, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates")
    # The holder's unit on the day; a unit that is merged later stays named here.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates")
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    # The certificate of the cycle before, which ends by itself.
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by")
    # What was true on the day, in words: name, unit, post, course title and version, hours, period, grade, signer, issuer, decision.
    snapshot = models.JSONField()
    # What the register says instead, field by field, since it was corrected; the paper and the snapshot stay as they were.
    corrected = models.JSONField(default=dict, blank=True)
    # Papers of the first design name it; later ones point at the version of theirs.
    design = models.CharField(max_length=40, blank=True)
    version = models.ForeignKey(DesignVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates")
    # Empty for a paper that was issued elsewhere, before.
    pdf = models.FileField(storage=private_storage, upload_to="certificates/%Y/", max_length=200, blank=True)
    # Of the stored file, and of the same paper before it was signed: that one can be computed again from the snapshot.
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    typeset_sha256 = models.CharField(max_length=64, blank=True)
    # SHA-256 of the X.509 certificate that signed the file; empty for a file without a signature.
    signed_with = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField()
    # The first day on which it is valid no more.
    valid_until = models.DateField(null=True, blank=True)
    # Strangers are told nothing from here on: its holder has left, or wishes so.
    hidden_at = models.DateTimeField(null=True, blank=True)
    # Folded name, number, programme and unit of the day, for searching the register.
    search_key = models.CharField(max_length=500, editable=False, default="")

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
            # The register is leafed through and searched within this index alone (ADR 0034).
            models.Index(fields=["-issued_at", "-id", "series", "state", "valid_until", "search_key"], name="certificate_in_book"),
            models.Index(NAME_KEY, "id", name="certificate_by_name"),
            models.Index(fields=["-issued_at", "-id", "series"], condition=Q(pdf=""), name="certificate_brought_in"),
            models.Index(fields=["state", "-issued_at"], name="certificate_by_state"),
            models.Index(fields=["valid_until"], condition=Q(state="valid"), name="certificate_ending"),
            models.Index(fields=["pdf_sha256"], name="certificate_by_digest"),
            models.Index(fields=["signed_with"], condition=~Q(signed_with=""), name="certificate_by_signature"),
            models.Index(fields=["id"], condition=Q(hidden_at__isnull=False), name="certificate_hidden"),
        ]

    def __str__(self) -> str:
        return self.register_number

    def get_absolute_url(self) -> str:
        return reverse("certificates:show-certificate", args=[self.uuid])

    @property
    def code_shown(self) -> str:
        """The code as it is printed: "7K2M-9Q4T-XB"."""
        return codes.shown(self.code)


# What an entry says of a public page that is switched on again; all other changes are fields of the record.
SHOWN_AGAIN = {"is_hidden": [True, False]}


class RegisterEntry(models.Model):
    """What happened to a certificate, with why, by whom and when. Only added to."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Entry.choices)
    reason = models.TextField(blank=True)
    decision_number = models.CharField(max_length=60, blank=True)
    decision_on = models.DateField(null=True, blank=True)
    # What was corrected: {"born_on": ["1988-02-05", "1988-05-02"], ...}.
    changes = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["certificate", "at"], name="entry_of_certificate"),
            models.Index(fields=["kind", "id"], name="entry_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.get_kind_display()}"

    def get_kind_display(self) -> str:
        """Name the kind; the public page that is switched on again is an entry of the same kind that says so in its changes."""
        if self.kind == Entry.HIDDEN and self.changes == SHOWN_AGAIN:
            return str(_("Public page switched on again"))
        return str(Entry(self.kind).label)
