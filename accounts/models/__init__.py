"""People, the log about them, and the slips that let them in."""

from accounts.models.log import LogEntry
from accounts.models.people import ERASED_DOMAIN, ERASED_NAME, User
from accounts.models.slips import SignInSlip

__all__ = ["ERASED_DOMAIN", "ERASED_NAME", "LogEntry", "SignInSlip", "User"]
