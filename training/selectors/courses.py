"""The list's sums by course."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from courses.models import CoursePage
from training.selectors.learners import Filters, has_valid_certificate, roll_of
from unions.selectors.scopes import Office


@dataclass(frozen=True)
class CourseSums:
    """How many people of one course, or of all, stand where."""

    title: str
    slug: str = ""
    enrolled: int = 0
    not_begun: int = 0
    under_way: int = 0
    finished: int = 0
    certificates: int = 0

    @property
    def finished_fraction(self) -> float:
        return self.finished / self.enrolled if self.enrolled else 0.0


NUMBERS = ("enrolled", "not_begun", "under_way", "finished", "certificates")


def sums_by_course(office: Office, filters: Filters, on: date) -> tuple[list[CourseSums], CourseSums]:
    """Return the sums of every course that is open or was ever taken, by title, and the sums of them all. Three queries."""
    learning = Q(completion__isnull=True)
    roll = roll_of(office, filters, on).order_by()
    counted = roll.values("course_id").annotate(
        enrolled=Count("pk"), finished=Count("completion__pk"),
        not_begun=Count("pk", filter=learning & Q(last_seen_at__isnull=True)),
        under_way=Count("pk", filter=learning & Q(last_seen_at__isnull=False)))
    numbers = {row.pop("course_id"): row for row in counted}
    # By themselves: asked for each enrolment, papers would take most of the time.
    for course, papers in roll.filter(has_valid_certificate()).values_list("course_id").annotate(papers=Count("pk")):
        numbers[course]["certificates"] = papers
    courses = CoursePage.objects.order_by("title").values_list("pk", "title", "slug", "live")
    sums = [CourseSums(title, slug, **numbers.get(pk, {})) for pk, title, slug, live in courses if live or pk in numbers]
    return sums, CourseSums("", **{name: sum(getattr(row, name) for row in sums) for name in NUMBERS})
