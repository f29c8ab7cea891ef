"""What would become of each row: new, changed, the same, to be decided, refused. The same judge reads a list and looks again before it is written.

Keeps true: who is certain is matched, who is probable is asked, and nothing else is done with a row than what its `changes` tell.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from unions.enums import Verdict
from unions.models import RosterImport
from unions.services.errors import KeptElsewhere
from unions.services.rosters.holding import Overlap, PostPlan, plan_post
from unions.services.rosters.keys import key_of
from unions.services.rosters.matching import CONTACTS, Found, People
from unions.services.rosters.within import Place
from vietnamese import phones
from vietnamese.tones import settle_tones

NEW = "new"
MOST_CANDIDATES = 8


@dataclass
class Said:
    """A row as it goes before the judge: where it stands, its facts, its problems so far, and what was decided about it."""

    place: Place
    facts: dict
    problems: list[dict] = field(default_factory=list)
    refused: bool = False
    decided: str = ""


@dataclass
class Judged:
    verdict: str
    person: User | None = None
    candidates: list[int] = field(default_factory=list)
    changes: dict = field(default_factory=dict)
    problems: list[dict] = field(default_factory=list)
    # What is to be written: fields of the person, and posts.
    fields: dict = field(default_factory=dict)
    posts: list[PostPlan] = field(default_factory=list)


class _Ask(Exception):
    def __init__(self, message: str, candidates: Sequence[User]):
        super().__init__(message)
        self.message, self.candidates = message, candidates


class _Refuse(Exception):
    def __init__(self, message: str, name: str = ""):
        super().__init__(message)
        self.message, self.field = message, name


class Judge:
    """Judges the rows of a list in their order."""

    def __init__(self, job: RosterImport, people: People):
        self._job, self._people = job, people
        # What became of every row so far, for the rows behind it that are about the same person.
        self._heads: dict[Place, tuple[str, int | None, tuple[int, ...]]] = {}
        # What rows so far change about somebody: another row may say the same, and nothing else.
        self._said: dict[tuple, tuple[object, Place]] = {}

    def judge(self, rows: Sequence[Said]) -> list[Judged]:
        """Return what would become of each row. Six to nine queries for some hundred rows."""
        found = self._people.look_up([row.facts if not row.refused else {"name": ""} for row in rows])
        self._people.add(self._wanted(rows), {row.facts["unit"] for row in rows if row.facts.get("unit")})
        judged = []
        for row, there in zip(rows, found, strict=True):
            one = self._one(row, there)
            self._heads[row.place] = (one.verdict, one.person.pk if one.person else None, tuple(one.candidates))
            judged.append(one)
        return judged

    def _wanted(self, rows: Sequence[Said]) -> set[int]:
        """Ids of the people of heads in earlier chunks."""
        heads = [self._heads[place] for row in rows if (place := tuple(row.facts.get("as_row") or ())) in self._heads]
        return {pk for _verdict, person, candidates in heads for pk in (person, *candidates) if pk}

    def _one(self, row: Said, found: Found) -> Judged:
        judged = Judged(Verdict.REFUSED, problems=list(row.problems))
        if row.refused:
            return judged
        facts = dict(row.facts)
        try:
            judged.person = self._person(row, found)
            self._drop_shared(facts, judged, found)
            if judged.person:
                self._compare(facts, judged)
            self._plan_posts(facts, judged)
            self._check_claims(judged, facts)
        except _Ask as ask:
            judged.verdict, judged.candidates = Verdict.ASK, [person.pk for person in ask.candidates]
            judged.person = None
            judged.problems.insert(0, _problem("", ask.message))
            return judged
        except (_Refuse, Overlap) as refusal:
            judged.problems.insert(0, _problem(getattr(refusal, "field", "post"), refusal.message))
            judged.changes, judged.fields, judged.posts = {}, {}, []
            return judged
        self._said |= {key: (value, row.place) for key, value in _claims(judged, facts).items()}
        judged.verdict = Verdict.NEW if judged.person is None else Verdict.CHANGED if judged.changes else Verdict.SAME
        return judged

    def _person(self, row: Said, found: Found) -> User | None:
        """Return the person that the row means, None for somebody new."""
        if row.facts.get("as_row"):
            return self._of_head(tuple(row.facts["as_row"]))
        try:
            if (known := self._by_contact(row.facts, found)) is not None:
                return known
            return self._by_name(row.facts, found)
        except _Ask as ask:
            if row.decided == NEW:
                return None
            if chosen := next((person for person in ask.candidates if str(person.pk) == row.decided), None):
                return chosen
            raise

    def _of_head(self, place: Place) -> User | None:
        verdict, person, candidates = self._heads.get(place, (Verdict.REFUSED, None, ()))
        if verdict == Verdict.REFUSED:
            raise _Refuse(_("Row %(row)s is about the same person and is refused.") % {"row": place[1]})
        if verdict == Verdict.ASK:
            known = [each for pk in candidates if (each := self._people.person(pk))]
            raise _Ask(_("Row %(row)s is about the same person. Decide there; it holds for this row, too.") % {"row": place[1]}, known)
        return self._people.person(person) if person else None

    def _by_contact(self, facts: dict, found: Found) -> User | None:
        name = key_of(facts["name"])
        named = {kind: person for kind, person in found.by_contact.items() if key_of(person.full_name) == name}
        if (code := found.by_contact.get("member_code")) and "member_code" not in named:
            self._code_of_another(facts, code)
        people = list({person.pk: person for person in named.values()}.values())
        if len(people) > 1:
            known = [person for person in people if person.is_managed]
            message = _("Its member code, telephone number and e-mail address belong to different records of this name.")
            raise _Ask(message, known) if known else _Refuse(message)
        if not people:
            return None
        self._check_birth(facts, people[0])
        return people[0]

    def _code_of_another(self, facts: dict, person: User) -> None:
        if person.is_managed and facts["born_on"] and str(person.date_of_birth) == facts["born_on"]:
            raise _Ask(_("This member code belongs to %(name)s, born on the same day. Is it the same person?") % {"name": person.full_name}, [person])
        raise _Refuse(_("This member code belongs to somebody of another name. Correct it, or leave it out."), "member_code")

    def _check_birth(self, facts: dict, person: User) -> None:
        if not (facts["birth_year"] and person.birth_year and facts["birth_year"] != person.birth_year):
            return
        said = {"said": facts["birth_year"], "kept": person.birth_year}
        if person.is_managed:
            raise _Ask(_("Two years of birth: the list says %(said)s, the record of this person %(kept)s. Choose the person to take the list's, or correct the list.") % said, [person])
        raise _Refuse(_("The year of birth %(said)s is not that of the record of this person. Correct the list.") % said, "born_on")

    def _by_name(self, facts: dict, found: Found) -> User | None:
        exact = [person for person in found.in_unit if _same_birth(facts, person)]
        if facts["birth_year"]:
            if len(exact) == 1:
                return exact[0]
        elif (certain := self._certain_without_birth(facts, exact or found.in_unit)) is not None:
            return certain
        here = [person for person in found.in_unit if not (facts["birth_year"] and person.birth_year and self._other_contact(facts, person))]
        if here:
            raise _Ask(self._words(facts, here), here[:MOST_CANDIDATES])
        elsewhere = [person for person in found.by_birth if _may_be_same_day(facts, person) and not self._other_contact(facts, person)]
        if elsewhere:
            raise _Ask(_("Somebody of this name and birth is in another unit. Is it the same person?"), elsewhere[:MOST_CANDIDATES])
        return None

    def _certain_without_birth(self, facts: dict, people: Sequence[User]) -> User | None:
        """Without a birth a name is certain only where it is the only one of its unit, holds the very post, and nothing speaks against it."""
        holders = [person for person in people if self._holds(person, facts)]
        if len(people) == 1 and len(holders) == 1 and not self._other_contact(facts, holders[0]):
            return holders[0]
        return None

    def _holds(self, person: User, facts: dict) -> bool:
        held = {post.kind_id for post in self._people.posts(person.pk, facts["unit"]) if post.valid_until is None or post.valid_until > self._job.on}
        return set(facts["kinds"]) <= held

    def _other_contact(self, facts: dict, person: User) -> bool:
        """Say whether a member code tells the two apart."""
        return bool(facts["member_code"] and person.member_code and facts["member_code"] != person.member_code)

    def _words(self, facts: dict, people: Sequence[User]) -> str:
        years = sorted({str(person.birth_year) for person in people if person.birth_year})
        if facts["birth_year"] and years and str(facts["birth_year"]) not in years:
            return _("Two years of birth: the list says %(said)s, somebody of this name in this unit was born in %(kept)s.") % {
                "said": facts["birth_year"], "kept": ", ".join(years)}
        return _("Somebody of this name is in this unit already. Is it the same person?")

    def _drop_shared(self, facts: dict, judged: Judged, found: Found) -> None:
        """A telephone that two people share stays with whoever has it."""
        for kind in CONTACTS:
            holder = found.by_contact.get(kind)
            if holder is None or (judged.person and holder.pk == judged.person.pk):
                continue
            if kind == "member_code":
                raise _Refuse(_("This member code belongs to another record. Correct it, or leave it out."), kind)
            said = phones.shown(facts[kind]) if kind == "phone" else facts[kind]
            judged.problems.append(_problem(kind, _("%(said)s belongs to another record already; this person is entered without it.") % {"said": said}))
            facts[kind] = ""
        judged.fields = fields_of(facts)

    def _compare(self, facts: dict, judged: Judged) -> None:
        """Find what the row changes in the record of the person."""
        person, said = judged.person, judged.fields
        if facts.get("as_row"):
            said = {name: value for name, value in said.items() if name in ("phone", "email", "member_code") and not getattr(person, name)}
        judged.fields = {}
        for name, value in said.items():
            before = getattr(person, name)
            if not _is_news(name, before, value, facts):
                continue
            if self._may_change(person, name, before):
                judged.fields[name] = value
                judged.changes[name] = [_text(before), _text(value)]
            else:
                judged.problems.append(_problem(name, _("The record of this person is not changed by a list: they hold a role, or belong to another office.")))

    def _may_change(self, person: User, name: str, before) -> bool:
        """Who holds a role is not changed by a list, for an address opens an account; of people of other offices only what is unknown is added."""
        if person.is_superuser or person.is_staff or person.has_role:
            return False
        return person.is_managed or (not before and name in ("date_of_birth", "birth_year", "gender", "member_code"))

    def _check_claims(self, judged: Judged, facts: dict) -> None:
        for key, value in _claims(judged, facts).items():
            said, place = self._said.get(key, (value, None))
            if place is not None and (said != value or key[0] == "post"):
                raise _Refuse(_("Row %(row)s is about the same person and says it otherwise, or a second time. Leave one of them out.") % {"row": place[1]})

    def _plan_posts(self, facts: dict, judged: Judged) -> None:
        held = self._people.posts(judged.person.pk, facts["unit"]) if judged.person else []
        for kind in facts["kinds"]:
            plan = plan_post(job=self._job, facts=facts, kind=kind, held=[post for post in held if post.kind_id == kind])
            judged.posts.append(plan)
            judged.changes |= plan.told
        person = judged.person
        if person and person.is_elsewhere and not person.is_managed and any(plan.told for plan in judged.posts):
            # A post here would open their record, and by a slip their account, to this office.
            judged.person = None
            raise _Refuse(str(KeptElsewhere.message), "post")


def fields_of(facts: dict) -> dict:
    """Return what a row says of a person, as fields of the record; what it does not say is left out."""
    said = {name: facts[name] for name in ("given_name", "gender", *CONTACTS) if facts[name]}
    said["full_name"] = facts["name"]
    if facts["born_on"]:
        said["date_of_birth"] = date.fromisoformat(facts["born_on"])
    if facts["birth_year"]:
        said["birth_year"] = facts["birth_year"]
    return said


def _claims(judged: Judged, facts: dict) -> dict[tuple, object]:
    """What a row changes about somebody who is there, by what it is about."""
    if judged.person is None:
        return {}
    fields = {("field", judged.person.pk, name): value for name, value in judged.fields.items()}
    ends = {("until", plan.post.pk): plan.changed["valid_until"] for plan in judged.posts if plan.post and "valid_until" in plan.changed}
    return fields | ends | {("post", judged.person.pk, facts["unit"], plan.kind, str(plan.begins and plan.begins["valid_from"])): None for plan in judged.posts if plan.told}


def _problem(name: str, message: str) -> dict:
    """What the judge says is said anew whenever a row is judged again."""
    return {"field": name, "message": message, "judged": True}


def _same_birth(facts: dict, person: User) -> bool:
    """The same birth: the same day where both know it, else the same year; both knowing nothing is the same, too."""
    if facts["born_on"] and person.date_of_birth:
        return facts["born_on"] == person.date_of_birth.isoformat()
    return facts["birth_year"] == person.birth_year


def _may_be_same_day(facts: dict, person: User) -> bool:
    return not (facts["born_on"] and person.date_of_birth) or facts["born_on"] == person.date_of_birth.isoformat()


def _is_news(name: str, before, value, facts: dict) -> bool:
    if name == "full_name":
        return _is_better_name(before, value)
    if name == "birth_year" and facts["born_on"]:
        # The day says it.
        return False
    return before != value


def _is_better_name(before: str, value: str) -> bool:
    """A name typed without its marks is no correction; capitals and another place of the same tone are none either."""
    if settle_tones(before).casefold() == settle_tones(value).casefold():
        return False
    return key_of(before) != key_of(value) or _marks(value) >= _marks(before)


def _marks(text: str) -> int:
    return sum(1 for letter in unicodedata.normalize("NFD", text) if unicodedata.combining(letter) or letter in "đĐ")


def _text(value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
