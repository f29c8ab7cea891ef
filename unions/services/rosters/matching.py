"""Whom the rows of a list mean, among the people who are there: found by contact, by name and birth and unit, or asked.

Keeps true: a contact alone names nobody, the name has to agree; whoever only probably is meant is decided by a person. Whom the list's office
does not manage is never offered to choose, and their record is not changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from unions.models import Post, RoleGrant, RosterImport, Unit
from unions.services.rosters.keys import key_of
from vietnamese.names import sort_key
from vietnamese.tones import settle_tones

CONTACTS = ("member_code", "phone", "email")
FIELDS = ("pk", "full_name", "given_name", "email", "phone", "member_code", "date_of_birth", "birth_year", "gender", "is_staff", "is_superuser", "is_active")


@lru_cache(maxsize=20_000)
def _keys_of(name: str) -> frozenset[str]:
    """The keys that sort names, of both ways in which a tone may be placed. The same names come again and again."""
    return frozenset({sort_key(each) for each in {name, settle_tones(name)}})


def _is_known(facts: dict, contacts: dict[tuple[str, str], User]) -> bool:
    """Say whether a contact of the row names somebody of its name."""
    name = key_of(facts["name"])
    return any((person := contacts.get((kind, facts[kind]))) and key_of(person.full_name) == name for kind in CONTACTS)


@dataclass
class Found:
    """What the database says of one row: whom its contacts name, and who bears its name in the unit or with the same birth."""

    by_contact: dict[str, User] = field(default_factory=dict)
    in_unit: list[User] = field(default_factory=list)
    by_birth: list[User] = field(default_factory=list)


class People:
    """Looks up people for some hundred rows at a time: six to nine queries for each chunk."""

    def __init__(self, job: RosterImport, units: QuerySet[Unit]):
        """Take the list and the units whose people its office manages."""
        self._job, self._units = job, units
        # Of the units of the latest chunk: who holds a post there, by folded name.
        self._there: dict[int, dict[str, list[int]]] = {}
        self._users: dict[int, User] = {}
        self._posts: dict[tuple[int, int], list[Post]] = {}

    def look_up(self, rows: Sequence[dict]) -> list[Found]:
        """Return what is there for each row, in order."""
        self._load_units({facts["unit"] for facts in rows if facts.get("unit")})
        contacts = self._by_contact(rows)
        births = self._by_birth(rows, contacts)
        here = [self._there.get(facts.get("unit"), {}).get(key_of(facts["name"]), []) for facts in rows]
        keys = {person.pk for person in contacts.values()} | {pk for some in births.values() for pk in some} | {pk for some in here for pk in some}
        self._load_people(keys, {facts["unit"] for facts in rows if facts.get("unit")})
        return [self._found(facts, contacts, births, some) for facts, some in zip(rows, here, strict=True)]

    def person(self, pk: int) -> User | None:
        return self._users.get(pk)

    def add(self, keys: Iterable[int], units: Iterable[int]) -> None:
        """Load people who were chosen by hand, beside those of the chunk."""
        missing = set(keys) - set(self._users)
        if missing:
            self._load_people(missing | set(self._users), set(units) | {unit for _person, unit in self._posts})

    def posts(self, person: int, unit: int) -> list[Post]:
        return self._posts.get((person, unit), [])

    def _found(self, facts: dict, contacts: dict[tuple[str, str], User], births: dict, here: list[int]) -> Found:
        found = Found({kind: person for kind in CONTACTS if (person := contacts.get((kind, facts[kind])))} if facts.get("kinds") else {})
        found.by_contact = {kind: self._users[person.pk] for kind, person in found.by_contact.items()}
        found.in_unit = [self._users[pk] for pk in here if pk in self._users]
        name = key_of(facts["name"])
        same = births.get((name, facts.get("birth_year")), [])
        found.by_birth = [person for pk in same if (person := self._users.get(pk)) and person.is_managed and pk not in here]
        return found

    def _load_units(self, units: set[int]) -> None:
        self._there = {unit: people for unit, people in self._there.items() if unit in units}
        new = units - set(self._there)
        if not new:
            return
        for unit in new:
            self._there[unit] = defaultdict(list)
        held = Post.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=self._job.on), unit__in=new, user__is_active=True)
        for unit, person, name in held.order_by("user").values_list("unit_id", "user_id", "user__full_name").distinct().iterator(chunk_size=2_000):
            self._there[unit][key_of(name)].append(person)

    def _by_contact(self, rows: Iterable[dict]) -> dict[tuple[str, str], User]:
        found = {}
        for kind in CONTACTS:
            if said := {facts[kind] for facts in rows if facts.get(kind)}:
                people = User.objects.filter(**{f"{kind}__in": said}).only("pk", "full_name", kind)
                found |= {(kind, getattr(person, kind)): person for person in people}
        return found

    def _by_birth(self, rows: Iterable[dict], contacts: dict[tuple[str, str], User]) -> dict[tuple[str, int], list[int]]:
        """People of the same name and year of birth, wherever they are, for rows that no contact is known of.

        The key that sorts names tells tones apart by where they are written.
        """
        wanted: dict[int, set[str]] = defaultdict(set)
        for facts in rows:
            if facts.get("birth_year") and not facts.get("as_row") and not _is_known(facts, contacts):
                wanted[facts["birth_year"]] |= _keys_of(facts["name"])
        if not wanted:
            return {}
        born = reduce(or_, (Q(birth_year=year, sort_key__in=keys) for year, keys in wanted.items()))
        found: dict[tuple[str, int], list[int]] = defaultdict(list)
        for pk, name, year in User.objects.filter(born, is_active=True).order_by("pk").values_list("pk", "full_name", "birth_year"):
            found[key_of(name), year].append(pk)
        return found

    def _load_people(self, keys: set[int], units: set[int]) -> None:
        """Load whole records, with who is managed by the list's office, and their posts in these units."""
        # Today, whatever day the list is of: whoever has left since is no longer this office's to change.
        today = timezone.localdate(self._job.alive_at or self._job.made_at)
        held = Post.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today), user=OuterRef("pk"))
        people = User.objects.filter(pk__in=keys).only(*FIELDS).annotate(
            is_managed=Exists(held.filter(unit__in=self._units)), is_elsewhere=Exists(held.exclude(unit__in=self._units)), has_role=Exists(RoleGrant.objects.filter(user=OuterRef("pk"))))
        self._users = {person.pk: person for person in people} if keys else {}
        self._posts = defaultdict(list)
        if keys and units:
            for post in Post.objects.filter(user__in=keys, unit__in=units).order_by("valid_from"):
                self._posts[post.user_id, post.unit_id].append(post)
