"""Search that folds Vietnamese, at index and at query time alike (docs/adr/0004-folded-search.md)."""
