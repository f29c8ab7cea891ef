"""What cannot be done with units, posts and roles, and what to do instead."""

from django.utils.translation import gettext_lazy as _


class UnionsError(Exception):
    """Something that an office asked for cannot be done; `message` says what to do instead."""

    code = "unions"
    message = ""


class ParentEnded(UnionsError):
    code = "parent_ended"
    message = _("The unit above is no longer active on that day. Choose the unit that took its place.")


class RenamedTooEarly(UnionsError):
    code = "renamed_too_early"
    message = _("The unit has had its present name since a later day. Choose a later day.")
