"""What stands where on a day, and every row that a decision about units may write."""

from datetime import date

from django.apps import apps

from tests.factories import unions as factory
from unions.models import Unit, UnitPath
from unions.services import changes

DAY = date(2026, 7, 1)
DECISION = changes.Decision(DAY, "Sắp xếp lại tổ chức", "12/QĐ-LĐLĐ")
MODELS = ("Unit", "UnitName", "UnitPlacement", "UnitPath", "UnitFigures", "Post", "RoleGrant", "Unit_successors")


def rows() -> dict:
    """Every row of every table that a change may write."""
    return {name: sorted(apps.get_model("unions", name).objects.values_list(), key=repr) for name in MODELS}


def standing(day: date) -> set[str]:
    """The tree of a day as codes, "TH/HB/B1"."""
    codes = dict(Unit.objects.values_list("pk", "code"))
    paths = UnitPath.objects.on(day).values_list("path", flat=True)
    return {"/".join(codes[int(part)] for part in path.split("/") if part) for path in paths}


def todays() -> set[str]:
    codes = dict(Unit.objects.values_list("pk", "code"))
    return {"/".join(codes[int(part)] for part in unit.path.split("/") if part) for unit in Unit.objects.filter(active_until__isnull=True)}


def codes_of(caught) -> list[str]:
    return [obstacle.code for obstacle in caught.value.obstacles]


BEFORE = {"TH", "TH/HB", "TH/HN", "TH/HB/B1", "TH/HB/B2", "TH/HN/N1", "TH/P"}


def new(tree, code="X", **fields) -> changes.NewUnit:
    """A unit that takes the place of others, right under the province."""
    return changes.NewUnit(code, f"Công đoàn {code}", factory.unit_type(), tree["TH"], **fields)
