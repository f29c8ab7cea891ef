"""What cannot be done to the register, and what to do instead."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from certificates.signing import SigningError


class CertificateError(Exception):
    """Something asked of the register cannot be done; `message` says what to do instead."""

    code = "certificate"
    message = ""


class NotComplete(CertificateError):
    code = "not_complete"
    message = _("This person has not completed the course yet.")


class NoIssuer(CertificateError):
    code = "no_issuer"
    message = _("No unit is set up to issue certificates. Enter one under “Issuing units” first.")


class AlreadyRevoked(CertificateError):
    code = "already_revoked"
    message = _("This certificate has been revoked already.")


class NotValid(CertificateError):
    code = "not_valid"
    message = _("This certificate was replaced, so there is nothing to revoke. Revoke the one that stands in its place.")


class AlreadyReplaced(CertificateError):
    code = "already_replaced"
    message = _("Another certificate has replaced this one already. Use the newest one.")


class ReasonMissing(CertificateError):
    code = "reason_missing"
    message = _("Write down the reason.")


# Lists that are issued by decision

class NotYours(CertificateError):
    code = "not_yours"
    message = _("This list is not open to you any more.")


class DiplomaNotAllowed(CertificateError):
    code = "diploma_not_allowed"
    message = _("This unit may not issue “Chứng chỉ”. Choose a design of a “Giấy chứng nhận”, or enter the permission under “Issuing units”.")


class NobodyOnList(CertificateError):
    code = "nobody_on_list"
    message = _("Nobody is on the list yet. Choose people first.")


class DecidedAlready(CertificateError):
    """Somebody else decided the list first."""

    code = "decided_already"

    def __init__(self, run):
        self.message = _("%(person)s decided this list already, at %(time)s: decision %(number)s. Nothing was decided a second time.") % {
            "person": run.decided_by or _("The system"), "time": date_format(localtime(run.decided_at), "H:i d/m/Y"), "number": run.decision_number}
        super().__init__()


class ListIsOver(CertificateError):
    code = "list_is_over"
    message = _("This list is closed: it cannot be changed any more. Make a new one.")


# What only the holder may do

class NotHolder(CertificateError):
    code = "not_holder"
    message = _("Only the holder switches the public page of a certificate off and on.")


# Keys that sign QR codes

class UnknownKey(CertificateError):
    code = "unknown_key"
    message = _("No key, or more than one, begins like this. `signing_keys list` shows all fingerprints.")


class KeyInUse(CertificateError):
    code = "key_in_use"
    message = _("This key signs at present. Set another CERTIFICATE_SIGNING_KEY and restart; this one is then retired by itself.")


class KeyCompromised(CertificateError):
    code = "key_compromised"
    message = _("The key that would sign is marked as known to others. Set a new CERTIFICATE_SIGNING_KEY and restart, then issue again.")


# Digital badges

class NoBadge(CertificateError):
    code = "no_badge"
    message = _("There is no digital badge for this paper: it was revoked, replaced, or issued before the register was kept here.")


# Digital signatures

class NotSigned(CertificateError):
    """The paper could not be signed, so nothing was issued; code and message are those of what went wrong with the key."""

    def __init__(self, error: SigningError) -> None:
        self.code, self.message = error.code, error.message
        super().__init__()


# Changes of the register

class NothingToCorrect(CertificateError):
    code = "nothing_to_correct"
    message = _("The register says this already. Nothing was changed.")


class NotToCorrect(CertificateError):
    code = "not_to_correct"
    message = _("This certificate has been revoked, so it is not corrected any more. Issue a new one in its place.")


class ChangedMeanwhile(CertificateError):
    code = "changed_meanwhile"
    message = _("Somebody else has changed this certificate meanwhile. Look at it once more before you correct it.")


class NameMissing(CertificateError):
    code = "name_missing"
    message = _("Write the holder's full name.")


class PeriodBackwards(CertificateError):
    code = "period_backwards"
    message = _("The training ends before it begins. Look at both days.")


# Renewal

class NotRenewable(CertificateError):
    code = "not_renewable"
    message = _("This certificate cannot be renewed: it has no end, was revoked, replaced or renewed already. Look at the newest one.")


class RenewalNotOpen(CertificateError):
    """The end is still far away."""

    code = "renewal_not_open"

    def __init__(self, opens_on):
        self.message = _("This certificate can be renewed from %(day)s on.") % {"day": date_format(opens_on, "d/m/Y")}
        super().__init__()


class RenewalAwaitsDecision(CertificateError):
    code = "renewal_awaits_decision"
    message = _("You have done what renewal takes. The new certificate is issued by decision; there is nothing more to do.")


class NothingToPrint(CertificateError):
    code = "nothing_to_print"
    message = _("No paper of this list is issued yet, so there is nothing to print.")


class TooManyToPrint(CertificateError):
    """A book that nobody could bind."""

    code = "too_many_to_print"

    def __init__(self, count: int, most: int):
        self.message = _("%(count)d certificates are too many for one printed book (%(most)d at most). Choose a shorter period, or export to Excel.") % {
            "count": count, "most": most}
        super().__init__()
