"""Erasing a person: what says who they were goes, what others must keep points at a nameless row."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from accounts.enums import Language
from accounts.models import ERASED_DOMAIN, ERASED_NAME, LogEntry, SignInSlip, User
from accounts.services.errors import EraseReasonMissing, NotOneself
from accounts.signals import person_erased


def erase_person(*, user: User, by: User, now: datetime, reason: str) -> User:
    """Take everything out of an account that says who the person was, and close it; what others must keep points at a nameless row.

    Sends `person_erased` after commit, so that the floors above forget their part (Law 91/2025/QH15, Art. 4 and 14). Safe to call
    twice: what was left over the first time goes the second time. Locks the person; goes through all sessions.

    :raises EraseReasonMissing: without a reason.
    :raises NotOneself: when somebody would erase themselves.
    """
    reason = reason.strip()
    if not reason:
        raise EraseReasonMissing
    if by.pk == user.pk:
        raise NotOneself
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        _make_nameless(person)
        _close_doors(person)
        _forget_in_log(person)
        log(instance=person, action="accounts.erase", user=by, data={"reason": reason})
        transaction.on_commit(lambda: person_erased.send_robust(sender=User, user=person, by=by, now=now, reason=reason))
    return person


def _make_nameless(person: User) -> None:
    person.full_name, person.given_name, person.gender, person.language = ERASED_NAME, "", "", Language.VIETNAMESE
    # A name under .invalid leads nowhere (RFC 2606), and says of the row what it is.
    person.email, person.phone, person.phone_verified_at = f"{person.uuid.hex}@{ERASED_DOMAIN}", None, None
    person.date_of_birth, person.birth_year, person.member_code, person.last_login = None, None, None, None
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()


def _close_doors(person: User) -> None:
    person.groups.clear()
    person.user_permissions.clear()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    SignInSlip.objects.filter(user=person).delete()
    for profile in UserProfile.objects.filter(user=person):
        if profile.avatar:
            profile.avatar.delete(save=False)
        profile.delete()
    theirs = [row.pk for row in Session.objects.iterator(chunk_size=500) if row.get_decoded().get("_auth_user_id") == str(person.pk)]
    Session.objects.filter(pk__in=theirs).delete()


def _forget_in_log(person: User) -> None:
    """Take the former name out of the editors' log, which keeps the name of whatever was changed; why somebody was erased stays."""
    ModelLogEntry.objects.for_instance(person).exclude(action="accounts.erase").update(label=ERASED_NAME, data={})
    LogEntry.objects.filter(about=person).delete()
