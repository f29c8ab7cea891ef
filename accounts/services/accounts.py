"""Accounts: signing up, changing one's own record, proving a mailbox, taking a second factor away.

Keeps true: `User.email` is an address that its holder has proved, that an office has typed, or the only way into a new account;
an address that was merely typed waits as an unverified EmailAddress, and nobody gets into an account through it.
"""

from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.selectors import facts_in_words
from accounts.services.errors import AccountError, EmailTaken, PhoneTaken
from accounts.services.log import note_changes
from accounts.services.sessions import end_other_sessions


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
    *, user: User, full_name: str, given_name: str, phone: str | None, date_of_birth: date | None, gender: str, language: str, now: datetime,
) -> User:
    """Write what a person has changed in their own record, and note it there.

    :raises PhoneTaken: when the number was given to somebody else in the meantime.
    """
    before = facts_in_words(user)
    if user.phone != phone:
        user.phone_verified_at = None
    user.full_name, user.given_name, user.phone = full_name, given_name, phone
    user.date_of_birth, user.gender, user.language = date_of_birth, gender, language
    try:
        with transaction.atomic():
            user.save()
            note_changes(about=user, before=before, by=user, now=now)
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
    """Take away a person's authenticators (a lost telephone), end what they are signed in with, and say how many authenticators there were."""
    count, _by_model = Authenticator.objects.filter(user=user).delete()
    end_other_sessions(user=user, but=None)
    return count


def _what_is_taken(*, email: str | None, phone: str | None) -> AccountError:
    if phone and User.objects.filter(phone=phone).exists():
        return PhoneTaken()
    if email and User.objects.filter(email=email).exists():
        return EmailTaken()
    return AccountError()
