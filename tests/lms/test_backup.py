"""Backups: whole, checked, of one moment, private; what is not whole never gets its name and never gets in."""

import gzip
import json
import os
import resource
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from certificates.models import DesignFile
from lms.backup import archive
from lms.backup.checking import Visitor, check_backup
from lms.backup.databases import opened, tables_in
from lms.backup.errors import BackupError, BrokenBackup, CannotBackUp, DiskFull, FilesMissing, KeyMissing
from lms.backup.files import Names
from lms.backup.keeping import folder_held, latest_backup
from lms.backup.making import make_backup
from lms.backup.sealing import identities_in, recipients_of
from lms.backup.tables import LEFT_OUT, names_of
from tests.factories import accounts as people
from tests.factories.privacy import forget_erasures

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> Path:
    forget_erasures()
    return tmp_path / "backups"


@pytest.fixture
def key():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def _committing(transactional_db):
    """Rows that other connections see."""


class Collecting(Visitor):
    def __init__(self):
        self.found, self.files = {}, []

    def rows(self, table, rows):
        self.found[table.name] = [dict(zip(table.names, row, strict=True)) for row in rows]

    def file(self, storage, name, content):
        super().file(storage, name, content)
        self.files.append((storage, name))


def stored_picture(name: str, content: bytes = b"<svg/>") -> DesignFile:
    return DesignFile.objects.create(sha256=name.ljust(64, "0"), format="svg", file=storages["private"].save(f"designs/{name}.svg", ContentFile(content)))


@pytest.mark.same_everywhere
def test_backup_is_private_checked_and_told_to_the_office(folder, now):
    made = make_backup(folder=folder, recipients=[], now=now)
    assert made.path.name == "backup-20261120-070322.tar.gz"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert check_backup(path=made.path, identities=[]) == made.manifest
    assert {path.name for path in folder.iterdir()} == {".lock", made.path.name}
    assert {name: latest_backup()[name] for name in ("at", "name", "size", "checked", "encrypted", "missing")} == {
        "at": "2026-11-20T07:03:22+00:00", "name": made.path.name, "size": made.path.stat().st_size, "checked": True, "encrypted": False, "missing": 0}


@pytest.mark.same_everywhere
def test_every_table_is_in_the_backup_or_named_as_left_out(folder, now):
    made = make_backup(folder=folder, recipients=[], now=now)
    header = made.manifest["header"]
    with opened() as database:
        present = database.table_names()
    left_out = {*header["left_out"]["made_anew"], *header["left_out"]["not_restored"]}
    ours = names_of(apps)
    assert {*made.manifest["rows"]} | (left_out & ours) == ours
    # Beside the models' own: the list of migrations, the throttles, and what the database keeps for itself.
    assert not {name for name in present - ours - {"django_migrations", "cache"} if not name.startswith(("sqlite_", "wagtailsearch_"))}


@pytest.mark.same_everywhere
def test_no_kept_row_names_one_that_is_left_out():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table not in LEFT_OUT:
            assert not {field.name for field in model._meta.concrete_fields if field.remote_field and field.remote_field.model._meta.db_table in LEFT_OUT}


def test_rows_are_of_one_moment_while_others_write(folder, now, _committing):
    people.learner()

    def write(text):
        if text.startswith("Writing"):
            people.outsider()
            User.objects.update(full_name="Đổi tên giữa chừng")

    before = set(User.objects.values_list("email", "full_name"))
    made = make_backup(folder=folder, recipients=[], now=now, tell=write)
    assert User.objects.count() == 2
    found = Collecting()
    check_backup(path=made.path, identities=[], visitor=found)
    assert {(row["email"], row["full_name"]) for row in found.found["accounts_user"]} == before


@pytest.mark.same_everywhere
def test_backup_holds_just_the_files_that_rows_name(folder, now, _committing):
    kept = stored_picture("a")
    storages["private"].save("designs/nobody.svg", ContentFile(b"x"))
    made = make_backup(folder=folder, recipients=[], now=now)
    found = Collecting()
    check_backup(path=made.path, identities=[], visitor=found)
    assert found.files == [("private", kept.file.name)]


@pytest.mark.same_everywhere
def test_file_that_is_gone_stops_the_backup_by_name_unless_allowed(folder, now, _committing):
    gone = stored_picture("b")
    storages["private"].delete(gone.file.name)
    with pytest.raises(FilesMissing, match=r"(?s)designs/b.*--allow-missing"):
        make_backup(folder=folder, recipients=[], now=now)
    assert not list(folder.glob("backup-*"))
    made = make_backup(folder=folder, recipients=[], allow_missing=True, now=now)
    assert made.manifest["files"]["missing"] == [["private", gone.file.name]]


@pytest.mark.same_everywhere
@pytest.mark.parametrize("after", [b"<svg>longer than before</svg>", b"", b"<SVG/>"])
def test_file_that_changes_meanwhile_stops_the_backup(folder, now, after, _committing, monkeypatch):
    row = stored_picture("c")
    path, add = Path(row.file.path), archive.Writer.add

    def add_and_change(self, name, source, size):
        if name.startswith("files/"):
            path.write_bytes(after)
            os.utime(path, (1, 1))
        add(self, name, source, size)

    monkeypatch.setattr(archive.Writer, "add", add_and_change)
    with pytest.raises(FilesMissing, match="changed while"):
        make_backup(folder=folder, recipients=[], now=now)
    assert not list(folder.glob("backup-*"))


@pytest.mark.same_everywhere
def test_full_disk_leaves_nothing_and_says_so(folder, now, key):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for recipients in ([], [key.to_public()]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(DiskFull, match="Nothing was left"):
                make_backup(folder=folder, recipients=recipients, now=now)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert [path.name for path in folder.iterdir()] == [".lock"]


@pytest.mark.same_everywhere
def test_sealed_backup_opens_with_its_key_alone(folder, now, key, tmp_path):
    made = make_backup(folder=folder, recipients=recipients_of(str(key.to_public())), now=now)
    assert made.path.suffix == ".age" and made.path.read_bytes().startswith(b"age-encryption.org/v1\n")
    with pytest.raises(KeyMissing, match="--identity"):
        check_backup(path=made.path, identities=[])
    with pytest.raises(KeyMissing, match="another key"):
        check_backup(path=made.path, identities=[pyrage.x25519.Identity.generate()])
    file = tmp_path / "key.txt"
    file.write_text(f"# created: today\n# public key: {key.to_public()}\n{key}\n")
    assert check_backup(path=made.path, identities=identities_in(file)) == made.manifest


@pytest.mark.same_everywhere
@pytest.mark.parametrize("is_sealed", [False, True])
def test_no_damage_passes(folder, now, key, tmp_path, is_sealed):
    made = make_backup(folder=folder, recipients=[key.to_public()] if is_sealed else [], now=now)
    content, broken = made.path.read_bytes(), tmp_path / "broken"
    half = len(content) // 2
    damages = [content[:half], content[:-1], content[:30], b"", content[:half] + bytes([content[half] ^ 1]) + content[half + 1:], b"no backup " * 99]
    if not is_sealed:
        damages += [gzip.compress(gzip.decompress(content)[:-20_000]), gzip.compress(b""), gzip.compress(gzip.decompress(content).replace(b"Root", b"Rood", 1))]
    for damage in damages:
        broken.write_bytes(damage)
        with pytest.raises(BackupError) as caught:
            check_backup(path=broken, identities=[key])
        assert isinstance(caught.value, BrokenBackup | KeyMissing), damage[:20]
    with pytest.raises(BrokenBackup):
        check_backup(path=tmp_path / "none", identities=[])


@pytest.mark.same_everywhere
def test_backup_that_was_put_together_anew_does_not_pass(folder, now, tmp_path):
    """Somebody takes a row or a file out and writes a well-formed file around the rest."""
    made = make_backup(folder=folder, recipients=[], now=now)
    for takes in ("database/wagtailcore_page/000001.jsonl", "manifest.json", "database/auth_group/000001.jsonl"):
        with (tmp_path / "new").open("wb") as file, archive.members(made.path, []) as members:
            writer = archive.Writer(file, [], mtime=0)
            for member in members:
                if member.name != takes:
                    writer.add(member.name, member.file, member.size)
            writer.finish()
        with pytest.raises(BrokenBackup):
            check_backup(path=tmp_path / "new", identities=[])


@pytest.mark.same_everywhere
def test_old_backups_go_and_the_newest_stays(folder, now):
    folder.mkdir()
    for name in ("notes.txt", "backup-20260101-000000.tar.gz.part", "backup-of-mine.tar.gz"):
        (folder / name).write_text("")
    for day in range(3):
        made = make_backup(folder=folder, recipients=[], now=now + timedelta(days=day), keep=2)
    assert made.removed == ("backup-20261120-070322.tar.gz",)
    assert {path.name for path in folder.glob("*")} == {
        ".lock", "notes.txt", "backup-of-mine.tar.gz", "backup-20261121-070322.tar.gz", "backup-20261122-070322.tar.gz"}
    assert make_backup(folder=folder, recipients=[], now=now + timedelta(days=2), keep=1).path.name == "backup-20261122-070322-2.tar.gz"
    assert len(list(folder.glob("backup-2*"))) == 1


@pytest.mark.same_everywhere
def test_second_backup_at_once_is_refused(folder, now):
    with folder_held(folder), pytest.raises(CannotBackUp, match="Another backup"):
        make_backup(folder=folder, recipients=[], now=now)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("word", "told"), [("AGE-SECRET-KEY-1QQQ", "secret key"), ("age1nonsense", "age-keygen"), ("me@example.org", "public key")])
def test_recipient_that_is_none_is_refused(word, told):
    with pytest.raises(CannotBackUp, match=told):
        recipients_of(word)


@pytest.mark.same_everywhere
def test_commands_say_what_they_did(folder, settings, key, tmp_path, capsys):
    settings.BACKUP_DIR, settings.BACKUP_RECIPIENT = folder, str(key.to_public())
    call_command("backup", "--keep=3")
    path = next(folder.glob("*.age"))
    assert str(path) in capsys.readouterr().out
    (tmp_path / "key").write_text(str(key))
    call_command("check_backup", str(path), f"--identity={tmp_path / 'key'}")
    told = capsys.readouterr().out
    assert "Whole and unchanged" in told and "CERTIFICATE_SIGNING_KEY" in told
    for words in (["backup", "--keep=0"], ["check_backup", str(path)], ["check_backup", str(path), "--identity=/none"], ["restore", str(tmp_path / "none")]):
        with pytest.raises(CommandError):
            call_command(*words)


@pytest.mark.same_everywhere
def test_database_of_a_newer_version_is_not_backed_up(folder, now, _committing):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', '9999_of_tomorrow', '2030-01-01')")
    try:
        with pytest.raises(CannotBackUp, match="9999_of_tomorrow"):
            make_backup(folder=folder, recipients=[], now=now)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_of_tomorrow'")


@pytest.mark.same_everywhere
def test_tables_of_a_former_state_are_read_as_they_were():
    with opened() as database:
        applied = database.migrations() - {("accounts", "0004_consents_requests_retention")}
        database.migrations = lambda: applied
        names = {table.name for table in tables_in(database)}
    assert "accounts_user" in names and "accounts_consent" not in names


@pytest.mark.same_everywhere
def test_ordinary_tools_open_an_unsealed_backup(folder, now, tmp_path):
    made = make_backup(folder=folder, recipients=[], now=now)
    subprocess.run(["tar", "-xzf", made.path, "-C", tmp_path], check=True)
    lines = (tmp_path / "database" / "wagtailcore_site" / "000001.jsonl").read_text().splitlines()
    assert [json.loads(line)[1] for line in lines] == ["localhost"]
    assert json.loads((tmp_path / "manifest.json").read_text()) == made.manifest


@pytest.mark.same_everywhere
def test_names_are_kept_once_and_in_order():
    names = Names()
    for name in ("b", "a", "b"):
        names.add("private", name, needed=name == "a")
    assert list(names.wanted()) == [("private", "a", True), ("private", "b", False)]
