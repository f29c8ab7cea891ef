"""What a person has done with a course, and what is asked of them."""

from learning.models.assignments import Assignment, AssignmentRule
from learning.models.records import Completion, Enrolment, OutsideStudy, StepRecord

__all__ = ["Assignment", "AssignmentRule", "Completion", "Enrolment", "OutsideStudy", "StepRecord"]
