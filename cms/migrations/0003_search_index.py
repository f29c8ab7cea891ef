"""An index for what search asks of PostgreSQL: titles and texts together. Wagtail indexes each of the two, so that every entry was read for a search."""

from django.db import migrations

NAME = "cms_search_title_and_body"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {NAME} ON wagtailsearch_indexentry USING gin ((title || body))")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0002_duties_and_workers'),
        ('wagtailsearch', '0010_add_text_fields'),
    ]

    operations = [migrations.RunPython(add, remove)]
