"""What makes a draft that of a renewal: the next cycle of a former certificate, which it names."""

from collections.abc import Sequence

from django.utils import timezone

from certificates.enums import Entry
from certificates.selectors.renewals import Award, awards_of
from certificates.validity import renewed_until
from courses.models import CoursePage
from learning.models import Completion
from vietnamese.text import clean


def put_awards(drafts: Sequence, completions: Sequence[Completion]) -> None:
    """Make those drafts renewals whose completions stand for one. One or two queries for all of them.

    A completed refresher that gives a paper of its own keeps it; the renewal is then issued besides.
    """
    awards = awards_of(completions)
    for draft, completion in zip(drafts, completions, strict=True):
        course = completion.enrolment.course
        own = [award for award in awards.get(completion.pk, []) if award.course.pk == course.pk or not course.gives_certificate]
        if own:
            put_award(draft, own[0])


def put_award(draft, award: Award) -> None:
    """Make a draft that of the former's next cycle: its course and title, and the words that name the former. No query.

    Hours, period and grade stay those of what was taken.
    """
    row, former = draft.row, award.former
    row.course, row.cycle, row.renews = award.course, award.cycle, former
    row.valid_until = renewed_until(timezone.localdate(row.issued_at), former.valid_until, award.course.valid_months)
    draft.facts |= _facts(award.course, former.register_number)
    draft.kind, draft.reason = Entry.RENEWED, f"Gia hạn giấy số {former.register_number}"


def _facts(course: CoursePage, former_number: str) -> dict:
    return {"course": clean(course.title), "course_code": course.code, "renews": former_number}
