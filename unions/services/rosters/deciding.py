"""Deciding whom a row means where a list alone cannot tell: row by row, or all of one sort at once.

Keeps true: nobody is chosen but one of the candidates of a row; a decision holds for the rows behind it that are about the same person.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import CharField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from cms.work import WorkState
from unions.enums import Verdict
from unions.models import RosterImport, RosterImportRow
from unions.services.errors import RosterRefused
from unions.services.rosters.judging import NEW, Judge, Said
from unions.services.rosters.matching import People
from unions.services.rosters.reading import managed_units, row_of

# What may be said of all open rows at once: that they are the only person who comes into question, or somebody new; or nothing after all.
ONLY, OPEN = "only", ""
_KEPT = ["verdict", "problems", "changes", "person", "candidates", "decided"]


def decide_rows(*, job: RosterImport, choices: Mapping[int, str]) -> int:
    """Say of rows, by their ids, whom they mean: "new", the id of a candidate, or "" to leave it open again; return how many were settled.

    The rows are judged anew at once, those behind them about the same person, too. Locks the work. For the rows of a page, not for a whole list.

    :raises RosterRefused: when the list is being written, or somebody is chosen who is no candidate.
    """
    with transaction.atomic():
        held = _locked(job)
        rows = {row.pk: row for row in held.rows.filter(pk__in=choices).order_by("sheet", "number")}
        for pk, row in rows.items():
            _settle(row, choices[pk])
        behind = [row for row in _behind(held, list(rows.values())) if row.pk not in rows]
        ordered = sorted([*rows.values(), *behind], key=lambda row: (row.sheet, row.number))
        _judge_again(held, ordered)
    job.refresh_from_db()
    return len(rows)


def decide_all(*, job: RosterImport, choice: str) -> bool:
    """Decide all open rows at once, "only" (those with one candidate are that person) or "new"; the list is then read anew with these decisions.

    Say whether it will be read; the task `read_roster` does it.
    """
    with transaction.atomic():
        job = _locked(job)
        rows = job.rows.filter(verdict=Verdict.ASK, data__as_row__isnull=True)
        if choice == ONLY:
            rows.filter(candidates__0__isnull=False, candidates__1__isnull=True).update(
                decided=Cast(KeyTextTransform("0", "candidates"), CharField(max_length=20)))
        elif choice == NEW:
            rows.update(decided=NEW)
        else:
            job.rows.exclude(decided="").update(decided="")
        return bool(RosterImport.objects.filter(pk=job.pk, state=WorkState.READY).update(state=WorkState.WAITING, done=0, error=""))


def _locked(job: RosterImport) -> RosterImport:
    found = RosterImport.objects.select_for_update(of=("self",)).select_related("unit", "by").get(pk=job.pk)
    if found.state != WorkState.READY:
        raise RosterRefused(_("This list is being worked on, or is done. Open its page again."), code="not_open")
    return found


def _settle(row: RosterImportRow, choice: str) -> None:
    if row.data.get("as_row"):
        raise RosterRefused(_("Row %(row)s is about the same person. Decide there; it holds for this row, too.") % {"row": row.data["as_row"][1]}, code="behind")
    if choice not in (OPEN, NEW) and not (choice.isdigit() and int(choice) in row.candidates):
        raise RosterRefused(_("This person does not come into question for row %(row)s.") % {"row": row.number}, code="no_candidate")
    row.decided = choice


def _behind(job: RosterImport, heads: Sequence[RosterImportRow]) -> QuerySet[RosterImportRow] | list:
    found: list[RosterImportRow] = []
    for head in heads:
        found += job.rows.filter(number__gt=head.number, data__as_row__0=head.sheet, data__as_row__1=head.number) | job.rows.filter(
            sheet__gt=head.sheet, data__as_row__0=head.sheet, data__as_row__1=head.number)
    return found


def _judge_again(job: RosterImport, rows: Sequence[RosterImportRow]) -> None:
    before = Counter(row.verdict for row in rows)
    judge = Judge(job, People(job, managed_units(job)))
    said = [said_of(row) for row in rows]
    for row, one, judged in zip(rows, said, judge.judge(said), strict=True):
        new = row_of(job, one, judged)
        for name in ("verdict", "problems", "changes", "person_id"):
            setattr(row, name, getattr(new, name))
        # Whoever was decided may be decided otherwise.
        row.candidates = new.candidates or row.candidates
    RosterImportRow.objects.bulk_update(rows, _KEPT, batch_size=200)
    counts = Counter({verdict: job.counts.get(verdict, 0) for verdict in Verdict.values})
    counts.subtract(before)
    counts.update(row.verdict for row in rows)
    RosterImport.objects.filter(pk=job.pk).update(counts=job.counts | dict(counts))


def said_of(row: RosterImportRow) -> Said:
    """Return a kept row as it goes before the judge again, without what the judge said of it before."""
    problems = [problem for problem in row.problems if not problem.get("judged")]
    is_refused = row.verdict == Verdict.REFUSED and len(problems) == len(row.problems)
    return Said((row.sheet, row.number), row.data, problems, is_refused, row.decided)
