"""What people ask of accounts and cannot have, and what to do instead."""

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
