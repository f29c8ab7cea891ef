from modelsearch.backends.database.sqlite.sqlite import SQLiteSearchBackend as SearchBackend  # noqa: F401
