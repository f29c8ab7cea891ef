"""Digital badges: others can check them, they tell no more than the paper, and they end when the paper does."""

import copy
import io
import json
import uuid
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives import serialization
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openbadgeslib import baking
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from PIL import Image

from certificates import payload, services
from certificates.enums import LookKind
from certificates.models import Certificate, Look, RegisterEntry
from tests.certificates.badges import address_of, credential_of, document_at, file_of, judged
from tests.factories import certificates as factory
from tests.factories import courses, unions

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
# Long ago: the software of others looks at the clock of the machine.
NOW = datetime(2024, 11, 20, 7, 3, 22, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
VALID = {"verified": True, "revoked": False, "error": ""}


@pytest.fixture
def certificate(learner):
    learner.date_of_birth = date(1988, 2, 5)
    learner.save()
    unions.post(learner, unions.unit("CĐCS Công ty TNHH An Phú", "AP", active_from=date(2020, 1, 1)), valid_from=date(2024, 1, 1))
    return factory.certificate(learner, now=NOW)


@pytest.fixture
def holder(as_user, learner):
    return as_user(learner, headers={"accept-language": "en"})


@pytest.fixture
def stranger(as_user):
    return as_user(None)


def another(learner, number: int) -> Certificate:
    return factory.certificate(learner, courses.course(f"Khóa {number}", f"khoa-{number}"), now=NOW)


def list_of(certificate) -> str:
    return f"/xac-minh/don-vi/{certificate.series.issuer.unit.uuid}/trang-thai/1/"


def changed(credential: dict, *path, to) -> dict:
    """The credential with one value changed, as a forger would."""
    forged = copy.deepcopy(credential)
    place = forged
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return forged


# What others say of it

def test_stranger_s_software_accepts_it_and_refuses_any_change(holder, stranger, certificate):
    good = credential_of(holder, certificate)
    subject = good["credentialSubject"]
    found = judged({
        "good": good,
        "name": changed(good, "credentialSubject", "identifier", 0, "identityHash", to="Nguyễn Thị Mái"),
        "course": changed(good, "credentialSubject", "achievement", "name", to=subject["achievement"]["name"] + "."),
        "day": changed(good, "validFrom", to="2024-11-20T07:03:23Z"),
        "place": changed(good, "credentialStatus", "statusListIndex", to="77"),
        "proof": changed(good, "proof", "proofValue", to=good["proof"]["proofValue"][:-1] + ("2" if good["proof"]["proofValue"][-1] != "2" else "3")),
        "added": good | {"unsignedTerm": "x"},
    }, stranger)
    assert found["good"] == VALID
    assert {name: answer["verified"] for name, answer in found.items() if answer["verified"]} == {"good": True}


def test_stranger_s_software_is_told_what_was_revoked_replaced_and_hidden(holder, stranger, learner, administrator, certificate):
    papers = {"standing": certificate} | {name: another(learner, place) for place, name in enumerate(("revoked", "replaced", "hidden", "shown"))}
    taken = {name: credential_of(holder, paper) for name, paper in papers.items()}
    services.revoke_certificate(certificate=papers["revoked"], reason="Cấp nhầm", by=administrator, now=LATER)
    newest = services.reissue_certificate(certificate=papers["replaced"], reason="Sai họ tên", by=administrator, now=LATER)
    for name in ("hidden", "shown"):
        services.hide_certificate(certificate=papers[name], by=learner, now=LATER)
    services.show_certificate(certificate=papers["shown"], by=learner, now=LATER)
    found = judged(taken | {"newest": credential_of(holder, newest)}, stranger)
    assert all(answer["verified"] for answer in found.values())
    assert {name for name, answer in found.items() if answer["revoked"]} == {"revoked", "replaced", "hidden"}


def test_old_key_stays_good_and_a_known_one_does_not(holder, stranger, certificate, settings):
    settings.CERTIFICATE_SIGNING_KEY = "one" * 20
    first = credential_of(holder, certificate)
    settings.CERTIFICATE_SIGNING_KEY = "two" * 20
    second = credential_of(holder, certificate)
    assert first["proof"]["verificationMethod"] != second["proof"]["verificationMethod"]
    assert judged({"first": first, "second": second}, stranger) == {"first": VALID, "second": VALID}
    services.mark_key_compromised(
        fingerprint=first["proof"]["verificationMethod"].rstrip("/").rpartition("/")[2], since=LATER, note="", now=LATER)
    found = judged({"first": first, "second": second}, stranger)
    assert found["second"] == VALID and not found["first"]["verified"]
    assert document_at(stranger, first["proof"]["verificationMethod"])["revoked"] == "2024-11-23T07:03:22Z"


def test_second_reader_accepts_it_and_finds_nothing_unsigned(holder, certificate):
    credential = credential_of(holder, certificate)
    public = payload.signing_key().public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert OB3LdpVerifier(pubkey_pem=public).verify(credential).id == f"urn:uuid:{certificate.uuid}"


@pytest.mark.parametrize("title", ["Thương lượng tập thể", "“A & B” <c> ]]> 'd' \\ 100% “é”"])
def test_pictures_hold_the_same_credential(holder, learner, title):
    certificate = factory.certificate(learner, courses.course(title, "khoa-khac"), now=NOW)
    credential, png, svg = (file_of(holder, certificate, format) for format in ("json", "png", "svg"))
    inside_png = baking.extract_png(png, keyword=baking.ITXT_KEYWORD_OB3)
    inside_svg = baking.extract_svg(svg, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    assert json.loads(inside_png) == json.loads(inside_svg) == json.loads(credential)
    assert json.loads(credential)["credentialSubject"]["achievement"]["name"] == title
    with Image.open(io.BytesIO(png)) as picture:
        picture.verify()
        assert picture.size == (600, 600)


# What it says

def test_it_says_what_the_paper_says(holder, certificate):
    Certificate.objects.update(valid_until=date(2028, 11, 20))
    credential = credential_of(holder, certificate)
    subject = credential["credentialSubject"]
    assert subject["identifier"] == [{"type": "IdentityObject", "hashed": False, "identityHash": "Nguyễn Thị Mai", "identityType": "name"}]
    assert (subject["licenseNumber"], subject["achievement"]["name"]) == ("001/GCN-CĐ", "Thương lượng tập thể")
    assert credential["issuer"]["name"] == "Công đoàn phường Tân Lập"
    # From the moment of issue to the midnight in Hà Nội on which it ends.
    assert (credential["validFrom"], credential["validUntil"]) == ("2024-11-20T07:03:22Z", "2028-11-19T17:00:00Z")
    assert credential["evidence"][0]["id"] == f"http://testserver/xac-minh/{certificate.code}/"


def test_it_keeps_silent_about_the_rest(holder, learner, certificate):
    assert (certificate.snapshot["grade"], certificate.snapshot["unit"]) == ("Giỏi", "CĐCS Công ty TNHH An Phú")
    secret = ("1988", "An Phú", "Giỏi", learner.phone, learner.email, str(learner.uuid) if hasattr(learner, "uuid") else "mai@")
    for format in ("json", "png", "svg"):
        text = file_of(holder, certificate, format).decode(errors="replace")
        assert "Nguyễn Thị Mai" in text and not [words for words in secret if words and words in text]


def test_same_certificate_and_key_give_the_same_bytes(holder, certificate):
    for format in ("json", "png", "svg"):
        assert file_of(holder, certificate, format) == file_of(holder, certificate, format)


def test_same_course_and_rules_are_the_same_achievement(holder, learner, as_user, outsider, certificate):
    other = factory.certificate(outsider, certificate.course, now=NOW)
    mine, theirs = credential_of(holder, certificate), credential_of(as_user(outsider), other)
    assert mine["credentialSubject"]["achievement"] == theirs["credentialSubject"]["achievement"]
    assert mine["id"] != theirs["id"] and mine["credentialStatus"]["statusListIndex"] != theirs["credentialStatus"]["statusListIndex"]


# Who may have it

def test_file_is_for_the_holder_and_the_office(as_user, stranger, outsider, trainer, learner, certificate):
    unions.role(trainer, learner.posts.get().unit)
    answers = [client.get(address_of(certificate)).status_code for client in (stranger, as_user(outsider), as_user(trainer), as_user(learner))]
    assert answers == [302, 404, 200, 200]
    assert [(look.by, look.kind) for look in Look.objects.all()] == [(trainer, LookKind.DOWNLOAD)]


def test_file_has_a_name_in_two_alphabets_and_stays_in_no_cache(holder, certificate):
    response = holder.get(address_of(certificate, "png"))
    plain, extended = response["Content-Disposition"].removeprefix("attachment; ").split("; ")
    assert plain == 'filename="001-gcn-cd_nguyen_thi_mai_-_huy_hieu_so.png"'
    assert unquote(extended) == "filename*=UTF-8''001-GCN-CĐ Nguyễn Thị Mai - huy hiệu số.png"
    assert response["Content-Type"] == "image/png" and "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]


def test_hidden_paper_gives_a_file_to_its_holder_only(holder, as_user, learner, trainer, certificate):
    unions.role(trainer, learner.posts.get().unit)
    services.hide_certificate(certificate=certificate, by=learner, now=LATER)
    assert [client.get(address_of(certificate)).status_code for client in (as_user(trainer), holder)] == [404, 200]


def refused(client, certificate) -> str:
    response = client.get(address_of(certificate))
    assert response.status_code == 302 and response["Location"] == certificate.get_absolute_url()
    return str(next(iter(get_messages(response.wsgi_request))))


def test_no_file_for_what_is_valid_no_more(holder, administrator, learner, certificate):
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=LATER)
    former = another(learner, 1)
    services.reissue_certificate(certificate=former, reason="Sai họ tên", by=administrator, now=LATER)
    assert refused(holder, certificate).startswith("There is no digital badge") and refused(holder, former)


def test_no_file_for_a_paper_that_was_issued_elsewhere(holder, certificate):
    Certificate.objects.update(pdf="", pdf_sha256="", typeset_sha256="")
    assert refused(holder, certificate).startswith("There is no digital badge")


def test_no_file_while_the_signing_key_is_known_to_others(holder, certificate):
    fingerprint = payload.fingerprint(payload.signing_key().public_key())
    services.note_key_in_use(now=NOW)
    services.mark_key_compromised(fingerprint=fingerprint, since=LATER, note="", now=LATER)
    assert "known to others" in refused(holder, certificate)


def test_other_formats_and_methods_are_refused(holder, certificate):
    assert holder.get(address_of(certificate).replace(".json", ".exe")).status_code == 404
    assert holder.post(address_of(certificate)).status_code == 405


# What strangers' programs fetch

def test_issuer_stays_where_it_is_when_its_unit_is_renamed_and_merged(holder, stranger, certificate):
    before = credential_of(holder, certificate)
    unit = certificate.series.issuer.unit
    unit.code, unit.active_until = "TL-CU", date(2026, 12, 31)
    unit.save()
    assert judged({"kept": before}, stranger) == {"kept": VALID}
    assert credential_of(holder, certificate) == before


def test_profile_keys_and_lists_may_be_read_by_any_site_and_are_not_indexed(stranger, certificate):
    profile = f"/xac-minh/don-vi/{certificate.series.issuer.unit.uuid}/"
    key = document_at(stranger, profile)["assertionMethod"][0].removeprefix("http://testserver")
    for address in (profile, key, list_of(certificate)):
        response = stranger.get(address)
        assert (response.status_code, response["Access-Control-Allow-Origin"], response["X-Robots-Tag"]) == (200, "*", "noindex")
        assert "Cookie" not in response.get("Vary", "") and not response.cookies and "Nguyễn" not in response.content.decode()


def test_what_is_not_there_is_not_found(stranger, certificate):
    unit = certificate.series.issuer.unit
    for ending in ("khoa/0000/", "trang-thai/0/", "trang-thai/2/", "trang-thai/99999999999999999999/"):
        assert stranger.get(f"/xac-minh/don-vi/{unit.uuid}/{ending}").status_code == 404, ending
    assert stranger.get(f"/xac-minh/don-vi/{certificate.uuid}/").status_code == 404


def test_list_costs_the_same_with_1_and_30_papers(stranger, administrator, certificate):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            stranger.get(list_of(certificate))
        return len(queries)

    count()
    assert count() == 2
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=LATER)
    one = count()
    for number in range(2, 31):
        certificate.pk, certificate.uuid, certificate.code, certificate.number, certificate.state = None, uuid.uuid4(), f"C{number}", number, "revoked"
        certificate.save(force_insert=True)
    RegisterEntry.objects.create(certificate=certificate, kind="revoked", at=LATER)
    assert count() == one == 5


def test_list_is_signed_anew_only_when_the_register_changes(stranger, administrator, certificate):
    first = stranger.get(list_of(certificate))
    again = stranger.get(list_of(certificate), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=LATER)
    second = stranger.get(list_of(certificate), headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200 and second["ETag"] != first["ETag"]
    assert json.loads(second.content)["validFrom"] == "2024-11-23T07:03:22Z"


def test_lists_of_two_issuers_tell_of_their_own_papers_only(stranger, administrator, certificate):
    other = type(certificate.series.issuer).objects.create(
        unit=unions.unit("Công đoàn phường Hòa Bình", "HB"), name="Công đoàn phường Hòa Bình", place="Hòa Bình", signer_name="Lê Văn Bình")
    empty = document_at(stranger, f"http://testserver/xac-minh/don-vi/{other.unit.uuid}/trang-thai/1/")
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=LATER)
    later = document_at(stranger, f"http://testserver/xac-minh/don-vi/{other.unit.uuid}/trang-thai/1/")
    assert later["credentialSubject"] == empty["credentialSubject"]
    assert document_at(stranger, f"http://testserver{list_of(certificate)}")["credentialSubject"]["encodedList"] != empty["credentialSubject"]["encodedList"]
