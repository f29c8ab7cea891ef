"""Search that folds Vietnamese, at index and at query time alike (docs/adr/0004-folded-search.md)."""

from django.db.models import QuerySet

# Matches that are ranked for a short list: whoever finds more asks too little for any order to be right.
RANKED = 100


def best_of(queryset: QuerySet, text: str, most: int) -> list:
    """Return the best matches with all of these words, at most so many. One query, which costs the same however many there are on PostgreSQL."""
    results = queryset.search(text, operator="and")
    if results.query_compiler is not None:  # None: there was nothing to look for
        results.query_compiler.ranked_at_most = RANKED
    return list(results[:most])


def ranked_keys(queryset: QuerySet, text: str) -> list:
    """Return the keys of all rows with all of these words, the best first. One query; no row is fetched for it."""
    results = queryset.search(text, operator="and")
    return [] if results.query_compiler is None else list(results.get_queryset().values_list("pk", flat=True))
