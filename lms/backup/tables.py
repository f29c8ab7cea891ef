"""Which tables there are, what their columns hold, and which of them a backup leaves out; read from the models, so a new one is in by itself.

Keeps true: whatever cannot be described exactly stops the backup; nothing is left out in silence.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.apps.registry import Apps
from django.core.files.storage import default_storage, storages
from django.db.models import Field, FileField, Model

from lms.backup.errors import CannotBackUp

# Belong to the database at hand; made anew from the rest.
SEARCH_INDEX = frozenset({"wagtailsearch_indexentry", "wagtailsearch_indexentry_fts"})
# What nobody wants back: who was signed in or editing at that minute, processes that are gone, and cut pictures, which are cut again when seen.
OF_THE_MOMENT = frozenset({
    "django_session", "usersessions_usersession", "wagtailadmin_editingsession", "wagtailadmin_formstate", "cms_worker", "wagtailimages_rendition"})
LEFT_OUT = SEARCH_INDEX | OF_THE_MOMENT
# What the migrations and the clock put into a site where nobody has done anything yet.
BORN = LEFT_OUT | {
    "django_content_type", "auth_permission", "auth_group", "auth_group_permissions", "wagtailcore_collection", "wagtailcore_groupapprovaltask",
    "wagtailcore_groupapprovaltask_groups", "wagtailcore_groupcollectionpermission", "wagtailcore_grouppagepermission", "wagtailcore_locale",
    "wagtailcore_page", "wagtailcore_referenceindex", "wagtailcore_site", "wagtailcore_task", "wagtailcore_workflow", "wagtailcore_workflowpage",
    "wagtailcore_workflowtask", "cms_duty", "accounts_retentionrun", "django_tasks_database_dbtaskresult"}

_KINDS = {
    "AutoField": "integer", "BigAutoField": "integer", "SmallAutoField": "integer", "IntegerField": "integer", "BigIntegerField": "integer",
    "SmallIntegerField": "integer", "PositiveIntegerField": "integer", "PositiveBigIntegerField": "integer", "PositiveSmallIntegerField": "integer",
    "BooleanField": "boolean", "CharField": "text", "SlugField": "text", "TextField": "text", "FileField": "text", "FilePathField": "text",
    "GenericIPAddressField": "text", "FloatField": "float", "DecimalField": "decimal", "DateField": "date", "DateTimeField": "moment",
    "TimeField": "time", "DurationField": "duration", "UUIDField": "uuid", "JSONField": "json", "BinaryField": "binary"}


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    # Of a decimal: digits behind the point.
    places: int | None = None
    # Of a file: the storage that its names are names of.
    storage: str | None = None


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    # The column that the database counts up by itself.
    counted: str | None = None

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def as_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> "Table":
        return cls(data["name"], tuple(Column(**column) for column in data["columns"]), tuple(data["key"]), data["counted"])


def tables_of(apps: Apps, *, without: Iterable[str] = ()) -> list[Table]:
    """Return the tables of these apps (today's, or those of a former state of the migrations) by name.

    :raises CannotBackUp: when a column holds something that a backup has no form for.
    """
    left_out = frozenset(without)
    found = {model._meta.db_table: _table_of(model) for model in _kept(apps) if model._meta.db_table not in left_out}
    return [found[name] for name in sorted(found)]


def names_of(apps: Apps) -> set[str]:
    """Return the names of all tables of these apps, but for those that SQLite's search keeps beneath another and fills by itself."""
    return {model._meta.db_table for model in _kept(apps)} - {"wagtailsearch_indexentry_fts"}


def _kept(apps: Apps) -> list[type[Model]]:
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy and model._meta.db_table != "django_migrations"]


def _table_of(model: type[Model]) -> Table:
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    counted = [field.column for field in fields if field.get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField")]
    return Table(
        model._meta.db_table, tuple(_column_of(field) for field in fields), tuple(field.column for field in model._meta.pk_fields),
        counted[0] if counted else None)


def _column_of(field: Field) -> Column:
    held = field
    while held.remote_field and getattr(held, "target_field", None):
        held = held.target_field
    kind = _KINDS.get(held.get_internal_type())
    if kind is None:
        raise CannotBackUp(f"{field.model._meta.db_table}.{field.column} is a {held.get_internal_type()}, and a backup has no form for it.")
    storage = _storage_of(field) if isinstance(field, FileField) else None
    return Column(field.column, kind, held.decimal_places if kind == "decimal" else None, storage)


def _storage_of(field: FileField) -> str:
    """Return by which name the settings know the storage of a field.

    :raises CannotBackUp: when they do not.
    """
    storage = getattr(field, "_storage_callable", lambda: field.storage)()
    if storage is default_storage:
        return "default"
    for name in ("default", "private"):
        if storages[name] is storage:
            return name
    raise CannotBackUp(f"{field.model._meta.db_table}.{field.column} keeps files in a storage that the settings do not name.")
