"""The holder's pages, and what a stranger with a code is told."""

import io
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from certificates import codes, services
from certificates.models import Certificate, NameConsent
from certificates.throttling import PER_MINUTE
from tests.factories import certificates as factory
from tests.factories import courses, unions

pytestmark = pytest.mark.django_db


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


# The holder

def test_list_shows_papers_with_number_grade_and_state(as_user, learner, certificate):
    html = text_of(as_user(learner).get("/chung-nhan/"))
    assert all(words in html for words in ("001/GCN-CĐ", "20/11/2026", "Giỏi", "Thương lượng tập thể", "tag--done"))
    assert reverse("certificates:download-certificate", args=[certificate.uuid]) in html
    assert reverse("certificates:show-picture", args=[certificate.uuid]) in html


def test_list_has_the_same_queries_with_1_and_30_papers(as_user, learner, certificate):
    client = as_user(learner)
    client.get("/chung-nhan/")
    with CaptureQueriesContext(connection) as one:
        client.get("/chung-nhan/")
    for number in range(29):
        factory.certificate(learner, courses.course(f"Khóa {number}", f"khoa-{number}"))
    with CaptureQueriesContext(connection) as thirty:
        assert text_of(client.get("/chung-nhan/")).count("thumb") == 30
    assert len(thirty) == len(one) <= 6


def test_list_of_nothing_offers_the_catalogue(as_user, outsider):
    assert 'href="/khoa-hoc/"' in text_of(as_user(outsider).get("/chung-nhan/"))


def test_list_survives_a_lost_file(as_user, learner, certificate):
    certificate.pdf.storage.delete(certificate.pdf.name)
    client = as_user(learner)
    assert client.get("/chung-nhan/").status_code == 200
    assert client.get(reverse("certificates:download-certificate", args=[certificate.uuid])).status_code == 404
    assert client.get(reverse("certificates:show-picture", args=[certificate.uuid])).status_code == 404


def test_download_is_the_stored_file_with_a_name_in_two_alphabets(as_user, learner, certificate):
    response = as_user(learner).get(reverse("certificates:download-certificate", args=[certificate.uuid]))
    data = b"".join(response.streaming_content)
    assert "NGUYỄN THỊ MAI" in PdfReader(io.BytesIO(data)).pages[0].extract_text()
    plain, extended = response["Content-Disposition"].removeprefix("attachment; ").split("; ")
    assert plain == 'filename="001-gcn-cd_nguyen_thi_mai.pdf"'
    assert unquote(extended) == "filename*=UTF-8''001-GCN-CĐ Nguyễn Thị Mai.pdf"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "private" in response["Cache-Control"]


def test_picture_is_drawn_once_and_kept(as_user, learner, certificate):
    client, address = as_user(learner), reverse("certificates:show-picture", args=[certificate.uuid])
    first = client.get(address)
    certificate.pdf.storage.delete(certificate.pdf.name)
    second = client.get(address)
    assert first.content == second.content and first["Content-Type"] == "image/png"
    assert "private" in first["Cache-Control"]


@pytest.mark.parametrize("name", ["show-certificate", "download-certificate", "show-picture"])
def test_papers_of_others_are_not_found(as_user, outsider, trainer, learner, certificate, name):
    address = reverse(f"certificates:{name}", args=[certificate.uuid])
    unions.role(trainer, learner.posts.get().unit)
    assert as_user(None).get(address).status_code == 302
    assert as_user(outsider).get(address).status_code == 404
    assert as_user(trainer).get(address).status_code == 200
    assert as_user(learner).get(address).status_code == 200


def test_consent_needs_its_own_tick(as_user, learner, certificate):
    client = as_user(learner)
    assert 'type="checkbox" name="agree" id="id_agree">' in text_of(client.get("/chung-nhan/"))
    refused = client.post(reverse("certificates:give-consent"))
    assert (refused.status_code, NameConsent.objects.count()) == (422, 0)
    assert 'aria-invalid="true"' in text_of(refused)
    assert client.get(reverse("certificates:give-consent")).status_code == 405


def test_consent_shows_name_and_grade_until_it_is_withdrawn(as_user, learner, certificate, stranger):
    client = as_user(learner)
    client.post(reverse("certificates:give-consent"), {"agree": "on"})
    shown = text_of(stranger.get(page_of(certificate)))
    assert "NGUYỄN THỊ MAI" in shown and "Giỏi" in shown
    client.post(reverse("certificates:withdraw-consent"))
    hidden = text_of(stranger.get(page_of(certificate)))
    assert "NGUYỄN T*** MAI" in hidden and "NGUYỄN THỊ MAI" not in hidden and "Giỏi" not in hidden


# The stranger

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
    for address in ("/xac-minh/", page_of(certificate), "/xac-minh/7K2M9Q4TX2/"):
        response = stranger.get(address)
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert '<meta name="robots" content="noindex' in text_of(response)


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
    assert "Expired" in html and "01/01/2020" in html and "verdict--bad" in html


@pytest.mark.parametrize("typed", ["{lower}", "{shown}", " {shown} ", "{spaced}"])
def test_form_forgives_case_dashes_and_spaces(stranger, certificate, typed):
    spaced = " ".join(certificate.code)
    text = typed.format(lower=certificate.code.lower(), shown=certificate.code_shown, spaced=spaced)
    response = stranger.get("/xac-minh/", {"ma": text}, follow=True)
    assert response.redirect_chain == [(page_of(certificate), 302)]
    assert "001/GCN-CĐ" in text_of(response)


def test_lower_case_and_dashes_work_in_the_address_too(stranger, certificate):
    assert "001/GCN-CĐ" in text_of(stranger.get(f"/xac-minh/{certificate.code_shown.lower()}/"))


def test_wrong_and_mistyped_codes_say_what_to_do(stranger, certificate):
    mistyped = {f"{letter}{certificate.code[1:]}" for letter in "O0I1LĐ"} | {"7K2M-9Q4T-X2", "x" * 200, "<script>alert(1)", "%00", "-"}
    unknown = "7K2M9Q4TX" + codes.check_character("7K2M9Q4TX")
    for text in (*mistyped, unknown):
        response = stranger.get(f"/xac-minh/{text}/")
        html = text_of(response)
        assert response.status_code == 404, text
        assert "Check each character again" in html and "001/GCN-CĐ" not in html and "<script>alert" not in html
    assert stranger.get("/xac-minh/../x/</script>/").status_code == 404


def test_empty_form_asks_for_the_code(stranger):
    assert "aria-invalid" not in text_of(stranger.get("/xac-minh/"))
    assert 'aria-invalid="true"' in text_of(stranger.get("/xac-minh/", {"ma": " - "}))


def test_every_answer_costs_the_same_queries(stranger, certificate, administrator):
    def count(code: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            stranger.get(f"/xac-minh/{code}/")
        return len([query for query in queries if "certificates_" in query["sql"]])

    unknown = "7K2M9Q4TX" + codes.check_character("7K2M9Q4TX")
    valid = count(certificate.code)
    services.reissue_certificate(certificate=certificate, reason="Sai", by=administrator, now=factory.NOW)
    assert (valid, count(certificate.code), count(unknown)) == (1, 1, 1)


def test_too_many_checks_from_one_address_are_told_to_wait(stranger, as_user, certificate):
    # Twice as many and two more: wherever the minute turns, one of the two minutes is asked too often.
    answers = [stranger.get(page_of(certificate)) for _time in range(2 * PER_MINUTE + 2)]
    assert {answer.status_code for answer in answers[:PER_MINUTE]} == {200}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused["Retry-After"] == "60" and "001/GCN-CĐ" not in text_of(refused)
    assert as_user(None, REMOTE_ADDR="203.0.113.9").get(page_of(certificate)).status_code == 200


def test_other_methods_are_refused(stranger, certificate):
    assert [stranger.post(address).status_code for address in ("/xac-minh/", page_of(certificate))] == [405, 405]


def test_learner_home_tag_returns_valid_certificates_by_course(learner, certificate, administrator, rf, django_assert_num_queries):
    from certificates.templatetags.register import certificates_by_course, of_course

    request = rf.get("/")
    request.user = learner
    with django_assert_num_queries(1):
        found = certificates_by_course({"request": request})
    assert of_course(found, certificate.course_id) == certificate
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=factory.NOW)
    assert certificates_by_course({"request": request}) == {}
