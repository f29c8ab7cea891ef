"""The demonstration's targets with their scheme, and the courses that its offices require."""

from datetime import datetime

import yaml
from django.db import transaction

from accounts.models import User
from courses.models import CoursePage
from learning.models import AssignmentRule
from lms.demo.load import CONTENT
from training.models import Scheme, Target
from unions.models import Audience, PostKind, Unit, UnitType

YEAR = 2026


@transaction.atomic
def load_goals(*, by: User, now: datetime) -> list[AssignmentRule]:
    """Make the targets where the province has none yet, and the rules where nobody has one; return the rules that were made, still to be settled."""
    data = yaml.safe_load((CONTENT / "targets.yaml").read_text(encoding="utf-8"))
    courses = {course.code: course for course in CoursePage.objects.filter(code__startswith="KH")}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=["TH", *(row["unit"] for row in data["rules"])])}
    if not Target.objects.filter(unit=units["TH"]).exists():
        schemes = {row["key"]: _scheme(row, units) for row in data["schemes"]}
        for row in data["targets"]:
            if courses.keys() >= set(row["courses"]):
                _target(row, data, units["TH"], schemes, by, now).courses.set([courses[code] for code in row["courses"]])
    rules = [] if AssignmentRule.objects.exists() else data["rules"]
    return [_rule(row, units, courses[row["course"]], by, now) for row in rules if row["course"] in courses]


def _scheme(row: dict, units: dict[str, Unit]) -> Scheme:
    facts = {"decision_number": row["decision"], "year_from": row["from"], "year_until": row["until"]}
    return Scheme.objects.get_or_create(unit=units[row["unit"]], title=row["title"], defaults=facts)[0]


def _target(row: dict, data: dict, unit: Unit, schemes: dict[str, Scheme], by: User, now: datetime) -> Target:
    return Target.objects.create(
        unit=unit, year=YEAR, title=row["title"], scheme=schemes.get(row.get("scheme")), decision_number=data["decision"],
        audience=_audience(row["audience"]), need=row.get("need", "course"), match=row.get("match", "all"), since=row.get("since"),
        percentage=row.get("percent", 100), due_on=row["due"], made_by=by, made_at=now)


def _rule(row: dict, units: dict[str, Unit], course: CoursePage, by: User, now: datetime) -> AssignmentRule:
    facts = {name: row[name] for name in ("starts_on", "recurs_months", "due_on", "due_days") if name in row}
    return AssignmentRule.objects.create(
        unit=units[row["unit"]], title=row["title"], decision_number=row.get("decision", ""), course=course,
        audience=_audience(row["audience"]), made_by=by, made_at=now, **facts)


def _audience(row: dict) -> Audience:
    plain = {name: value for name, value in row.items() if name not in ("from_kind", "kinds", "unit_types")}
    kind = PostKind.objects.get(slug=row["from_kind"]) if "from_kind" in row else None
    audience = Audience.objects.create(from_kind=kind, **plain)
    audience.kinds.set(PostKind.objects.filter(slug__in=row.get("kinds", [])))
    audience.unit_types.set(UnitType.objects.filter(name__in=row.get("unit_types", [])))
    return audience
