"""modelsearch's SQLite (FTS5) backend, folding Vietnamese. It reaches into modelsearch's internals; tests/cms/test_search.py holds it."""

from django.db.models import Case, Expression, F, FloatField, Func, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast
from modelsearch.backends.database.sqlite import sqlite
from modelsearch.query import MatchAll, Not, SearchQuery
from modelsearch.utils import get_descendants_content_types_pks

from cms.search.folding import exact_query, folded_query, indexed_text

# More than any sum of BM25 scores; negative, because FTS5 scores the better the lower.
_EXACT_BONUS = -1000.0


class _FoldingIndexer(sqlite.ObjectIndexer):
    def prepare_value(self, value) -> str:
        if isinstance(value, list | dict):
            return super().prepare_value(value)
        return indexed_text(super().prepare_value(value))


# SQLiteIndex.add_items looks this name up in its own module.
sqlite.ObjectIndexer = _FoldingIndexer


class _ScoreOf(Func):
    """The score of a row, looked up in all scores: worked out once, where modelsearch works them out again for every row.

    The LIMIT takes nothing away; it keeps SQLite from turning this back into a search for each row (3,000 results: 0.2 instead of 7 s).
    """

    template = "(SELECT scores.score FROM (SELECT * FROM %(expressions)s)"
    arg_joiner = " LIMIT -1) scores WHERE scores.object_id = "
    output_field = FloatField()


class _Folding:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.exact = exact_query(self.query)
        self.query = folded_query(self.query)
        if self.fields is not None:
            # The index has a column for titles and one for all the rest.
            self.fields = ["title"] if set(self.fields) == {"title"} else None

    def search(self, config, start, stop, score_field=None) -> QuerySet:
        """Build the results' queryset, as modelsearch does but for how entries are found and scores are joined."""
        if isinstance(sqlite.normalize(self.query), MatchAll | Not):
            return super().search(config, start, stop, score_field)
        matching = self._matching(config)
        found = self.queryset.filter(pk__in=matching.values("index_entry__object_id"))
        if not (self.order_by_relevance or score_field):
            return found[start:stop]
        scores = Subquery(matching.annotate(score=self._rank(config)).values("score", object_id=F("index_entry__object_id")))
        found = found.annotate(**{score_field or "_score": _ScoreOf(scores, Cast("pk", TextField()))})
        return (found.order_by(score_field or "_score", "-pk") if self.order_by_relevance else found)[start:stop]

    def _matching(self, config) -> QuerySet:
        # The sum hides the index on content types: by it, SQLite would run the full-text search once for each entry of the type.
        entries = self._entries(self.query, config).annotate(type_id=F("index_entry__content_type_id") + 0)
        return entries.filter(type_id__in=get_descendants_content_types_pks(self.queryset.model))

    def _rank(self, config) -> Expression:
        rank = self._build_rank_expression(self.get_search_vectors(), config)
        if self.exact is not None:
            exact = When(pk__in=self._entries(self.exact, config).values("pk"), then=Value(_EXACT_BONUS))
            rank += Case(exact, default=Value(0.0), output_field=FloatField())
        return rank

    def _entries(self, query: SearchQuery, config) -> QuerySet:
        match = sqlite.MatchExpression(self.fields or self.FTS_TABLE_FIELDS, self.build_search_query(sqlite.normalize(query), config=config))
        return sqlite.SQLiteFTSIndexEntry.objects.filter(match)


class _SearchQueryCompiler(_Folding, sqlite.SQLiteSearchQueryCompiler):
    pass


class _AutocompleteQueryCompiler(_Folding, sqlite.SQLiteAutocompleteQueryCompiler):
    pass


class SearchBackend(sqlite.SQLiteSearchBackend):
    query_compiler_class = _SearchQueryCompiler
    autocomplete_query_compiler_class = _AutocompleteQueryCompiler
