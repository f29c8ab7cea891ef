"""Files in a real S3-speaking store: pictures through the site, papers by a link that holds for a minute, and a store that is away."""

import hashlib
import http.client
import io
import os
import socket
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.config import Config
from django.apps import apps
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages
from django.urls import reverse
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image

from certificates import services
from lms import s3
from tests.factories import certificates as factory
from tests.lms import engines

pytestmark = pytest.mark.same_everywhere

NAME = "certificates/2026/Giấy chứng nhận Đặng Thị Ưởng.pdf"


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[engines.Process]:
    with engines.s3_server(tmp_path_factory.mktemp("s3")) as process:
        yield process


@pytest.fixture(autouse=True)
def _answers(monkeypatch):
    monkeypatch.setattr(s3, "_silent_until", 0.0)


def private(server, **more) -> s3.PrivateStore:
    return s3.PrivateStore(location="private", **engines.s3_options(server.port, **more))


@pytest.fixture
def store(server) -> s3.PrivateStore:
    return private(server)


def fetched(address: str) -> tuple[bytes, http.client.HTTPMessage]:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return answer.read(), answer.headers


# The store

def test_a_name_with_every_letter_is_kept_and_never_written_over(store):
    first, second = (store.save(NAME, ContentFile(body)) for body in (b"%PDF-1", b"%PDF-2"))
    assert first == NAME
    assert second != NAME
    assert (store.open(first).read(), store.open(second).read(), store.size(first)) == (b"%PDF-1", b"%PDF-2", 6)
    assert NAME.rpartition("/")[2] in store.listdir("certificates/2026")[1]
    store.delete(first)
    store.delete(first)
    assert (store.exists(first), store.exists(second)) == (False, True)


def test_what_is_not_there_is_a_file_not_found(store):
    for ask in (store.open, store.size, store.part, lambda name: store.link_to(name, disposition="attachment", content_type="a/b")):
        with pytest.raises(FileNotFoundError):
            ask("nothing.pdf")


def test_a_file_in_several_parts_comes_back_the_same(store):
    body = os.urandom(21 * s3.MEGABYTE)
    name = store.save("big.bin", File(io.BytesIO(body)))
    with store.open(name) as file:
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(body).digest()
    assert store.part(name, start=20 * s3.MEGABYTE, stop=20 * s3.MEGABYTE + 9)["Body"].read() == body[20 * s3.MEGABYTE:][:10]


def test_a_name_cannot_leave_its_place(server, store):
    store.save("secret.pdf", ContentFile(b"private"))
    public = s3.PublicStore(location="media", **engines.s3_options(server.port))
    for name in ("../private/secret.pdf", "/private/secret.pdf", "images/../../private/secret.pdf"):
        with pytest.raises((FileNotFoundError, SuspiciousOperation)):
            public.open(name)


@pytest.mark.parametrize("wrong", [{"secret_key": "another"}, {"access_key": "nobody"}, {"bucket_name": "no-such-bucket"}])
def test_a_store_that_refuses_is_told_without_its_keys(server, wrong):
    with pytest.raises(s3.StoreAway) as caught:
        private(server, **wrong).save("a.pdf", ContentFile(b"1"))
    assert not any(word in str(caught.value) for word in (engines.SECRET_KEY, engines.ACCESS_KEY, "a.pdf"))


def test_a_store_that_hangs_is_waited_for_once(monkeypatch):
    quick = Config(connect_timeout=0.2, read_timeout=0.2, retries={"mode": "standard", "total_max_attempts": 1})
    before = s3._config()
    monkeypatch.setattr(s3, "_config", lambda: before.merge(quick))
    asked = []
    with socket.create_server((engines.HOST, 0)) as silent:
        store = s3.PrivateStore(location="private", **engines.s3_options(silent.getsockname()[1]))
        for _ in range(20):
            with pytest.raises(OSError, match="did not answer") as caught:
                store.exists("a.pdf")
            asked.append(str(caught.value))
    assert len(set(asked[1:])) == 1
    assert asked[0] != asked[1], "whoever comes next is told at once"


# The site on the store

@pytest.fixture
def site(server, settings, monkeypatch) -> engines.Process:
    """The site as S3_BUCKET makes it. Fields take their storage when they are made, so they are handed the new one."""
    options = engines.s3_options(server.port)
    settings.STORAGES = {
        **settings.STORAGES, "default": {"BACKEND": "lms.s3.PublicStore", "OPTIONS": {**options, "location": "media"}},
        "private": {"BACKEND": "lms.s3.PrivateStore", "OPTIONS": {**options, "location": "private"}}}
    callables = [field for model in apps.get_models() for field in model._meta.get_fields() if hasattr(field, "_storage_callable")]
    fields = [field for field in callables if field._storage_callable() is storages["private"]]
    assert len(fields) > 5
    for field in fields:
        monkeypatch.setattr(field, "storage", storages["private"])
    return server


@pytest.fixture
def certificate(site, learner):
    return factory.certificate(learner)


def test_a_paper_is_typeset_stored_and_drawn_from_the_store(certificate):
    with certificate.pdf.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == certificate.pdf_sha256
    assert services.picture_of(certificate=certificate) == services.picture_of(certificate=certificate)
    with pytest.raises(NotImplementedError):
        certificate.pdf.path  # noqa: B018


def test_a_link_is_made_after_the_gate_holds_a_minute_and_saves_the_file(as_user, learner, outsider, certificate):
    address = reverse("certificates:download-certificate", args=[certificate.uuid])
    assert as_user(outsider).get(address).status_code == 404
    assert as_user(None).get(address)["Location"].startswith("/tai-khoan/login/")
    answer = as_user(learner).get(address)
    link = answer["Location"]
    asked = parse_qs(urlsplit(link).query)
    assert (answer.status_code, asked["X-Amz-Expires"], answer["Referrer-Policy"]) == (302, ["60"], "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    body, headers = fetched(link)
    assert body.startswith(b"%PDF-")
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/pdf", "private, no-store")
    for forged in (link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), link.replace("attachment", "inline"), link.partition("?")[0]):
        with pytest.raises(HTTPError):
            fetched(forged)


def test_a_lost_paper_is_not_found_and_not_a_page_of_the_store(as_user, learner, certificate):
    certificate.pdf.storage.delete(certificate.pdf.name)
    assert as_user(learner).get(reverse("certificates:download-certificate", args=[certificate.uuid])).status_code == 404


def test_without_links_the_site_hands_the_file_on(as_user, learner, certificate, monkeypatch):
    monkeypatch.setattr(storages["private"], "has_links", False)
    answer = as_user(learner).get(reverse("certificates:download-certificate", args=[certificate.uuid]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == certificate.pdf_sha256


def test_links_are_signed_for_the_address_that_browsers_know(server):
    store = private(server, public_url="https://kho.congdoan.vn")
    name = store.save("a.pdf", ContentFile(b"1"))
    link = store.link_to(name, disposition="attachment", content_type="application/pdf")
    assert link.startswith(f"https://kho.congdoan.vn/{engines.BUCKET}/private/a")
    assert engines.SECRET_KEY not in link


def test_pictures_and_cuts_of_them_come_through_the_site(site, db, as_user):
    drawn = io.BytesIO()
    Picture.new("RGB", (800, 600), "#a11").save(drawn, "JPEG")
    image = Image.objects.create(title="Ảnh", width=800, height=600, file=ContentFile(drawn.getvalue(), name="Ảnh đại hội.jpg"))
    cut = image.get_rendition("width-200")
    assert default_storage.exists(cut.file.name)
    for address in (image.file.url, cut.url):
        assert address.startswith("/media/"), "an address of the store in a page would run out"
        answer = as_user().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")
        assert "public" in answer["Cache-Control"]
        assert as_user().get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
        assert as_user().get(address, headers={"if-modified-since": answer["Last-Modified"]}).status_code == 304
    assert as_user().get("/media/images/none.jpg").status_code == 404
    assert as_user().get("/media/images/../../private/a.pdf").status_code == 404


def test_a_player_gets_its_part_and_the_whole(site, db, as_user):
    body = bytes(range(256)) * 1000
    video = Document.objects.create(title="Phiên họp mẫu", file=ContentFile(body, name="phiên họp.mp4"))
    part = as_user().get(video.url, headers={"range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, body[1000:2000])
    whole = as_user().get(video.url)
    assert (whole.status_code, b"".join(whole.streaming_content)) == (200, body)


def test_a_store_that_is_away_is_no_fault_of_the_page(site, as_user, learner, certificate):
    site.kill()
    try:
        client = as_user(learner, raise_request_exception=False)
        assert client.get("/chung-nhan/").status_code == 200
        answers = [client.get(path) for path in (reverse("certificates:download-certificate", args=[certificate.uuid]), "/media/images/a.jpg")]
        assert [answer.status_code for answer in answers] == [503, 503]
        assert all(answer["Retry-After"] for answer in answers)
    finally:
        site.start()
