"""What is done with accounts."""

from accounts.services.accounts import (
    change_profile,
    choose_language,
    keep_only_address,
    mark_mailbox_held,
    register_person,
    remove_second_factor,
    request_email_change,
)
from accounts.services.consents import acknowledge_notice, give_consent, set_consents, withdraw_consent
from accounts.services.erasing import erase_person, preview_erasure
from accounts.services.errors import AccountError, EmailTaken, EraseReasonMissing, NotOneself, PhoneTaken
from accounts.services.log import LOOKS_KEPT, forget_old_looks, note, note_changes, note_look, note_many
from accounts.services.people import Facts, change_person, make_person
from accounts.services.sessions import end_all_others, end_other_sessions, end_session

__all__ = [
    "LOOKS_KEPT", "AccountError", "EmailTaken", "EraseReasonMissing", "Facts", "NotOneself", "PhoneTaken", "acknowledge_notice",
    "change_person", "change_profile", "choose_language", "end_all_others", "end_other_sessions", "end_session", "erase_person", "forget_old_looks", "give_consent",
    "keep_only_address", "make_person", "mark_mailbox_held", "note", "note_changes", "note_look", "note_many", "preview_erasure", "register_person", "remove_second_factor", "request_email_change", "set_consents",
    "withdraw_consent",
]
