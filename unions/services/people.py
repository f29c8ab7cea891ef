"""Writes on people by the office of a unit where they hold a post: a new record with its post, and what is known better of somebody."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import Facts, change_person, make_person
from unions.models import Post, Unit
from unions.selectors.roles import keeps_account
from unions.services.errors import NotYourPerson, ProbablyTheSame
from unions.services.posts import Term, appoint_person
from vietnamese import names
from vietnamese.text import fold


@transaction.atomic
def enter_person(*, facts: Facts, unit: Unit, said: Term, by: User, now: datetime, is_somebody_else: bool = False) -> User:
    """Write somebody down with a post in the unit, and return the record.

    Whoever has the same telephone number, e-mail address or member code and the same name, and stands in no unit, is that person: somebody who
    signed up alone, or left. Locks the unit, so that a form that is sent twice meets what it wrote.

    :param is_somebody_else: the office has looked at the namesake in the unit.
    :raises ProbablyTheSame: when the unit has somebody of this name and year of birth, and nobody has looked.
    :raises accounts.services.AccountError: when somebody else has the number, address or code.
    :raises UnionsError: as for `appoint_person`.
    """
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    on = timezone.localdate(now)
    if not is_somebody_else and (namesake := _namesake(facts, unit, on)):
        raise ProbablyTheSame(namesake)
    person = _without_a_unit(facts, on) or make_person(facts=facts, by=by, now=now)
    appoint_person(user=person, unit=unit, **vars(said), by=by, now=now)
    return person


def change_facts(*, user: User, facts: Facts, by: User, now: datetime) -> User:
    """Write what the office knows better about a person of its units.

    :raises NotYourPerson: when it is not for this office to say how the person is reached (`keeps_account`).
    :raises accounts.services.AccountError: when somebody else has the number, address or code.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        if not keeps_account(by, person, timezone.localdate(now)):
            raise NotYourPerson
        return change_person(user=person, facts=facts, by=by, now=now)


def _namesake(facts: Facts, unit: Unit, on: date) -> User | None:
    people = User.objects.filter(sort_key=names.sort_key(facts.full_name, facts.given_name), posts__in=Post.objects.on(on).filter(unit=unit))
    born = facts.date_of_birth.year if facts.date_of_birth else facts.birth_year
    return next((person for person in people if born is None or person.birth_year in (None, born)), None)


def _without_a_unit(facts: Facts, on: date) -> User | None:
    """Find the record that the number, address or code leads to, if it is this person's by name, open, without rights, and in nobody's care."""
    for field in ("phone", "email", "member_code"):
        value = getattr(facts, field)
        person = value and User.objects.filter(**{field: value, "is_active": True, "is_staff": False, "is_superuser": False}).first()
        if person and fold(person.full_name) == fold(facts.full_name) and not Post.objects.filter(user=person).exclude(valid_until__lte=on).exists():
            return person
    return None
