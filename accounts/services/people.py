"""People whom an office writes down and keeps: the accounts of cadres who may never have signed in.

Keeps true: a telephone number, an e-mail address and a member code belong to one person; what was changed stands in the log, old and new.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts.enums import Act
from accounts.models import User
from accounts.selectors import facts_in_words
from accounts.services.accounts import keep_only_address
from accounts.services.errors import AccountError, CodeInUse, EmailInUse, PhoneInUse
from accounts.services.log import note, note_changes

_NAMES = {"phone": PhoneInUse, "email": EmailInUse, "member_code": CodeInUse}


@dataclass(frozen=True)
class Facts:
    """What an office knows of a person. Cleaned: names NFC, telephone E.164, codes in capitals, None for what is not known."""

    full_name: str
    given_name: str = ""
    gender: str = ""
    birth_year: int | None = None
    date_of_birth: date | None = None
    phone: str | None = None
    email: str | None = None
    member_code: str | None = None


def make_person(*, facts: Facts, by: User, now: datetime) -> User:
    """Open an account without a password for somebody whom an office names; a slip lets them in.

    :raises PhoneInUse, EmailInUse, CodeInUse: when somebody has it already.
    """
    with transaction.atomic():
        _refuse_taken(facts, None)
        person = User(**vars(facts))
        person.set_unusable_password()
        _save(person, facts)
        note(about=person, act=Act.MADE, by=by, now=now)
    return person


def change_person(*, user: User, facts: Facts, by: User, now: datetime) -> User:
    """Write what an office knows better about a person. Nothing new changes nothing. Locks the person.

    A new telephone number counts as not proved; of a changed e-mail address the former ones are forgotten, so that they open nothing any more.

    :raises PhoneInUse, EmailInUse, CodeInUse: when somebody else has it.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        before = facts_in_words(person)
        _refuse_taken(facts, person)
        if person.phone != facts.phone:
            person.phone_verified_at = None
        has_new_email = (person.email or None) != (facts.email or None)
        for name, value in vars(facts).items():
            setattr(person, name, value)
        _save(person, facts)
        if has_new_email:
            keep_only_address(user=person)
        note_changes(about=person, before=before, by=by, now=now)
    return person


def _refuse_taken(facts: Facts, person: User | None) -> None:
    others = User.objects.exclude(pk=person.pk) if person else User.objects.all()
    for name, error in _NAMES.items():
        value = getattr(facts, name)
        if value and others.filter(**{name: value}).exists():
            raise error


def _save(person: User, facts: Facts) -> None:
    """Save; what somebody else took since it was looked up is refused in the same words."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        _refuse_taken(facts, person if person.pk else None)
        raise AccountError from error
