"""Class codes: a room full of people joins; once each, never too many; strangers are known when the office says so."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import codes
from accounts.enums import Act
from accounts.models import LogEntry, User
from certificates.typesetting import text_of
from learning.models import Enrolment
from tests.factories import courses, unions
from tests.factories import training as office
from training.enums import JoinState
from training.models import JoinCode, Joining
from training.selectors.joining import codes_page, joined_page
from training.services.joining import (
    ClassClosed,
    ClassFull,
    EndsTooEarly,
    NotOpenYet,
    NotYourUnit,
    close_class,
    join_class,
    open_class,
    poster,
)
from unions.models import Post
from unions.selectors.scopes import office_of

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

PASSWORD = "lua-vang-2026"
DAY = timedelta(days=1)


@pytest.fixture
def course(db):
    page = courses.course()
    courses.lesson(courses.module(page))
    return page


@pytest.fixture
def class_a(province, admin_a, course):
    return opened(admin_a, province.ward_a, course)


def opened(by, unit, course, now=None, **fields) -> JoinCode:
    now = now or timezone.now()
    return open_class(office=office_of(by), now=now, **{
        "title": "Lớp ngày 25/11", "unit": unit, "course": course, "opens_at": now - DAY, "closes_at": now + DAY, "most": None, **fields})


def address(join_code) -> str:
    return reverse("joining:join-class", args=[join_code.code])


# Rules

def test_joining_enrols_and_is_done_once(class_a, hoa, course):
    for _tap in range(2):
        join_class(join_code=class_a, user=hoa, now=timezone.now())

    assert [(joining.user, joining.join_code) for joining in Joining.objects.all()] == [(hoa, class_a)]
    assert Enrolment.objects.get().course == course
    assert list(LogEntry.objects.filter(about=hoa).values_list("act", "subject")) == [(Act.JOINED, "Lớp ngày 25/11")]


def test_a_class_is_early_full_or_closed_and_who_is_in_stays_in(class_a, hoa, binh, now):
    now = timezone.now()
    with pytest.raises(NotOpenYet):
        join_class(join_code=class_a, user=hoa, now=now - 2 * DAY)
    JoinCode.objects.update(most=1)
    join_class(join_code=class_a, user=hoa, now=now)
    with pytest.raises(ClassFull):
        join_class(join_code=class_a, user=binh, now=now)
    close_class(join_code=class_a, now=now)
    with pytest.raises(ClassClosed):
        join_class(join_code=class_a, user=binh, now=now)
    with pytest.raises(ClassClosed):
        join_class(join_code=class_a, user=binh, now=now + 2 * DAY)
    assert join_class(join_code=class_a, user=hoa, now=now + 2 * DAY)
    assert Enrolment.objects.count() == 1


def test_nobody_joins_a_course_that_cannot_be_taken(class_a, hoa, course, as_user):
    course.unpublish()
    answer = as_user(hoa).post(address(class_a))

    assert answer.url == address(class_a)
    assert not Joining.objects.exists() and not Enrolment.objects.exists()
    assert not LogEntry.objects.filter(act=Act.JOINED).exists()


def test_a_code_is_for_a_unit_that_one_manages_and_for_days_to_come(province, admin_a, course):
    with pytest.raises(NotYourUnit):
        opened(admin_a, province.ward_b, course)
    with pytest.raises(EndsTooEarly):
        opened(admin_a, province.ward_a, course, closes_at=timezone.now() - DAY)


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_to_one_of_two(class_a, hoa, binh):
    JoinCode.objects.update(most=1)
    barrier, results = Barrier(2), []

    def tap(person) -> None:
        barrier.wait()
        try:
            results.append(join_class(join_code=class_a, user=person, now=timezone.now()).user_id)
        except ClassFull:
            results.append("full")
        finally:
            connection.close()

    taps = [Thread(target=tap, args=[person]) for person in (hoa, binh)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert results.count("full") == 1
    assert Joining.objects.count() == 1


# By telephone

def test_one_tap_joins_and_leads_to_the_first_lesson(class_a, hoa, as_user):
    client = as_user(hoa)
    page = client.get(address(class_a))
    assert "Lớp ngày 25/11" in page.content.decode()
    assert not Joining.objects.exists()

    answer = client.post(address(class_a))
    assert answer.url == "/khoa-hoc/thuong-luong/mo-dun-1/bai-1/"
    assert client.get(answer.url).status_code == 200
    assert client.get(address(class_a)).context["has_joined"]


def test_typing_the_code_however_it_is_typed(class_a, as_user):
    typed = f" {codes.shown(class_a.code).lower()} "
    assert as_user().get(reverse("joining:type-code"), {"ma": typed}).url == address(class_a)
    assert as_user().get(reverse("joining:join-class", args=[codes.shown(class_a.code)])).status_code == 200


def test_somebody_without_an_account_signs_up_on_the_way(class_a, course):
    phone = Client()
    assert phone.post(address(class_a)).url == f"/tai-khoan/login/?next={address(class_a)}"
    assert f'href="/tai-khoan/signup/?next={address(class_a)}"' in phone.get(address(class_a)).content.decode()

    answer = phone.post(reverse("account_signup"), {
        "full_name": "Vũ Thị Sen", "phone": "0912 345 670", "password1": PASSWORD, "next": address(class_a)})
    assert answer.url == address(class_a)
    assert phone.post(answer.url).url.startswith("/khoa-hoc/thuong-luong/")
    assert Joining.objects.get().user.full_name == "Vũ Thị Sen"
    assert Enrolment.objects.get().course == course


def test_somebody_with_an_account_signs_in_on_the_way(class_a, hoa):
    phone = Client()
    answer = phone.post(reverse("account_login"), {"login": "0912345678", "password": "mat-khau-cua-toi-2026", "next": address(class_a)})
    assert answer.url == address(class_a)


def test_the_page_says_why_nobody_joins(class_a, hoa, as_user):
    client, later = as_user(hoa), timezone.now() + DAY
    for fields, state in (
        ({"opens_at": later, "closes_at": later + DAY}, JoinState.EARLY), ({"opens_at": later - 2 * DAY, "most": 0}, JoinState.FULL),
        ({"closed_at": later}, JoinState.CLOSED),
    ):
        JoinCode.objects.update(**fields)
        page = client.get(address(class_a))
        assert page.context["line"].state == state
        assert 'class="notice notice--warn"' in page.content.decode()
        assert client.post(address(class_a)).url == address(class_a)
    assert not Joining.objects.exists()


def test_guessing_is_counted_and_slips_of_the_finger_are_not(class_a, monkeypatch):
    monkeypatch.setattr("training.throttling.MISSES_PER_HOUR", 3)

    def ask(code, at="10.0.0.1") -> int:
        return Client().get(reverse("joining:join-class", args=[code]), REMOTE_ADDR=at).status_code

    wrong = class_a.code[:-1] + next(letter for letter in codes.ALPHABET if letter != class_a.code[-1])
    assert [ask(wrong) for _ in range(5)] == [404] * 5
    assert [ask(class_a.code) for _ in range(5)] == [200] * 5
    assert [ask(codes.new_code(8)) for _ in range(4)] == [404, 404, 404, 429]
    assert (ask(class_a.code), ask(class_a.code, "10.0.0.2")) == (429, 200)


@pytest.mark.parametrize("code", ["x", "%00", "đ" * 300, "7K2M-9Q4T-XB", "<b>"])
def test_nonsense_gets_the_form_again(code, client):
    assert client.get(reverse("joining:join-class", args=[code])).status_code == 404


# In the office

def test_a_class_from_the_form_to_the_wall(province, admin_a, course, as_user):
    client = as_user(admin_a)
    today = timezone.localdate()
    new = reverse("class-codes:open-class")
    assert client.get(new).context["form"].chosen == province.ward_a

    fields = {"unit": province.company_a.uuid, "title": "  Lớp  tối ", "course": course.slug, "until": f"{today:%d/%m/%Y}", "most": "40"}
    for wrong in ({"title": ""}, {"until": "31/02/2027"}, {"until": "01/01/2020"}, {"until": ""}, {"course": "khong-co"}, {"most": "0"}, {"unit": province.ward_b.uuid}, {"unit": ""}):
        refused = client.post(new, fields | wrong)
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, list(wrong))
    shown = client.post(new, fields).url

    join_code = JoinCode.objects.get()
    assert (join_code.title, join_code.unit, join_code.most, join_code.made_by) == ("Lớp tối", province.company_a, 40, admin_a)
    assert timezone.localtime(join_code.closes_at).strftime("%H:%M") == "00:00"
    for url in (shown, f"{shown}chieu/"):
        assert codes.shown(join_code.code) in client.get(url).content.decode()
    text = text_of(client.get(f"{shown}in/").content)
    assert codes.shown(join_code.code) in text and "Lớp tối" in text
    assert client.post(f"{shown}dong/").url == shown
    assert client.get(shown).context["line"].state == JoinState.CLOSED


def test_a_stranger_is_known_when_the_office_says_so(class_a, province, admin_a, hoa, outsider, as_user):
    for person in (hoa, outsider):
        join_class(join_code=class_a, user=person, now=timezone.now())
    client, page = as_user(admin_a), reverse("class-codes:list-joined", args=[class_a.uuid])

    assert [(line.joining.user, line.is_known) for line in client.get(page).context["lines"]] == [(outsider, False), (hoa, True)]
    assert set(LogEntry.objects.filter(act=Act.LOOKED, by=admin_a).values_list("about", flat=True)) == {hoa.pk, outsider.pk}
    client.post(f"{page}biet/", {"person": outsider.uuid})
    assert [line.is_known for line in client.get(page).context["lines"]] == [True, True]
    assert not Post.objects.filter(user=outsider).exists()

    unions.post_kind("Tổ trưởng", "group-leader", 8)
    client.post(f"{page}biet/", {"person": outsider.uuid, "kind": "group-leader"})
    post = Post.objects.get(user=outsider)
    assert (post.unit, post.kind.slug, post.valid_from) == (province.ward_a, "group-leader", timezone.localdate())


def test_somebody_of_another_office_is_known_and_gets_no_post_here(class_a, province, admin_a, administrator, binh, as_user):
    join_class(join_code=class_a, user=binh, now=timezone.now())
    kind = unions.post_kind("Tổ trưởng", "group-leader", 8)
    url, said = reverse("class-codes:confirm-joined", args=[class_a.uuid]), {"person": binh.uuid}
    as_user(admin_a).post(url, said | {"kind": kind.slug})
    assert (list(binh.posts.values_list("unit", flat=True)), Joining.objects.get().confirmed_at) == ([province.company_b.pk], None)
    as_user(admin_a).post(url, said)
    assert Joining.objects.get().confirmed_by == admin_a
    as_user(administrator).post(url, said | {"kind": kind.slug})
    assert binh.posts.filter(unit=province.ward_a, kind=kind).exists()


def test_other_units_see_neither_code_nor_people(class_a, province, hoa, binh, viewer_a, outsider, as_user):
    join_class(join_code=class_a, user=binh, now=timezone.now())
    admin_b = office.officer("Hồ Thị Bê", province.ward_b)
    urls = [reverse(f"class-codes:{name}", args=[class_a.uuid]) for name in ("show-code", "show-on-wall", "print-code", "list-joined")]
    posts = [reverse(f"class-codes:{name}", args=[class_a.uuid]) for name in ("confirm-joined", "close-class")]

    assert [as_user(admin_b).get(url).status_code for url in urls] == [404] * 4
    assert [as_user(admin_b).post(url).status_code for url in posts] == [404] * 2
    assert as_user(admin_b).get(reverse("class-codes:list-codes")).context["lines"] == []
    assert [as_user(viewer_a).get(url).status_code for url in urls] == [200] * 4
    assert [as_user(viewer_a).post(url).status_code for url in posts] == [403] * 2
    assert as_user(viewer_a).get(reverse("class-codes:open-class")).status_code == 403
    assert [as_user(outsider).get(url).status_code for url in urls] == [403] * 4
    assert JoinCode.objects.get().closed_at is None


@pytest.mark.parametrize("people", [1, 30])
def test_lists_cost_the_same_however_long(province, admin_a, course, people, django_assert_num_queries):
    now = timezone.now()
    classes = [opened(admin_a, province.ward_a, course) for _number in range(people)]
    crowd = [User.objects.create(full_name=f"Người {number}") for number in range(people)]
    Joining.objects.bulk_create([Joining(join_code=classes[0], user=person, at=now) for person in crowd])
    with django_assert_num_queries(3):
        _page, lines = codes_page(admin_a, None, now)
        assert [line.code.unit.name for line in lines] == [province.ward_a.name] * people
    with django_assert_num_queries(2):
        assert len(joined_page(classes[0], None, timezone.localdate(now))[1]) == people


def test_the_sheet_to_hang_up_says_what_to_do(class_a, now):
    text = text_of(poster(join_code=class_a, now=now))
    assert codes.shown(class_a.code) in text
    assert "testserver/tham-gia" in text
