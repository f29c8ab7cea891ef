"""Articles and documents can be searched like pages; articles are told apart by whether they still apply."""

from datetime import date

from django.db import models
from django.db.models import Q
from modelsearch.queryset import SearchableQuerySetMixin


class SearchableQuerySet(SearchableQuerySetMixin, models.QuerySet):
    pass


class ProvisionQuerySet(SearchableQuerySet):
    def ended(self, day: date) -> "ProvisionQuerySet":
        """Keep articles that apply no more on this day: their own last day or their document's is over, or another document took its place.

        A document without a last day of its own ends when the one that replaces it comes into force.
        """
        replaced = Q(document__in_force_until__isnull=True, document__replaced_by__in_force_from__lte=day)
        return self.filter(Q(in_force_until__lt=day) | Q(document__in_force_until__lt=day) | replaced)


class ProvisionManager(models.Manager.from_queryset(ProvisionQuerySet)):
    """An article is never shown without its document, so both come in one query: a lesson with ten citations asks once."""

    def get_queryset(self) -> ProvisionQuerySet:
        return super().get_queryset().select_related("document")
