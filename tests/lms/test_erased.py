"""Whoever was erased stays erased, though a backup of the day before is restored; nobody else is touched. On whichever database the tests run."""

import json
import stat
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.services import erase_person
from accounts.services.erasing import finish_erasures
from learning.models import OutsideStudy
from lms.backup import erased
from lms.backup.erased import LIST
from lms.backup.making import make_backup
from lms.backup.restoring import restore_backup
from tests.factories import accounts as people
from tests.factories.privacy import forget_erasures

pytestmark = pytest.mark.django_db(transaction=True)


class _Killed(BaseException):
    """As after kill -9."""


def _killed(*args, **kwargs):
    raise _Killed


@pytest.fixture
def site(tmp_path, now):
    """Two people, one of them with a record of a floor above; backed up; then that one is erased."""
    forget_erasures()
    person, other, officer = people.learner(), people.outsider(), people.administrator()
    OutsideStudy.objects.create(user=person, entered_by=officer, hours=4, title="x", state="approved", decided_by=officer, decided_at=now, paper_number="7/Lan", ended_on=now.date(), entered_at=now)
    made = make_backup(folder=tmp_path / "backups", recipients=[], now=now)
    assert made.manifest["erased"] == [] and not (tmp_path / "backups" / LIST).exists()
    erase_person(user=person, by=officer, now=now, reason="Theo đơn ngày 18/11/2026")
    return made, person, other


def is_erased(person) -> tuple[bool, str]:
    return User.objects.get(pk=person.pk).is_erased, OutsideStudy.objects.get().paper_number


def test_whoever_was_erased_after_the_backup_is_erased_again_and_nobody_else(site, now, capsys, settings):
    made, person, other = site
    assert erased.in_storage() == {person.uuid: timezone.localdate(now)}
    call_command("restore", str(made.path), empty_first=settings.SITE_NAME)
    assert "1 people who were erased" in capsys.readouterr().out
    row = User.objects.get(pk=person.pk)
    assert is_erased(person) == (True, "") and not row.has_usable_password() and not row.is_active
    untouched = User.objects.get(pk=other.pk)
    assert (untouched.full_name, untouched.email, untouched.is_active) == (other.full_name, other.email, True)
    assert erased.erase_again(erased.in_storage(), now=now) == 0
    # The list goes where the backups go, and says no more than it must.
    again = make_backup(folder=made.path.parent, recipients=[], now=now)
    lines = [line for line in (made.path.parent / LIST).read_text().splitlines() if line]
    assert [json.loads(line) for line in lines] == again.manifest["erased"] == [[str(person.uuid), timezone.localdate(now).isoformat()]]
    assert stat.S_IMODE((made.path.parent / LIST).stat().st_mode) == 0o600
    # On a new machine with nothing but the folder of backups, and a list whose last line was cut off.
    forget_erasures()
    User.objects.filter(pk=person.pk).update(email=None)
    with (made.path.parent / LIST).open("a") as file:
        file.write('["00')
    assert restore_backup(path=made.path, identities=[], empty_first=True, now=now).erased_again == 1
    assert is_erased(person) == (True, "")


@pytest.mark.same_everywhere
def test_what_only_the_rows_knew_is_laid_by_before_they_go(site, now, monkeypatch):
    """As a former version left it; and the restore is killed when the rows are those of the backup, with the person in them."""
    made, person, other = site
    forget_erasures()
    with monkeypatch.context() as broken, pytest.raises(_Killed):
        broken.setattr(erased, "erase_again", _killed)
        restore_backup(path=made.path, identities=[], empty_first=True, now=now)
    assert is_erased(person)[0] is False
    assert restore_backup(path=made.path, identities=[], empty_first=True, now=now).erased_again == 1
    assert is_erased(person) == (True, "")
    # A storage that is away keeps nobody from being erased, and the clock goes on with it.
    with monkeypatch.context() as broken:
        broken.setattr(erased, "remember", lambda found: (_ for _ in ()).throw(OSError("away")))
        erase_person(user=other, by=None, now=now, reason="Theo đơn")
    assert User.objects.get(pk=other.pk).is_erased and other.uuid not in erased.in_storage()
    assert finish_erasures(now=timezone.now() + timedelta(minutes=5)) == 1 and other.uuid in erased.in_storage()


@pytest.mark.same_everywhere
def test_a_newer_backup_tells_a_new_site_of_them_and_without_any_word_it_is_said(site, now, capsys, settings, tmp_path):
    made, person, _other = site
    newer = make_backup(folder=tmp_path / "newer", recipients=[], now=now)
    forget_erasures()
    (tmp_path / "newer" / LIST).unlink()
    User.objects.filter(pk=person.pk).update(email=None)
    call_command("restore", str(made.path), empty_first=settings.SITE_NAME)
    assert f"no {LIST} beside the backup" in capsys.readouterr().err and is_erased(person)[0] is False
    restore_backup(path=newer.path, identities=[], empty_first=True, now=now)
    assert restore_backup(path=made.path, identities=[], empty_first=True, now=now).erased_again == 1
