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
from accounts.services.erasing import erase_person
from accounts.services.errors import AccountError, EmailTaken, EraseReasonMissing, NotOneself, PhoneTaken
from accounts.services.log import LOOKS_KEPT, forget_old_looks, note, note_changes, note_look, note_many
from accounts.services.people import Facts, change_person, make_person

__all__ = [
    "LOOKS_KEPT", "AccountError", "EmailTaken", "EraseReasonMissing", "Facts", "NotOneself", "PhoneTaken", "change_person", "change_profile",
    "choose_language", "erase_person", "forget_old_looks", "keep_only_address", "make_person", "mark_mailbox_held", "note", "note_changes",
    "note_look", "note_many", "register_person", "remove_second_factor", "request_email_change",
]
