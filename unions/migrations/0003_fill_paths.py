"""Units have not moved before there was a service for it: each has stood where it stands since it began. Posts held twice are joined."""

from django.db import migrations


def fill_paths(apps, schema_editor):
    Unit, UnitPath = apps.get_model("unions", "Unit"), apps.get_model("unions", "UnitPath")
    units = Unit.objects.values_list("pk", "path", "active_from", "active_until").iterator(chunk_size=2000)
    UnitPath.objects.bulk_create(
        (UnitPath(unit_id=pk, path=path, valid_from=begun, valid_until=ended) for pk, path, begun, ended in units), batch_size=1000)


def end_earlier_twins(apps, schema_editor):
    """Of two posts of one kind in one unit without an end the earlier one ends where the later one begins."""
    Post = apps.get_model("unions", "Post")
    later = None
    for post in Post.objects.filter(valid_until__isnull=True).order_by("user", "unit", "kind", "-valid_from"):
        if later and (later.user_id, later.unit_id, later.kind_id) == (post.user_id, post.unit_id, post.kind_id):
            Post.objects.filter(pk=post.pk).update(valid_until=later.valid_from)
        later = post


class Migration(migrations.Migration):

    dependencies = [("unions", "0002_paths_audiences_rosters")]

    operations = [
        migrations.RunPython(fill_paths, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(end_earlier_twins, migrations.RunPython.noop, elidable=True),
    ]
