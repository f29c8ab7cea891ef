"""Articles and documents can be searched like pages."""

from django.db import models
from modelsearch.queryset import SearchableQuerySetMixin


class SearchableQuerySet(SearchableQuerySetMixin, models.QuerySet):
    pass


class ProvisionManager(models.Manager.from_queryset(SearchableQuerySet)):
    """An article is never shown without its document, so both come in one query: a lesson with ten citations asks once."""

    def get_queryset(self) -> SearchableQuerySet:
        return super().get_queryset().select_related("document")
