"""Writes on units, posts and roles."""

from unions.services.errors import ParentEnded, RenamedTooEarly, UnionsError
from unions.services.posts import appoint_person, release_person
from unions.services.roles import grant_role
from unions.services.units import change_unit, create_unit, rename_unit

__all__ = [
    "ParentEnded", "RenamedTooEarly", "UnionsError", "appoint_person", "change_unit", "create_unit", "grant_role", "release_person", "rename_unit",
]
