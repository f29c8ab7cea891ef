"""Slips in the office: for whom they are made, the sheets, one person's new password, and no way into other units or other powers."""

from datetime import timedelta

import pypdfium2
import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Act
from accounts.models import LogEntry, SignInSlip, User
from accounts.services.slips import look_up_slip, make_slips
from tests.factories import unions
from training.enums import SlipWish
from training.selectors.slips import Wish, people_for, people_named, reckon, slips_page
from training.services.slips import NobodyMeant, print_slips
from unions.selectors.scopes import office_of

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

CHOOSE, PRINT, LIST = (reverse(f"slips:{name}") for name in ("choose-people", "print-slips", "list-slips"))


@pytest.fixture
def worker(province):
    """Of ward A's company, known by name only."""
    return named("Trần Thị Bưởi", province.company_a)


def named(name: str, unit) -> User:
    person = User(full_name=name)
    person.set_unusable_password()
    person.save()
    unions.post(person, unit, unions.post_kind("Tổ trưởng", "group-leader", 8))
    return person


def seen_in(person) -> None:
    User.objects.filter(pk=person.pk).update(last_login=timezone.now())


def slips_wanted(of, wish, now) -> list[str]:
    return [person.name for person in people_for(office_of(of), wish, timezone.localdate(now), now)]


# Who is meant

def test_sheets_are_in_the_order_of_units_and_given_names_and_count_people_once(province, admin_a, worker, hoa, binh, now):
    named("Lê Văn An", province.company_a)
    named("Bùi Thị Chi", province.ward_a)
    unions.post(worker, province.ward_a, unions.post_kind("Ủy viên", "member", 5))

    assert slips_wanted(admin_a, Wish(province.ward_a), now) == ["Lê Văn An", "Trần Thị Bưởi", "Đặng Thị Hòa", "Bùi Thị Chi"]
    assert slips_wanted(admin_a, Wish(province.company_a), now) == ["Lê Văn An", "Trần Thị Bưởi", "Đặng Thị Hòa"]
    assert slips_wanted(admin_a, Wish(province.ward_b), now) == []
    assert reckon(office_of(admin_a), Wish(province.ward_a), timezone.localdate(now), now).people == 4


def test_whoever_holds_a_slip_is_left_out_unless_asked_for(province, admin_a, worker, hoa, now):
    make_slips(people=[worker.pk], by=admin_a, now=now)
    wish = Wish(province.company_a)

    assert slips_wanted(admin_a, wish, now) == ["Đặng Thị Hòa"]
    reckoned = reckon(office_of(admin_a), wish, timezone.localdate(now), now)
    assert (reckoned.people, reckoned.holding, reckoned.refused) == (1, 1, 0)
    assert slips_wanted(admin_a, Wish(province.company_a, again=True), now) == ["Trần Thị Bưởi", "Đặng Thị Hòa"]
    assert slips_wanted(admin_a, wish, now + timedelta(days=32)) == ["Trần Thị Bưởi", "Đặng Thị Hòa"]


def test_whoever_signed_in_once_is_not_meant_and_whoever_has_no_way_in_is(province, admin_a, worker, hoa, now):
    seen_in(hoa)
    seen_in(worker)
    assert slips_wanted(admin_a, Wish(province.company_a), now) == []
    assert slips_wanted(admin_a, Wish(province.company_a, SlipWish.CLOSED), now) == ["Trần Thị Bưởi"]
    assert slips_wanted(admin_a, Wish(province.company_a, SlipWish.CHOSEN, chosen=(hoa.uuid,)), now) == ["Đặng Thị Hòa"]


def test_whoever_holds_a_role_or_edits_is_counted_and_left_out(province, admin_a, worker, hoa, now):
    unions.role(hoa, province.company_b, "class_assistant")
    User.objects.filter(pk=hoa.pk).update(is_staff=False)
    worker.groups.add(Group.objects.create(name="Biên tập"))
    wish = Wish(province.company_a, SlipWish.CHOSEN, chosen=(hoa.uuid, worker.uuid))

    reckoned = reckon(office_of(admin_a), wish, timezone.localdate(now), now)
    assert (reckoned.people, reckoned.refused) == (0, 2)
    with pytest.raises(NobodyMeant):
        print_slips(office=office_of(admin_a), wish=wish, now=now)


def test_finding_people_by_name_stays_within_the_unit(province, admin_a, worker, binh, now):
    today = timezone.localdate(now)
    assert people_named(office_of(admin_a), province.ward_a, "buoi tran", today) == [worker]
    assert people_named(office_of(admin_a), province.top, "binh", today) == []


# Sheets

def test_the_sheets_hold_names_units_and_codes_that_open(province, admin_a, worker, hoa, now):
    for number in range(8):
        named(f"Người Thứ {number}", province.company_a)
    sheets = print_slips(office=office_of(admin_a), wish=Wish(province.ward_a), now=now)

    pages = pypdfium2.PdfDocument(sheets.pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    assert (sheets.count, len(pages)) == (10, 2)
    assert "Trần Thị Bưởi" in text and "CĐCS Công ty may Hòa Bình" in text and "20/12/2026" in text
    codes = [word.replace("-", "") for word in text.split() if len(word) == 14 and word.count("-") == 2]
    assert len(codes) == 10
    assert {look_up_slip(code=code, now=now).slip.user_id for code in codes} == set(SignInSlip.objects.values_list("user", flat=True))
    assert LogEntry.objects.filter(act=Act.SLIP_MADE, by=admin_a).count() == 10


def test_a_large_unit_takes_several_turns(province, admin_a, worker, hoa, now, monkeypatch):
    monkeypatch.setattr("training.selectors.slips.MOST_AT_ONCE", 1)
    wish = Wish(province.ward_a)
    assert [print_slips(office=office_of(admin_a), wish=wish, now=now).count for _turn in range(2)] == [1, 1]
    with pytest.raises(NobodyMeant):
        print_slips(office=office_of(admin_a), wish=wish, now=now)


def test_making_slips_by_the_pages(province, admin_a, worker, hoa, as_user):
    client = as_user(admin_a)
    page = client.get(CHOOSE)
    assert page.context["wish"].unit == province.ward_a
    assert page.context["reckoned"].people == 2
    assert '<input type="hidden" name="who" value="never">' in page.content.decode()

    done = client.post(PRINT, {"unit": province.company_a.uuid, "who": "never"})
    assert (done.status_code, done["Content-Type"], done.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert "no-store" in done["Cache-Control"]

    again = client.post(PRINT, {"unit": province.company_a.uuid, "who": "never"})
    assert (again.status_code, again.context["reckoned"].holding) == (422, 2)
    assert client.post(PRINT, {"unit": province.company_a.uuid, "who": "never", "again": "on"}).status_code == 200
    assert SignInSlip.objects.filter(cancelled_at__isnull=True).count() == 2


def test_chosen_people_are_found_and_ticked(province, admin_a, worker, hoa, as_user):
    client = as_user(admin_a)
    page = client.get(CHOOSE, {"unit": province.ward_a.uuid, "who": "chosen", "q": "bưởi"})
    assert page.context["found"] == [worker]

    client.post(PRINT, {"unit": province.ward_a.uuid, "who": "chosen", "chosen_people": [worker.uuid], "again": "on"})
    assert list(SignInSlip.objects.values_list("user", flat=True)) == [worker.pk]
    for nonsense in ([], ["x"], [str(worker.pk)]):
        assert client.post(PRINT, {"unit": province.ward_a.uuid, "who": "chosen", "chosen_people": nonsense}).status_code == 422


# One person

def test_a_new_password_for_somebody_who_signed_in_before(admin_a, hoa, as_user):
    seen_in(hoa)
    client = as_user(admin_a)
    url = reverse("slips:reset-person", args=[hoa.uuid])
    assert client.get(url).status_code == 200
    assert not SignInSlip.objects.exists()

    page = client.post(url)
    code = page.context["code"].replace("-", "")
    assert look_up_slip(code=code, now=timezone.now()).slip.kind == "reset"
    assert "no-store" in page["Cache-Control"]
    assert code not in client.get(url).content.decode()

    phone = Client()
    phone.get(reverse("accounts:scan-slip", args=[code]))
    assert phone.post(reverse("accounts:set-slip-password"), {"password": "lua-vang-2026"}).url == "/hoc-tap/"
    hoa.refresh_from_db()
    assert hoa.check_password("lua-vang-2026")
    assert list(LogEntry.objects.filter(about=hoa).order_by("pk").values_list("act", "by")) == [(Act.SLIP_MADE, admin_a.pk), (Act.SLIP_USED, hoa.pk)]


def test_nobody_gets_into_an_account_of_power_by_a_slip(province, admin_a, hoa, as_user, administrator):
    unions.role(hoa, province.company_a, "viewer")
    unions.post(administrator, province.company_a)
    client = as_user(admin_a)
    for person in (hoa, administrator):
        url = reverse("slips:reset-person", args=[person.uuid])
        assert not client.get(url).context["standing"].may_have
        assert client.post(url).status_code == 422
    assert not SignInSlip.objects.exists()


def test_a_slip_is_made_invalid_once(admin_a, worker, as_user):
    make_slips(people=[worker.pk], by=admin_a, now=timezone.now())
    client, url = as_user(admin_a), reverse("slips:cancel-slip", args=[worker.uuid])

    assert [client.post(url).url for _turn in range(2)] == [LIST, LIST]
    assert SignInSlip.objects.get().cancelled_at
    assert LogEntry.objects.filter(act=Act.SLIP_CANCELLED).count() == 1


# Other offices

def test_other_units_slips_and_people_do_not_exist(province, admin_a, viewer_a, outsider, worker, binh, as_user):
    make_slips(people=[binh.pk, worker.pk], by=None, now=timezone.now())
    client = as_user(admin_a)
    assert [line.slip.user for line in client.get(LIST).context["lines"]] == [worker]
    assert not client.get(LIST, {"q": "binh"}).context["lines"]
    assert client.get(CHOOSE, {"unit": province.ward_b.uuid}).context["wish"] is None
    assert client.post(PRINT, {"unit": province.ward_b.uuid, "who": "never", "again": "on"}).status_code == 422
    for name in ("reset-person", "cancel-slip"):
        assert client.post(reverse(f"slips:{name}", args=[binh.uuid])).status_code == 404

    looking = as_user(viewer_a)
    assert looking.get(LIST).status_code == 200
    assert [looking.get(CHOOSE).status_code, looking.post(PRINT, {}).status_code] == [403, 403]
    assert looking.post(reverse("slips:reset-person", args=[worker.uuid])).status_code == 404
    for url in (LIST, CHOOSE):
        assert as_user(outsider).get(url).status_code == 403
        assert as_user().get(url).status_code == 302
    assert SignInSlip.objects.filter(cancelled_at__isnull=True).count() == 2


def test_the_list_tells_what_became_of_each_slip(province, admin_a, worker, hoa, as_user):
    now = timezone.now()
    make_slips(people=[worker.pk], by=admin_a, now=now - timedelta(days=40))
    make_slips(people=[worker.pk, hoa.pk], by=admin_a, now=now)
    SignInSlip.objects.filter(user=hoa).update(used_at=now)
    client = as_user(admin_a)

    assert [line.state for line in client.get(LIST).context["lines"]] == ["used", "open", "cancelled"]
    for state, count in (("open", 1), ("used", 1), ("cancelled", 1), ("over", 0), ("nonsense", 3)):
        assert len(client.get(LIST, {"state": state}).context["lines"]) == count


@pytest.mark.parametrize("people", [1, 30])
def test_lists_cost_the_same_however_long(province, admin_a, now, people, django_assert_num_queries):
    crowd = [named(f"Người Thứ {number}", province.company_a) for number in range(people)]
    desk = office_of(admin_a)
    with django_assert_num_queries(3):
        reckon(desk, Wish(province.ward_a), timezone.localdate(now), now)
    with django_assert_num_queries(1):
        assert len(people_for(desk, Wish(province.ward_a), timezone.localdate(now), now)) == people
    make_slips(people=[person.pk for person in crowd], by=admin_a, now=now)
    with django_assert_num_queries(4):
        _page, lines = slips_page(desk, "", "", None, timezone.localdate(now), now)
        assert [line.post.unit.name for line in lines] == [province.company_a.name] * people
