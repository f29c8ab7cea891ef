"""What comes into the library is what its name says, and goes out in a way that no browser runs."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image

from cms.uploads import content_matches

pytestmark = pytest.mark.same_everywhere


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (4, 4), "red").save(out, kind)
    return out.getvalue()


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
DOCX = archive(word__document_xml=b"<w/>")
GENUINE = {
    "pdf": PDF,
    "docx": DOCX,
    "xlsx": archive(xl__workbook_xml=b"<w/>"),
    "pptx": archive(ppt__presentation_xml=b"<p/>"),
    "odt": archive(mimetype=b"application/vnd.oasis.opendocument.text"),
    "ods": archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    "zip": archive(a=b"b"),
    "mp4": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41",
    "m4a": b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00",
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm",
    "mp3": b"ID3\x03\x00\x00\x00\x00\x00\x21",
    "ogg": b"OggS\x00\x02",
    "vtt": "\ufeffWEBVTT\n\n00:00.000 --> 00:02.000\nXin chào\n".encode(),
    "txt": "Biên bản đối thoại".encode(),
    "csv": "STT;Họ và tên\n1;Lê Thị Hồng Vân\n".encode(),
}
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"


@pytest.mark.parametrize("extension", sorted(GENUINE))
def test_genuine_file_matches_its_name(extension):
    assert content_matches(io.BytesIO(GENUINE[extension]), extension)
    assert content_matches(io.BytesIO(GENUINE[extension]), f".{extension.upper()}")


def test_mp3_without_a_tag_matches_its_name():
    assert content_matches(io.BytesIO(b"\xff\xfb\x90\x64" + b"\x00" * 400), "mp3")


@pytest.mark.parametrize("extension", sorted(set(GENUINE) - {"txt", "csv"}))
@pytest.mark.parametrize("content", [HTML, SVG, EXE, b"", picture("PNG"), b"PK\x03\x04 broken"], ids=["html", "svg", "exe", "empty", "png", "broken zip"])
def test_other_content_does_not(extension, content):
    assert not content_matches(io.BytesIO(content), extension)


@pytest.mark.parametrize("extension", ["txt", "csv"])
def test_text_is_text(extension):
    assert not content_matches(io.BytesIO(EXE), extension)
    assert not content_matches(io.BytesIO("Biên bản".encode("utf-16")), extension)
    assert content_matches(io.BytesIO("một\n".encode() * 5_000), extension)


@pytest.mark.parametrize("extension", ["exe", "html", "svg", "", "js"])
def test_name_that_nobody_asked_for_never_matches(extension):
    assert not content_matches(io.BytesIO(PDF), extension)


def test_one_office_format_is_not_another():
    assert not content_matches(io.BytesIO(DOCX), "xlsx")
    assert not content_matches(io.BytesIO(GENUINE["zip"]), "docx")


@pytest.fixture
def editor(as_user, administrator):
    return as_user(administrator, headers={"accept-language": "en"})


def upload(editor, name: str, content: bytes):
    return editor.post(reverse("wagtaildocs:add"), {
        "title": "Mẫu", "file": SimpleUploadedFile(name, content, "application/pdf"), "collection": "1", "tags": ""}, follow=False)


def test_document_is_kept_when_it_is_what_it_says(editor):
    assert upload(editor, "mau.pdf", PDF).status_code == 302
    assert Document.objects.get().file_extension == "pdf"


@pytest.mark.parametrize("content", [HTML, SVG, EXE], ids=["html", "svg", "exe"])
def test_document_in_disguise_is_refused_with_the_reason_in_the_form(editor, content):
    response = upload(editor, "mau.pdf", content)
    assert response.status_code == 200
    assert response.context["form"].errors.as_data()["file"][0].code == "content_is_not_its_name"
    assert ".pdf" in response.context["form"].errors["file"][0]
    assert not Document.objects.exists()


def test_document_in_disguise_is_refused_among_several_and_in_the_chooser(editor):
    answer = editor.post(reverse("wagtaildocs:add_multiple"), {"files[]": SimpleUploadedFile("mau.pdf", HTML)}).json()
    assert answer["success"] is False
    assert ".pdf" in answer["error_message"]
    answer = editor.post(reverse("wagtaildocs_chooser:create"), {
        "document-chooser-upload-title": "x", "document-chooser-upload-file": SimpleUploadedFile("mau.pdf", HTML),
        "document-chooser-upload-collection": "1"}).json()
    assert answer["step"] == "reshow_creation_form"
    assert not Document.objects.exists()


def test_document_with_a_foreign_extension_is_refused(editor):
    assert upload(editor, "mau.html", HTML).status_code == 200
    assert upload(editor, "mau.exe", EXE).status_code == 200
    assert not Document.objects.exists()


@pytest.mark.parametrize(("name", "content"), [("anh.png", HTML), ("anh.png", SVG), ("anh.svg", SVG), ("anh.png", picture("GIF")), ("anh.jpg", EXE)])
def test_picture_in_disguise_is_refused(editor, name, content):
    response = editor.post(reverse("wagtailimages:add"), {"title": "Ảnh", "file": SimpleUploadedFile(name, content), "collection": "1"})
    assert response.status_code == 200
    assert "file" in response.context["form"].errors
    assert not Image.objects.exists()


@pytest.mark.parametrize(("name", "disposition"), [("a.pdf", "attachment"), ("a.txt", "attachment"), ("a.docx", "attachment"), ("a.zip", "attachment")])
def test_documents_go_out_without_being_guessed_at(editor, as_user, name, disposition):
    upload(editor, name, GENUINE[name[2:]])
    response = as_user(None).get(Document.objects.get().url)
    assert response.headers["Content-Disposition"].startswith(disposition)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    response.close()
