"""Chainable filters over questions and attempts."""

from django.db import models

from vietnamese.text import search_key


class QuestionQuerySet(models.QuerySet):
    def matching(self, text: str) -> "QuestionQuerySet":
        """Keep questions whose text or code holds every word, diacritics and case ignored."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AttemptQuerySet":
        """Keep the person's own attempts."""
        return self.filter(user=user) if user.is_authenticated else self.none()
