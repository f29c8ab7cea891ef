"""Articles and documents can be searched like pages."""

from django.db import models
from modelsearch.queryset import SearchableQuerySetMixin


class SearchableQuerySet(SearchableQuerySetMixin, models.QuerySet):
    pass
