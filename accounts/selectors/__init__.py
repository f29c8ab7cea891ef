"""Reads over accounts: who is meant by a login, who may reset a password, how an account is guarded."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import override

from accounts.enums import Gender
from accounts.models import LogEntry, User

LINES_OF_LOG = 50
_SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


@dataclass(frozen=True)
class Guard:
    """How a person gets into their account."""

    email: str
    email_is_proved: bool
    email_waiting: str
    has_app: bool
    key_count: int

    @property
    def has_second_factor(self) -> bool:
        return self.has_app or self.key_count > 0


def guard_of(user: User) -> Guard:
    """Describe how a person gets into their account (2 queries)."""
    proved, waiting = set(), ""
    for email, verified in EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", "verified"):
        if verified:
            proved.add(email)
        elif email != user.email:
            waiting = email
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return Guard(
        email=user.email or "", email_is_proved=user.email in proved, email_waiting=waiting,
        has_app=Authenticator.Type.TOTP in kinds, key_count=kinds.count(Authenticator.Type.WEBAUTHN))


def second_factors_of(user: User) -> set[str]:
    """Return the kinds of second factor that a person has, without recovery codes (1 query)."""
    return set(Authenticator.objects.filter(user=user, type__in=_SECOND_FACTORS).values_list("type", flat=True))


def person_by_login(*, email: str = "", phone: str = "", member_code: str = "") -> User | None:
    """Find whose login this is, waiting e-mail addresses included, so that all names of an account share one count of tries (at most 3 queries)."""
    if phone:
        return User.objects.filter(phone=phone).first()
    if member_code:
        return User.objects.filter(member_code=member_code).first()
    if not email:
        return None
    waiting = EmailAddress.objects.filter(email=email).order_by("-verified", "pk").values("user")
    return User.objects.filter(email=email).first() or User.objects.filter(pk__in=waiting[:1]).first()


def sign_in_names_of(user: User) -> dict[str, str]:
    """Return what the person may sign in with, by kind, an address that is not proved yet included (at most 1 query)."""
    names = {"phone": user.phone_shown, "email": user.email or "", "member_code": user.member_code or ""}
    if not any(names.values()):
        names["email"] = EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", flat=True).first() or ""
    return {kind: name for kind, name in names.items() if name}


def may_have_slips() -> QuerySet[User]:
    """Return the people whose account a slip may open: active, and with no more rights than any learner has (1 query when read).

    Whoever may make a slip would else come into accounts that may more than theirs.
    """
    groups = User.groups.through.objects.filter(user=OuterRef("pk"))
    rights = User.user_permissions.through.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(~Exists(groups), ~Exists(rights), is_active=True, is_staff=False, is_superuser=False)


def people_who_reset(email: str) -> list[User]:
    """List the active people to whom a link for a new password may be sent at this address (1 query).

    Only an address that its holder has proved, that an office has typed or that is the account's only name counts:
    through a mistyped one a stranger would walk in.
    """
    return list(User.objects.filter(email=email, is_active=True))


def waits_for_email(user: User) -> bool:
    """Tell whether a person who signed up by e-mail alone has still to open the link that was sent there (1 query).

    Accounts made by an office have no primary address until it is proved; they, and everybody with a telephone number, enter at once.
    """
    if user.phone or user.last_login:
        return False
    return EmailAddress.objects.filter(user=user, email=user.email, primary=True, verified=False).exists()


def facts_in_words(person: User) -> dict[str, str]:
    """Return what is known of a person as the log keeps it: Vietnamese, days as 20/11/2026, "" for what is not known. No query."""
    with override("vi"):
        gender = str(Gender(person.gender).label) if person.gender else ""
    born = f"{person.date_of_birth:%d/%m/%Y}" if person.date_of_birth else ""
    return {
        "full_name": person.full_name, "given_name": person.given_name, "gender": gender, "birth_year": str(person.birth_year or ""),
        "date_of_birth": born, "phone": person.phone_shown, "email": person.email or "", "member_code": person.member_code or "",
    }


def log_page(person: User, number: str | int | None) -> Page:
    """Return one page of who looked at and changed the person's record, the latest first. Two queries however long."""
    entries = LogEntry.objects.filter(about=person).select_related("by").order_by("-at", "-pk")
    return Paginator(entries, LINES_OF_LOG).get_page(number)


def mailbox_of(user: User) -> str:
    """Return the address at which the person may be written to, empty without one: an address that waits for its proof may be a stranger's (1 query)."""
    if not user.email or not user.is_active:
        return ""
    return "" if EmailAddress.objects.filter(user=user, email=user.email, verified=False).exists() else user.email
