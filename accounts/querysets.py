"""Chainable filters over people; the access gate over other people's records is `unions.selectors.visible_people`."""

from datetime import datetime

from django.contrib.auth.base_user import BaseUserManager
from django.db import models

from vietnamese.text import search_key


class UserQuerySet(models.QuerySet):
    def named(self, text: str) -> "UserQuerySet":
        """Keep people whose name, e-mail or telephone number holds every word of the text, diacritics and case ignored."""
        people = self
        for word in search_key(text).split():
            people = people.filter(search_key__contains=word)
        return people

    def in_order(self) -> "UserQuerySet":
        """Sort the Vietnamese way: by given name, then family and middle names."""
        return self.order_by("sort_key", "id")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    use_in_migrations = True

    def create_user(self, *, full_name: str, email: str | None = None, phone: str | None = None, password: str | None = None, **fields):
        user = self.model(full_name=full_name, email=email or None, phone=phone or None, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def create_superuser(self, email: str, full_name: str, password: str | None = None, **fields):
        return self.create_user(full_name=full_name, email=email, password=password, is_staff=True, is_superuser=True, **fields)


class LogEntryQuerySet(models.QuerySet):
    def visible_to(self, user) -> "LogEntryQuerySet":
        """Keep what stands about the person; all for a superuser."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(about=user)


class SignInSlipQuerySet(models.QuerySet):
    def open(self, now: datetime) -> "SignInSlipQuerySet":
        """Keep the slips that let somebody in now."""
        return self.filter(used_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=now)
