"""Reads of learning: `places` where somebody stands, `done` who has done a course by a day, `assignments` what is required of whom."""

from learning.selectors.places import (
    Home,
    ModulePlace,
    Place,
    Required,
    StepPlace,
    enrolment_at,
    enrolment_by_context,
    enrolment_in,
    enrolment_reading,
    enrolments_of,
    facts_by_page,
    facts_of,
    home_of,
    newest_rules,
    place_of,
    rule_of,
    studies_of,
)

__all__ = [
    "Home", "ModulePlace", "Place", "Required", "StepPlace", "enrolment_at", "enrolment_by_context", "enrolment_in", "enrolment_reading", "enrolments_of", "facts_by_page", "facts_of", "home_of", "newest_rules", "place_of", "rule_of", "studies_of",
]
