"""What an office asks for and cannot have, and what to do instead."""

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class TrainingError(Exception):
    """Something that an office asked for cannot be done; `message` says what to do instead."""

    code = "training"
    message = ""


# Reaching those who are missing

class NoOpenCourse(TrainingError):
    code = "no_open_course"
    message = _("None of the courses of this target is open. Publish one first, or choose others in the target.")


class TooManyAtOnce(TrainingError):
    """So many people are reached in the background."""

    code = "too_many_at_once"

    def __init__(self, count: int):
        super().__init__(count)
        self.count = count
        self.message = ngettext("%(count)s person is too many at once.", "%(count)s people are too many at once.", count) % {"count": count}


# Targets

class TargetError(TrainingError):
    """A target cannot be set like this; `field` says beside which field of the form that is told."""

    field = ""


class DueTooEarly(TargetError):
    code, field = "due_too_early", "due_on"
    message = _("This day lies before the day from which it counts.")


class DueBeforeYear(TargetError):
    code, field = "due_before_year", "due_on"
    message = _("This day lies before the year of the target.")


class NoCourse(TargetError):
    code, field = "no_course", "courses"
    message = _("Choose at least one course.")


class NoCertificateGiven(TargetError):
    code, field = "no_certificate_given", "need"

    def __init__(self, title: str):
        super().__init__(title)
        self.message = _("“%(course)s” gives no certificate. Ask for the course itself, or choose another one.") % {"course": title}


class SchemeElsewhere(TargetError):
    code, field = "scheme_elsewhere", "scheme"
    message = _("This scheme belongs to a unit that is not above this one. Choose another, or none.")


class SchemeOfOtherYears(TargetError):
    code, field = "scheme_of_other_years", "scheme"

    def __init__(self, scheme):
        super().__init__(scheme)
        self.message = _("This scheme runs from %(first)s to %(last)s. Choose another year or another scheme.") % {
            "first": scheme.year_from, "last": scheme.year_until}


class TargetsOutside(TargetError):
    code, field = "targets_outside", "year_until"
    message = _("Targets of the scheme lie outside these years. Change those targets first.")


class ChangedMeanwhile(TargetError):
    code = "changed_meanwhile"
    message = _("Somebody else has changed this meanwhile. Below stands what you entered; look at it once more and save again.")


class NotYourUnit(TargetError):
    code, field = "not_your_unit", "unit"
    message = _("Choose a unit that you manage.")


class TooManyNames(TrainingError):
    code = "too_many_names"

    def __init__(self, count: int):
        super().__init__(count)
        self.message = _("%(count)s names are too many for one file. Choose a unit further below.") % {"count": number_format(count, force_grouping=True)}
