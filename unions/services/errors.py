"""What cannot be done with units, posts and roles, and what to do instead."""

from django.utils.translation import gettext_lazy as _


class UnionsError(Exception):
    """Something that an office asked for cannot be done; `message` says what to do instead."""

    code = "unions"
    message = ""


class ParentEnded(UnionsError):
    code = "parent_ended"
    message = _("The unit above is no longer active on that day. Choose the unit that took its place.")


class ParentNotBegun(UnionsError):
    code = "parent_not_begun"
    message = _("The unit above did not exist yet on that day. Choose a later day, or correct the day from which the unit above is active.")


class RenamedTooEarly(UnionsError):
    code = "renamed_too_early"
    message = _("The unit has had its present name since a later day. Choose a later day.")


class PostOverlaps(UnionsError):
    """The person holds, held or will hold the same post in the same unit on some of these days: `post` is the other one."""

    code = "post_overlaps"

    def __init__(self, post):
        super().__init__(post)
        self.post = post
        days = {"since": f"{post.valid_from:%d/%m/%Y}", "until": f"{post.valid_until:%d/%m/%Y}" if post.valid_until else ""}
        self.message = (
            _("This person holds the same post in this unit from %(since)s until %(until)s. Choose days outside of it, or correct that post.") % days
            if post.valid_until else
            _("This person has held the same post in this unit since %(since)s. End that post first.") % days)


class UnitNotActive(UnionsError):
    """The unit is not there on some of the days."""

    code = "unit_not_active"

    def __init__(self, unit):
        super().__init__(unit)
        days = {"since": f"{unit.active_from:%d/%m/%Y}", "until": f"{unit.active_until:%d/%m/%Y}" if unit.active_until else ""}
        self.message = (
            _("The unit is active only from %(since)s until %(until)s. Choose days within, or the unit that took its place.") % days
            if unit.active_until else _("The unit is active only since %(since)s. Choose a later day.") % days)


class EndsBeforeItBegins(UnionsError):
    code = "ends_before_it_begins"
    message = _("The last day must lie after the first one.")


class PostEndedAlready(UnionsError):
    """Somebody ended the post before, on another day."""

    code = "post_ended_already"

    def __init__(self, post):
        super().__init__(post)
        self.message = _("This post ended already, on %(day)s. Correct it if that is the wrong day.") % {"day": f"{post.valid_until:%d/%m/%Y}"}


class PostChangedMeanwhile(UnionsError):
    code = "post_changed_meanwhile"
    message = _("Somebody else has changed this post meanwhile. Look at it once more before you save.")


class PostGone(UnionsError):
    code = "post_gone"
    message = _("This post is no longer there: somebody else has taken it back meanwhile.")


class RoleNotYours(UnionsError):
    code = "role_not_yours"
    message = _("You give and take roles only over your own units and those below, and none that reaches further than your own.")


class NotOwnRole(UnionsError):
    code = "not_own_role"
    message = _("Nobody gives themselves a role, or takes their own away. Ask another administrator.")


class PersonNotActive(UnionsError):
    code = "person_not_active"
    message = _("This account is closed. It can hold no role.")


class NotYourPerson(UnionsError):
    code = "not_your_person"
    message = _("This record is kept by somebody whose role reaches further than yours. Ask the unit above.")


class KeptElsewhere(UnionsError):
    """A post here would open the record, and by a slip the account, of another office's person."""

    code = "kept_elsewhere"
    message = _("This person belongs to another office. Ask the office above both units to enter the post.")


class ProbablyTheSame(UnionsError):
    """The unit knows somebody of this name and year of birth already."""

    code = "probably_the_same"

    def __init__(self, person):
        super().__init__(person)
        self.person = person
        self.message = _("The unit has somebody with this name and year of birth already. Add the post to that record, or tick that it is somebody else.")


class CodeTaken(UnionsError):
    code = "code_taken"
    message = _("Another unit has this code already. Enter a code of its own.")


class FutureDay(UnionsError):
    code = "future"
    message = _("This day is still to come. Enter a day up to today.")


class ReasonMissing(UnionsError):
    code = "reason_missing"
    message = _("Write down why: the reason stays with the history of the unit.")


class PlanChanged(UnionsError):
    code = "plan_changed"
    message = _("Something has changed since you looked at this. Look at the new preview, then confirm again.")


class ChangeRefused(UnionsError):
    """What stands in the way of a change of units; the first obstacle gives the code."""

    def __init__(self, obstacles):
        self.obstacles = tuple(obstacles)
        self.code = self.obstacles[0].code
        self.message = " ".join(str(obstacle.message) for obstacle in self.obstacles)
        super().__init__(self.message)


class UndoneAlready(UnionsError):
    code = "undone_already"
    message = _("This change has been undone already.")


class UndoTooLate(UnionsError):
    code = "undo_too_late"
    message = _("More than 24 hours have passed. Enter a new change that puts things right instead.")


class TouchedSince(UnionsError):
    code = "touched_since"
    message = _("Something that this change did has been changed since, so it can no longer be undone. Enter a new change instead.")


class RosterRefused(UnionsError):
    """A list cannot be brought in like this."""

    code = "roster"

    def __init__(self, message: str, *, code: str = ""):
        super().__init__(message)
        self.message, self.code = message, code or self.code


class Overtaken(RosterRefused):
    """Since the list was read, people or posts that it is about have changed: it has to be read again, and waits for that."""

    code = "overtaken"


class NotYourUnit(UnionsError):
    code = "not_your_unit"
    message = _("You do not manage this unit any more. Choose one of your units.")


class ListUnreadable(UnionsError):
    """A list as a whole cannot be read; the message says why."""

    code = "list_unreadable"

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message
