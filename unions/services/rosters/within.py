"""What rows of one list say of each other: one person in several rows, one telephone of two people, two births of one person.

Keeps true: of every person one row, the first, is the head; the rows behind it only add posts. Memory: some hundred bytes a row.
"""

from datetime import date

from django.utils.translation import gettext as _

from unions.services.rosters.keys import key_of
from unions.services.rosters.rows import Understood
from vietnamese import phones

Place = tuple[int, int]


class Rows:
    """The rows of a list that were seen so far."""

    def __init__(self, on: date) -> None:
        self._on = on.isoformat()
        # By contact: where its first holder stands, the folded name, year and day of birth.
        self._holders: dict[tuple[str, str], tuple[Place, str, int | None, str]] = {}
        self._known: dict[tuple, tuple[Place, str]] = {}
        # By person, unit and kind of post: the terms so far, each with its first day, the first day after it, and its row.
        self._terms: dict[tuple, list[tuple[str, str, int]]] = {}

    def settle(self, row: Understood) -> None:
        """Say in the row whom it repeats (`as_row`), take from it what is somebody else's, or refuse it."""
        if row.refused:
            return
        name = key_of(row.facts["name"])
        head = self._by_contact(row, name)
        if row.refused:
            return
        facts = row.facts
        identity = (name, facts["birth_year"], facts["unit"])
        known = self._known.get(identity)
        # A row without any contact is about whoever of this name and birth stands in the list for this unit.
        if head is None and known and not self._has_contact(row) and not _differ(facts, None, known[1]):
            head = known[0]
            if facts["birth_year"] is None:
                said = _("Taken for the same person as in row %(row)s: the same name in the same unit. If it is somebody else, write the year of birth.")
                row.remark(said % {"row": head[1]}, "name")
        place = head or (row.sheet, row.number)
        if not self._is_first_of_its_posts(row, place):
            return
        self._known.setdefault(identity, (place, facts["born_on"]))
        if head:
            facts["as_row"] = list(head)
        for kind in ("phone", "email", "member_code"):
            if facts[kind]:
                self._holders.setdefault((kind, facts[kind]), (place, name, facts["birth_year"], facts["born_on"]))

    def _has_contact(self, row: Understood) -> bool:
        return any(row.facts[kind] for kind in ("phone", "email", "member_code"))

    def _by_contact(self, row: Understood, name: str) -> Place | None:
        head = None
        for kind in ("member_code", "phone", "email"):
            if not (held := self._holders.get((kind, row.facts[kind]))):
                continue
            place, holder, year, day = held
            if holder != name:
                self._shared(row, kind, place)
            elif _differ(row.facts, year, day):
                row.refuse(_("Row %(row)s gives another birth of the same person. Correct one of them.") % {"row": place[1]}, "born_on")
            else:
                head = head or place
        return head

    def _shared(self, row: Understood, kind: str, place: Place) -> None:
        if kind == "member_code":
            row.refuse(_("Row %(row)s has the same member code and another name. Correct one of them.") % {"row": place[1]}, kind)
        elif kind == "phone":
            shown = phones.shown(row.facts[kind])
            row.remark(_("Row %(row)s has the same telephone number %(phone)s; this person is entered without one.") % {"row": place[1], "phone": shown}, kind)
            row.facts[kind] = ""
        else:
            row.remark(_("Row %(row)s has the same e-mail address; this person is entered without one.") % {"row": place[1]}, kind)
            row.facts[kind] = ""

    def _is_first_of_its_posts(self, row: Understood, place: Place) -> bool:
        """The same person in the same post of the same unit twice is said once; two terms of it lie behind each other."""
        begun, until = row.facts["begun_on"], row.facts["until"]
        for kind in row.facts["kinds"]:
            for other_begun, other_until, number in self._terms.get((place, row.facts["unit"], kind), ()):
                if other_begun == begun:
                    row.refuse(_("Row %(row)s says the same of the same person. Leave one of them out.") % {"row": number}, "post")
                    return False
                if (not until or (other_begun or self._on) < until) and (not other_until or (begun or self._on) < other_until):
                    row.refuse(_("Row %(row)s has the same person in the same post on the same days. Write until when the earlier term lasted.") % {"row": number}, "ended_on")
                    return False
        for kind in row.facts["kinds"]:
            self._terms.setdefault((place, row.facts["unit"], kind), []).append((begun, until, row.number))
        return True


def _differ(facts: dict, year: int | None, day: str) -> bool:
    if facts["born_on"] and day:
        return facts["born_on"] != day
    return bool(facts["birth_year"] and year and facts["birth_year"] != year)
