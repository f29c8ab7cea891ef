"""Whose certificate a row is, which unit and which course it names: only where that is certain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from accounts.models import User
from courses.models import CoursePage
from unions.models import Post, Unit
from vietnamese import phones
from vietnamese.text import fold, search_key


class Matcher:
    """Knows the courses and what the latest chunk of rows asks about. Two queries when made."""

    def __init__(self) -> None:
        courses: dict[str, list[int]] = defaultdict(list)
        for pk, title in CoursePage.objects.values_list("pk", "title"):
            courses[_title(title)].append(pk)
        self._courses = {title: found[0] for title, found in courses.items() if len(found) == 1}

    def course_of(self, facts: dict) -> int | None:
        """Return the course of exactly this title, where there is one."""
        return self._courses.get(_title(facts["course"]))

    def match(self, rows: Sequence[dict]) -> list[tuple[int | None, int | None]]:
        """Return the person and the unit of each row, None where either is not certain. Four queries for up to 500 rows."""
        units = self._units(rows)
        by_contact, by_birth = self._people_by_contact(rows), self._people_by_birth(rows)
        found = []
        for facts in rows:
            unit = units.get(search_key(facts["unit"]))
            found.append((self._person(facts, unit, by_contact, by_birth), unit))
        return found

    def _units(self, rows: Iterable[dict]) -> dict[str, int]:
        wanted = {facts["unit"] for facts in rows if facts["unit"]}
        named: dict[str, set[int]] = defaultdict(set)
        for pk, name in Unit.objects.filter(names__name__in=wanted).values_list("pk", "names__name"):
            named[search_key(name)].add(pk)
        return {name: next(iter(units)) for name, units in named.items() if len(units) == 1}

    def _people_by_contact(self, rows: Iterable[dict]) -> dict[str, User]:
        numbers = {number for facts in rows if (number := _e164(facts["phone"]))}
        emails = {facts["email"].lower() for facts in rows if "@" in facts["email"]}
        people = User.objects.filter(phone__in=numbers) | User.objects.filter(email__in=emails)
        found = {}
        for person in people.filter(is_active=True).only("full_name", "phone", "email"):
            found |= {contact: person for contact in (person.phone, person.email) if contact}
        return found

    def _people_by_birth(self, rows: Iterable[dict]) -> dict[tuple[str, str], list[tuple[int, set[str]]]]:
        """People by name and day of birth, each with the names of the units where they ever held a post."""
        days = {date.fromisoformat(facts["born_on"]) for facts in rows if len(facts["born_on"] or "") > 4}
        posts = Post.objects.filter(user__date_of_birth__in=days, user__is_active=True).values_list(
            "user_id", "user__full_name", "user__date_of_birth", "unit__names__name")
        units: dict[tuple[str, str, int], set[str]] = defaultdict(set)
        for pk, name, born_on, unit in posts:
            units[fold(name), born_on.isoformat(), pk].add(search_key(unit or ""))
        found: dict[tuple[str, str], list[tuple[int, set[str]]]] = defaultdict(list)
        for (name, born_on, pk), names in units.items():
            found[name, born_on].append((pk, names))
        return found

    def _person(self, facts: dict, unit: int | None, by_contact: dict[str, User], by_birth: dict) -> int | None:
        name = fold(facts["name"])
        for contact in (_e164(facts["phone"]), facts["email"].lower()):
            # A telephone is shared by two workers now and then: the name has to agree.
            if (person := by_contact.get(contact or "")) and fold(person.full_name) == name:
                return person.pk
        unit_name = search_key(facts["unit"])
        people = [pk for pk, units in by_birth.get((name, facts["born_on"] or ""), []) if unit_name and unit_name in units]
        return people[0] if len(people) == 1 else None


def _title(text: str) -> str:
    return " ".join(text.split()).casefold()


def _e164(text: str) -> str | None:
    try:
        return phones.to_e164(text) if text else None
    except phones.InvalidPhone:
        return None
