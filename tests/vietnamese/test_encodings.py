"""Text typed in old fonts is told from Unicode, and from other languages, by its words."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vietnamese.encodings import _TCVN3, _VNI, legacy_font_of, single_byte_encoding, words_of
from vietnamese.syllables import is_cased_naturally, is_syllable

UNICODE = "Công đoàn Việt Nam. Người lao động có quyền thành lập, gia nhập và hoạt động công đoàn theo quy định của pháp luật."
TCVN3 = "C«ng ®oµn ViÖt Nam. Ng­êi lao ®éng cã quyÒn thµnh lËp, gia nhËp vµ ho¹t ®éng c«ng ®oµn theo quy ®Þnh cña ph¸p luËt."
VNI = "Coâng ñoaøn Vieät Nam. Ngöôøi lao ñoäng coù quyeàn thaønh laäp, gia nhaäp vaø hoaït ñoäng coâng ñoaøn theo quy ñònh cuûa phaùp luaät."

SYLLABLES = (
    "công đoàn việt nam người lao động nghĩa nghiêng khuya khuỷu quyết quýt quốc gìn giữ giếng giết thuở hoà hòa thuý thúy xoong yêu ỷ ế ườn "
    "ươm rượu khoác loắt choắt ngoằn ngoèo tuềnh huỵch khuếch đăng ký bưởi buồn uống oẳn óc ách huênh hoang ĐOÀN Đảng Ăn"
)
NO_SYLLABLES = "café résumé naïve façade señor für Größe vớt1 kk str công-đoàn cac phât mac Đắkk là̀á côngđoàn élite où®"


def to_tcvn3(text: str) -> str:
    letters = {letter: sign for sign, letter in _TCVN3.items()}
    return "".join(letters.get(letter, letters.get(letter.lower(), letter)) for letter in text)


def to_vni(text: str) -> str:
    signs = {letter: pair for pair, letter in _VNI.items()}

    def sign_of(letter: str) -> str:
        sign = signs.get(letter.lower(), letter.lower())
        return sign if letter.islower() else sign.upper()
    return "".join(sign_of(letter) if letter.isalpha() else letter for letter in text)


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_syllable_is_known_when_it_is_vietnamese(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", NO_SYLLABLES.split())
def test_syllable_is_refused_when_it_is_none(word):
    assert not is_syllable(word)


def test_case_is_natural_when_people_write_so():
    assert all(map(is_cased_naturally, ["công", "Công", "CÔNG", "Đ", "đ"]))
    assert not any(map(is_cased_naturally, ["vÒ", "ViÖt", "kÕt", "cÔNG", ""]))


def test_tables_turn_real_words_both_ways():
    assert to_tcvn3(UNICODE) == TCVN3
    assert to_vni(UNICODE) == VNI
    assert to_vni("ÁNH") == "AÙNH"


@pytest.mark.parametrize(("text", "font"), [
    (TCVN3, "TCVN3"), (VNI, "VNI"), ("C«ng ®oµn", "TCVN3"), ("Coâng ñoaøn", "VNI"), ("§óng", "TCVN3"), ("Ñuùng", "VNI"),
    ("COÂNG ÑOAØN", "VNI"), ("TæNG LI£N §OµN", "TCVN3"), ("kÕt luËn", "TCVN3"), ("Caâu 1: Toå chöùc naøo?", "VNI"),
    ("Câu 1: Tæ chøc nµo ®¹i diÖn cho ng­êi lao ®éng?", "TCVN3"), ("(«ng Êy)", "TCVN3"), ("§iÒu 70", "TCVN3"), ("Ñieàu 70", "VNI"),
    ("ThÈm quyÒn", "TCVN3"), ("kyû luaät", "VNI"), ("töï nguyeän, daân chuû", "VNI"),
])
def test_old_font_is_named_when_a_text_is_typed_in_it(text, font):
    assert legacy_font_of(text) == font


@pytest.mark.parametrize("text", [
    "", "Dung", "A. Sai", UNICODE, unicodedata.normalize("NFD", UNICODE), UNICODE.upper(), "«Công đoàn» là gì?", "Microsoft® Word", "Có", "Đúng", "bé", "cã",
    "Hạt bụi 5 µm lơ lửng", "5 µm và 10 µm", "«an toàn» và «ăn uống»", "Công ty ABC® và Công đoàn® cơ sở", "£5, ¥100, 20°C, ½, m², §12, ©2024", "Điều § 5 ¶ 2",
    "Où est le café à côté de l'hôtel? C'est là, près de la forêt où l'été dure.", "naïve façade résumé", "Où ça?", "déjà vu", "« Allô ? »", "à la carte",
    "España, mañana, niño, corazón, ¿qué?", "Não são só ações", "Für Größe schön über Müller möchte", "på svenska är det så här", "où", "haï",
    "Đắk Lắk, Kon Plông, Ê-đê, Krông Pắc", "TNHH, LĐLĐ, CĐCS, TƯLĐTT", "hoà hòa thuỷ thủy", "ông", "âm", "Tôi là", "cô giáo mà", "Bà là ai?", "ö", "ñ", "®", "a\u0300",
    "công\u00adđoàn cơ\u00adsở", "Tiền lương: 5.000.000 đ/tháng ± 10 %", "Ghi chú·Lưu ý", "日本語 한국어 Русский", "\ud800", "\u0301" * 5000, "a" * 100_000 + "é",
])
def test_text_is_taken_when_it_is_no_salad(text):
    assert legacy_font_of(text) == ""


@pytest.mark.parametrize("text", [
    "×", "·", "µm", "®", "©", "§", "±", "°C", "½", "1×2", "Ø 20 mm", "A×B", "5 × 3", "5 × 3 × 2", "a · b", "20% × 200% = 270%", "m×n = n×m", "20 µm × 30 µm",
    "N·m", "¸", "ª", "1º", "100 ± 5 °C", "©2024 ABC®", "Lương làm thêm giờ: 20% × 200% = 270%", "2 × (3 · 4)", "ë × Ø", "Ø 20 × 30 mm",
])
def test_signs_are_no_witnesses_when_no_letters_stand_with_them(text):
    assert legacy_font_of(text) == ""


@pytest.mark.parametrize(("text", "font"), [
    ("C«ng ®oµn", "TCVN3"), ("lµ g×", "TCVN3"), ("Tæ chøc ë ®©y lµ g×?", "TCVN3"), ("20% × 200% lµ møc nµo?", "TCVN3"), ("ôû ñaây laø gì", "VNI"),
])
def test_old_font_is_named_when_signs_stand_beside_its_words(text, font):
    assert legacy_font_of(text) == font


@pytest.mark.parametrize(("data", "encoding"), [
    (TCVN3.encode("latin-1"), "TCVN3"), (VNI.encode("latin-1"), "VNI"), ("Où est le café à côté de l'hôtel, où l'été dure?".encode("cp1252"), "cp1252"),
    ("“Trade union” – it’s fine".encode("cp1252"), "cp1252"), (b"C\xe2u 1: \xd0\xfang", "cp1258"), (b"\xd0\xf4\xeci v\xf5\xcci", "cp1258"),
])
def test_single_bytes_are_told_by_their_words(data, encoding):
    assert single_byte_encoding(words_of(data.decode("latin-1"))) == encoding


def test_windows_1258_is_told_when_a_whole_sentence_is_written_in_it():
    marked = unicodedata.normalize("NFD", UNICODE)
    for letter in "âêôăơưđÂÊÔĂƠƯĐ":
        marked = marked.replace(unicodedata.normalize("NFD", letter), letter)
    marked = marked.replace("a\u0323\u0302", "â\u0323").replace("e\u0323\u0302", "ê\u0323").replace("o\u0323\u0302", "ô\u0323")
    assert single_byte_encoding(words_of(marked.encode("cp1258").decode("latin-1"))) == "cp1258"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([word for word in UNICODE.replace(",", "").replace(".", "").split() if not word.isascii()]), min_size=4, max_size=9))
def test_vietnamese_is_told_in_every_way_of_writing_it(words):
    text = " ".join(words)
    assert legacy_font_of(text) == ""
    assert legacy_font_of(to_vni(text)) in {"VNI", ""}
    assert legacy_font_of(to_tcvn3(text)) in {"TCVN3", ""}
    if len({*words}) > 3:
        assert (legacy_font_of(to_vni(text)), legacy_font_of(to_tcvn3(text))) == ("VNI", "TCVN3")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x400), max_size=200))
def test_any_text_is_answered(text):
    assert legacy_font_of(text) in {"", "TCVN3", "VNI"}
