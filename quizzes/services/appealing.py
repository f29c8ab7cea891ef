"""Appeals: a learner says what is wrong with a question, and whoever answers for it says what becomes of that."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from quizzes.enums import AppealState
from quizzes.models import Appeal, Attempt
from quizzes.selectors.appeals import same_wording
from quizzes.services.errors import AppealAnswered, AppealTextRefused, NotAppealable, TooManyAppeals

logger = logging.getLogger(__name__)
LEAST, MOST = 20, 2000
# Whoever has so many that nobody has answered yet waits for one of them first.
MOST_OPEN = 20


def make_appeal(*, attempt: Attempt, position: int, text: str, by: User, now: datetime) -> Appeal:
    """Keep what a learner holds against a question of their own finished attempt; one appeal for each question, the first one stands.

    Safe to call twice: the same question again returns the appeal that is there. Locks the learner, so that nobody has more than 20 open.

    :param text: from 20 to 2000 characters.
    Whoever failed has most to gain from it, so it needs no right answers to be shown.

    :raises NotAppealable: when the attempt is not theirs, not finished or still taking late answers, or has no such question.
    :raises AppealTextRefused: when the text is too short or too long.
    :raises TooManyAppeals: when 20 appeals of theirs wait for an answer.
    """
    text = text.strip()
    slot = attempt.slots.select_related("version", "appeal").filter(position=position).first()
    if slot is None or attempt.user_id != by.pk:
        raise NotAppealable
    if hasattr(slot, "appeal"):
        return slot.appeal
    if not attempt.is_over or attempt.is_taking_late:
        raise NotAppealable
    if not LEAST <= len(text) <= MOST:
        raise AppealTextRefused(LEAST, MOST)
    try:
        with transaction.atomic():
            User.objects.select_for_update().only("pk").get(pk=by.pk)
            if Appeal.objects.filter(by=by, state=AppealState.OPEN).count() >= MOST_OPEN:
                raise TooManyAppeals(MOST_OPEN)
            return Appeal.objects.create(slot=slot, question_id=slot.version.question_id, by=by, text=text, made_at=now)
    except IntegrityError:
        # The double tap: the other request was there first.
        return Appeal.objects.get(slot=slot)


@dataclass(frozen=True)
class Answered:
    """An appeal with its answer, and how many others were answered with it."""

    appeal: Appeal
    also: int = 0


def answer_appeal(*, appeal: Appeal, uphold: bool, answer: str, by: User, now: datetime, also_others: bool = False) -> Answered:
    """Answer an appeal for good; the learner reads it beside the question. Safe to call twice. Locks the appeals that it answers.

    Upholding gives nobody a mark: that is a regrade, planned and looked at first (services.regrading). The caller has seen to it that `by`
    may answer this one.

    :param also_others: uphold with it all open appeals against the same wording of the question that `by` may answer.
    :raises AppealTextRefused: without an answer, or with one of more than 2000 characters.
    :raises AppealAnswered: when somebody has answered it otherwise meanwhile; nothing is stored.
    """
    answer = answer.strip()
    if not 0 < len(answer) <= MOST:
        raise AppealTextRefused(1, MOST)
    state = AppealState.UPHELD if uphold else AppealState.REJECTED
    with transaction.atomic():
        appeal, *others = _locked(appeal, by, with_others=uphold and also_others)
        if appeal.state != AppealState.OPEN:
            if (appeal.state, appeal.answer, appeal.decided_by_id) == (state, answer, by.pk):
                return Answered(appeal)
            raise AppealAnswered(appeal)
        for one in [appeal, *others]:
            one.state, one.answer, one.decided_by, one.decided_at = state, answer, by, now
            one.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    logger.info("%s answers appeal %s and %s others: %s", by.pk, appeal.uuid, len(others), state)
    return Answered(appeal, len(others))


def _locked(appeal: Appeal, by: User, *, with_others: bool) -> list[Appeal]:
    """Return the appeal, and behind it the open ones of the same wording, locked in one order: two who answer at once never wait in a circle."""
    wanted = Appeal.objects.filter(pk=appeal.pk)
    if with_others:
        same = list(same_wording(appeal, by).values_list("pk", flat=True))
        wanted = Appeal.objects.filter(pk__in=[appeal.pk, *same])
    rows = list(wanted.select_for_update(of=("self",)).select_related("decided_by").order_by("pk"))
    others = [row for row in rows if row.pk != appeal.pk and row.state == AppealState.OPEN]
    return [next(row for row in rows if row.pk == appeal.pk), *others]
