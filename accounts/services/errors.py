"""What people ask of accounts and cannot have, and what to do instead."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class AccountError(Exception):
    """Base of the refusals; `field` says where on a form the message belongs."""

    code = "account_error"
    field: str | None = None
    message = _("This could not be saved. Try again.")


class PhoneTaken(AccountError):
    code = "phone_taken"
    field = "phone"
    message = _("This telephone number already has an account. Sign in with it, or ask your training manager.")


class EmailTaken(AccountError):
    code = "email_taken"
    field = "email"
    message = _("This e-mail address could not be used. Sign in with it, or ask your training manager.")


class EraseReasonMissing(AccountError):
    code = "erase_reason_missing"
    field = "reason"
    message = _("Write down why the data are erased.")


class NotOneself(AccountError):
    code = "not_oneself"
    message = _("Nobody erases their own account here. Ask another administrator.")


class MemberCodeTaken(AccountError):
    code = "member_code_taken"
    field = "member_code"
    message = _("This member code belongs to another account. Check each character, or ask your training manager.")


# Slips

class SlipSpent(AccountError):
    code = "slip_spent"
    message = _("This slip can no longer be used. Ask the training manager of your unit for a new one.")


class NoSignInName(AccountError):
    code = "no_sign_in_name"
    field = "phone"
    message = _("Write a telephone number, an e-mail address or a member code: you need one of them to sign in next time.")


class NoSlipFor(AccountError):
    """A slip is no way into this account: it is closed, or has rights that a slip must not give away."""

    code = "no_slip_for"
    message = _("This account has rights of its own, or is locked. Only a system administrator renews its password.")


class PhoneInUse(AccountError):
    code = "phone_in_use"
    field = "phone"
    message = _("Somebody else has this telephone number. Look whether there is a record of this person already.")


class EmailInUse(AccountError):
    code = "email_in_use"
    field = "email"
    message = _("Somebody else has this e-mail address. Look whether there is a record of this person already.")


class CodeInUse(AccountError):
    code = "code_in_use"
    field = "member_code"
    message = _("Somebody else has this member code. Look whether there is a record of this person already.")


# Requests about personal data

class AnswerMissing(AccountError):
    code = "answer_missing"
    field = "answer"
    message = _("Write an answer: what is done and by when, or why it cannot be done.")


class AnsweredMeanwhile(AccountError):
    """Somebody else has answered since the page was opened; without a time, the page is of before this request."""

    code = "answered_meanwhile"
    message = _("This page is older than the request. Read the request once more, then send your answer again.")

    def __init__(self, by=None, at=None):
        if at:
            self.message = _("%(person)s answered this request at %(time)s, after you had opened it. Your answer was not saved. Read theirs; if yours is still "
                             "needed, change it and send it again.") % _by_whom(by, at)
        super().__init__()


class RequestClosed(AccountError):
    code = "request_closed"
    message = _("This request has been closed meanwhile. Look at the answer that was given.")

    def __init__(self, by=None, at=None):
        if at:
            self.message = _("%(person)s closed this request at %(time)s, so your answer was not saved. Read the answer that was given; if something is "
                             "wrong in it, talk to whoever gave it.") % _by_whom(by, at)
        super().__init__()


def _by_whom(by, at) -> dict[str, str]:
    return {"person": by.full_name if by else _("The system"), "time": date_format(localtime(at), "H:i d/m/Y")}


class NotOwnRequest(AccountError):
    code = "not_own_request"
    message = _("Nobody answers their own request. Another administrator does.")
