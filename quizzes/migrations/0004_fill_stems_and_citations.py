"""Give the questions that are there already the digest of their stem and the list of the articles that they cite.

Reversible: both are derived, and the columns go with the migration before. Rows are walked in chunks, so that a large bank takes no more memory.
"""

import json
import re
import unicodedata
from hashlib import sha256

from django.db import migrations


def _digest(text):
    bare = unicodedata.normalize("NFD", text.translate(str.maketrans("đĐÐðƉɖ", "dDDdDd")))
    folded = unicodedata.normalize("NFC", "".join(letter for letter in bare if not unicodedata.combining(letter))).lower()
    key = re.sub(r"[^\w]+", " ", folded).strip()
    return sha256(key.encode()).hexdigest() if key else ""


def _cited(value):
    if isinstance(value, dict):
        if value.get("type") == "provision" and isinstance(value.get("value"), int):
            yield value["value"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _cited(part)


def fill(apps, schema_editor):
    Question, Citation = apps.get_model("quizzes", "Question"), apps.get_model("quizzes", "QuestionCitation")
    Provision = apps.get_model("laws", "Provision")
    known = set(Provision.objects.values_list("pk", flat=True))
    chunk = []
    for question in Question.objects.only("pk", "stem_text", "content", "citations").iterator(chunk_size=500):
        question.stem_digest = _digest(question.stem_text)
        blocks = [list(field.raw_data) for field in (question.content, question.citations)]
        cited = set(_cited(json.loads(json.dumps(blocks, default=str)))) & known
        Citation.objects.bulk_create([Citation(question=question, provision_id=key) for key in sorted(cited)], ignore_conflicts=True)
        chunk.append(question)
        if len(chunk) == 500:
            Question.objects.bulk_update(chunk, ["stem_digest"])
            chunk = []
    if chunk:
        Question.objects.bulk_update(chunk, ["stem_digest"])


class Migration(migrations.Migration):

    dependencies = [("quizzes", "0003_bank_marking_exchange")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
