"""Sign-in slips of an office: made for its people, set as sheets to print, and never kept in clear (the codes live as long as the answer).

Keeps true: an office makes slips for people whom it manages, and for nobody who holds a role.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.enums import SlipKind
from accounts.models import User
from accounts.services.errors import NoSlipFor
from accounts.services.slips import MadeSlip, cancel_slip, make_slips
from certificates.layout import drawing_of_qr
from certificates.typesetting import document, let_go
from training.selectors.slips import Wanted, Wish, manages_person, may_get_slip, people_for
from unions.selectors.scopes import Office

ON_A_SHEET = 8
# From here on typst is told to forget what it has set: 500 slips take some 100 MB.
_MANY = 100


class SlipError(Exception):
    """A slip cannot be made; `message` says what to do instead."""

    code = "slip"
    message = ""


class NobodyMeant(SlipError):
    code = "nobody_meant"
    message = _("Nobody is left who needs a slip. If a file was lost, tick “also people who hold a valid slip” and make them again.")


class NotYours(SlipError):
    code = "not_yours"
    message = _("Choose a unit that you manage.")


@dataclass(frozen=True)
class Sheets:
    pdf: bytes
    count: int


@dataclass(frozen=True)
class OneSlip:
    code: str
    latest_day: date


def print_slips(*, office: Office, wish: Wish, now: datetime) -> Sheets:
    """Make slips for the first 500 people whom the wish means, and return them as a PDF, by unit and name.

    The file is not stored: it holds codes in clear. Whoever loses it makes the slips again, and the lost ones open nothing.

    :raises NotYours: when the office does not manage the unit.
    :raises NobodyMeant: when nobody is left.
    :raises NoSlipFor: when somebody was given rights meanwhile.
    """
    if not office.manages(wish.unit):
        raise NotYours
    people = people_for(office, wish, timezone.localdate(now), now)
    if not people:
        raise NobodyMeant
    made = make_slips(people=[person.user_id for person in people], by=office.user, now=now, kind=SlipKind.FIRST)
    return Sheets(_typeset(list(zip(people, made, strict=True)), wish, now), len(made))


def make_slip_for(*, office: Office, person: User, now: datetime) -> OneSlip:
    """Make one slip: for a first sign-in, or three days for a new password of somebody who has signed in before.

    :raises NoSlipFor: for whom the office does not manage, and for whoever holds a role or any other right.
    """
    if not (manages_person(office, person, timezone.localdate(now)) and may_get_slip(person)):
        raise NoSlipFor
    [made] = make_slips(people=[person.pk], by=office.user, now=now, kind=SlipKind.RESET if person.last_login else SlipKind.FIRST)
    return OneSlip(made.code, _latest_day(made))


def cancel_slip_of(*, office: Office, person: User, now: datetime) -> bool:
    """Let the person's slip open nothing any more; say whether it did before. False too for whom the office does not manage."""
    return manages_person(office, person, timezone.localdate(now)) and cancel_slip(user=person, by=office.user, now=now)


def address_of(code: str) -> str:
    """Return what the QR code of a slip leads to."""
    return f"{settings.SITE_URL}{reverse('accounts:scan-slip', args=[code])}"


def typed_at() -> str:
    """Return where a code is typed, as it is written on paper: without scheme and last slash."""
    return f"{settings.SITE_URL}{reverse('accounts:use-slip')}".split("://", 1)[-1].rstrip("/")


def _typeset(pairs: list[tuple[Wanted, MadeSlip]], wish: Wish, now: datetime) -> bytes:
    """Set the sheets; the words on paper are Vietnamese whatever language the person at the screen reads."""
    slips = [
        {"name": person.name, "unit": person.unit, "code": codes.shown(slip.code), "qr": drawing_of_qr(address_of(slip.code), "")}
        for person, slip in pairs]
    latest = _latest_day(pairs[0][1])
    pdf = document("slips", {
        "title": f"Phiếu đăng nhập: {wish.unit.name}", "author": wish.unit.name, "heading": "PHIẾU ĐĂNG NHẬP", "alt": "Mã QR để đăng nhập",
        "steps": [
            f"Quét mã QR, hoặc mở {typed_at()} rồi gõ mã trên.", "Xem đúng tên mình, rồi đặt mật khẩu của riêng anh/chị.",
            "Từ lần sau, đăng nhập bằng số điện thoại (hoặc tên trang báo) và mật khẩu đó."],
        "until": f"Dùng một lần, đến hết ngày {latest:%d/%m/%Y}.", "warning": "Không đưa cho người khác.",
        "sheets": [slips[start:start + ON_A_SHEET] for start in range(0, len(slips), ON_A_SHEET)]}, at=now)
    if len(slips) > _MANY:
        let_go()
    return pdf


def _latest_day(slip: MadeSlip) -> date:
    """The last day on which the slip opens; it runs out at the midnight after."""
    return timezone.localdate(slip.expires_at - timedelta(seconds=1))
