"""Erasing a person: what says who they were goes, what others must keep points at a nameless row."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import override
from wagtail.admin.models import EditingSession, FormState
from wagtail.log_actions import log
from wagtail.models import APIToken, ModelLogEntry, PageSubscription
from wagtail.users.models import UserProfile

from accounts.enums import Language, RequestKind, RequestState
from accounts.models import ERASED_DOMAIN, ERASED_NAME, Consent, LogEntry, PrivacyRequest, SignInSlip, User
from accounts.records import Fate
from accounts.selectors import personal
from accounts.services.errors import EraseReasonMissing, NotOneself
from accounts.services.sessions import end_other_sessions
from accounts.signals import erasure_previewed, person_erased

ERASED = "accounts.erase"
# Within this time whoever erased is telling the floors above themselves.
BEING_TOLD = timedelta(minutes=2)


def erase_person(*, user: User, by: User | None, now: datetime, reason: str) -> User:
    """Take everything out of an account that says who the person was, and close it; what others must keep points at a nameless row.

    Sends `person_erased` after commit, so that the floors above forget their part (Law 91/2025/QH15, Art. 4 and 14); the entry of the log says
    whether all of them did, and `finish_erasures` goes on where they did not. Safe to call twice. Locks the person.

    :param by: None for the programme, when a restore has brought somebody back.
    :raises EraseReasonMissing: without a reason.
    :raises NotOneself: when somebody would erase themselves.
    """
    reason = reason.strip()
    if not reason:
        raise EraseReasonMissing
    if by is not None and by.pk == user.pk:
        raise NotOneself
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        _make_nameless(person)
        _close_doors(person)
        _forget_in_log(person)
        _forget_wishes(person, now)
        log(instance=person, action=ERASED, user=by, data={"reason": reason})
        transaction.on_commit(lambda: _tell_floors(person, by=by, now=now, reason=reason), robust=True)
    return person


def finish_erasures(*, now: datetime) -> int:
    """Have the floors above forget whoever was erased without all of them doing so, and return how many people that were. Safe to call twice.

    The server was killed after the commit, a disk was full, or an older release erased them, which noted no end. One query where nothing is missing.
    A floor that fails again keeps nobody else from being forgotten; its error is raised at the end, so that the clock tells it.
    """
    count, faults, done = 0, [], set()
    for entry in _untold(ModelLogEntry.objects.filter(action=ERASED, timestamp__lt=now - BEING_TOLD)).order_by("pk"):
        person = User.objects.filter(pk=entry.object_id).first()
        if person is None or not person.is_erased or person.pk in done:
            continue
        done.add(person.pk)
        wrong = _tell_floors(person, by=User.objects.filter(pk=entry.user_id).first(), now=now, reason=entry.data["reason"])
        count, faults = count + (not wrong), faults + wrong
    if faults:
        raise faults[0]
    return count


def _tell_floors(person: User, *, by: User | None, now: datetime, reason: str) -> list[Exception]:
    """Send `person_erased`, and note in the log that all floors have heard it if they have. Return what went wrong."""
    heard = person_erased.send_robust(sender=User, user=person, by=by, now=now, reason=reason)
    faults = [answer for _receiver, answer in heard if isinstance(answer, Exception)]
    if not faults:
        for entry in _untold(ModelLogEntry.objects.for_instance(person).filter(action=ERASED)):
            ModelLogEntry.objects.filter(pk=entry.pk).update(data={**entry.data, "told_at": now.isoformat()})
    return faults


def _untold(entries: QuerySet[ModelLogEntry]) -> QuerySet[ModelLogEntry]:
    return entries.exclude(data__has_key="told_at")


def preview_erasure(*, user: User) -> list[Fate]:
    """Return what erasing this person takes and what it must leave and why, of every floor; what goes stands first. One or two queries a floor."""
    with override("vi"):
        fates = personal.fates_of(user)
        for _receiver, more in erasure_previewed.send(sender=User, user=user):
            fates += more
    return sorted((fate for fate in fates if fate.count), key=lambda fate: fate.stays)


def _make_nameless(person: User) -> None:
    person.full_name, person.given_name, person.gender, person.language = ERASED_NAME, "", "", Language.VIETNAMESE
    # A name under .invalid leads nowhere (RFC 2606), and says of the row what it is.
    person.email, person.phone, person.phone_verified_at = f"{person.uuid.hex}@{ERASED_DOMAIN}", None, None
    person.date_of_birth, person.birth_year, person.member_code, person.last_login = None, None, None, None
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()


def _close_doors(person: User) -> None:
    person.groups.clear()
    person.user_permissions.clear()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    SignInSlip.objects.filter(user=person).delete()
    for profile in UserProfile.objects.filter(user=person):
        if profile.avatar:
            profile.avatar.delete(save=False)
        profile.delete()
    for model in (EditingSession, FormState, APIToken, PageSubscription):
        model.objects.filter(user=person).delete()
    # A session without a row of its own, from before there were such rows, opens nothing either: it was made under another password.
    end_other_sessions(user=person, but=None)


def _forget_in_log(person: User) -> None:
    """Take the former name out of the editors' log, which keeps the name of whatever was changed; why somebody was erased stays."""
    ModelLogEntry.objects.for_instance(person).exclude(action=ERASED).update(label=ERASED_NAME, data={})
    LogEntry.objects.filter(about=person).delete()


def _forget_wishes(person: User, now: datetime) -> None:
    """Keep that something was agreed to and asked, and when; not the person's words, and not what was answered, but for the erasure itself."""
    Consent.objects.filter(user=person, withdrawn_at=None).update(withdrawn_at=now)
    asked = PrivacyRequest.objects.filter(user=person)
    asked.update(text="")
    asked.exclude(kind=RequestKind.ERASE).update(answer="")
    asked.filter(done_at=None).update(state=RequestState.DONE, done_at=now)
