"""Closed lists of the accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gender(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")


class Language(models.TextChoices):
    VIETNAMESE = "vi", _("Vietnamese")
    ENGLISH = "en", _("English")


class Act(models.TextChoices):
    """What somebody did with a person's record."""

    LOOKED = "looked", _("Looked at the record")
    EXPORTED = "exported", _("Wrote the record into a file")
    MADE = "made", _("Made the account")
    CHANGED = "changed", _("Changed the record")
    APPOINTED = "appointed", _("Entered a post")
    POST_ENDED = "post_ended", _("Ended a post")
    POST_CHANGED = "post_changed", _("Corrected a post")
    ROLE_GIVEN = "role_given", _("Gave a role")
    ROLE_TAKEN = "role_taken", _("Took a role away")
    SLIP_MADE = "slip_made", _("Made a sign-in slip")
    SLIP_USED = "slip_used", _("Signed in with a slip")
    SLIP_CANCELLED = "slip_cancelled", _("Made a sign-in slip invalid")
    ENROLLED = "enrolled", _("Enrolled in a course")
    ASSIGNED = "assigned", _("Required a course")
    REMINDED = "reminded", _("Sent a reminder")
    JOINED = "joined", _("Joined by a class code")
    MERGED = "merged", _("Joined two records into one")


# Kept a year; the rest is kept as long as the account.
LOOKS = (Act.LOOKED, Act.EXPORTED)


class SlipKind(models.TextChoices):
    FIRST = "first", _("First sign-in")
    RESET = "reset", _("New password")


class ConsentPurpose(models.TextChoices):
    """What somebody agrees to, each by itself (Law 91/2025/QH15, Art. 9). The name on the verification page is kept with certificates."""

    NOTICE = "notice", _("Has read how personal data are used")
    RANKING = "ranking", _("Name in the rankings of contests")
    REMINDERS = "reminders", _("Letters that remind of courses")


class RequestKind(models.TextChoices):
    """What somebody may ask to be done with their data (Law 91/2025/QH15, Art. 4)."""

    ACCESS = "access", _("See what is kept about me")
    CORRECT = "correct", _("Correct what is wrong")
    ERASE = "erase", _("Delete my data")
    RESTRICT = "restrict", _("Use my data less, or not at all")
    COMPLAIN = "complain", _("Complain")


class RequestState(models.TextChoices):
    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered, being done")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
