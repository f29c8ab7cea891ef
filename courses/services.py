"""Writes on courses: the versions of their rules, and how long a lesson takes."""

import hashlib
import json
import re
from datetime import datetime
from math import ceil

from django.db import transaction
from django.utils import timezone

from cms.sanitise import plain_text
from courses.models import CoursePage, LessonPage, RuleSet
from courses.selectors import Step, outline_of
from courses.signals import rules_published
from quizzes.models import Quiz

# Study pace, with its examples and exercises: about half of the pace of plain reading.
WORDS_A_MINUTE = 100


def publish_rules(*, course: CoursePage, now: datetime | None = None) -> RuleSet:
    """Write the next version of what completing the course takes, unless nothing changed since the last one.

    Counts the course's minutes and lessons for the catalogue too. Locks the course's newest rule set; sends `rules_published` after commit when a version was made.
    """
    outline = outline_of(course)
    CoursePage.objects.filter(pk=course.pk).update(total_minutes=course.minutes or outline.minutes, lesson_count=outline.lesson_count)
    steps = [_rule(step) for step in outline.steps]
    _set_pass_marks(steps)
    digest = hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        newest = RuleSet.objects.select_for_update().filter(course=course).order_by("-number").first()
        if newest and newest.digest == digest:
            return newest
        rule_set = RuleSet.objects.create(
            course=course, number=newest.number + 1 if newest else 1, digest=digest, steps=steps, created_at=now or timezone.now())
        transaction.on_commit(lambda: rules_published.send(sender=RuleSet, rule_set=rule_set), robust=True)
    return rule_set


def _rule(step: Step) -> dict:
    if step.kind == "lesson":
        return {"page": step.page_id, "kind": "lesson", "need": step.need}
    return {"page": step.page_id, "kind": "quiz", "quiz": step.quiz_id, "required": step.is_required}


def _set_pass_marks(steps: list[dict]) -> None:
    marks = dict(Quiz.objects.filter(pk__in=[step["quiz"] for step in steps if step["kind"] == "quiz"]).values_list("pk", "pass_fraction"))
    for step in steps:
        if step["kind"] == "quiz":
            step["pass"] = float(marks[step["quiz"]])


def count_reading_minutes(lesson: LessonPage) -> int:
    """Return how many minutes the lesson takes: its words at study pace, and its videos; at least one."""
    words, videos = 0, 0.0
    for block in lesson.body:
        words += len(_words(block.block.get_prep_value(block.value)))
        if block.block_type == "video":
            videos += float(block.value.get("minutes") or 0)
    return max(1, ceil(words / WORDS_A_MINUTE + videos))


def _words(value) -> list[str]:
    if isinstance(value, str):
        return re.findall(r"\w+", plain_text(value))
    if isinstance(value, dict):
        return [word for part in value.values() for word in _words(part)]
    if isinstance(value, list):
        return [word for part in value for word in _words(part)]
    return []
