"""Older rows get what new ones are issued with: the key they are searched by, the unit of the day, the digest before signing."""

import re
import unicodedata

from django.db import migrations

WORDS = ("name", "register_number", "register_entry", "code", "course", "unit")


def folded(text):
    # As the product folds text today; a migration must not change with it.
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter)).lower()
    return re.sub(r"[^\w]+", " ", bare).strip()[:500]


def fill(apps, schema_editor):
    certificates, units = apps.get_model("certificates", "Certificate"), apps.get_model("unions", "Unit")
    standing = set(units.objects.values_list("pk", flat=True))
    rows = []
    for row in certificates.objects.filter(search_key="").iterator(chunk_size=500):
        row.search_key = folded(" ".join(str(row.snapshot.get(name) or "") for name in WORDS))
        row.unit_id = row.snapshot.get("unit_id") if row.snapshot.get("unit_id") in standing else None
        row.typeset_sha256 = row.pdf_sha256
        rows.append(row)
        if len(rows) == 500:
            certificates.objects.bulk_update(rows, ["search_key", "unit", "typeset_sha256"])
            rows.clear()
    certificates.objects.bulk_update(rows, ["search_key", "unit", "typeset_sha256"])


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_register_of_record"), ("unions", "0001_initial")]
    # Backwards nothing is undone: the columns go away.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
