"""Writes on units, posts and roles."""

from unions.services.errors import ParentEnded, RenamedTooEarly, UnionsError
from unions.services.people import change_facts, enter_person
from unions.services.posts import Term, appoint_person, correct_post, end_post, release_person, withdraw_post
from unions.services.roles import give_role, grant_role, take_role
from unions.services.units import change_unit, create_unit, rename_unit

__all__ = [
    "ParentEnded", "RenamedTooEarly", "Term", "UnionsError", "appoint_person", "change_facts", "change_unit", "correct_post",
    "create_unit", "end_post", "enter_person", "give_role", "grant_role", "release_person", "rename_unit", "take_role", "withdraw_post",
]
