"""Chainable filters over enrolments."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from unions.models import Post


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
