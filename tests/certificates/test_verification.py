"""What a stranger with a code is told: the truth about the paper, nothing private, and the same work whether somebody holds the code or not."""

import re
import statistics
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import codes, services
from certificates.enums import Entry, LookKind
from certificates.models import Certificate, Look, NameConsent, RegisterEntry, Series
from certificates.throttling import MISSES_PER_HOUR, PER_MINUTE
from tests.factories import certificates as factory
from tests.factories import courses, unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]


@pytest.fixture
def certificate(learner):
    learner.date_of_birth = date(1988, 2, 5)
    learner.save()
    unions.post(learner, unions.unit("CĐCS Công ty TNHH An Phú", "AP"))
    return factory.certificate(learner)


@pytest.fixture
def stranger(as_user):
    return as_user(None, headers={"accept-language": "en"})


def page_of(certificate) -> str:
    return reverse("certificates:show-verification", args=[certificate.code])


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def unknown_code(number: int = 0) -> str:
    body = "7K2M9" + codes.ALPHABET[number // 23] + codes.ALPHABET[number % 23]
    return body + codes.check_character(body)


def test_valid_certificate_is_told_without_private_facts(stranger, certificate):
    response = stranger.get(page_of(certificate))
    html = text_of(response)
    assert response.status_code == 200
    assert "Valid" in html and 'class="verdict"' in html
    told = ("001/GCN-CĐ", "NGUYỄN T*** MAI", "Thương lượng tập thể", "Công đoàn phường Tân Lập", "20/11/2026", certificate.code_shown)
    assert all(words in html for words in told)
    secret = ("1988", "An Phú", "0912", "mai@example.org", "NGUYỄN THỊ MAI", "Nguyễn Thị Mai", "Giỏi", str(certificate.uuid))
    assert not [words for words in secret if words in html]


def test_answers_are_kept_out_of_search_engines_caches_and_referrers(stranger, certificate):
    for address in ("/xac-minh/?ma=", page_of(certificate), f"/xac-minh/{unknown_code()}/", "/xac-minh/7K2M9Q4TX2/"):
        response = stranger.get(address)
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert '<meta name="robots" content="noindex' in text_of(response)


def test_empty_form_may_be_found_by_search_engines(stranger):
    response = stranger.get("/xac-minh/")
    assert not response.has_header("X-Robots-Tag") and 'name="robots"' not in text_of(response)
    assert response["Referrer-Policy"] == "no-referrer" and 'name="description"' in text_of(response)


def test_revoked_is_told_on_the_next_request_with_day_and_reason(stranger, certificate, administrator):
    assert "Valid" in text_of(stranger.get(page_of(certificate)))
    services.revoke_certificate(certificate=certificate, reason="Ghi sai thời gian", by=administrator, now=factory.NOW + timedelta(days=19))
    html = text_of(stranger.get(page_of(certificate)))
    assert "Revoked" in html and "09/12/2026" in html and "Ghi sai thời gian" in html and "verdict--bad" in html


def test_superseded_names_the_paper_that_took_its_place_and_no_reason(stranger, certificate, administrator):
    services.reissue_certificate(certificate=certificate, reason="Sai họ tên", by=administrator, now=factory.NOW)
    html = text_of(stranger.get(page_of(certificate)))
    assert "Superseded" in html and "002/GCN-CĐ" in html and "Sai họ tên" not in html


def test_expired_is_told_before_the_register_says_so(stranger, certificate):
    Certificate.objects.update(valid_until=date(2020, 1, 1))
    html = text_of(stranger.get(page_of(certificate)))
    assert "Expired" in html and "31/12/2019" in html and "verdict--bad" in html


@pytest.mark.parametrize("typed", ["{lower}", "{shown}", " {shown} ", "{spaced}", "https://hoc.example.org/xac-minh/{lower}/#5567266080"])
def test_form_forgives_case_dashes_and_spaces(stranger, certificate, typed):
    spaced = " ".join(certificate.code)
    text = typed.format(lower=certificate.code.lower(), shown=certificate.code_shown, spaced=spaced)
    response = stranger.get("/xac-minh/", {"ma": text}, follow=True)
    assert response.redirect_chain == [(page_of(certificate), 302)]
    assert "001/GCN-CĐ" in text_of(response)


@pytest.mark.parametrize("address", ["/xac-minh/{shown}/", "/xac-minh/{lower}/", "/xac-minh/{code}", "/xac-minh/{shown}"])
def test_dashes_lower_case_and_a_missing_slash_lead_to_the_one_address(stranger, certificate, address):
    text = address.format(code=certificate.code, shown=certificate.code_shown, lower=certificate.code.lower())
    response = stranger.get(text, follow=True)
    assert response.redirect_chain[-1][0] == page_of(certificate)
    assert "001/GCN-CĐ" in text_of(response)


def test_codes_of_ten_characters_stay_valid(stranger, certificate):
    Certificate.objects.update(code="7K2M9Q4TX6")
    html = text_of(stranger.get("/xac-minh/7k2m-9q4t-x6/", follow=True))
    assert "001/GCN-CĐ" in html and "7K2M-9Q4T-X6" in html


def test_head_answers_as_get_does(stranger, certificate):
    for address, status in (("/xac-minh/", 200), (page_of(certificate), 200), (f"/xac-minh/{unknown_code()}/", 404)):
        response = stranger.head(address)
        assert (response.status_code, response.content, response["Cache-Control"]) == (status, b"", "no-store")


def test_wrong_and_mistyped_codes_say_what_to_do(stranger, certificate):
    mistyped = {f"{letter}{certificate.code[1:]}" for letter in "O0I1LĐ"} | {"7K2M-9Q4T-X2", "x" * 200, "<script>alert(1)", "%00", "-"}
    for text in (*mistyped, unknown_code()):
        response = stranger.get(f"/xac-minh/{text}/")
        html = text_of(response)
        assert response.status_code == 404, text
        assert "Check each character again" in html and "001/GCN-CĐ" not in html and "<script>alert" not in html
        assert ("wrong or missing" in html) == (text in mistyped)
    assert stranger.get("/xac-minh/../x/</script>/").status_code == 404


def test_empty_form_asks_for_the_code(stranger):
    assert "aria-invalid" not in text_of(stranger.get("/xac-minh/"))
    assert 'aria-invalid="true"' in text_of(stranger.get("/xac-minh/", {"ma": " - "}))


def statements(client, code: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/xac-minh/{code}/")
    # Throttles live in the database here. Each statement by its kind and table: values differ, and the names of savepoints.
    return [re.sub(r"\d+", "", " ".join(query["sql"].split()[:3]))[:40].partition(" \"s")[0] for query in queries]


def test_every_answer_costs_the_same_statements(stranger, certificate, administrator, learner, now):
    hidden = factory.certificate(learner, courses.course("Khác", "khac"))
    services.hide_certificate(certificate=hidden, by=learner, now=now)
    stranger.get(page_of(certificate))
    stranger.get(page_of(certificate))
    valid = statements(stranger, certificate.code)
    services.reissue_certificate(certificate=certificate, reason="Sai", by=administrator, now=factory.NOW)
    assert valid == statements(stranger, certificate.code) == statements(stranger, unknown_code()) == statements(stranger, hidden.code)
    assert len([line for line in valid if "certificates_" in line]) >= 1
    with CaptureQueriesContext(connection) as queries:
        stranger.get(page_of(certificate))
    ours = [query["sql"].split()[0] for query in queries if "certificates_" in query["sql"]]
    assert ours == ["SELECT", "INSERT"]


def test_known_and_unknown_codes_take_about_the_same_time(stranger, certificate):
    def seconds(code: str) -> float:
        begun = time.perf_counter()
        stranger.get(f"/xac-minh/{code}/")
        return time.perf_counter() - begun

    stranger.get(page_of(certificate)), stranger.get(f"/xac-minh/{unknown_code()}/")
    pairs = [(seconds(certificate.code), seconds(unknown_code())) for _time in range(7)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert known / unknown < 3 and unknown / known < 3


def test_mistyped_codes_ask_the_register_nothing(stranger, certificate):
    stranger.get("/xac-minh/7K2M-9Q43/")
    with CaptureQueriesContext(connection) as queries:
        stranger.get("/xac-minh/7K2M-9Q43/")
    assert not [query for query in queries if "certificates_" in query["sql"]]


def test_hidden_papers_are_answered_exactly_as_unknown_ones(stranger, certificate, learner, now):
    services.hide_certificate(certificate=certificate, by=learner, now=now)
    hidden, unknown = (stranger.get(f"/xac-minh/{code}/") for code in (certificate.code, unknown_code()))
    assert (hidden.status_code, set(hidden.headers)) == (404, set(unknown.headers))
    shown = [text_of(answer).partition("<main")[2].partition("</main>")[0] for answer in (hidden, unknown)]
    assert shown[0].replace(codes.shown(certificate.code), "") == shown[1].replace(codes.shown(unknown_code()), "")
    assert len(shown[0]) > 300


def test_looks_are_noted_without_a_name_for_known_and_unknown_codes(as_user, learner, certificate):
    as_user(learner).get(page_of(certificate))
    as_user(learner).get(f"/xac-minh/{unknown_code()}/")
    assert list(Look.objects.order_by("pk").values_list("certificate", "kind", "by")) == [
        (certificate.pk, LookKind.PUBLIC, None), (None, LookKind.PUBLIC, None)]


def test_corrected_facts_are_told_and_private_ones_only_that_they_were(stranger, certificate, administrator, now):
    certificate.corrected = {"course": "Kỹ năng đối thoại", "name": "Nguyễn Thị Mỹ", "born_on": "1988-05-02"}
    certificate.save()
    RegisterEntry.objects.create(certificate=certificate, kind=Entry.CORRECTED, reason="Gõ nhầm", by=administrator, at=now)
    html = text_of(stranger.get(page_of(certificate)))
    assert "Kỹ năng đối thoại" in html and "the paper says: Thương lượng tập thể" in html
    assert "NGUYỄN T*** MỸ" in html and "the paper says: NGUYỄN T*** MAI" in html
    assert "corrected on 20/11/2026" in html and "1988" not in html and "Gõ nhầm" not in html


def test_papers_that_were_brought_in_from_an_older_register_are_told(stranger, now):
    issuer = factory.issuer()
    Certificate.objects.create(
        code="BBC4XV9R", series=Series.objects.create(issuer=issuer, year=2019), number=7, register_number="07/GCN-CĐ",
        snapshot={"name": "Lê Văn Bảy", "course": "Nghiệp vụ công đoàn", "issuer": "Công đoàn quận 5", "issued_on": "2019-04-02", "paper": "GCN"},
        issued_at=datetime(2019, 4, 2, tzinfo=UTC))
    html = text_of(stranger.get("/xac-minh/BBC4XV9R/"))
    assert all(words in html for words in ("Valid", "07/GCN-CĐ", "LÊ V*** BẢY", "Nghiệp vụ công đoàn", "Công đoàn quận 5", "02/04/2019", "issued on paper"))


def test_renewed_papers_name_the_next_one(stranger, certificate, learner):
    renewal = factory.certificate(learner, courses.course("Nhắc lại", "nhac-lai"))
    Certificate.objects.filter(pk=renewal.pk).update(renews=certificate)
    Certificate.objects.filter(pk=certificate.pk).update(valid_until=date(2020, 1, 1))
    assert "002/GCN-CĐ" in text_of(stranger.get(page_of(certificate)))
    Certificate.objects.filter(pk=renewal.pk).update(hidden_at=factory.NOW)
    assert "002/GCN-CĐ" not in text_of(stranger.get(page_of(certificate)))


def test_whether_the_file_is_signed_is_told(stranger, certificate):
    def row() -> str:
        return text_of(stranger.get(page_of(certificate))).partition("Digital signature")[2][:60]

    Certificate.objects.update(signed_with="")
    assert "<dd>No</dd>" in row()
    Certificate.objects.update(signed_with="ab" * 32)
    assert "<dd>Yes</dd>" in row()


def test_full_name_needs_a_standing_consent(stranger, certificate, learner, now):
    consent = services.give_name_consent(user=learner, now=now)
    assert "NGUYỄN THỊ MAI" in text_of(stranger.get(page_of(certificate)))
    NameConsent.objects.filter(pk=consent.pk).update(withdrawn_at=now)
    assert "NGUYỄN THỊ MAI" not in text_of(stranger.get(page_of(certificate)))


def test_too_many_checks_from_one_address_are_told_to_wait(stranger, as_user, certificate):
    # Twice as many and two more: wherever the minute turns, one of the two minutes is asked too often.
    answers = [stranger.get(page_of(certificate)) for _time in range(2 * PER_MINUTE + 2)]
    assert {answer.status_code for answer in answers[:PER_MINUTE]} == {200}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused["Retry-After"] == "60" and "001/GCN-CĐ" not in text_of(refused)
    assert as_user(None, REMOTE_ADDR="203.0.113.9").get(page_of(certificate)).status_code == 200


def test_whoever_guesses_is_told_nothing_more_after_a_few_misses(stranger, as_user, certificate):
    # One more than twice as many: wherever the hour turns, one of the two is asked too often.
    guesses = [stranger.get(f"/xac-minh/{unknown_code(number)}/") for number in range(2 * MISSES_PER_HOUR + 1)]
    assert {answer.status_code for answer in guesses[:MISSES_PER_HOUR]} == {404}
    refused = next(answer for answer in guesses if answer.status_code == 429)
    assert refused["Retry-After"] == "3600" and "nobody holds" in text_of(refused)
    if guesses[-1].status_code == 429:
        known = stranger.get(page_of(certificate))
        assert known.status_code == 429 and "001/GCN-CĐ" not in text_of(known)
    assert as_user(None, REMOTE_ADDR="203.0.113.9").get(page_of(certificate)).status_code == 200


def test_misses_of_one_household_count_together(as_user, certificate):
    neighbours = [as_user(None, REMOTE_ADDR=f"2001:db8:1:2::{number:x}") for number in range(1, 2 * MISSES_PER_HOUR + 2)]
    answers = [client.get(f"/xac-minh/{unknown_code()}/").status_code for client in neighbours]
    assert 429 in answers
    assert as_user(None, REMOTE_ADDR="2001:db8:1:3::1").get(page_of(certificate)).status_code == 200


def test_an_office_that_checks_real_papers_is_never_locked_out(stranger, certificate):
    slip = certificate.code[:-1] + next(letter for letter in codes.ALPHABET if letter != certificate.code[-1])
    asked = [certificate.code, slip] * (MISSES_PER_HOUR + 2)
    assert len(asked) <= PER_MINUTE
    assert [stranger.get(f"/xac-minh/{code}/").status_code for code in asked] == [200, 404] * (MISSES_PER_HOUR + 2)
    assert stranger.get(page_of(certificate)).status_code == 200


def test_other_methods_are_refused(stranger, certificate):
    assert [stranger.post(address).status_code for address in ("/xac-minh/", page_of(certificate))] == [405, 405]
