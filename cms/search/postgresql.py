from modelsearch.backends.database.postgres.postgres import PostgresSearchBackend as SearchBackend  # noqa: F401
