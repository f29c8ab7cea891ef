"""What people agreed to, and what follows from it for lists and letters."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.enums import ConsentPurpose, RequestKind, RequestState
from accounts.models import Consent, PrivacyRequest, User
from accounts.wording import CONSENT_NOW, CONSENT_WORDS

# What somebody may say yes or no to. The notice is acknowledged, not agreed to.
ASKED = (ConsentPurpose.REMINDERS, ConsentPurpose.RANKING)


@dataclass(frozen=True)
class Asked:
    """One consent as its person sees it: the words of today, and what they said."""

    purpose: str
    words: str
    standing: Consent | None

    @property
    def said_to(self) -> str:
        """The words that were agreed to, which may be older ones."""
        return str(CONSENT_WORDS.get((self.purpose, self.standing.text_version), "")) if self.standing else ""

    @property
    def is_older(self) -> bool:
        return self.standing is not None and self.standing.text_version != CONSENT_NOW


@dataclass(frozen=True)
class Consents:
    asked: list[Asked]
    past: list[Consent]
    notice: Consent | None


def consents_of(user: User) -> Consents:
    """Return what the person agreed to, agrees to, and is asked. One query."""
    rows = list(Consent.objects.filter(user=user).order_by("-given_at", "-pk"))
    standing = {row.purpose: row for row in rows if row.withdrawn_at is None}
    asked = [Asked(purpose, str(CONSENT_WORDS[purpose, CONSENT_NOW]), standing.get(purpose)) for purpose in ASKED]
    return Consents(asked, [row for row in rows if row.withdrawn_at and row.purpose in ASKED], standing.get(ConsentPurpose.NOTICE))


def has_seen_notice(user: User) -> bool:
    """Say whether the person has acknowledged how personal data are used. One query."""
    return Consent.objects.filter(user=user, purpose=ConsentPurpose.NOTICE, withdrawn_at=None).exists()


def allows(purpose: str, person: str = "pk") -> Q:
    """Return a condition on rows whose `person` is a user: they said yes, or were never asked and have restricted nothing.

    Who has been asked and did not say yes, said no: silence is not consent (Law 91/2025/QH15, Art. 9). Who never was, in an account that an office
    keeps, is reached as part of the office's own duty until they are asked at their next sign-in.
    """
    theirs = Consent.objects.filter(user=OuterRef(person))
    restricted = PrivacyRequest.objects.filter(user=OuterRef(person), kind=RequestKind.RESTRICT, state=RequestState.DONE)
    return Q(Exists(theirs.filter(purpose=purpose, withdrawn_at=None))) | (~Q(Exists(theirs)) & ~Q(Exists(restricted)))


def may_be(purpose: str, user: User) -> bool:
    """Say whether one person allows this, as `allows` does. One query."""
    return User.objects.filter(allows(purpose), pk=user.pk).exists()
