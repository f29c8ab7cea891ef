"""modelsearch's PostgreSQL backend, folding Vietnamese. It reaches into modelsearch's internals; tests/cms/test_search.py holds it."""

from django.db.models import Case, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from modelsearch.backends.database.postgres import postgres
from modelsearch.query import MatchAll, Not
from modelsearch.utils import get_descendants_content_types_pks
from wagtail.search.models import IndexEntry

from cms.search.folding import exact_query, folded_query, indexed_text

# More than any sum of ts_rank, which stays below a few units.
_EXACT_BONUS = 1000.0


class _FoldingIndexer(postgres.ObjectIndexer):
    def prepare_value(self, value) -> str:
        if isinstance(value, list | dict):
            return super().prepare_value(value)
        return indexed_text(super().prepare_value(value))


# PostgresIndex.add_items looks this name up in its own module.
postgres.ObjectIndexer = _FoldingIndexer


class _Folding:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.exact = exact_query(self.query)
        self.query = folded_query(self.query)

    def get_search_vectors(self, search_query):
        # Not the columns of the model, which are not folded: the index has a vector for titles and one for all the rest.
        vectors = self.get_index_vectors(search_query)
        return vectors[:1] if set(self.fields or []) == {"title"} else vectors

    def _build_rank_expression(self, vectors, config):
        rank = super()._build_rank_expression(vectors, config)
        if self.exact is None:
            return rank
        # search() annotates _vector_ with all the vectors that it looks in.
        exact = When(_vector_=self.build_tsquery(self.exact, config=config), then=Value(_EXACT_BONUS))
        return rank + Case(exact, default=Value(0.0), output_field=FloatField())


class _SearchQueryCompiler(_Folding, postgres.PostgresSearchQueryCompiler):
    # How many matches are ranked, or None for all of them; `cms.search.best_of` sets it.
    ranked_at_most: int | None = None

    def search(self, config, start, stop, score_field=None, backend=None) -> QuerySet:
        if self.ranked_at_most is None or self.fields is not None or isinstance(self.query, MatchAll | Not):
            return super().search(config, start, stop, score_field, backend)
        everything, self.queryset = self.queryset, self.queryset.filter(self._candidates(config))
        try:
            return super().search(config, start, stop, score_field, backend)
        finally:
            self.queryset = everything

    def _candidates(self, config) -> Q:
        """Return the condition that picks what is ranked: matches in titles, exact ones and any ones, so many of each."""
        query = self.build_tsquery(self.query, config=config)
        looks = [(F("title"), query), (F("title")._combine(F("body"), "||", False), query)]
        if self.exact is not None:
            looks.insert(1, (looks[1][0], self.build_tsquery(self.exact, config=config)))
        entries = IndexEntry.objects.filter(content_type__in=get_descendants_content_types_pks(self.queryset.model))
        found = Q()
        for vector, wanted in looks:
            matching = entries.annotate(_looked_in_=vector).filter(_looked_in_=wanted)
            found |= Q(pk__in=matching.values(key=Cast("object_id", IntegerField()))[:self.ranked_at_most])
        return found


class _AutocompleteQueryCompiler(_Folding, postgres.PostgresAutocompleteQueryCompiler):
    pass


class SearchBackend(postgres.PostgresSearchBackend):
    query_compiler_class = _SearchQueryCompiler
    autocomplete_query_compiler_class = _AutocompleteQueryCompiler
