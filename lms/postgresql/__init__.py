"""Django's engine for PostgreSQL as web processes use it (`lms.engines.hurry`)."""
