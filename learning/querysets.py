"""Chainable filters over enrolments."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from unions.models import Post, Unit


class EnrolmentQuerySet(models.QuerySet):
    def visible_to(self, user, on: date | None = None) -> "EnrolmentQuerySet":
        """Keep one's own enrolments, and those of people who hold a post that day (today) in a unit under one's role. One query more."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        # A subquery of people is looked through once; a join over their posts would count people with two posts twice.
        people = Post.objects.under_roles_of(user, on or timezone.localdate()).values("user")
        return self.filter(Q(user=user) | Q(user__in=people))


class OutsideStudyQuerySet(models.QuerySet):
    def visible_to(self, user, on: date | None = None) -> "OutsideStudyQuerySet":
        """Keep one's own, and those of people who hold a post that day (today) in a unit under one's role. One query more."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        people = Post.objects.under_roles_of(user, on or timezone.localdate()).values("user")
        return self.filter(Q(user=user) | Q(user__in=people))


class AssignmentRuleQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AssignmentRuleQuerySet":
        """Keep the rules of units whose people the person may see. One query more."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.seen_by(user))

    def managed_by(self, user) -> "AssignmentRuleQuerySet":
        """Keep the rules of units whose people the person manages. One query more."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.managed_by(user))

    def in_force(self) -> "AssignmentRuleQuerySet":
        return self.filter(ended_at__isnull=True)


class AssignmentQuerySet(models.QuerySet):
    def open(self) -> "AssignmentQuerySet":
        """Keep what is still asked and not yet met."""
        return self.filter(met_at__isnull=True, ended_at__isnull=True)
