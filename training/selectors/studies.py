"""Courses taken elsewhere, as the office sees them: whose they are, what waits, and whether one may answer."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from accounts.models import User
from learning.enums import StudyState
from learning.models import OutsideStudy
from training.selectors.office import may_manage, posts_in
from unions.models import Post
from unions.selectors.scopes import Office, people_under

PER_PAGE = 50


@dataclass(frozen=True)
class StudyRow:
    study: OutsideStudy
    post: Post | None


@dataclass(frozen=True)
class StudyRoll:
    """A page of the list under the numbers of each state."""

    counts: dict[str, int]
    page: Page
    rows: list[StudyRow]


@dataclass(frozen=True)
class StudyRecord:
    study: OutsideStudy
    posts: list[Post]
    may_decide: bool


def studies_in(office: Office, on: date) -> QuerySet[OutsideStudy]:
    """Return the courses of whoever holds a post that day in the office's units. Stricter than `OutsideStudy.objects.visible_to`:
    one's own courses and the roles of trainers and reviewers open nothing here.
    """
    if office.sees_all:
        return OutsideStudy.objects.visible_to(office.user)
    return OutsideStudy.objects.filter(user__in=people_under(office.units, on))


def studies_page(office: Office, state: str, q: str, number: str | int | None, on: date) -> StudyRoll:
    """Return one page of the list, what waits longest first, the rest by the latest answer. Four queries however long: counts, total, rows, posts."""
    found = studies_in(office, on)
    if q:
        found = found.filter(user__in=User.objects.named(q).values("pk"))
    counts = dict(found.order_by().values_list("state").annotate(count=Count("pk")))
    if state:
        found = found.filter(state=state)
    order = ("entered_at", "pk") if state == StudyState.WAITING else ("-decided_at", "-pk")
    page = Paginator(found.select_related("user").order_by(*order), PER_PAGE).get_page(number)
    studies = list(page.object_list)
    posts = posts_in(office, {study.user_id for study in studies}, on)
    rows = [StudyRow(study, next(iter(posts.get(study.user_id, [])), None)) for study in studies]
    return StudyRoll({name: counts.get(name, 0) for name in StudyState.values}, page, rows)


def study_record(office: Office, study: OutsideStudy, on: date) -> StudyRecord:
    """Return one course with its person's posts and whether this office answers it. Two queries; nobody answers their own."""
    waits = study.state == StudyState.WAITING and study.user_id != office.user.pk
    return StudyRecord(study, posts_in(office, [study.user_id], on).get(study.user_id, []), waits and may_manage(office, study.user_id, on))


def people_managed(office: Office, on: date) -> QuerySet[User]:
    """Return the people whose records the office keeps: a course may be entered for them. Oneself is not among them."""
    people = User.objects.exclude(pk=office.user.pk).filter(is_active=True)
    return people if office.sees_all else people.filter(pk__in=people_under(office.managed_units, on))
