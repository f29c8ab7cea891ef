"""What a row does to the posts of a person in its unit: begins one, corrects one, follows one by the next, or nothing.

Keeps true: no two terms of one kind of post overlap; a term that ended stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from operator import itemgetter

from django.utils.translation import gettext as _

from unions.enums import Manner, RosterMode
from unions.models import Post, RosterImport

_ATTRIBUTES = ("full_time", "manner", "term", "decision_number")


class Overlap(Exception):
    """A term would overlap another one of the same person; `message` says which."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


@dataclass
class PostPlan:
    """What is to be written for one kind of post: fields of a post that begins, of one that changes."""

    kind: int
    begins: dict | None = None
    post: Post | None = None
    changed: dict = field(default_factory=dict)
    # What the row changes, for people to look at: {"post:3": ["", "2026-07-01"], "post:3:term": ["", "2026–2031"]}.
    told: dict = field(default_factory=dict)


def plan_post(*, job: RosterImport, facts: dict, kind: int, held: Sequence[Post]) -> PostPlan:
    """Return what a row does to the posts of one kind that its person ever held in its unit.

    :raises Overlap: when what the row says overlaps another term.
    """
    plan = PostPlan(kind)
    said = _said(job, facts)
    begun = job.on if job.mode == RosterMode.CONGRESS else _day(facts["begun_on"])
    until = _day(facts["until"])
    # A congress ends what was held before it.
    others = [post for post in held if job.mode != RosterMode.CONGRESS or post.valid_from >= job.on]
    same = next((post for post in others if post.valid_from == begun), None) or (_on(others, job.on) if begun is None else None)
    if same is not None:
        _change(plan, same, said, until)
    elif (now := _on(others, begun)) is not None:
        _follow(plan, now, begun, until, said)
    elif (later := _next(others, begun)) is not None and _is_one_term(later, until, job.on):
        _change(plan, later, said, until)
        _tell(plan, "valid_from", later.valid_from, begun)
    else:
        _begin(plan, begun or job.on, until, said)
    _check(plan, others)
    return plan


def _said(job: RosterImport, facts: dict) -> dict:
    """What the row says of the post; of a congress the decision and the term of all, unless the row has its own."""
    said = {name: facts[name] for name in _ATTRIBUTES if facts[name] not in ("", None)}
    if job.mode == RosterMode.CONGRESS:
        common = {"manner": Manner.ELECTED.value, "term": job.term, "decision_number": job.decision_number}
        said = {name: value for name, value in common.items() if value} | said
    return said


def _on(posts: Sequence[Post], day: date | None) -> Post | None:
    return next((post for post in posts if day and post.valid_from <= day and (post.valid_until is None or post.valid_until > day)), None)


def _next(posts: Sequence[Post], day: date | None) -> Post | None:
    return min((post for post in posts if day and post.valid_from > day), key=lambda post: post.valid_from, default=None)


def _is_one_term(later: Post, until: date | None, on: date) -> bool:
    """The list knows that the present term began earlier; not one that is yet to begin, nor one behind a term that ended."""
    return later.valid_from <= on and (until is None or until > later.valid_from)


def _begin(plan: PostPlan, begun: date, until: date | None, said: dict) -> None:
    plan.begins = {"valid_from": begun, "valid_until": until, **said}
    plan.told[f"post:{plan.kind}"] = ["", begun.isoformat()]


def _follow(plan: PostPlan, now: Post, begun: date, until: date | None, said: dict) -> None:
    """The next term begins on the day on which the present one ends."""
    plan.post, plan.changed = now, {"valid_until": begun}
    _begin(plan, begun, until, {"full_time": now.full_time, **said})
    plan.told[f"post:{plan.kind}"] = [now.valid_from.isoformat(), begun.isoformat()]


def _change(plan: PostPlan, post: Post, said: dict, until: date | None) -> None:
    plan.post = post
    for name, value in said.items():
        _tell(plan, name, getattr(post, name), value)
    if until:
        _tell(plan, "valid_until", post.valid_until, until)


def _tell(plan: PostPlan, name: str, before, after) -> None:
    if before != after:
        plan.changed[name] = after
        plan.told[f"post:{plan.kind}:{name}"] = [_text(before), _text(after)]


def _check(plan: PostPlan, others: Sequence[Post]) -> None:
    changed = plan.changed if plan.post is not None else {}
    spans = [(plan.begins["valid_from"], plan.begins["valid_until"])] if plan.begins else []
    if plan.post is not None:
        spans.append((changed.get("valid_from", plan.post.valid_from), changed.get("valid_until", plan.post.valid_until)))
    spans += [(post.valid_from, post.valid_until) for post in others if plan.post is None or post.pk != plan.post.pk]
    spans.sort(key=itemgetter(0))
    for (begun, until), (later, _end) in pairwise(spans):
        if until is None or until > later:
            raise Overlap(_("This post would overlap another term of the same person here (%(first)s, %(second)s). Correct the days.") % {
                "first": f"{begun:%d/%m/%Y}", "second": f"{later:%d/%m/%Y}"})
    if any(until is not None and until <= begun for begun, until in spans):
        raise Overlap(_("The post would end before it begins. Correct the days."))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(value) -> str | bool:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool) else str(value or "")
