from django.db import migrations
from django.db.models.functions import ExtractYear


def fill(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    User.objects.filter(date_of_birth__isnull=False).update(birth_year=ExtractYear("date_of_birth"))


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_slips_and_log")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
