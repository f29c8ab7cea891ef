"""People, the log about them, the slips that let them in, and what they agreed to and asked for."""

from accounts.models.log import LogEntry
from accounts.models.people import ERASED_DOMAIN, ERASED_NAME, User
from accounts.models.privacy import Consent, PrivacyRequest, RetentionRun
from accounts.models.slips import SignInSlip

__all__ = ["ERASED_DOMAIN", "ERASED_NAME", "Consent", "LogEntry", "PrivacyRequest", "RetentionRun", "SignInSlip", "User"]
