"""What was acknowledged, held against the database: nothing lost, nothing there twice, nothing half."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.walk import SLUG, Diary


@dataclass
class Verdict:
    """Counts of what was held against each other, and what is wrong, in words."""

    counts: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, count: int, what: str) -> None:
        if count:
            self.faults.append(f"{what}: {count}")


def judge(diaries: list[Diary], letters: Counter) -> Verdict:
    verdict = Verdict()
    told = [diary for diary in diaries if diary.asked]
    _answers(told, verdict)
    _facts(told, verdict)
    _register(verdict)
    _letters(letters, verdict)
    return verdict


def _answers(diaries: list[Diary], verdict: Verdict) -> None:
    from quizzes.enums import AttemptState
    from quizzes.models import Attempt

    attempts = {str(one.uuid): one for one in Attempt.objects.prefetch_related("slots")}
    lost = without = stuck = doubled = 0
    for diary in diaries:
        attempt = attempts.get(diary.attempt)
        without += bool(diary.attempt) and attempt is None
        if attempt is None:
            continue
        standing = {slot.position: slot.answer for slot in attempt.slots.all()}
        for position, (_seq, key) in diary.answers.items():
            # What was sent later and never acknowledged may stand there too.
            may_stand = [{"chosen": [key]}, {"chosen": [diary.sent[position][1]]}]
            lost += standing.get(position) not in may_stand
        stuck += diary.submitted and attempt.state != AttemptState.MARKED
        verdict.counts["answers acknowledged"] += len(diary.answers)
        verdict.counts["submissions acknowledged"] += diary.submitted
    people = Counter(one.user_id for one in attempts.values())
    doubled = sum(count - 1 for count in people.values())
    verdict.add(lost, "acknowledged answers lost")
    verdict.add(without, "attempts that were begun and are not there")
    verdict.add(stuck, "attempts submitted and not marked")
    verdict.add(doubled, "attempts doubled")


def _facts(diaries: list[Diary], verdict: Verdict) -> None:
    from certificates.models import Certificate
    from courses.models import LessonPage
    from learning.models import Completion, Enrolment, StepRecord

    lessons = LessonPage.objects.filter(url_path__contains=f"/{SLUG}/").values("pk")
    read = Counter(StepRecord.objects.filter(page__in=lessons, read_at__isnull=False).values_list("enrolment__user__email", flat=True))
    enrolled = Counter(Enrolment.objects.filter(course__slug=SLUG).values_list("user__email", flat=True))
    completed = Counter(Completion.objects.filter(enrolment__course__slug=SLUG).values_list("enrolment__user__email", flat=True))
    papers = Counter(Certificate.objects.filter(course__slug=SLUG).values_list("user__email", flat=True))
    for what, found in (("enrolments", enrolled), ("completions", completed), ("certificates", papers)):
        verdict.add(sum(count - 1 for count in found.values()), f"{what} doubled")
    verdict.add(sum(max(0, diary.read - read[diary.email]) for diary in diaries), "lessons read and not noted")
    done = [diary.email for diary in diaries if diary.submitted]
    verdict.add(sum(not completed[email] for email in done), "completions missing")
    verdict.add(sum(not papers[email] for email in done), "certificates missing")
    verdict.add(len(set(papers) - set(completed)), "certificates without a completion")
    verdict.add(sum(not papers[email] for email in completed), "completions without their certificate")
    verdict.counts += Counter({"lessons read": sum(diary.read for diary in diaries), "completions": len(completed), "certificates": len(papers)})


def _register(verdict: Verdict) -> None:
    """Numbers without hole or double, every file with its digest, no file without its row but what a kill -9 has left."""
    from certificates.models import Certificate, RegisterEntry, Series

    wrong = 0
    for series in Series.objects.all():
        numbers = sorted(series.certificates.values_list("number", flat=True))
        verdict.add(numbers != list(range(1, series.taken + 1)), f"numbers of {series.pk} with a hole or a double, {series.taken} taken")
    rows = list(Certificate.objects.all())
    for row in rows:
        try:
            with row.pdf.open("rb") as file:
                wrong += hashlib.sha256(file.read()).hexdigest() != row.pdf_sha256
        except OSError:
            wrong += 1
    verdict.add(wrong, "papers whose file is not there or has another digest")
    verdict.add(abs(RegisterEntry.objects.count() - len(rows)), "entries of the register too many or too few")
    if rows:
        folder, known = Path(rows[0].pdf.path).parents[1], {Path(row.pdf.path) for row in rows}
        verdict.counts["files of papers without a row"] = sum(file not in known for file in folder.rglob("*.pdf"))


def _letters(letters: Counter, verdict: Verdict) -> None:
    from certificates.models import Certificate, Notice

    told = Counter(Notice.objects.filter(kind="issued").values_list("certificate", flat=True))
    verdict.add(sum(count - 1 for count in told.values()), "notices doubled")
    verdict.add(Certificate.objects.filter(course__slug=SLUG).exclude(pk__in=list(told)).count(), "papers whose holders are not told")
    verdict.add(sum(count - 1 for count in letters.values()), "letters that arrived twice")
    verdict.counts["letters"] = len(letters)


def waiting_letters() -> int:
    from certificates.models import Notice

    return Notice.objects.filter(state="waiting").count()


def settled(look: Callable[[], Verdict], seconds: float) -> tuple[Verdict, float]:
    """Look again and again until nothing is wrong any more or the time is over; return the latest verdict and how long that took."""
    from django.db import connections

    began = time.monotonic()
    while True:
        verdict = look()
        connections.close_all()
        took = time.monotonic() - began
        if not verdict.faults or took > seconds:
            return verdict, took
        time.sleep(1)
