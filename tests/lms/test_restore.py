"""The drill: a site at work is backed up, broken, and restored; afterwards it is the same site and goes on. On whichever database the tests run."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pyrage
import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from certificates import services
from certificates.checking import check_file
from certificates.models import Certificate, DesignFile, Series
from courses.models import CoursePage
from courses.selectors import find_in_catalogue
from learning.models import OutsideStudy
from lms.backup import underway
from lms.backup.checking import check_backup
from lms.backup.databases import digest_of, opened, tables_in
from lms.backup.errors import BackupError, BrokenBackup, CannotBackUp, CannotRestore, NotEmpty
from lms.backup.files import stored_in
from lms.backup.making import make_backup
from lms.backup.restoring import restore_backup
from lms.checks import check_environment
from tests.factories import accounts as people
from tests.factories import certificates, courses
from tests.lms import engines

pytestmark = pytest.mark.django_db(transaction=True)
ODD = "Đặng Thị Ảnh\n\"\\\t'\u2028 ñ 😀"


@pytest.fixture
def key():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def backed_up(tmp_path, key, now):
    """A site with a certificate, an open session and values of every kind, and its backup."""
    learner, course = people.learner(), courses.small_course(lessons=1)
    User.objects.filter(pk=learner.pk).update(full_name=ODD)
    OutsideStudy.objects.create(user=learner, entered_by=learner, hours=Decimal("7.5"), title="x", ended_on=now.date(), entered_at=now)
    certificates.certificate(learner, course, now=now)
    people.outsider().delete()
    DesignFile.objects.create(sha256="a" * 64, format="svg", file=storages["private"].save("designs/a.svg", ContentFile(b"<svg/>")))
    return make_backup(folder=tmp_path / "backups", recipients=[key.to_public()], now=now)


def digests() -> dict:
    with opened() as database:
        database.begin_reading()
        tables = tables_in(database)
        return {table.name: digest_of(database, table) for table in tables}, database.counters(tables)


def test_drill(backed_up, key, now, as_user):
    before, counters = digests()
    old = Certificate.objects.get()
    types = dict(ContentType.objects.values_list("pk", "model"))
    paper = old.pdf.read()
    # What happens to the site: everybody's name lost, a paper changed on the disk, a stranger with a file of his own, somebody signed in.
    as_user(User.objects.get(email="mai@example.org")).get("/hoc-tap/")
    assert Session.objects.exists()
    User.objects.update(full_name="?")
    Path(old.pdf.path).write_bytes(b"not a paper")
    stranger = DesignFile.objects.create(sha256="b" * 64, format="svg", file=storages["private"].save("designs/of-another.svg", ContentFile(b"x")))
    with pytest.raises(NotEmpty, match="accounts_user"):
        restore_backup(path=backed_up.path, identities=[key], now=now)
    restored = restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    assert digests() == (before, counters)
    assert {name: {"rows": digest.rows, "sha256": digest.sha256} for name, digest in restored.digests.items()} == backed_up.manifest["rows"]
    assert (restored.removed, restored.other_keys, restored.was_older) == (1, (), False)
    assert stored_in("private", stranger.file.name) is None
    assert not Session.objects.exists()
    _goes_on(old, paper, types, now, as_user)


def _goes_on(old, paper, types, now, as_user):
    certificate, learner = Certificate.objects.get(), User.objects.get(email="mai@example.org")
    study = OutsideStudy.objects.get()
    assert (learner.full_name, study.hours, study.begun_on, study.ended_on, study.entered_at) == (ODD, Decimal("7.5"), None, now.date(), now)
    assert hashlib.sha256(certificate.pdf.read()).hexdigest() == certificate.pdf_sha256 == hashlib.sha256(paper).hexdigest()
    assert check_file(paper, now.date()).is_valid
    assert dict(ContentType.objects.values_list("pk", "model")) == types
    course = CoursePage.objects.get()
    assert [found.pk for found in find_in_catalogue(q="thuong luong").courses] == [course.pk]
    stranger = as_user()
    assert [stranger.get(path).status_code for path in ("/khoa-hoc/", f"/xac-minh/{certificate.code}/", course.url)] == [200, 200, 200]
    assert as_user(learner).get("/chung-nhan/").status_code == 200
    # The numbers go on where they were, and no key is given out a second time, not even that of somebody who was removed.
    newer = people.trainer()
    assert newer.pk > learner.pk + 1
    following = certificates.completion(newer, course, now=now)
    issued = services.issue_certificate(user=newer, course=course, completion=following, now=now)
    assert (issued.number, Series.objects.get().taken) == (old.number + 1, 2)


def test_restore_that_fails_leaves_the_site_as_it_was(backed_up, key, now, tmp_path):
    User.objects.update(full_name="Sau khi sao lưu")
    before = digests()
    content = backed_up.path.read_bytes()
    (tmp_path / "cut").write_bytes(content[:-100])
    with pytest.raises(BrokenBackup):
        restore_backup(path=tmp_path / "cut", identities=[key], empty_first=True, now=now)
    # The backup is whole, and something else breaks in the middle: a file cannot be written.
    place = Path(storages["private"].path("designs"))
    Path(DesignFile.objects.get(sha256="a" * 64).file.path).unlink()
    place.rename(place.with_name("away"))
    place.write_bytes(b"")
    try:
        with pytest.raises((BackupError, OSError)):
            restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    finally:
        place.unlink()
        place.with_name("away").rename(place)
    assert digests() == before
    restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    assert digests()[0] != before[0]


class _Killed(BaseException):
    """As after kill -9: nothing of ours says anything or clears anything away."""


def _killed(*args, **kwargs):
    raise _Killed


def _health(as_user) -> tuple:
    answer = as_user().get("/readyz")
    return answer.status_code, answer.json()["checks"]["restore"], "lms.restore" in {message.id for message in check_environment()}


@pytest.mark.parametrize("place", [
    "lms.backup.sqlite.SQLite.write lms.backup.postgresql.PostgreSQL.write", "lms.backup.restoring._compare_files", "lms.backup.restoring._remove_former",
    "lms.backup.restoring._make_anew"], ids=["in the rows", "in the files", "before the old files go", "before the search index"])
def test_restore_that_is_killed_is_named_until_another_has_ended(backed_up, key, now, tmp_path, as_user, monkeypatch, place):
    certificate = Certificate.objects.get()
    User.objects.update(full_name="Sau khi sao lưu")
    if place.endswith((".write", "_files")):
        Path(certificate.pdf.path).write_bytes(b"changed since")
    storages["private"].save("designs/of-another.svg", ContentFile(b"x"))
    DesignFile.objects.create(sha256="b" * 64, format="svg", file="designs/of-another.svg")
    before = digests()
    assert _health(as_user) == (200, "ok", False)
    with monkeypatch.context() as broken, pytest.raises(_Killed):
        for name in place.split():
            broken.setattr(name, _killed)
        restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    if place.endswith(".write"):
        # Nothing was changed: the old site is whole, and nothing keeps it from going on.
        assert (digests(), Path(certificate.pdf.path).read_bytes(), _health(as_user)) == (before, b"changed since", (200, "ok", False))
    else:
        assert _health(as_user) == (503, underway.WORDS, True)
        with pytest.raises(CannotBackUp, match="restore has not ended"):
            make_backup(folder=tmp_path / "again", recipients=[], now=now)
    restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    assert _health(as_user) == (200, "ok", False)
    assert make_backup(folder=tmp_path / "again", recipients=[], now=now).manifest["rows"] == backed_up.manifest["rows"]
    assert stored_in("private", "designs/of-another.svg") is None


@pytest.mark.same_everywhere
def test_a_site_half_built_is_taken_up_again_only_where_a_restore_did_that(backed_up, key, now, monkeypatch):
    from lms.backup import restoring

    applied = {tuple(name) for name in check_backup(path=backed_up.path, identities=[key])["header"]["migrations"]}
    monkeypatch.setattr(restoring, "needed_migrations", lambda: applied | {("cms", "0999_of_today")})
    with pytest.raises(CannotRestore, match="not migrated"):
        restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    storages["private"].save(underway.MARK, ContentFile(b""))
    monkeypatch.setattr(restoring, "_build", _killed)
    with pytest.raises(_Killed):
        restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    underway.end()


@pytest.mark.same_everywhere
def test_site_is_emptied_only_by_its_name(backed_up, key, tmp_path, settings, capsys):
    (tmp_path / "key").write_text(str(key))
    for name in ("", "lop hoc", "yes"):
        with pytest.raises(CommandError, match=settings.SITE_NAME):
            call_command("restore", str(backed_up.path), identity=tmp_path / "key", empty_first=name)
    settings.CERTIFICATE_SIGNING_KEY = "another" * 9
    call_command("restore", str(backed_up.path), identity=tmp_path / "key", empty_first=settings.SITE_NAME)
    told = capsys.readouterr()
    assert f"{backed_up.manifest['rows']['accounts_user']['sha256']}  accounts_user" in told.out
    assert "CERTIFICATE_SIGNING_KEY is another" in told.err and "\nSECRET_KEY is another" not in told.err


@pytest.mark.same_everywhere
def test_newer_backup_and_unmigrated_site_are_refused(backed_up, key, now, tmp_path):
    def note(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    newest = "app = 'cms' AND name = '0002_duties_and_workers'"
    note(f"UPDATE django_migrations SET app = 'gone' WHERE {newest}")
    try:
        with pytest.raises(CannotRestore, match="not migrated"):
            restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
    finally:
        note(f"UPDATE django_migrations SET app = 'cms' WHERE {newest.replace('cms', 'gone')}")
    header = check_backup(path=backed_up.path, identities=[key])["header"]
    header["migrations"].append(["cms", "9999_of_tomorrow"])
    from lms.backup.restoring import _weigh

    with opened() as database, pytest.raises(CannotRestore, match=r"cms\.9999_of_tomorrow"):
        _weigh(header, database, empty_first=True)


@pytest.mark.same_everywhere
def test_backup_goes_into_an_object_store_and_out_of_it(backed_up, key, now, tmp_path, settings):
    with engines.s3_server(tmp_path / "s3") as server:
        settings.STORAGES = {**settings.STORAGES, **{
            name: {"BACKEND": f"lms.s3.{kind}", "OPTIONS": engines.s3_options(server.port, location=place)}
            for name, kind, place in (("default", "PublicStore", "media"), ("private", "PrivateStore", "private"))}}
        restore_backup(path=backed_up.path, identities=[key], empty_first=True, now=now)
        made = make_backup(folder=tmp_path / "again", recipients=[], now=now)
        assert made.manifest["files"] == backed_up.manifest["files"]
        assert made.manifest["rows"] == backed_up.manifest["rows"]
        server.kill()
        with pytest.raises(BackupError, match="object store"):
            make_backup(folder=tmp_path / "again", recipients=[], now=now)
        assert len(list((tmp_path / "again").glob("backup-*"))) == 1
