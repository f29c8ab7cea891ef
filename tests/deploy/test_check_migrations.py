"""scripts/check_migrations.py: what the last release could not live with is refused, what it can is not."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from tests.lms import scripts

check_migrations = scripts.load("check_migrations")
pytestmark = pytest.mark.same_everywhere


def judged(*operations) -> list[str]:
    """Return what is wrong with a migration of these operations on a table that the last release has."""
    first = migrations.Migration("0001_initial", "cms")
    first.operations = [migrations.CreateModel("Leaf", [
        ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=60)), ("note", models.CharField(max_length=60, null=True)),
        ("count", models.IntegerField()), ("part", models.DecimalField(max_digits=6, decimal_places=2))], options={"unique_together": {("name", "count")}})]
    state = first.mutate_state(migrations.state.ProjectState(), preserve=False)
    later = migrations.Migration("0002_later", "cms")
    later.operations = list(operations)
    return list(check_migrations.unsafe(later, state, check_migrations.Known()))


def add(column: models.Field, name: str = "extra"):
    return migrations.AddField("leaf", name, column)


def alter(name: str, column: models.Field):
    return migrations.AlterField("leaf", name, column)


@pytest.mark.parametrize("operation", [
    add(models.IntegerField(null=True)), add(models.IntegerField(db_default=0)), add(models.DateTimeField(db_default=Now())),
    alter("name", models.CharField(max_length=80)), alter("name", models.TextField()), alter("count", models.BigIntegerField()),
    alter("part", models.DecimalField(max_digits=8, decimal_places=3)), alter("count", models.IntegerField(null=True)), alter("name", models.CharField("Tên", max_length=60, choices=[("a", "A")])),
    migrations.CreateModel("Bud", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9))]),
    migrations.AddIndex("leaf", models.Index(fields=["name"], name="leaf_name")), migrations.RunPython(migrations.RunPython.noop),
    migrations.AlterUniqueTogether("leaf", set()), migrations.AlterModelOptions("leaf", {"verbose_name": "leaf"}),
])
def test_what_the_last_release_can_live_with_passes(operation):
    assert judged(operation) == []


@pytest.mark.parametrize(("operation", "word"), [
    (migrations.RemoveField("leaf", "note"), "takes the column leaf.note away"), (migrations.RenameField("leaf", "note", "remark"), "leaf.note away"),
    (migrations.DeleteModel("Leaf"), "takes away the table of leaf"), (migrations.RenameModel("Leaf", "Sheet"), "renames leaf"),
    (migrations.AlterModelTable("leaf", "leaves"), "renames the table"), (add(models.IntegerField(default=0)), "NOT NULL without db_default"),
    (add(models.CharField(max_length=9, default="", unique=True)), "NOT NULL"), (alter("note", models.CharField(max_length=60)), "becomes NOT NULL"),
    (alter("name", models.CharField(max_length=40)), "becomes shorter (40)"), (alter("name", models.CharField(max_length=60, unique=True)), "unique"),
    (alter("part", models.DecimalField(max_digits=6, decimal_places=3)), "fewer digits (6, 3"),
    (alter("part", models.DecimalField(max_digits=9, decimal_places=1)), "fewer digits (9, 1"),
    (alter("count", models.CharField(max_length=9)), "becomes CharField instead of IntegerField"), (alter("count", models.SmallIntegerField()), "SmallInteger"),
    (alter("name", models.CharField(max_length=60, db_column="title")), "another column"), (migrations.RunSQL("SELECT 1"), "RunSQL cannot be judged"),
    (migrations.AddConstraint("leaf", models.UniqueConstraint(fields=["count"], name="once")), "sets a rule"),
    (migrations.AlterUniqueTogether("leaf", {("name", "note")}), "gets a rule"),
    (migrations.SeparateDatabaseAndState([migrations.RemoveField("leaf", "note")], []), "takes the column"),
])
def test_what_breaks_the_last_release_is_refused(operation, word):
    (fault,) = judged(operation)
    assert word in fault


def test_what_is_newer_than_the_last_release_may_still_be_changed():
    bud = migrations.CreateModel("Bud", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9))])
    assert judged(bud, migrations.AddField("bud", "size", models.IntegerField(default=0)), migrations.RemoveField("bud", "name"),
                  migrations.RenameModel("Bud", "Flower"), add(models.IntegerField(null=True)), migrations.RemoveField("leaf", "extra")) == []


def test_column_that_is_filled_is_not_closed_in_the_same_release():
    steps = [add(models.IntegerField(null=True)), migrations.RunPython(migrations.RunPython.noop), alter("extra", models.IntegerField())]
    assert [fault.partition(":")[0] for fault in judged(*steps)] == ["leaf.extra becomes NOT NULL without db_default"]


def test_migrations_since_the_last_release_are_safe():
    assert check_migrations.faults() == []


def test_last_release_is_named_with_every_app_that_it_had():
    commit, known = check_migrations.released(check_migrations.RELEASE.read_text(encoding="utf-8"))
    assert commit and {"accounts", "quizzes", "wagtailcore"} <= set(known)
    assert set(known) <= set(check_migrations.leaves(MigrationLoader(None, replace_migrations=False)))
