"""What learners ask for and cannot have, and what to do instead."""

from django.utils.translation import gettext_lazy as _


class LearningError(Exception):
    """Something that a learner asked for cannot be done; `message` says what to do instead."""

    code = "learning"
    message = ""


class CourseClosed(LearningError):
    code = "course_closed"
    message = _("This course is not open at the moment. Choose another one in the catalogue.")


class CourseEmpty(LearningError):
    code = "course_empty"
    message = _("This course is still being written. Come back in a few days.")


# Courses taken elsewhere

class StudyDecided(LearningError):
    code = "study_decided"
    message = _("This course was decided on meanwhile, so it can no longer be changed. If the answer is wrong, enter the course anew.")


class StudyChanged(LearningError):
    code = "study_changed"
    message = _("The person has corrected this course meanwhile. Look at it once more before you answer.")


class StudyNotYours(LearningError):
    code = "study_not_yours"
    message = _("Only whoever took the course changes or withdraws it.")


class OwnStudy(LearningError):
    code = "own_study"
    message = _("Nobody approves their own course. Ask another administrator.")


class AnswerMissing(LearningError):
    code = "answer_missing"
    message = _("Write down why the course is not approved.")


class ProofRefused(LearningError):
    """The file cannot be taken; `message` says why."""

    code = "proof_refused"

    def __init__(self, message):
        self.message = message
        super().__init__()


# Required courses

class RuleEnded(LearningError):
    code = "rule_ended"
    message = _("This rule was ended meanwhile, so it can no longer be changed. Make a new one.")


class NoCertificateGiven(LearningError):
    code = "no_certificate_given"
    message = _("This course gives no certificate. Ask for the course itself, or choose another one.")


class DueTooEarly(LearningError):
    code = "due_too_early"
    message = _("This day has passed, or lies before the rule begins. Choose a later one.")
