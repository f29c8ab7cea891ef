"""Search that folds Vietnamese: thin subclasses of modelsearch's database backends."""
