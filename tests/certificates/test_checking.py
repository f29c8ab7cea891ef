"""Files that strangers hand in: unchanged, changed, or not ours; and whatever else people send ends in a sentence, soon."""

import io
import time
import zlib
from datetime import date

import pypdf
import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import override_settings
from django.urls import reverse
from django.utils.translation import override

from certificates import checking, codes, services, signing
from certificates.checking import inspecting
from certificates.enums import LookKind
from certificates.models import Certificate, Look
from certificates.throttling import FILES_PER_MINUTE, MISSES_PER_HOUR
from tests.factories import certificates as factory
from tests.factories import signing as keys

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
TODAY = date(2026, 11, 22)
PAGE = "/xac-minh/tap-tin/"


@pytest.fixture
def certificate(learner, signs):
    return factory.certificate(learner)


@pytest.fixture
def paper(certificate) -> bytes:
    return certificate.pdf.open().read()


def check(data: bytes) -> checking.Finding:
    with override("en"):
        return checking.check_file(data, TODAY)


# Ours

def test_paper_as_issued_is_valid_in_one_query_and_says_who_signed(paper, certificate, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = check(paper)
    assert (found.state, found.certificate, found.signature.is_whole) == ("valid", certificate, True)
    assert "Digital signature valid, by “Công đoàn phường Tân Lập”." in found.words


def test_paper_without_a_signature_says_so(learner):
    row = factory.certificate(learner)
    found = check(row.pdf.open().read())
    assert (found.state, found.signature) == ("valid", None)
    assert "no digital signature" in found.words


def test_unchanged_paper_tells_the_state_of_the_register(paper, certificate, administrator, now):
    Certificate.objects.update(valid_until=date(2026, 11, 21))
    assert check(paper).state == "expired"
    Certificate.objects.update(valid_until=None)
    services.revoke_certificate(certificate=certificate, reason="Cấp nhầm", by=administrator, now=now)
    assert check(paper).state == "revoked"


# Ours, and changed

def test_a_changed_byte_anywhere_is_found(paper):
    for at in [*range(0, len(paper), len(paper) // 12), len(paper) - 1]:
        changed = bytearray(paper)
        changed[at] ^= 1
        assert check(bytes(changed)).state == "altered", at


def test_what_is_added_behind_the_signature_is_found(paper, certificate):
    found = check(paper + b"\n% a word more\n")
    assert (found.state, found.reason, found.certificate) == ("altered", "added", certificate)


def test_a_shadow_attack_is_found(paper, certificate):
    """An update behind the signature that draws over the page: many readers show it, and the signature still fits its own bytes."""
    reader = pypdf.PdfReader(io.BytesIO(paper))
    writer = pypdf.PdfWriter(io.BytesIO(paper), incremental=True)
    writer.pages[0].merge_page(pypdf.PageObject.create_blank_page(reader, 300, 300))
    attacked = io.BytesIO()
    writer.write(attacked)
    assert attacked.getvalue().startswith(paper[:-1])
    found = check(attacked.getvalue())
    assert (found.state, found.reason, found.certificate) == ("altered", "added", certificate)


def test_a_paper_saved_anew_is_found_by_its_code(paper, certificate):
    saved = io.BytesIO()
    pypdf.PdfWriter(clone_from=io.BytesIO(paper)).write(saved)
    found = check(saved.getvalue())
    assert (found.state, found.certificate) == ("altered", certificate)


def test_a_paper_with_another_name_is_found(certificate):
    certificate.snapshot["name"] = "Kẻ Giả Mạo"
    assert check(services.typeset_again(certificate)).state == "altered"


def test_a_paper_with_another_code_is_found_by_number_and_issuing_body(certificate):
    certificate.snapshot["code"] = "7K2M9Q4TXB"
    forged = services.typeset_again(certificate)
    found = check(forged)
    assert (found.state, found.certificate) == ("altered", certificate)
    # The same number of a union that does not issue here says nothing.
    certificate.snapshot["issuer"] = certificate.snapshot["issuer_capitals"] = "CÔNG ĐOÀN PHƯỜNG KHÁC"
    certificate.snapshot["upper_name"] = ""
    assert check(services.typeset_again(certificate)).state == "unknown"


def test_the_typeset_paper_without_its_signature_is_changed(certificate):
    assert check(services.typeset_again(certificate)).state == "altered"


# Not ours, or not here

def plain_pdf(text: str = "Hello") -> bytes:
    return typst.compile(f'#set document(title: "x")\n#"{text}"'.encode(), format="pdf")


def unheld_code(number: int = 0) -> str:
    body = "7K2M9Q" + codes.ALPHABET[number]
    return body + codes.check_character(body)


def test_another_pdf_is_not_known(certificate):
    found = check(plain_pdf())
    assert (found.state, found.missed) == ("unknown", 0)


def test_a_code_that_nobody_holds_is_a_miss(certificate):
    found = check(plain_pdf(codes.shown(unheld_code())))
    assert (found.state, found.missed) == ("unknown", 1)


def test_codes_that_nobody_holds_are_misses_beside_one_that_somebody_does(certificate):
    """Else whoever has a paper of their own could put two guesses before its code, as often as they like."""
    guesses = [codes.shown(unheld_code(number)) for number in range(4)]
    text = " ".join([*guesses[:2], certificate.code_shown])
    found = check(text.encode())
    assert (found.state, found.certificate, found.missed) == ("altered", certificate, 2)
    found = check(plain_pdf(text) + f"\n%{guesses[2]} {guesses[0]}\n".encode())
    assert (found.state, found.certificate, found.missed) == ("altered", certificate, 3)


def test_a_file_of_nothing_but_codes_ends_soon():
    start = time.monotonic()
    assert check(b"2222-2223 " * 1_500_000).state == "unreadable"
    assert time.monotonic() - start < 2


def test_signed_with_our_key_but_not_in_this_register(certificate, signs):
    found = check(signing.sign_paper(plain_pdf(), unit_code="TL", at=factory.NOW).pdf)
    assert (found.state, found.signature.subject) == ("unlisted", "Công đoàn phường Tân Lập")


def test_signed_with_our_key_and_changed(certificate, signs):
    signed = signing.sign_paper(plain_pdf("Before"), unit_code="TL", at=factory.NOW).pdf
    assert check(signed + b"\n").state == "altered"


def test_signed_by_somebody_else_is_not_ours(certificate, signs):
    key = keys.elliptic_key()
    signs(keys.key_file(key, keys.certificate(key, "Người khác")))
    found = check(signing.sign_paper(plain_pdf(), unit_code="TL", at=factory.NOW).pdf)
    assert (found.state, found.signature.subject, found.signature.is_whole) == ("unknown", "Người khác", True)


# Built to harm

def pdf_of(*objects: bytes, trailer: bytes = b"") -> bytes:
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return body + b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n0\n%%%%EOF\n" % (len(objects) + 1, trailer)


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), more, data)


_PAGES = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>")
_BOMB = zlib.compress(zlib.compress(b"\0" * 100_000_000))


def hostile(kind: str) -> bytes:
    match kind:
        case "bomb":
            return pdf_of(*_PAGES, stream(_BOMB, b"/Filter[/FlateDecode/FlateDecode]"), trailer=b"/ByteRange[0 1 2 3]")
        case "loop of fields":
            return pdf_of(b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", *_PAGES[1:], b"<</FT/Sig/T(a)/Kids[4 0 R]/Parent 4 0 R/ByteRange[]>>")
        case "nested":
            return pdf_of(b"[" * 60_000 + b"]" * 60_000, b"/ByteRange")
        case "objects":
            return pdf_of(*_PAGES, stream(zlib.compress(b"1 0 " * 1_000_000), b"/Type/ObjStm/N 2000000/First 9/Filter/FlateDecode"), b"/ByteRange")
        case "scribble":
            return b"%PDF-1.7 broken /ByteRange" + bytes(range(256)) * 40
    raise KeyError(kind)


@pytest.mark.parametrize("kind", ["bomb", "loop of fields", "nested", "objects", "scribble"])
def test_files_that_are_built_to_harm_end_in_a_sentence_soon(kind):
    start = time.monotonic()
    assert check(hostile(kind)).state in ("unreadable", "unknown")
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(("data", "reason"), [(b"", "not-pdf"), (b"hello", "not-pdf"), (b"%PDF-1.7 broken", "broken"), (b"x" * (checking.MOST_BYTES + 1), "large")])
def test_what_cannot_be_read_says_why(data, reason):
    found = check(data)
    assert (found.state, found.reason) == ("unreadable", reason)


def test_what_cannot_be_read_is_said_in_vietnamese_too():
    with override("vi"):
        assert checking.check_file(b"", TODAY).words == "Không đọc được tệp này: không phải tệp PDF."


def test_whoever_comes_while_others_files_are_looked_into_is_not_kept_waiting(stranger, monkeypatch):
    """A few files that are built to last would else hold every thread of the web server."""
    monkeypatch.setattr(inspecting, "_WAITING_SECONDS", 0.01)
    monkeypatch.setattr(inspecting, "_said", lambda pdf: pytest.fail("a third at once"))
    with inspecting._AT_ONCE, inspecting._AT_ONCE:
        response = hand_in(stranger, b"%PDF-1.7 broken")
    assert "again in a minute" in text_of(response) and "damaged" not in text_of(response)


def test_a_locked_file_says_so():
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(plain_pdf()))
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    assert check(locked.getvalue()).reason == "locked"


# The page

@pytest.fixture
def stranger(as_user):
    return as_user(None, headers={"accept-language": "en"})


def hand_in(client, data: bytes, name: str = "giay.pdf", page: str = PAGE):
    return client.post(page, {"file": SimpleUploadedFile(name, data, content_type="text/html")})


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_page_is_linked_and_kept_out_of_caches_and_search_engines(stranger):
    assert f'href="{PAGE}"' in text_of(stranger.get("/xac-minh/"))
    response = stranger.get(PAGE)
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "same-origin")
    assert reverse("certificates:check-file") == PAGE


def test_page_tells_an_unchanged_paper_with_a_masked_name_and_notes_the_look(stranger, paper, certificate):
    response = hand_in(stranger, paper, "đơn xin.txt")
    html = text_of(response)
    assert response.status_code == 200 and response["Cache-Control"] == "no-store"
    assert all(words in html for words in ("Unchanged and valid", "001/GCN-CĐ", "NGUYỄN T*** MAI", "Valid: Công đoàn phường Tân Lập", "đơn xin.txt"))
    assert "NGUYỄN THỊ MAI" not in html and "Nguyễn Thị Mai" not in html
    look = Look.objects.get()
    assert (look.certificate, look.kind, look.by) == (certificate, LookKind.FILE, None)


def test_page_tells_a_changed_paper_and_what_the_register_says(stranger, paper):
    html = text_of(hand_in(stranger, paper + b"%"))
    assert "Something was added" in html and "verdict--bad" in html and "What the register says" in html and "001/GCN-CĐ" in html


def test_page_tells_nothing_of_a_paper_that_only_its_number_names(stranger, certificate):
    """Numbers run without holes: a stranger who writes one after the other must not be read the register."""
    html = text_of(hand_in(stranger, plain_pdf("Công đoàn phường Tân Lập. Số: 001/GCN-CĐ, 2026")))
    assert "Not the file that was issued" in html and "A transcript or a list" in html
    assert not [words for words in ("MAI", "Thương lượng tập thể", certificate.code, "What the register says") if words in html]
    assert not Look.objects.exists()


def test_page_does_not_call_a_stranger_s_signature_valid(stranger, certificate, signs):
    key = keys.elliptic_key()
    signs(keys.key_file(key, keys.certificate(key, "Công đoàn phường Tân Lập")))
    html = text_of(hand_in(stranger, signing.sign_paper(plain_pdf(), unit_code="TL", at=factory.NOW).pdf))
    assert "Not known here" in html and "Công đoàn phường Tân Lập" not in html.partition("<main")[2].partition("</main>")[0]


def test_page_names_nobody_in_the_note_and_makes_none_for_the_holder(as_user, learner, outsider, paper, certificate):
    for person in (learner, outsider):
        hand_in(as_user(person), paper)
    assert [(look.certificate, look.kind, look.by) for look in Look.objects.all()] == [(certificate, LookKind.FILE, None)]


def test_page_tells_of_a_hidden_paper_that_it_is_unchanged_and_nothing_else(stranger, paper, certificate):
    Certificate.objects.update(hidden_at=factory.NOW)
    html = text_of(hand_in(stranger, paper))
    assert "Unchanged" in html and "switched off" in html
    assert "001/GCN-CĐ" not in html and "MAI" not in html and "Unchanged and valid" not in html
    assert "001/GCN-CĐ" not in text_of(hand_in(stranger, paper + b"%"))


def test_page_goes_by_content_not_by_name(stranger):
    assert "It is no PDF" in text_of(hand_in(stranger, b"<html>", "giay.pdf"))
    assert "Not known here" in text_of(hand_in(stranger, plain_pdf(), "giay.exe"))


def test_page_escapes_the_name_of_the_file(stranger):
    assert "<script>" not in text_of(hand_in(stranger, b"x", "<script>alert(1)<script>.pdf"))


def test_page_says_what_is_missing_or_too_large(stranger):
    missing = stranger.post(PAGE)
    assert missing.status_code == 422 and "Choose a file first." in text_of(missing)
    large = hand_in(stranger, b"%PDF-" + b"x" * checking.MOST_BYTES)
    assert large.status_code == 422 and "larger than 20 MB" in text_of(large)
    refused = stranger.post(PAGE, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert refused.status_code == 413 and "larger than 20 MB" in text_of(refused)


def test_page_wants_its_token_and_no_other_method(as_user):
    client = as_user(None, enforce_csrf_checks=True)
    assert client.post(PAGE, {"file": SimpleUploadedFile("a.pdf", b"x")}).status_code == 403
    assert client.put(PAGE).status_code == 405


def test_nothing_of_a_file_is_stored(stranger, paper, tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path / "media", FILE_UPLOAD_TEMP_DIR=str(tmp_path), FILE_UPLOAD_MAX_MEMORY_SIZE=10):
        before = sorted(path.name for path in tmp_path.iterdir())
        hand_in(stranger, b"not a paper")
        assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_too_many_files_from_one_address_are_told_to_wait(stranger):
    answers = [hand_in(stranger, b"x") for _time in range(2 * FILES_PER_MINUTE + 2)]
    assert [answer.status_code for answer in answers[:FILES_PER_MINUTE]] == [200] * FILES_PER_MINUTE
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert f"{FILES_PER_MINUTE} files a minute" in text_of(refused)
    assert stranger.get(PAGE).status_code == 200


def test_guessing_codes_with_files_is_counted_like_guessing_them_by_hand(stranger, certificate):
    page = reverse("certificates:show-verification", args=[certificate.code])
    assert stranger.get(page).status_code == 200
    answers = [hand_in(stranger, codes.shown(unheld_code()).encode()).status_code for _time in range(MISSES_PER_HOUR)]
    assert answers == [200] * MISSES_PER_HOUR
    assert stranger.get(page).status_code == 429


def test_every_guess_in_a_file_counts(stranger, certificate):
    guesses = " ".join(codes.shown(unheld_code(number)) for number in range(3))
    for _time in range(-(-MISSES_PER_HOUR // 3)):
        assert hand_in(stranger, f"{guesses} {certificate.code_shown}".encode()).status_code == 200
    assert stranger.get(reverse("certificates:show-verification", args=[certificate.code])).status_code == 429
