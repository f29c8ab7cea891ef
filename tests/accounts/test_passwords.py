"""Passwords that are guessed first are refused, in words that say what to take instead; good ones are not."""

from datetime import date
from time import perf_counter

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.passwords import NotGuessedFirst

MAI = User(
    full_name="Nguyễn Thị Mai", email="mai.bui88@example.org", phone="+84912345678", date_of_birth=date(1988, 5, 12), birth_year=1988, member_code="DV-7781")


def codes_of(password: str, user: User | None = MAI) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {error.code for error in refused.error_list}
    return set()


@pytest.mark.parametrize("password", [
    "congdoan123", "CongDoan2026", "CôngĐoàn@2026", "congdoan-demo", "tongliendoan2025", "matkhau123", "Mật khẩu 1", "M@tkh4u2026", "P@ssw0rd2026",
    "anhyeuem123", "iloveyou99", "hanoi2026!", "vietnam1945", "qwerty2026", "asdfgh123", "abc12345", "lophoccongdoan1", "nguyenvana1990", "admin@123",
    "dragon2026", "tranvanhung85", "01/01/1990", "0987.654.321", "aaaaaaa1", "!!!!!!!!1a", "hijklmnop", "ponmlkji", "cdcs2026",
])
def test_a_password_is_refused_when_everybody_would_try_it_first(password):
    assert "password_guessed_first" in codes_of(password, None)


@pytest.mark.parametrize("password", [
    "0912345678x", "x912345678", "mai12051988", "NguyenThiMai!!88", "maithinguyen", "dv7781dv7781", "12051988mai!", "1988-05-12-abc", "345678xyz", "bui88bui88z",
])
def test_a_password_is_refused_when_it_says_what_others_know(password):
    assert codes_of(password) & {"password_about_person", "password_guessed_first"}


def test_what_stands_in_the_record_counts_only_for_that_person():
    assert "password_about_person" in codes_of("x912345678q")
    assert codes_of("x912345678q", User(full_name="Đỗ Văn Ngoài")) == set()


@pytest.mark.parametrize("password", [
    "ốc sên leo tường đêm", "con-meo-ngu-tren-mai-nha", "tT9#kLm2xQ", "song bien rao rac", "ngon-den-khuya-2026", "mai thich uong ca phe sua",
    "Trời mưa, xe hỏng, vẫn vui 7", "gaucho velvet trombone", "vLq3-Zr8w-Pm1t",
])
def test_a_good_password_is_taken(password):
    assert codes_of(password) == set()


def test_the_answer_says_what_to_do_and_does_not_repeat_the_password(client, db):
    fields = {"full_name": "Đặng Thị Ước", "phone": "0987 654 321", "email": "", "password1": "congdoan123"}
    page = client.post(reverse("account_signup"), fields, headers={"accept-language": "en"}).content.decode()

    assert "Take four words" in page
    assert "congdoan123" not in page
    assert not User.objects.filter(phone="+84987654321").exists()


def test_a_look_up_costs_next_to_nothing():
    codes_of("lam nong bo nho truoc")
    start = perf_counter()
    for number in range(20):
        codes_of(f"an{'ab' * 20}{number}")
    assert perf_counter() - start < 0.5


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.text(max_size=300))
def test_any_text_is_taken_or_refused_by_code(password):
    assert codes_of(password) <= {"password_guessed_first", "password_about_person", "password_too_short", "password_too_common",
                                  "password_entirely_numeric", "password_too_similar"}


def test_help_says_it_in_words():
    assert NotGuessedFirst().get_help_text()
