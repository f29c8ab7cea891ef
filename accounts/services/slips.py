"""Slips with a one-time code (docs/adr/0008-who-gets-into-an-account.md).

Keeps true: a code is told once, to whoever makes it, and stored as a digest; one slip opens for a person at a time, once; nobody gets into
an account with rights of its own through a slip; every act stands in the person's log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import codes, selectors
from accounts.enums import Act, SlipKind
from accounts.models import SignInSlip, User
from accounts.services.errors import AccountError, EmailTaken, MemberCodeTaken, NoSignInName, NoSlipFor, PhoneTaken, SlipSpent
from accounts.services.log import note, note_many
from accounts.services.sessions import end_other_sessions
from vietnamese import phones

# Eleven characters at random and one that checks them: 23¹¹ or about 50 bits.
LENGTH = 12
GOOD_FOR = {SlipKind.FIRST: timedelta(days=30), SlipKind.RESET: timedelta(days=3)}
CHUNK = 1000
# Stands in the log, which keeps one language.
_SAID = {SlipKind.FIRST: "Đăng nhập lần đầu", SlipKind.RESET: "Đặt mật khẩu mới"}
_SALT = "accounts.slips"


@dataclass(frozen=True)
class MadeSlip:
    """What is printed: the only place where the code stands in clear."""

    user_id: int
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class FoundSlip:
    """What a typed code stands for: a slip that opens, or none; and whether it was ever one."""

    slip: SignInSlip | None
    is_known: bool


def make_slips(*, people: Iterable[int], by: User, now: datetime, kind: str = SlipKind.FIRST) -> list[MadeSlip]:
    """Make a slip for each of these people, by id and in their order, and return the codes; the former slip of each opens nothing any more.

    A slip is good until the end of the thirtieth day, one for a new password of the third. Locks the people. Whose slip one may make is
    for the caller to know; here only accounts are refused that a slip must not open.

    :raises NoSlipFor: when one of them is closed, an administrator, or has rights of their own; no slip is made then.
    """
    wanted = list(dict.fromkeys(people))
    expires_at = _end_of_day(now + GOOD_FOR[SlipKind(kind)])
    with transaction.atomic():
        allowed = set()
        for chunk in _chunks(sorted(wanted)):
            allowed.update(selectors.may_have_slips().filter(pk__in=chunk).order_by("pk").select_for_update().values_list("pk", flat=True))
        if len(allowed) < len(wanted):
            raise NoSlipFor
        for chunk in _chunks(wanted):
            _cancel(SignInSlip.objects.filter(user__in=chunk), by=by, now=now)
        made = [MadeSlip(pk, codes.new_code(LENGTH), expires_at) for pk in wanted]
        SignInSlip.objects.bulk_create([
            SignInSlip(user_id=slip.user_id, kind=kind, digest=digest_of(slip.code), made_by=by, made_at=now, expires_at=expires_at)
            for slip in made], batch_size=CHUNK)
        note_many(about=wanted, act=Act.SLIP_MADE, by=by, now=now, subject=_SAID[SlipKind(kind)])
    return made


def cancel_slip(*, user: User, by: User, now: datetime) -> bool:
    """Let the person's slip open nothing any more; say whether there was one that did. Safe to call twice."""
    with transaction.atomic():
        return bool(_cancel(SignInSlip.objects.filter(user=user), by=by, now=now))


def look_up_slip(*, code: str, now: datetime) -> FoundSlip:
    """Return the slip that this code opens now, if any: unknown, used, cancelled and run out cost the same. One query.

    :param code: as `accounts.codes.understood`. A slip made under a former SECRET_KEY is found while that key stands in SECRET_KEY_FALLBACKS.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    found = SignInSlip.objects.select_related("user").filter(digest__in=[digest_of(code, key) for key in keys]).first()
    return FoundSlip(found if found is not None and _opens(found, now) else None, found is not None)


def slip_in_hand(*, key: int, now: datetime) -> SignInSlip | None:
    """Return the slip whose code was told a moment ago, if it still opens. One query."""
    found = SignInSlip.objects.select_related("user").filter(pk=key).first()
    return found if found is not None and _opens(found, now) else None


def digest_of(code: str, secret: str | None = None) -> str:
    """Return what is stored of a code: HMAC-SHA-256 under the site's secret key."""
    return salted_hmac(_SALT, code, secret=secret, algorithm="sha256").hexdigest()


def use_slip(
    *, slip: SignInSlip, password: str, now: datetime, phone: str | None = None, email: str | None = None, member_code: str | None = None,
) -> User:
    """Set the password of the slip's person, with a name to sign in by where the account lacks it; the slip opens nothing any more.

    An e-mail address waits as an unverified one until its mailbox has answered (docs/adr/0008): it signs in, and resets nothing before.
    Locks the person and the slip: of two at once one comes in.

    :raises SlipSpent: when the slip was used, cancelled or has run out meanwhile, or must not open this account any more.
    :raises NoSignInName: when the account would have nothing to sign in with.
    :raises PhoneTaken, EmailTaken, MemberCodeTaken: when it belongs to somebody else.
    """
    with transaction.atomic():
        person = selectors.may_have_slips().filter(pk=slip.user_id).select_for_update().first()
        locked = SignInSlip.objects.select_for_update().filter(pk=slip.pk).first()
        if person is None or locked is None or not _opens(locked, now, check_person=False):
            raise SlipSpent
        changes = _give_names(person, phone=phone, email=email, member_code=member_code)
        person.set_password(password)
        _save(person)
        SignInSlip.objects.filter(pk=locked.pk).update(used_at=now)
        end_other_sessions(user=person, but=None)
        note(about=person, act=Act.SLIP_USED, by=person, now=now, subject=_SAID[SlipKind(locked.kind)])
        if changes:
            note(about=person, act=Act.CHANGED, by=person, now=now, changes=changes)
    return person


def _give_names(person: User, *, phone: str | None, email: str | None, member_code: str | None) -> dict:
    """Put in what the account lacks; what it has is changed in the profile, not through a slip."""
    changes = {}
    if phone and not person.phone:
        person.phone, person.phone_verified_at, changes["phone"] = phone, None, ["", phones.shown(phone)]
    if member_code and not person.member_code:
        person.member_code, changes["member_code"] = member_code, ["", member_code]
    if email and not person.email:
        if User.objects.filter(email=email).exists() or EmailAddress.objects.filter(email=email, verified=True).exclude(user=person).exists():
            raise EmailTaken
        EmailAddress.objects.get_or_create(user=person, email=email, defaults={"primary": False, "verified": False})
        changes["email"] = ["", email]
    if not (person.phone or person.email or person.member_code or EmailAddress.objects.filter(user=person).exists()):
        raise NoSignInName
    return changes


def _save(person: User) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise _what_is_taken(person) from error


def _what_is_taken(person: User) -> AccountError:
    others = User.objects.exclude(pk=person.pk)
    if person.phone and others.filter(phone=person.phone).exists():
        return PhoneTaken()
    if person.member_code and others.filter(member_code=person.member_code).exists():
        return MemberCodeTaken()
    return AccountError()


def _opens(slip: SignInSlip, now: datetime, *, check_person: bool = True) -> bool:
    """No query: what else keeps an account shut is asked under the lock, when the slip is used."""
    is_open = slip.used_at is None and slip.cancelled_at is None and slip.expires_at > now
    return is_open and (not check_person or (slip.user.is_active and not slip.user.is_staff and not slip.user.is_superuser))


def _cancel(slips, *, by: User, now: datetime) -> int:
    """Close the slips that are not used, and note those that would still have opened."""
    unused = slips.filter(used_at__isnull=True, cancelled_at__isnull=True)
    opened = list(unused.filter(expires_at__gt=now).values_list("user", flat=True))
    unused.update(cancelled_at=now)
    note_many(about=opened, act=Act.SLIP_CANCELLED, by=by, now=now)
    return len(opened)


def _end_of_day(moment: datetime) -> datetime:
    day = timezone.localdate(moment) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.min))


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start:start + CHUNK] for start in range(0, len(ids), CHUNK))
