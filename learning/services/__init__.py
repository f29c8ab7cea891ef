"""Writes on what people do: enrolling, reading, passing, completing. All safe to call twice; facts only move forward."""

from learning.services.cycles import start_cycle
from learning.services.enrolment import enrol_learner, enrol_many
from learning.services.errors import CourseClosed, CourseEmpty, LearningError
from learning.services.outside import StudyFacts, correct_study, decide_study, enter_study, forget_studies, withdraw_study
from learning.services.progress import ACTIVE_WITHIN, open_step, record_reading, record_result, recount_course, update_completion

__all__ = [
    "ACTIVE_WITHIN", "CourseClosed", "CourseEmpty", "LearningError", "StudyFacts", "correct_study", "decide_study", "enrol_learner", "enrol_many",
    "enter_study", "forget_studies", "open_step", "record_reading", "record_result", "recount_course", "start_cycle",
    "update_completion", "withdraw_study",
]
