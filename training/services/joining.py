"""Class codes: opened by an office, joined by whoever is in the room, closed.

Keeps true: a person joins once; never more than the code allows, however many tap at once; joining and being enrolled happen together or not
at all; who joined is nobody's business but the unit's.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.enums import Act
from accounts.models import User
from accounts.services import note
from certificates.layout import drawing_of_qr
from certificates.typesetting import document
from courses.models import CoursePage
from learning.services import enrol_learner
from training.enums import JoinState
from training.models import JoinCode, Joining
from training.selectors.joining import state_of
from unions.models import PostKind, Unit
from unions.selectors.roles import belongs_elsewhere
from unions.selectors.scopes import Office
from unions.services.errors import KeptElsewhere
from unions.services.posts import appoint_person

# Seven characters at random and one that checks them, as on certificates: what a wrong guess would win is a seat in a course.
LENGTH = 8
_TRIES = 5


class JoinError(Exception):
    """Somebody cannot join, or a code cannot be made; `message` says what to do instead."""

    code = "join"
    message = ""


class NotOpenYet(JoinError):
    code = "not_open_yet"
    message = _("This class is not open yet. Come back when it begins.")


class ClassFull(JoinError):
    code = "class_full"
    message = _("This class is full. Tell the organiser, who can let more people in.")


class ClassClosed(JoinError):
    code = "class_closed"
    message = _("This class takes nobody more. Ask the organiser.")


class NotYourUnit(JoinError):
    code = "not_your_unit"
    message = _("Choose a unit that you manage.")


class EndsTooEarly(JoinError):
    code = "ends_too_early"
    message = _("The last day must not lie in the past, nor before the first.")


_REFUSALS = {JoinState.EARLY: NotOpenYet, JoinState.FULL: ClassFull, JoinState.CLOSED: ClassClosed}


def open_class(
    *, office: Office, title: str, unit: Unit, course: CoursePage, opens_at: datetime, closes_at: datetime, most: int | None, now: datetime,
) -> JoinCode:
    """Make a class code. A code that exists already is drawn anew.

    :raises NotYourUnit: when the office does not manage the unit.
    :raises EndsTooEarly: when nobody could ever join.
    """
    if not office.manages(unit):
        raise NotYourUnit
    if closes_at <= max(now, opens_at):
        raise EndsTooEarly
    for last_try in (*[False] * (_TRIES - 1), True):
        try:
            with transaction.atomic():
                return JoinCode.objects.create(
                    code=codes.new_code(LENGTH), title=title, unit=unit, course=course, opens_at=opens_at, closes_at=closes_at, most=most,
                    made_by=office.user, made_at=now)
        except IntegrityError:
            if last_try:
                raise
    raise AssertionError("unreachable")


def close_class(*, join_code: JoinCode, now: datetime) -> None:
    """Let nobody more join. Closed already stays closed when it was."""
    JoinCode.objects.filter(pk=join_code.pk, closed_at__isnull=True).update(closed_at=now)


def join_class(*, join_code: JoinCode, user: User, now: datetime) -> Joining:
    """Let the person join and enrol them; who joined before joins no second time, also when the class is full or closed by now.

    Locks the code, so that of two at once only one takes the last seat.

    :raises NotOpenYet, ClassFull, ClassClosed: when the code lets nobody join.
    :raises CourseClosed, CourseEmpty: when there is nothing to learn there; the person has not joined then.
    """
    with transaction.atomic():
        locked = JoinCode.objects.select_for_update(of=("self",)).select_related("course").get(pk=join_code.pk)
        joining = locked.joinings.filter(user=user).first()
        if joining is None:
            state = state_of(locked, locked.joinings.count(), now)
            if state != JoinState.OPEN:
                raise _REFUSALS[state]
            joining = Joining.objects.create(join_code=locked, user=user, at=now)
            note(about=user, act=Act.JOINED, by=user, now=now, subject=locked.title)
        enrol_learner(user=user, course=locked.course, now=now)
    return joining


def confirm_joining(*, join_code: JoinCode, person: UUID, kind: PostKind | None, by: User, now: datetime) -> bool:
    """Say that the unit knows somebody who joined, and put them into a post of it if one is named; say whether that was new. Locks the joining.

    :raises UnionsError: when the post cannot be entered, `KeptElsewhere` for somebody of other offices only; nothing is confirmed then.
    """
    with transaction.atomic():
        joining = Joining.objects.select_for_update(of=("self",)).select_related("user").filter(join_code=join_code, user__uuid=person).first()
        if joining is None:
            return False
        if kind is not None:
            on = timezone.localdate(now)
            if belongs_elsewhere(by, joining.user, on):
                raise KeptElsewhere
            appoint_person(user=joining.user, unit=join_code.unit, kind=kind, valid_from=on, by=by, now=now)
        return bool(Joining.objects.filter(pk=joining.pk, confirmed_at__isnull=True).update(confirmed_at=now, confirmed_by=by))


def address_of(join_code: JoinCode) -> str:
    """Return what the QR code of a class leads to."""
    return f"{settings.SITE_URL}{reverse('joining:join-class', args=[join_code.code])}"


def typed_at() -> str:
    """Return where a class code is typed, as it is written on paper."""
    return f"{settings.SITE_URL}{reverse('joining:type-code')}".split("://", 1)[-1].rstrip("/")


def poster(*, join_code: JoinCode, now: datetime) -> bytes:
    """Set the code as an A4 sheet to hang up; the words on paper are Vietnamese."""
    latest = timezone.localdate(join_code.closes_at - timedelta(seconds=1))
    return document("join_code", {
        "title": f"Mã lớp: {join_code.title}", "author": join_code.unit.name, "class": join_code.title, "unit": join_code.unit.name,
        "course": f"Khóa học: {join_code.course.title}", "code": codes.shown(join_code.code), "qr": drawing_of_qr(address_of(join_code), ""),
        "alt": "Mã QR để vào lớp", "steps": [
            "Quét mã QR bằng máy ảnh của điện thoại,", f"hoặc mở {typed_at()} rồi gõ mã trên.", "Chưa có tài khoản: đăng ký bằng số điện thoại, rồi vào lớp."],
        "until": f"Mã dùng được đến hết ngày {latest:%d/%m/%Y}."}, at=now)
