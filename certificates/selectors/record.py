"""One certificate as the office sees it: every column of the register book, what happened to it, and what may still be done with it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from certificates import wording
from certificates.enums import REVOCABLE, State
from certificates.models import Certificate, IssueRun, RegisterEntry
from certificates.selectors.states import facts_now, state_on
from certificates.validity import last_day_with
from unions.models import Post, Unit
from unions.powers import SEEING

# What the book calls the fields that may be corrected, in its order.
LABELS = {
    "name": _("Full name"), "born_on": _("Date of birth"), "birth_place": _("Place of birth"), "gender": _("Gender"), "unit": _("Unit"),
    "course": _("Programme"), "begun_on": _("Studied from"), "ended_on": _("Studied until"), "grade": _("Grade"),
}


@dataclass(frozen=True)
class Change:
    """A field that an entry corrected: what the register said before, and since."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Happening:
    """An entry of the log, with what it corrected."""

    entry: RegisterEntry
    changes: list[Change]


@dataclass(frozen=True)
class Record:
    """A certificate with what the register says of it now and what it said on the day of issue."""

    certificate: Certificate
    facts: dict
    state: str
    happenings: list[Happening]
    may_change: bool

    @property
    def label(self) -> str:
        return State(self.state).label

    @property
    def on_paper(self) -> dict:
        """What stands on the paper where the register says something else by now."""
        return {name: self.certificate.snapshot.get(name) or "" for name in self.certificate.corrected}

    @property
    def shown(self) -> dict[str, str]:
        """Days and the gender as the book writes them."""
        return _shown(self.facts)

    @property
    def paper_shown(self) -> dict[str, str]:
        return _shown(self.on_paper)

    @property
    def period(self) -> str:
        return _period(self.facts)

    @property
    def paper_period(self) -> str:
        """The time of training on the paper, where the register was corrected in it."""
        return _period(self.certificate.snapshot) if {"begun_on", "ended_on"} & self.certificate.corrected.keys() else ""

    @property
    def valid_through(self) -> date | None:
        return last_day_with(self.certificate.valid_until) if self.certificate.valid_until else None

    @property
    def run(self) -> IssueRun | None:
        """The list that it was issued by."""
        row = getattr(self.certificate, "run_row", None)
        return row and row.run

    @property
    def replaced_by(self) -> Certificate | None:
        return getattr(self.certificate, "replaced_by", None)

    @property
    def renewed_by(self) -> Certificate | None:
        return getattr(self.certificate, "renewed_by", None)

    @property
    def may_revoke(self) -> bool:
        return self.may_change and self.certificate.state in REVOCABLE

    @property
    def may_correct(self) -> bool:
        return self.may_change and self.certificate.state in (State.VALID, State.EXPIRED)

    @property
    def may_reissue(self) -> bool:
        return self.may_change and self.replaced_by is None and self.certificate.state != State.SUPERSEDED

    @property
    def is_brought_in(self) -> bool:
        return not self.certificate.pdf


def records_open_to(user, on: date) -> QuerySet[Certificate]:
    """Return what stands in the books that the person may read, and what people hold who have a post that day in a unit under one's role.

    The book of a unit that was merged into one's own is read, too. One's own papers open nothing here: those have pages of their own. Three queries more
    for the roles and what was merged, one more a generation.
    """
    return _reached(user, on, Unit.objects.seen_by(user), Unit.objects.seen_or_merged_for(user))


def records_changed_by(user, on: date) -> QuerySet[Certificate]:
    """Return what the person may change: whoever keeps the book may, and so may the training administrator of the holder's unit."""
    units = Unit.objects.managed_by(user)
    return _reached(user, on, units, units)


def _reached(user, on: date, units: QuerySet[Unit], books: QuerySet[Unit]) -> QuerySet[Certificate]:
    if user.is_superuser:
        return Certificate.objects.all()
    people = Post.objects.on(on).filter(unit__in=units).values("user")
    return Certificate.objects.filter(Q(series__issuer__unit__in=books) | Q(user__in=people))


def enters_records(user) -> bool:
    """Say whether the person has a role in a training office. One query; none for a superuser."""
    return user.is_superuser or user.role_grants.filter(role__in=SEEING).exists()


def record_of(user, certificate: Certificate, on: date) -> Record:
    """Return one certificate with its log, the earliest entry first. Two queries; one or two more for the roles of whoever is no superuser."""
    may_change = records_changed_by(user, on).filter(pk=certificate.pk).exists()
    return Record(certificate, facts_now(certificate), state_on(certificate, on), happenings_of(certificate), may_change)


def happenings_of(certificate: Certificate) -> list[Happening]:
    """Return the log of the certificate, the earliest entry first. One query."""
    entries = certificate.entries.select_related("by").order_by("pk")
    return [Happening(entry, [_change(name, *pair) for name, pair in entry.changes.items() if name != "is_hidden"]) for entry in entries]


def _shown(facts: dict) -> dict[str, str]:
    return {name: wording.fact(name, facts.get(name)) for name in ("born_on", "gender", "decision_on")}


def _period(facts: dict) -> str:
    return " – ".join(dict.fromkeys(wording.fact(name, facts[name]) for name in ("begun_on", "ended_on") if facts.get(name)))


def _change(name: str, before: str, after: str) -> Change:
    return Change(str(LABELS[name]), wording.fact(name, before), wording.fact(name, after))
