"""Item analysis: asked for by a person, worked out in the background, stored for the pages that show it.

Keeps true: at most one analysis of a quiz is worked out at a time; what is stored is of one moment (`computed_at`), and the same attempts
always give the same result.
"""

import json
import logging
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from quizzes.enums import AttemptState, Counted, WorkState
from quizzes.grading.flags import flags_of_item
from quizzes.grading.items import Answered, QuizSums, scores_as_json
from quizzes.models import Attempt, AttemptSlot, QuestionVersion, Quiz, QuizAnalysis
from quizzes.selectors.analysis import is_at_work, marked_since
from quizzes.types import type_of
from quizzes.types.base import Content, QuestionType
from quizzes.types.picked import ANSWERS, OPTIONS, Pick, chance_of, counted_by, judged, offered, picked

logger = logging.getLogger(__name__)
# Attempts between two words of progress, and rows that are fetched at a time.
CHUNK, ROWS = 250, 200
# Of the answers that people typed, the most frequent ones are kept.
ANSWERS_KEPT = 12
# Answers by option repeat themselves; so many different ones are remembered at a time.
REMEMBERED = 20_000
# Of a frozen question only what answers are held against is kept while attempts go by.
_WORDY = {"stem", "explanation", "citations", "materials", "topic", "picture"}
_EMPTY = "{}"


def ask_for_analysis(*, quiz: Quiz, counted: Counted | str, by, now: datetime) -> tuple[QuizAnalysis, bool]:
    """Note that an analysis is wanted, and return it with whether the task `analyse` has to be started for it.

    It has not while one of this quiz is being worked on (a worker that has not finished after ten minutes has died), nor when nothing was
    marked since the last one. The caller has seen to it that `by` marks this quiz. Locks the analyses of the quiz.
    """
    with transaction.atomic():
        # Its row is there for everybody: two who ask for the first analysis of a quiz wait for each other here.
        Quiz.objects.select_for_update().only("pk").get(pk=quiz.pk)
        found = {one.counted: one for one in QuizAnalysis.objects.filter(quiz=quiz).defer("data")}
        at_work = [one for one in found.values() if is_at_work(one, now)]
        analysis = found.get(counted) or QuizAnalysis(quiz=quiz, counted=counted)
        if at_work or (analysis.state == WorkState.DONE and not marked_since(analysis)):
            return (at_work or [analysis])[0], False
        analysis.state, analysis.asked_at, analysis.done = WorkState.WAITING, now, 0
        # What is known stays to be seen until there is something newer.
        analysis.save() if analysis.pk is None else analysis.save(update_fields=["state", "asked_at", "done"])
        logger.info("%s asks for the analysis of quiz %s", by.uuid if by else "The system", quiz.pk)
    return analysis, True


def analyse_quiz(*, analysis: QuizAnalysis, clock: Callable[[], datetime]) -> bool:
    """Work the analysis out and store it, telling now and then how far it is; say whether it was done here.

    Only finished, marked attempts count. Called twice it is worked out once; one that was asked for anew meanwhile is left to the newer
    worker. Reads the slots in chunks of 250 attempts: memory does not grow with the attempts, but for 20 bytes each.
    """
    mine = QuizAnalysis.objects.filter(pk=analysis.pk, asked_at=analysis.asked_at)
    if not mine.filter(state=WorkState.WAITING).update(state=WorkState.RUNNING):
        return False
    try:
        # Before reading: what is marked meanwhile counts as newer.
        computed_at = clock()
        attempts = _counted_attempts(analysis)
        mine.update(total=len(attempts.keys))
        data = _worked_out(attempts, lambda done: mine.update(done=done))
    except BaseException:
        mine.filter(state=WorkState.RUNNING).update(state=WorkState.FAILED)
        raise
    return bool(mine.filter(state=WorkState.RUNNING).update(
        state=WorkState.DONE, data=data, attempts=len(attempts.keys), computed_at=computed_at))


@dataclass
class _Attempts:
    """The attempts that count, column by column: their keys in order, marks, starts in milliseconds, and how many passed."""

    keys: array = field(default_factory=lambda: array("q"))
    scores: array = field(default_factory=lambda: array("d"))
    starts: array = field(default_factory=lambda: array("q"))
    passed: int = 0


def _counted_attempts(analysis: QuizAnalysis) -> _Attempts:
    """Return the marked attempts at the quiz; of each taker only the one begun first, which does not count before it is marked. One query."""
    rows = Attempt.objects.filter(quiz=analysis.quiz_id).order_by("started_at", "pk")
    rows = rows.values_list("pk", "user_id", "visitor", "state", "fraction", "passed", "started_at")
    met, found = set(), []
    for key, user, visitor, state, fraction, passed, started_at in rows.iterator(chunk_size=2000):
        taker = user or visitor
        if (analysis.counted == Counted.FIRST and taker in met) or met.add(taker):
            continue
        if state == AttemptState.MARKED:
            found.append((key, fraction, int(started_at.timestamp() * 1000), bool(passed)))
    found.sort()
    attempts = _Attempts(passed=sum(row[3] for row in found))
    for key, fraction, started_at, _passed in found:
        attempts.keys.append(key)
        attempts.scores.append(fraction)
        attempts.starts.append(started_at)
    return attempts


def _worked_out(attempts: _Attempts, tell: Callable[[int], object]) -> dict[str, Any]:
    sums, reader = QuizSums(attempts.scores), _Reader()
    # Keys first and then chunk by chunk: no cursor stays open under the writes of the progress, which SQLite would refuse with "database is
    # locked" as soon as somebody else has written.
    for start in range(0, len(attempts.keys), CHUNK):
        chunk = attempts.keys[start:start + CHUNK]
        places = {key: place for place, key in enumerate(chunk, start=start)}
        for key, answers in reader.read(chunk):
            sums.add(answers, score=attempts.scores[places[key]], started_at=attempts.starts[places[key]])
        tell(start + len(chunk))
    questions = list(_questions(sums, reader))
    return {
        "scores": scores_as_json(attempts.scores, attempts.passed, sums.reliability()), "questions": questions,
        # By itself, so that the bank reads no more than this.
        "flagged": {str(one["question"]): [flag["code"] for flag in one["flags"]] for one in questions if one["flags"]},
    }


@cache
def _number(text: str) -> float:
    return float(text)


@dataclass(frozen=True, slots=True)
class _Version:
    question: int
    kind: QuestionType
    counted: str
    content: Content
    offers: list[Pick]


class _Reader:
    """Reads slots as what is counted. Remembers the versions that were met, how often each was asked, and what was read of an answer before."""

    def __init__(self) -> None:
        self.versions: dict[int, _Version] = {}
        self.asked: Counter[int] = Counter()
        self.remembered: dict[tuple[int, str], Sequence[str]] = {}
        self.newest: dict[int, int] = {}
        self.slots = AttemptSlot.objects.none()

    def read(self, keys: Sequence[int]) -> Iterator[tuple[int, list[Answered]]]:
        """Yield each of these attempts with what was answered at its places. One query, and two more when it meets new versions.

        Rows are let go of one attempt after the other: with a whole chunk of them alive, the garbage collector takes longer than all the rest.
        """
        self.slots = AttemptSlot.objects.filter(attempt__in=list(keys))
        rows = (
            self.slots.order_by("attempt", "position")
            # As text: most answers and all maxima were read before.
            .annotate(said=Cast("answer", TextField()), most=Cast("max_points", TextField()))
            .values_list("attempt_id", "version_id", "key_id", "most", "fraction", "said", "answer_seq").iterator(chunk_size=ROWS))
        for attempt, places in groupby(rows, key=itemgetter(0)):
            yield attempt, [self._answered(*place) for place in places]

    def _answered(self, _attempt: int, version: int, key: int | None, most: str, fraction: float | None, said: str, at: int) -> Answered:
        newest = key or version
        if version not in self.versions or newest not in self.versions:
            self._meet()
        known = self.versions[version]
        self.asked[version] += 1
        if newest > self.newest.get(known.question, 0):
            self.newest[known.question] = newest
        is_blank = said == _EMPTY
        picks = () if is_blank or not known.counted else self._picks(version, known, said)
        return Answered(known.question, _number(most), fraction or 0.0, picks, is_blank, at)

    def _meet(self) -> None:
        """Remember all versions that the attempts being read were asked, or are marked by."""
        asked = self.slots.order_by().values_list("version", "key").distinct()
        new = {key for pair in asked for key in pair if key} - self.versions.keys()
        for version in QuestionVersion.objects.in_bulk(new).values():
            kind = type_of(version.type)
            content = {name: value for name, value in version.content.items() if name not in _WORDY}
            self.versions[version.pk] = _Version(version.question_id, kind, counted_by(kind), content, offered(kind, version.content))

    def _picks(self, key: int, version: _Version, said: str) -> Sequence[str]:
        found = self.remembered.get((key, said))
        if found is None:
            found = tuple(picked(version.kind, version.content, json.loads(said)))
            if len(self.remembered) >= REMEMBERED:
                self.remembered.clear()
            self.remembered[key, said] = found
        return found


def _questions(sums: QuizSums, reader: _Reader) -> Iterator[dict[str, Any]]:
    """Yield what is known of each question as plain JSON: its versions taken together, options under the newest wording."""
    offers: dict[int, dict[str, Pick]] = {}
    offered_to: dict[int, Counter[str]] = {}
    for key, version in sorted(reader.versions.items()):
        offers.setdefault(version.question, {}).update({offer.key: offer for offer in version.offers})
        offered_to.setdefault(version.question, Counter()).update({offer.key: reader.asked[key] for offer in version.offers})
    for question, item in sorted(sums.items.items()):
        newest = reader.versions[reader.newest[question]]
        found = item.as_json()
        picks = found.pop("picks")
        found |= {
            "question": question, "version": reader.newest[question], "kind": newest.kind.name, "counted": newest.counted,
            "chance": chance_of(newest.kind, newest.content), "options": _options(newest, offers[question], picks)}
        found["flags"] = flags_of_item(found, _options_in_use(found, newest, offered_to[question])) if found["max_points"] else []
        yield found


def _options_in_use(found: dict[str, Any], newest: _Version, offered_to: Counter) -> list[dict[str, Any]]:
    """Return the options of the newest version, each with how many were offered it: it may be newer than most of the attempts."""
    in_use = {offer.key for offer in newest.offers} if found["counted"] == OPTIONS else ()
    return [option | {"offered": offered_to[option["key"]]} for option in found["options"] if option["key"] in in_use]


def _options(version: _Version, offers: dict[str, Pick], picks: dict[str, dict]) -> list[dict[str, Any]]:
    nobody = {"all": 0, "high": 0.0, "low": 0.0}
    if version.counted == ANSWERS:
        often = sorted(picks, key=lambda key: (-picks[key]["all"], key))[:ANSWERS_KEPT]
        offers = {key: judged(version.kind, version.content, key) for key in often}
    else:
        # A question that was changed back is asked by an older version again: its words and its key count.
        offers = offers | {offer.key: offer for offer in version.offers}
    return [{"key": key, "text": offer.text, "right": offer.right, **picks.get(key, nobody)} for key, offer in offers.items()]
