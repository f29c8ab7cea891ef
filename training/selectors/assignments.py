"""Required courses, as the office sees them: its rules with their numbers, and the people of one rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from learning.models import Assignment, AssignmentRule
from training.enums import AssignmentState
from training.selectors.office import posts_in
from unions.models import Post
from unions.selectors.audiences import describe_many
from unions.selectors.scopes import Office

RULES_PER_PAGE = 30
PEOPLE_PER_PAGE = 50


@dataclass(frozen=True)
class Numbers:
    """How many people a rule is asked of today, and how they stand; who left is counted in none of them."""

    assigned: int = 0
    met: int = 0
    overdue: int = 0

    @property
    def open(self) -> int:
        """Who has not met it yet, overdue or not."""
        return self.assigned - self.met

    @property
    def fraction(self) -> float:
        """The part that has met it, cut off after a thousandth: 2,999 of 3,000 are not yet 100%."""
        return self.met * 1000 // self.assigned / 1000 if self.assigned else 0.0


@dataclass(frozen=True)
class RuleRow:
    rule: AssignmentRule
    audience: str
    numbers: Numbers

    @property
    def is_being_settled(self) -> bool:
        """Whether people are still being assigned in the background."""
        return self.rule.settled_at is None and self.rule.ended_at is None


@dataclass(frozen=True)
class Rules:
    page: Page
    rows: list[RuleRow]
    ended: bool


@dataclass(frozen=True)
class AssignedPerson:
    assignment: Assignment
    post: Post | None
    state: AssignmentState


@dataclass(frozen=True)
class RuleRecord:
    """One rule, its numbers, and a page of its people."""

    row: RuleRow
    page: Page
    people: list[AssignedPerson]
    may_change: bool


def rules_page(office: Office, number: str | int | None, on: date, *, ended: bool = False) -> Rules:
    """Return the rules of the office's units, the newest first: those in force, or those that were ended.

    Eight queries however many: total, rules, five for their audiences, numbers; roles beside them.
    """
    rules = AssignmentRule.objects.visible_to(office.user).filter(ended_at__isnull=not ended)
    page = Paginator(rules.select_related("unit", "course", "audience").order_by("-made_at", "-pk"), RULES_PER_PAGE).get_page(number)
    return Rules(page, rows_of(list(page.object_list), on), ended)


def rows_of(rules: list[AssignmentRule], on: date) -> list[RuleRow]:
    """Return the rules with their audiences in words and their numbers. Six queries however many."""
    words, numbers = describe_many([rule.audience for rule in rules]), _numbers_of(rules, on)
    return [RuleRow(rule, words[rule.audience_id], numbers.get(rule.pk, Numbers())) for rule in rules]


def _numbers_of(rules: Iterable[AssignmentRule], on: date) -> dict[int, Numbers]:
    standing = Assignment.objects.filter(rule__in=list(rules), ended_at__isnull=True).order_by().values_list("rule")
    counted = standing.annotate(
        assigned=Count("pk"), met=Count("met_at"), overdue=Count("pk", filter=Q(met_at__isnull=True, due_on__lt=on)))
    return {rule: Numbers(assigned, met, overdue) for rule, assigned, met, overdue in counted}


def rule_record(
    office: Office, rule: AssignmentRule, on: date, *, state: str = "", q: str = "", number: str | int | None = None,
) -> RuleRecord:
    """Return one rule with a page of the people whom it is asked of, by name: all of them, or those in one state.

    Ten queries however many people: six for the rule, total, rows, posts, and one for roles.
    """
    people = _in_state(Assignment.objects.filter(rule=rule, ended_at__isnull=True), state, on)
    if q:
        people = people.filter(user__in=User.objects.named(q).values("pk"))
    page = Paginator(people.select_related("user").order_by("user__sort_key", "user"), PEOPLE_PER_PAGE).get_page(number)
    rows = list(page.object_list)
    posts = posts_in(office, [row.user_id for row in rows], on)
    assigned = [AssignedPerson(row, next(iter(posts.get(row.user_id, [])), None), _state(row, on)) for row in rows]
    return RuleRecord(rows_of([rule], on)[0], page, assigned, office.manages(rule.unit))


def _in_state(people: QuerySet[Assignment], state: str, on: date) -> QuerySet[Assignment]:
    match state:
        case AssignmentState.MET:
            return people.filter(met_at__isnull=False)
        case AssignmentState.OPEN:
            return people.filter(Q(due_on__isnull=True) | Q(due_on__gte=on), met_at__isnull=True)
        case AssignmentState.OVERDUE:
            return people.filter(met_at__isnull=True, due_on__lt=on)
    return people


def _state(row: Assignment, on: date) -> AssignmentState:
    if row.met_at:
        return AssignmentState.MET
    return AssignmentState.OVERDUE if row.due_on and row.due_on < on else AssignmentState.OPEN
