"""What is done with accounts: signing up, changing one's own record, proving a mailbox, taking a second factor away.

Keeps true: `User.email` is an address that its holder has proved, that an office has typed, or the only way into a new account;
an address that was merely typed waits as an unverified EmailAddress, and nobody gets into an account through it.
"""

from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from accounts.enums import Language
from accounts.models import ERASED_DOMAIN, ERASED_NAME, User
from accounts.signals import person_erased


class AccountError(Exception):
    """Base of the refusals; `field` says where on a form the message belongs."""

    code = "account_error"
    field: str | None = None
    message = _("This could not be saved. Try again.")


class PhoneTaken(AccountError):
    code = "phone_taken"
    field = "phone"
    message = _("This telephone number already has an account. Sign in with it, or ask your training manager.")


class EmailTaken(AccountError):
    code = "email_taken"
    field = "email"
    message = _("This e-mail address could not be used. Sign in with it, or ask your training manager.")


class EraseReasonMissing(AccountError):
    code = "erase_reason_missing"
    field = "reason"
    message = _("Write down why the data are erased.")


class NotOneself(AccountError):
    code = "not_oneself"
    message = _("Nobody erases their own account here. Ask another administrator.")


def register_person(*, full_name: str, email: str | None, phone: str | None, password: str | None, language: str) -> User:
    """Open an account for somebody who signs up.

    With a telephone number the e-mail address only waits until it is proved, so that a mistyped address opens no door;
    without one it is the account's only name and is kept at once, and the sign-in waits for the proof.

    :raises PhoneTaken, EmailTaken: when somebody else was quicker.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                full_name=full_name, email=None if phone else email, phone=phone, password=password, language=language)
            if email:
                EmailAddress.objects.create(user=user, email=email, primary=not phone, verified=False)
    except (IntegrityError, ValidationError) as error:
        raise _what_is_taken(email=email, phone=phone) from error
    return user


def change_profile(
    *, user: User, full_name: str, given_name: str, phone: str | None, date_of_birth: date | None, gender: str, language: str,
) -> User:
    """Write what a person has changed in their own record.

    :raises PhoneTaken: when the number was given to somebody else in the meantime.
    """
    if user.phone != phone:
        user.phone_verified_at = None
    user.full_name, user.given_name, user.phone = full_name, given_name, phone
    user.date_of_birth, user.gender, user.language = date_of_birth, gender, language
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise _what_is_taken(email=None, phone=phone) from error
    return user


def choose_language(*, user: User, language: str) -> None:
    """Remember the language that a person reads in."""
    user.language = language
    user.save(update_fields=["language"])


def request_email_change(*, user: User, email: str) -> EmailAddress:
    """Note an address that will become the person's own once its mailbox has answered; the earlier request is forgotten."""
    with transaction.atomic():
        EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email or "").delete()
        address, _created = EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": False, "verified": False})
    return address


def mark_mailbox_held(*, user: User) -> None:
    """Count the person's address as proved: they came through a link that was sent only there."""
    if not user.email or EmailAddress.objects.filter(email=user.email, verified=True).exists():
        return
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def keep_only_address(*, user: User) -> None:
    """Forget every address but the one that an office has just typed, so that the former mailbox opens nothing any more."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email or "").delete()


def remove_second_factor(*, user: User) -> int:
    """Take away a person's authenticators (a lost telephone), and say how many there were."""
    count, _by_model = Authenticator.objects.filter(user=user).delete()
    return count


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
    # One of e-mail and telephone must be there; a name under .invalid leads nowhere (RFC 2606).
    person.email, person.phone, person.phone_verified_at = f"{person.uuid.hex}@{ERASED_DOMAIN}", None, None
    person.date_of_birth, person.last_login = None, None
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()


def _close_doors(person: User) -> None:
    person.groups.clear()
    person.user_permissions.clear()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    for profile in UserProfile.objects.filter(user=person):
        if profile.avatar:
            profile.avatar.delete(save=False)
        profile.delete()
    theirs = [row.pk for row in Session.objects.iterator(chunk_size=500) if row.get_decoded().get("_auth_user_id") == str(person.pk)]
    Session.objects.filter(pk__in=theirs).delete()


def _forget_in_log(person: User) -> None:
    """Take the former name out of the editors' log, which keeps the name of whatever was changed; why somebody was erased stays."""
    ModelLogEntry.objects.for_instance(person).exclude(action="accounts.erase").update(label=ERASED_NAME, data={})


def _what_is_taken(*, email: str | None, phone: str | None) -> AccountError:
    if phone and User.objects.filter(phone=phone).exists():
        return PhoneTaken()
    if email and User.objects.filter(email=email).exists():
        return EmailTaken()
    return AccountError()
