"""Reads over units, posts and roles: `scopes` who may see and do what, `people` where somebody stands, `units` the tree."""

from unions.selectors.people import Standing, unit_of, units_of, visible_people
from unions.selectors.scopes import Office, office_of
from unions.selectors.units import UnitOption, unit_options

__all__ = ["Office", "Standing", "UnitOption", "office_of", "unit_of", "unit_options", "units_of", "visible_people"]
