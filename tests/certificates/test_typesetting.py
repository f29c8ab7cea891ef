"""The paper: archival and accessible, the same bytes each time, every diacritic in its text, nothing outside the border."""

import hashlib
import io
import itertools
import re
import shutil
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

import page
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from certificates import typesetting
from certificates.layout import UnprintableLetter, drawing_of_qr
from certificates.layout.samples import KINDS, sample_of
from certificates.selectors.specs import spec_of
from tests.factories import designs as factory

ISSUED = datetime(2026, 11, 20, 7, 3, 22, tzinfo=UTC)
GENERAL, FORM, UPRIGHT = range(3)
LETTERS = "ĂẮẰẲẴẶÂẤẦẨẪẬÊẾỀỂỄỆÔỐỒỔỖỘƠỚỜỞỠỢƯỨỪỬỮỰĐÁÀẢÃẠÉÈẺẼẸÍÌỈĨỊÓÒỎÕỌÚÙỦŨỤÝỲỶỸỴAEIOUY"
LONGEST = "Công Tằng Tôn Nữ Nguyễn Hoàng Phương Khánh Nguyên Thục Duyên"
# The first design's paper of the usual sample, as it was before designs had versions.
FIRST_DESIGN_DIGEST = "68651bdf87295db89ccc61b1fde874e2b7355193556cd2f2b41ef94a7df3e810"


@cache
def specs() -> list[tuple[dict, dict]]:
    return [factory.spec(number) for number in (GENERAL, FORM, UPRIGHT)]


def sample(kind: str = "usual", **changes) -> dict:
    return sample_of(kind, paper="GCN") | changes


def pdf_of(number: int = GENERAL, kind: str = "usual", **changes) -> bytes:
    spec, files = specs()[number]
    return typesetting.papers_of([(sample(kind, **changes), spec)], at=ISSUED, files=files)


def text_of(page_) -> str:
    return page_.get_textpage().get_text_range().replace("\r\n", "\n")


def spec_of_everything() -> tuple[dict, dict]:
    """A5 landscape with two signers and their forms, long words in a narrow place, and both typefaces."""
    return spec_of(factory.design(
        factory.words("{LOẠI GIẤY}", y=14, is_title=True, width=150), factory.words("{HỌ TÊN}\n{đơn vị}", y=30, width=60, height=30, face="serif", x=20),
        factory.words("{khóa học}", y=64, x=20, width=160, height=20, weight="700"), factory.signer(2, 60), factory.signer(3, 130), factory.qr(),
        size="A5", border="double"))


def is_valid(pdf: bytes, path) -> None:
    path.write_bytes(pdf)
    for profile in ("2a", "ua1"):
        report = str(page.validate_pdf(str(path), profile=profile))
        assert "0 failed" in report and "no failures" in report, report


def test_every_design_is_archival_and_accessible_at_its_extremes(tmp_path):
    """One file of many pages says the same of each page, and takes a tenth of the time."""
    all_specs = [*specs(), spec_of_everything()]
    papers = [(sample(kind), spec) for spec, _files in all_specs for kind in KINDS[:4]]
    files = {digest: content for _spec, found in all_specs for digest, content in found.items()}
    is_valid(typesetting.papers_of(papers, at=ISSUED, files=files, title="Giấy chứng nhận"), tmp_path / "papers.pdf")


@pytest.mark.parametrize("number", [GENERAL, UPRIGHT])
def test_single_paper_is_archival_and_accessible(number, tmp_path):
    is_valid(pdf_of(number, "long"), tmp_path / "paper.pdf")


def test_no_stream_ends_in_an_ambiguous_line_end(tmp_path):
    """Compressed data ends in CR for one stream in 256; such a paper is found, and is as valid as the others."""
    for number in range(170, 900):
        pdf = pdf_of(FORM, name=f"Nguyễn Thị {number}", register_number=f"{number}/GCN")
        assert not re.search(rb"[^\r]\r\nendstream", pdf)
        if b"\r\r\nendstream" in pdf:
            break
    assert b"\r\r\nendstream" in pdf
    is_valid(pdf, tmp_path / "paper.pdf")
    assert str(number) in PdfReader(tmp_path / "paper.pdf", strict=True).pages[0].extract_text()


def test_same_snapshot_gives_the_same_bytes_in_any_thread():
    first = pdf_of()
    with ThreadPoolExecutor(2) as pool:
        again = [*pool.map(lambda kind: pdf_of(kind=kind), ["usual", "long", "usual", "short"])]
    assert (again[0], again[2]) == (first, first)
    assert again[1] != first and pdf_of(grade="Khá") != first


def test_papers_of_the_first_design_come_out_as_they_did():
    snapshot = {name: value for name, value in sample().items() if name not in ("signers", "valid_until")}
    pdf = typesetting.typeset_paper(snapshot, version=None, design="giay-chung-nhan-1", issued_at=ISSUED)
    assert hashlib.sha256(pdf).hexdigest() == FIRST_DESIGN_DIGEST


def two_hundred_names() -> list[str]:
    """Every letter with every tone, small and capital, in names of 1 to 60 letters; every second one decomposed."""
    letters = itertools.cycle(LETTERS)
    names = [LONGEST, LETTERS[:60], "Ỷ", "Nguyễn Thị Mai"]
    for number in range(196):
        length, name = 1 + number * 7 % 60, ""
        while len(name) < length:
            letter = next(letters)
            name += letter if not name or name.endswith(" ") else letter.lower()
            if len(name) % 7 == 5 and len(name) + 2 < length:
                name += " "
        names.append(name)
    return [unicodedata.normalize("NFD", name) if number % 2 else name for number, name in enumerate(names)]


@pytest.mark.parametrize(("number", "every"), [(GENERAL, 1), (UPRIGHT, 5)])
def test_two_hundred_names_can_be_read_out_with_every_diacritic(number, every):
    spec, files = specs()[number]
    names = two_hundred_names()
    composed = [unicodedata.normalize("NFC", name) for name in names]
    assert len(names) == 200 and max(map(len, composed)) == 60 and set(LETTERS) <= set("".join(composed).upper())
    pdf = typesetting.papers_of([(sample(name=name), spec) for name in names[::every]], at=ISSUED, files=files)
    document = pypdfium2.PdfDocument(pdf)
    for name, page_ in zip(composed[::every], document, strict=True):
        words = text_of(page_)
        assert unicodedata.is_normalized("NFC", words)
        assert name.upper() in words or name.upper() in " ".join(words.split()), name


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_pdftotext_reads_the_names_too(tmp_path):
    path = tmp_path / "paper.pdf"
    for name in (LETTERS[:40], LONGEST):
        path.write_bytes(pdf_of(name=name))
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, encoding="utf-8").stdout
        assert name.upper() in text


def test_words_stand_in_reading_order():
    assert PdfReader(io.BytesIO(pdf_of())).pages[0].extract_text().splitlines() == [
        "LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂN HÒA", "CÔNG ĐOÀN PHƯỜNG TÂN LẬP", "Số: 123/GCN-CĐ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "GIẤY CHỨNG NHẬN", "Ban Chấp hành Công đoàn phường Tân Lập chứng nhận", "NGUYỄN THỊ MAI",
        "Sinh ngày 05/02/1988 · Chủ tịch CĐCS Công ty TNHH An Phú", "đã hoàn thành chương trình bồi dưỡng",
        "Thương lượng tập thể và thỏa ước lao động tập thể", "Thời gian", "02/11/2026 – 20/11/2026", "Thời lượng", "04 giờ học",
        "Hình thức", "Trực tuyến", "Xếp loại", "Giỏi", "Số vào sổ gốc", "0123/2026", "Mã xác minh", "7K2M-9Q4T-XB",
        "congdoan.example.org/xac-minh", "Theo Quyết định số 15/QĐ-CĐ ngày 18/11/2026", "Có giá trị đến ngày 19/11/2028",
        "Tân Lập, ngày 20 tháng 11 năm 2026", "TM. BAN CHẤP HÀNH", "CHỦ TỊCH", "TRẦN VĂN AN"]


def test_our_own_words_promise_no_degree():
    words = text_of(pypdfium2.PdfDocument(pdf_of(course="Kỹ năng đối thoại"))[0]).lower()
    assert "bằng" not in words.split() and "chứng chỉ" not in words


@pytest.mark.parametrize(("number", "size", "family"), [
    (GENERAL, (297.0, 210.0), "BeVietnamPro"), (FORM, (297.0, 210.0), "BeVietnamPro"), (UPRIGHT, (148.0, 210.0), "SourceSerif4")])
def test_paper_has_its_size_and_embeds_its_typeface_only(number, size, family):
    sheet = PdfReader(io.BytesIO(pdf_of(number))).pages[0]
    assert (round(float(sheet.mediabox.width) / 72 * 25.4, 1), round(float(sheet.mediabox.height) / 72 * 25.4, 1)) == size
    fonts = {font.get_object()["/BaseFont"].split("+")[1] for font in sheet["/Resources"]["/Font"].values()}
    assert fonts and all(name.startswith(family) for name in fonts)


def ink(picture, scale: float, left: float, top: float, right: float, bottom: float) -> int:
    part = picture.crop(tuple(round(side * scale) for side in (left, top, right, bottom)))
    return sum(count for value, count in enumerate(part.histogram()) if value < 140)


@pytest.mark.parametrize("kind", KINDS[:4])
@pytest.mark.parametrize(("number", "empty"), [
    # Inside the border, and the place for signature and seal.
    (GENERAL, [(275, 15, 284, 195), (22, 15, 43, 195), (30, 13, 280, 16), (30, 194.5, 280, 197), (182, 165, 274, 186.8)]),
    (UPRIGHT, [(13, 13, 17.5, 197), (130.5, 13, 135, 197), (13, 13, 135, 17), (13, 194, 135, 197), (68, 161, 130, 184)])])
def test_nothing_touches_the_border_or_the_place_for_the_seal(number, empty, kind):
    name = {"long": LONGEST.replace(" ", "M") if number == UPRIGHT else LONGEST}.get(kind)
    picture = pypdfium2.PdfDocument(pdf_of(number, kind, **({"name": name} if name else {})))[0].render(scale=4).to_pil().convert("L")
    scale = picture.width / specs()[number][0]["width"]
    assert [ink(picture, scale, *box) for box in empty] == [0] * len(empty)


def test_blank_form_prints_nothing_but_the_fields():
    design = factory.design(
        factory.words("Sinh ngày {ngày sinh}, tại {nơi sinh}"), factory.words("đã hoàn thành", y=80), factory.signer(1, 200), factory.qr(),
        {"type": "motto", "value": {"x": 20, "y": 20, "width": 90, "height": 14, "align": "center", "face": "sans", "size": 4}},
        is_blank_form=True, border="woven")
    spec, files = spec_of(design)
    sheet = pypdfium2.PdfDocument(typesetting.papers_of([(sample(), spec)], at=ISSUED, files=files))[0]
    assert text_of(sheet).split("\n") == ["05/02/1988 Tân Hòa", "TM. BAN CHẤP HÀNH", "CHỦ TỊCH", "TRẦN VĂN AN"]
    assert (files, spec["ground"]) == ({}, [])


def test_older_snapshots_without_signers_and_validity_are_set_too():
    old = {name: value for name, value in sample().items() if name not in ("signers", "valid_until", "renews", "decision_on", "birth_place")}
    spec, files = specs()[GENERAL]
    words = text_of(pypdfium2.PdfDocument(typesetting.papers_of([(old, spec)], at=ISSUED, files=files))[0])
    assert "TM. BAN CHẤP HÀNH\nCHỦ TỊCH\nTRẦN VĂN AN" in words and "Có giá trị" not in words


def test_a_letter_that_no_typeface_has_stops_the_paper():
    with pytest.raises(UnprintableLetter):
        pdf_of(name="Nguyễn 安")


@pytest.mark.parametrize("site", ["https://congdoan.example.org", "https://hoctap.congdoan-tinh-tan-hoa.org.vn"])
def test_qr_code_holds_address_and_payload_and_stays_coarse(site):
    snapshot = sample(address=f"{site}/xac-minh/{sample()['code']}/#")
    found = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf_of(address=snapshot["address"]))[0].render(scale=2).to_pil())
    assert [code.text for code in found] == [snapshot["address"] + snapshot["payload"]]
    modules = int(re.search(r'viewBox="0 0 (\d+)', drawing_of_qr(snapshot["address"], snapshot["payload"])).group(1))
    # Version 9 at most: on 27 mm a module is at least half a millimetre wide.
    assert modules <= 53


def test_picture_is_small_and_of_the_paper():
    picture = typesetting.picture_of(pdf_of(), 720)
    assert picture.startswith(b"\x89PNG") and len(picture) < 60_000


def test_text_of_something_else_is_empty():
    assert typesetting.text_of(b"not a PDF") == ""
