"""The holder's pages."""

import io
from datetime import date
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from certificates import services
from certificates.models import NameConsent
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
    assert len(thirty) == len(one) <= 7


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


def test_learner_home_tag_returns_valid_certificates_by_course(learner, certificate, administrator, rf, django_assert_num_queries):
    from certificates.templatetags.register import certificates_by_course, of_course

    request = rf.get("/")
    request.user = learner
    with django_assert_num_queries(1):
        found = certificates_by_course({"request": request})
    assert of_course(found, certificate.course_id) == certificate
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=factory.NOW)
    assert certificates_by_course({"request": request}) == {}
