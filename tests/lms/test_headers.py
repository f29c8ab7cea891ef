"""Headers of safety on every kind of answer: pages, files, JSON, errors of every kind, redirects, probes, static files, uploads."""

import re
from http.cookies import Morsel
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image

from lms.middleware import PERSONAL, SANDBOX, SHOWN_TYPES, ContentSecurityPolicy, Headers
from tests.factories import courses
from tests.factories.accounts import PASSWORD
from tests.places import addresses
from tests.test_gates import bare_refusals  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ALWAYS = {
    "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN", "X-Permitted-Cross-Domain-Policies": "none"}
YEAR = 31_536_000


def directives(response) -> dict[str, set[str]]:
    policy = response.headers["Content-Security-Policy"]
    return {words[0]: set(words[1:]) for words in (part.split() for part in policy.split(";")) if words}


def faults_of(response, at: str) -> list[str]:
    """What is missing, in words; an empty list is what we want."""
    faults = [f"{name} is {response.headers.get(name)!r}" for name, value in ALWAYS.items() if response.headers.get(name) != value]
    faults += [] if response.headers.get("Cross-Origin-Resource-Policy") in {"same-origin", "cross-origin"} else ["no resource policy"]
    faults += [] if response.headers.get("Referrer-Policy") in {"same-origin", "no-referrer"} else ["no referrer policy"]
    faults += [] if "geolocation=()" in response.headers.get("Permissions-Policy", "") else ["no permissions policy"]
    policy = directives(response)
    scripts = policy.get("script-src", policy.get("default-src", {"nothing"}))
    is_editor = at.startswith("/quan-tri/")
    if scripts - ({"'self'", "'unsafe-inline'"} if is_editor else {"'self'", "'none'"}) or "frame-ancestors" not in policy or not policy.get("base-uri"):
        faults.append(f"policy: {policy}")
    kept = response.headers.get("Cache-Control", "")
    if not {"public", "private", "no-store"} & set(re.split(r"[\s,]+", kept)) and not at.startswith("/xac-minh/"):
        faults.append(f"Cache-Control: {kept!r}")
    if at.startswith(PERSONAL) and "public" in kept:
        faults.append(f"personal and kept by all: {kept!r}")
    return [f"{at} {response.status_code} {fault}" for fault in faults]


def test_every_address_answers_with_all_headers(client, as_user, learner, bare_refusals):  # noqa: F811
    """Every pattern of the site, asked by a stranger, and those without a record in them by somebody signed in: whatever comes back is complete."""
    clients = {"stranger": client, "learner": as_user(learner)}
    for one in clients.values():
        one.raise_request_exception = False
    patterns = [address for address in addresses(get_resolver().url_patterns) if "error_test" not in address.name]
    asked = {("stranger", address.at_anything) for address in patterns if not address.is_editors}
    asked |= {("learner", address.at_anything) for address in patterns if not address.is_others and "<" not in address.pattern and "dao-tao" not in address.pattern}
    asked |= {("stranger", address.at_anything) for address in patterns[::9] if address.is_editors}
    wrong = []
    for who, at in sorted(asked):
        clients[who].cookies.pop("messages", None)
        wrong += faults_of(clients[who].get(at), at)
    assert len(asked) > 200
    assert wrong == []


@pytest.mark.parametrize("status", [200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503])
def test_every_status_has_all_headers(status):
    def view(request):
        return HttpResponse("{}", status=status, content_type="application/json")

    answer = Headers(ContentSecurityPolicy(view))(RequestFactory().get("/hoc-tap/x/"))
    assert answer.status_code == status
    assert faults_of(answer, "/hoc-tap/x/") == []


@pytest.mark.parametrize(("at", "status"), [("/hoc-tap/", 302), ("/khong-co/", 404), ("/khoa-hoc", 301), ("/healthz", 200), ("/media/images/x.png", 404)])
def test_real_answers_have_all_headers(client, at, status):
    answer = client.get(at)
    assert (answer.status_code, faults_of(answer, at)) == (status, [])


def test_refused_requests_have_all_headers(settings, learner, as_user, monkeypatch):
    """A foreign host, a form without its token, a wrong method, a body that is too large, a hole in a view."""
    careful = Client(enforce_csrf_checks=True, raise_request_exception=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answers = {
        400: careful.get("/", headers={"host": "evil.example"}), 403: careful.post("/tai-khoan/login/", {"login": "x"}),
        405: Client().delete("/xac-minh/"),
    }
    assert {code: answer.status_code for code, answer in answers.items()} == {code: code for code in answers}
    large = Client(raise_request_exception=False).post("/tai-khoan/login/", {"login": "x" * 5000})
    assert large.status_code == 413
    monkeypatch.setattr("cms.serve._page_at", lambda *given: 1 / 0)
    answers[500] = careful.get("/khong-co-gi/")
    assert answers[500].status_code == 500
    assert [fault for answer in [*answers.values(), large] for fault in faults_of(answer, "/x/")] == []


def test_static_files_have_them_too(settings):
    """WhiteNoise answers before most of the middleware."""
    (settings.STATIC_ROOT / "x.css").write_text("p{}")
    answer = Client().get("/static/x.css")
    assert answer.status_code in (200, 404)
    assert faults_of(answer, "/static/x.css") == []


# Over HTTPS


@pytest.fixture
def secure(settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD = YEAR, True, False
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True


@pytest.mark.parametrize("at", ["/", "/healthz", "/khong-co/", "/tai-khoan/login/", "/static/khong-co.css"])
def test_browsers_are_told_to_come_by_https_only(secure, settings, at):
    """To be built into browsers for good is only for whoever asked for it."""
    def said() -> str:
        return Client().get(at, secure=True).headers["Strict-Transport-Security"]

    assert said() == "max-age=31536000; includeSubDomains"
    settings.SECURE_HSTS_PRELOAD = True
    assert said() == "max-age=31536000; includeSubDomains; preload"


def test_plain_http_is_led_to_https_without_a_cookie(secure, client):
    answer = client.get("/tai-khoan/login/?next=/hoc-tap/")
    assert (answer.status_code, answer.url) == (301, "https://testserver/tai-khoan/login/?next=/hoc-tap/")
    assert not answer.cookies and faults_of(answer, "/tai-khoan/login/") == []


def test_cookies_are_bound_to_this_site_and_to_https(secure, client, learner):
    client.get("/tai-khoan/login/", secure=True)
    client.post("/tai-khoan/login/", {"login": "0912345678", "password": PASSWORD}, secure=True)
    cookies: dict[str, Morsel] = dict(client.cookies)

    assert {"sessionid", "csrftoken", "__Host-device", "django_language"} <= set(cookies)
    for name, cookie in cookies.items():
        assert (name, bool(cookie["secure"]), cookie["samesite"], cookie["domain"], cookie["path"]) == (name, True, "Lax", "", "/")
    assert all(cookies[name]["httponly"] for name in ("sessionid", "__Host-device"))


# What people uploaded


def document(name: str, data: bytes = b"<script>alert(1)</script>") -> Document:
    return Document.objects.create(title="x", file=ContentFile(data, name))


@pytest.mark.parametrize("name", ["x.pdf", "x.txt", "x.csv", "x.docx", "x.zip", "x.html", "x.svg", "x.xhtml", "x.js", "x.xml", "x", "x.khac"])
def test_an_uploaded_document_is_a_file_to_save(client, name):
    """Also one whose name slipped in before names were checked."""
    answer = client.get(document(name).url)

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert faults_of(answer, "/tai-lieu/") == []


@pytest.mark.parametrize(("name", "kind"), [("x.mp4", "video/mp4"), ("x.mp3", "audio/mpeg"), ("x.vtt", "text/vtt")])
def test_what_plays_in_a_lesson_keeps_its_type_in_the_sandbox(client, name, kind):
    whole = client.get(document(name).url)
    part = client.get(document(name).url, headers={"range": "bytes=0-3"})
    for answer in (whole, part):
        assert answer.headers["Content-Type"].split(";")[0] == kind
        assert answer.headers["Content-Security-Policy"] == SANDBOX


def test_pictures_are_shown_as_pictures_and_nothing_else(client, settings):
    drawn = BytesIO()
    Picture.new("RGB", (4, 4)).save(drawn, "PNG")
    picture = Image.objects.create(title="x", file=ContentFile(drawn.getvalue(), "x.png"))
    folder = settings.MEDIA_ROOT / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("trang.html", "ve.svg", "ma.js", "lon.xml"):
        (folder / name).write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")

    shown = client.get(picture.get_rendition("fill-2x2|format-webp").url)
    assert (shown.headers["Content-Type"], shown.headers["Content-Security-Policy"]) == ("image/webp", SANDBOX)
    assert "Content-Disposition" not in shown.headers or "attachment" not in shown.headers["Content-Disposition"]
    for name in ("trang.html", "ve.svg", "ma.js", "lon.xml"):
        answer = client.get(f"/media/images/{name}")
        assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"]) == ("application/octet-stream", "attachment")
        assert answer.headers["Content-Security-Policy"] == SANDBOX
    assert not {kind for kind in SHOWN_TYPES if "html" in kind or "svg" in kind or "xml" in kind or "script" in kind}


@pytest.mark.parametrize("path", ["documents/x.pdf", "images/../documents/x.pdf", "images/%2e%2e/documents/x.pdf", "private/x", "../db.sqlite3"])
def test_nothing_but_pictures_has_an_address_of_its_own(client, path):
    document("x.pdf")
    assert client.get(f"/media/{path}").status_code in (301, 404)


def test_any_file_to_save_is_shut_in_wherever_it_comes_from():
    """Exports, proofs, answers: also those of views that are yet to be written."""
    def view(request):
        return FileResponse(BytesIO(b"<script>"), as_attachment=True, filename="x.html", content_type="text/html")

    answer = Headers(ContentSecurityPolicy(view))(RequestFactory().get("/hoc-tap/bai-lam/1/tep/1/"))
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    assert faults_of(answer, "/hoc-tap/") == []


# Whose copy is kept where


def test_no_page_of_a_person_may_be_kept_by_others(as_user, learner, trainer):
    """A lesson, the home, the office: no shared cache keeps them, and what one person's browser asks by tag is not another's."""
    course = courses.small_course()
    paths = ["/", "/hoc-tap/", "/tai-khoan/", course.url, "/chung-nhan/"]
    for at in paths:
        mine, other = (as_user(person).get(at) for person in (learner, trainer))
        assert "private" in mine.headers["Cache-Control"] or "no-store" in mine.headers["Cache-Control"], at
        if tag := mine.headers.get("ETag"):
            assert tag != other.headers.get("ETag"), at
    for at in ("/tai-khoan/", "/chung-nhan/"):
        assert "no-store" in as_user(learner).get(at).headers["Cache-Control"], at
