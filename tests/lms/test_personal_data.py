"""No table that names people is forgotten: not by the export, not by an erasure, not by the clock, not by the register of processing."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import ModelLogEntry

from accounts.models import User
from accounts.services import erase_person
from accounts.services.erasing import ERASED, finish_erasures
from accounts.services.exporting import export_person, sections_of
from lms.personal_data import GONE, RELATIONS
from lms.retention import BACKUPS_KEPT, SCHEDULE
from tests.factories import privacy
from training.models import Export

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


def relations() -> set[str]:
    """Every relation of every model to a person, written once where it is defined (pages inherit theirs)."""
    found = set()
    for model in apps.get_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if field.is_relation and field.related_model is User and not field.model._meta.auto_created:
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_each_relation_to_a_person_is_told_of():
    assert relations() - set(RELATIONS) == set(), "say in lms/personal_data.py what becomes of it"
    assert set(RELATIONS) - relations() == set(), "these are no longer there"


def test_what_is_not_exported_says_why_and_each_has_a_class(learner, now):
    assert [name for name, named in RELATIONS.items() if not named.export and not named.why] == []
    assert {named.kept for named in RELATIONS.values()} - {kept.key for kept in SCHEDULE} == set()
    assert {named.export for named in RELATIONS.values() if named.export} - {section.key for section in sections_of(learner, now)} == set()


@pytest.fixture
def told(learner, administrator):
    person = privacy.lived(learner, administrator)
    data = b"".join(export_person(user=person, now=privacy.NOW))
    with ZipFile(BytesIO(data)) as packed:
        return json.loads(packed.read("du-lieu.json"))["sections"]


def test_the_export_holds_a_row_of_each_table_that_it_names(told):
    wanted = {named.export for named in RELATIONS.values() if named.export}
    assert {key for key in wanted if not told[key]["rows"]} == set()


def rows_of(person, name: str) -> list[dict]:
    label, _dot, field = name.rpartition(".")
    return list(apps.get_model(label)._default_manager.filter(**{field: person.pk}).order_by("pk").values())


def left_of(person) -> list[str]:
    return [name for name, named in RELATIONS.items() if named.erased == GONE and rows_of(person, name)]


def test_erasing_takes_what_it_says_and_leaves_no_name(learner, administrator, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=learner, by=administrator, now=privacy.NOW, reason="Đơn của chị Mai")
    assert left_of(learner) == []
    attempt = learner.attempts.get()
    assert (attempt.shown_name, attempt.fraction) == ("Người dùng đã xóa", 1.0)
    request = learner.privacy_requests.get()
    assert (request.text, request.state, bool(request.done_at)) == ("", "done", True)
    assert learner.certificates.get().snapshot["name"] == "Nguyễn Thị Mai"


def test_an_erasure_that_was_cut_off_is_finished_by_the_clock_once(learner, administrator, outsider, now, monkeypatch, django_capture_on_commit_callbacks):
    """Killed after the commit: nothing is sent. Then one floor fails, and keeps neither the others nor another person from being forgotten."""
    privacy.lived(learner, administrator)
    with django_capture_on_commit_callbacks(execute=False):
        for person in (outsider, learner):
            erase_person(user=person, by=administrator, now=privacy.NOW, reason="Đơn của chị Mai")
    assert len(left_of(learner)) > 5
    later = timezone.now() + timedelta(minutes=3)
    assert finish_erasures(now=timezone.now()) == 0, "whoever erased may still be at it"
    with monkeypatch.context() as broken:
        broken.setattr("training.receivers.forget_person", lambda *, user: Export.objects.get(pk=0) if user == learner else None)
        with pytest.raises(Export.DoesNotExist):
            finish_erasures(now=later)
    assert {name.partition(".")[0] for name in left_of(learner)} == {"training"}
    told = [bool(entry.data.get("told_at")) for entry in ModelLogEntry.objects.filter(action=ERASED).order_by("pk")]
    assert (told, finish_erasures(now=later), left_of(learner)) == ([True, False], 1, [])
    before = {name: rows_of(learner, name) for name in RELATIONS}
    assert finish_erasures(now=later) == 0
    # As if the server had been killed before it could note that all was done.
    ModelLogEntry.objects.filter(action=ERASED).update(data={"reason": "Đơn của chị Mai"})
    assert finish_erasures(now=later) == 2
    assert {name: rows_of(learner, name) for name in RELATIONS} == before


@override("en")
def test_the_document_says_what_the_code_does():
    text = (Path(settings.BASE_DIR) / "docs/personal-data.md").read_text(encoding="utf-8")
    rows = {cells[0]: cells for cells in (list(map(str.strip, line.strip("| ").split("|"))) for line in text.splitlines() if line.startswith("| `"))}
    for kept in SCHEDULE:
        row = rows[f"`{kept.key}`"]
        days = "–" if kept.days is None else str(kept.days)
        assert (row[1], row[2], row[3], row[5]) == (str(kept.what), days, str(kept.since), str(kept.deed)), kept.key
        assert row[4] == str(kept.why), kept.key


@pytest.mark.parametrize("unit", ["deploy/systemd/lms-backup.service", "deploy/compose.yaml"])
def test_the_nightly_backup_keeps_as_many_as_the_schedule_says(unit):
    words = (Path(settings.BASE_DIR) / unit).read_text(encoding="utf-8").replace('"', "").replace(",", "")
    assert f"manage.py backup --keep {BACKUPS_KEPT}" in words
