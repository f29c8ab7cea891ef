"""modelsearch's PostgreSQL backend, folding Vietnamese. It reaches into modelsearch's internals; tests/cms/test_search.py holds it."""

from django.db.models import Case, FloatField, Value, When
from modelsearch.backends.database.postgres import postgres

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
    pass


class _AutocompleteQueryCompiler(_Folding, postgres.PostgresAutocompleteQueryCompiler):
    pass


class SearchBackend(postgres.PostgresSearchBackend):
    query_compiler_class = _SearchQueryCompiler
    autocomplete_query_compiler_class = _AutocompleteQueryCompiler
