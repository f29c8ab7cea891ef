"""Chainable filters over the register, and over the work of issuing: who may see what."""

from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.utils import timezone

from certificates.enums import SHOWING_NAME, NoticeState
from certificates.typesetting import picture_name
from unions.models import Post, Unit


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user, on: date | None = None) -> "CertificateQuerySet":
        """Keep one's own certificates, and those of people who hold a post that day (today) in a unit that one administers or views.

        A trainer's or reviewer's role opens no paper: the date of birth stands on it. One query more.
        """
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        # A subquery of people is looked through once; a join over their posts would count people with two posts twice.
        units = Unit.objects.seen_by(user)
        people = Post.objects.on(on or timezone.localdate()).filter(unit__in=units).values("user")
        return self.filter(Q(user=user) | Q(user__in=people))

    def in_books_of(self, user) -> "CertificateQuerySet":
        """Keep what stands in the registers that the person may read, whoever holds it. As many queries more as `Unit.objects.seen_or_merged_for`."""
        if user.is_superuser:
            return self
        return self.filter(series__issuer__unit__in=Unit.objects.seen_or_merged_for(user))

    def in_books_managed_by(self, user) -> "CertificateQuerySet":
        """Keep what stands in the registers that the person keeps: may correct, revoke, issue anew. One query more."""
        return self if user.is_superuser else self.filter(series__issuer__unit__in=Unit.objects.managed_by(user))


class IssuerQuerySet(models.QuerySet):
    def visible_to(self, user) -> "IssuerQuerySet":
        """Keep the issuers whose register the person may read: administrators and viewers of the unit, of one above it, or of the one that it was merged into."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.seen_or_merged_for(user))

    def managed_by(self, user) -> "IssuerQuerySet":
        """Keep the issuers in whose name the person may issue, correct and revoke."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.managed_by(user))


class _OfIssuers(models.QuerySet):
    """Rows that belong to an issuer by a relation of that name."""

    def _issuers(self) -> IssuerQuerySet:
        return self.model._meta.get_field("issuer").related_model.objects.all()

    def visible_to(self, user):
        """Keep what belongs to issuers whose register the person may read. As many queries more as `Unit.objects.seen_or_merged_for`."""
        return self if user.is_superuser else self.filter(issuer__in=self._issuers().visible_to(user))

    def managed_by(self, user):
        """Keep what belongs to issuers in whose name the person may issue. One query more."""
        return self if user.is_superuser else self.filter(issuer__in=self._issuers().managed_by(user))


class RunQuerySet(_OfIssuers):
    """Lists that are issued."""


class ImportQuerySet(_OfIssuers):
    """Older registers that are brought in."""


class PrintoutQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PrintoutQuerySet":
        """Keep the person's own files; all for a superuser: a file holds what its owner might see when it was written."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(by=user)


class NoticeQuerySet(models.QuerySet):
    """The outbox."""

    def visible_to(self, user) -> "NoticeQuerySet":
        """Keep notices about papers whose register the person may read. One query more."""
        return self if user.is_superuser else self.filter(
            certificate__series__issuer__unit__in=Unit.objects.seen_by(user))

    def managed_by(self, user) -> "NoticeQuerySet":
        """Keep notices about papers whose register the person keeps. One query more."""
        return self if user.is_superuser else self.filter(certificate__series__issuer__unit__in=Unit.objects.managed_by(user))

    def due(self, now: datetime) -> "NoticeQuerySet":
        """Keep what waits to be sent and may be sent by now; what a worker has claimed is due again when the claim is over."""
        return self.filter(state=NoticeState.WAITING, due_at__lte=now)


class ConsentQuerySet(models.QuerySet):
    """What holders agreed to."""

    def standing(self) -> "ConsentQuerySet":
        """Keep what was not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def showing_name(self) -> "ConsentQuerySet":
        """Keep standing consents whose own words cover the full name and the grade; newer words never widen an older yes."""
        return self.standing().filter(text_version__in=SHOWING_NAME)


class DesignFileQuerySet(models.QuerySet):
    def keep(self, *, sha256: str, format: str, content: bytes) -> None:
        """Copy a picture into the private storage under its digest, once."""
        if self.filter(sha256=sha256).exists():
            return
        name, storage = picture_name(sha256, format), self.model._meta.get_field("file").storage
        # A copy may lie there already, of a transaction that was rolled back.
        if not storage.exists(name):
            name = storage.save(name, ContentFile(content))
        self.get_or_create(sha256=sha256, defaults={"file": name, "format": format})
