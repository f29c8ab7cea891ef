"""Search finds what people mean, however they type it, on SQLite and on PostgreSQL alike (run with DATABASE_URL=postgres://… too)."""

import unicodedata

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from modelsearch.query import MATCH_ALL, And, Not, Or, Phrase, PlainText
from wagtail.models import Page

from cms.models import InformationPage
from cms.search import best_of, ranked_keys
from cms.search.folding import exact_text
from cms.search.marking import mark_matches, snippet
from tests.factories import courses as courses_factory

TITLES = [
    "Thỏa ước lao động tập thể",
    "Thoả ước ngành dệt may",
    "Đối thoại tại nơi làm việc",
    "Công đoàn cơ sở",
    unicodedata.normalize("NFD", "Nghỉ phép hằng năm"),
    "Hòa giải tranh chấp",
    "Bàn về thời giờ",
    "Bán hàng rong",
    "Ban chấp hành",
    "LƯƠNG TỐI THIỂU VÙNG",
    "Nghị định 145/2020/NĐ-CP",
    "Quyền của lao động nữ",
]


@pytest.fixture
def pages(db) -> dict[str, InformationPage]:
    home = courses_factory.catalogue().get_parent()
    return {title: home.add_child(instance=InformationPage(title=title, slug=f"trang-{number}")) for number, title in enumerate(TITLES)}


def found(query, method="search", **kwargs) -> list[str]:
    return [unicodedata.normalize("NFC", page.title) for page in getattr(InformationPage.objects.all(), method)(query, **kwargs)]


@pytest.mark.parametrize(("query", "title"), [
    ("thỏa ước lao động tập thể", "Thỏa ước lao động tập thể"),
    ("thoa uoc lao dong tap the", "Thỏa ước lao động tập thể"),
    ("THOA UOC LAO DONG", "Thỏa ước lao động tập thể"),
    ("thoả ước lao động", "Thỏa ước lao động tập thể"),
    ("thỏa ước ngành", "Thoả ước ngành dệt may"),
    (unicodedata.normalize("NFD", "thỏa ước tập thể"), "Thỏa ước lao động tập thể"),
    ("đối thoại", "Đối thoại tại nơi làm việc"),
    ("doi thoai", "Đối thoại tại nơi làm việc"),
    ("ĐỐI THOẠI", "Đối thoại tại nơi làm việc"),
    ("cong doan", "Công đoàn cơ sở"),
    ("cong đoan", "Công đoàn cơ sở"),
    ("nghi phep", "Nghỉ phép hằng năm"),
    ("nghỉ phép", "Nghỉ phép hằng năm"),
    ("hoà giải", "Hòa giải tranh chấp"),
    ("luong toi thieu", "LƯƠNG TỐI THIỂU VÙNG"),
    ("145/2020/nđ-cp", "Nghị định 145/2020/NĐ-CP"),
    ("145/2020", "Nghị định 145/2020/NĐ-CP"),
])
def test_search_finds_the_page_when_typed_so(pages, query, title):
    assert found(query) == [title]


@pytest.mark.parametrize(("query", "title"), [
    ("thỏa ước lao đ", "Thỏa ước lao động tập thể"),
    ("thoa uoc lao d", "Thỏa ước lao động tập thể"),
    ("thoả ước la", "Thỏa ước lao động tập thể"),
    ("đối tho", "Đối thoại tại nơi làm việc"),
    ("doi tho", "Đối thoại tại nơi làm việc"),
    (unicodedata.normalize("NFD", "đối thoạ"), "Đối thoại tại nơi làm việc"),
    ("CONG DO", "Công đoàn cơ sở"),
    ("nghỉ ph", "Nghỉ phép hằng năm"),
    ("nghị định 145/20", "Nghị định 145/2020/NĐ-CP"),
])
def test_autocomplete_finds_the_page_when_half_typed(pages, query, title):
    assert found(query, "autocomplete") == [title]


@pytest.mark.parametrize("method", ["search", "autocomplete"])
@pytest.mark.parametrize(("query", "first"), [("bàn", "Bàn về thời giờ"), ("bán", "Bán hàng rong"), ("BÀN", "Bàn về thời giờ")])
def test_exact_match_with_tones_comes_first(pages, method, query, first):
    titles = found(query, method)
    assert titles[0] == first
    assert set(titles) == {"Bàn về thời giờ", "Bán hàng rong", "Ban chấp hành"}


def test_exact_match_comes_first_even_in_a_long_page_against_many_near_ones(pages):
    page = pages["Công đoàn cơ sở"]
    page.lead = "Người bán rất nhiều thứ ở đây. " + "Chữ khác. " * 200
    page.save()
    near = pages["Ban chấp hành"]
    near.lead = "Bàn, ban, bạn, bản. " * 20
    near.save()
    assert set(found("bán")[:2]) == {"Bán hàng rong", "Công đoàn cơ sở"}


def test_either_tone_placement_counts_as_exact(pages):
    for title, slug in (("Khoá cửa", "khoa-cua"), ("Khóa sổ", "khoa-so"), ("Khoa nội", "khoa-noi")):
        pages["Công đoàn cơ sở"].get_parent().add_child(instance=InformationPage(title=title, slug=slug))
    assert set(found("khóa")[:2]) == set(found("khoá")[:2]) == {"Khoá cửa", "Khóa sổ"}


def test_phrases_keep_the_order_of_their_words(pages):
    assert found(Phrase("lao dong tap the")) == ["Thỏa ước lao động tập thể"]
    assert found(Phrase("lao động nữ")) == ["Quyền của lao động nữ"]
    assert found(Phrase("động lao")) == []
    # The folded and the exact copy stand one after the other in the index; a phrase must not reach over the seam.
    assert found(Phrase("the thoa")) == []


def test_combined_queries_are_folded_too(pages):
    assert found(And([PlainText("động"), Not(PlainText("thể"))])) == ["Quyền của lao động nữ"]
    assert set(found(Or([PlainText("đối thoại"), Phrase("cong doan")]))) == {"Đối thoại tại nơi làm việc", "Công đoàn cơ sở"}
    assert len(found(MATCH_ALL)) == len(TITLES)
    assert set(found("rong nữ", operator="or")) == {"Bán hàng rong", "Quyền của lao động nữ"}


@pytest.mark.parametrize("query", [
    "", " ", "!!!", "hoà'", "'", '"', '"thỏa', "a\\", "*", "thỏa*", "NOT", "AND OR", "(", "{title}: x", "%", "%s %(a)s", "::", "&", "|", "\x00", "´",
    "x" * 10_000, "thỏa " * 3_000, "😀",
])
@pytest.mark.parametrize("method", ["search", "autocomplete"])
def test_odd_queries_find_little_and_break_nothing(pages, query, method):
    assert len(found(query, method)) < 4


def test_words_without_letters_are_left_out_of_the_query(pages):
    assert found("đối - thoại !") == found("“đối thoại”") == ["Đối thoại tại nơi làm việc"]
    assert found(And([PlainText("!!!"), PlainText("đối thoại")])) == ["Đối thoại tại nơi làm việc"]


def test_search_in_titles_only_leaves_the_body_out(pages):
    page = pages["Công đoàn cơ sở"]
    page.lead = "Nói về đối thoại."
    page.save()
    assert set(found("doi thoai")) == {"Đối thoại tại nơi làm việc", "Công đoàn cơ sở"}
    assert found("doi thoai", fields=["title"]) == ["Đối thoại tại nơi làm việc"]


def test_short_list_is_the_head_of_the_long_one(pages):
    for query in ("bán", "ban", "lao động", "BÀN", "không có gì", "!!!", ""):
        whole = list(InformationPage.objects.search(query, operator="and"))
        assert best_of(InformationPage.objects.all(), query, 2) == whole[:2]
        assert ranked_keys(InformationPage.objects.all(), query) == [page.pk for page in whole]


def test_titles_and_exact_words_are_ranked_even_where_few_are(pages, monkeypatch):
    monkeypatch.setattr("cms.search.RANKED", 1)
    for title in ("Đối thoại tại nơi làm việc", "Hòa giải tranh chấp", "Nghị định 145/2020/NĐ-CP"):
        pages[title].lead = "Bạn và ban."
        pages[title].save()
    pages["Công đoàn cơ sở"].lead = "Người bán rong."
    pages["Công đoàn cơ sở"].save()
    titles = [page.title for page in best_of(InformationPage.objects.all(), "bán", 9)]
    # By its words in the title, or by its tones: whichever way, an exact one is among them and first.
    assert titles[0] in ("Bán hàng rong", "Công đoàn cơ sở")
    assert [page.title for page in best_of(InformationPage.objects.live(), "bán hàng", 9)] == ["Bán hàng rong"]
    assert best_of(InformationPage.objects.not_live(), "bán", 9) == []


def test_index_follows_changes_at_once(pages):
    page = pages["Công đoàn cơ sở"]
    page.title = "Tổ trưởng tổ công đoàn"
    page.save()
    assert found("co so") == []
    assert found("to truong") == ["Tổ trưởng tổ công đoàn"]
    page.delete()
    assert found("to truong") == []


def test_pages_of_all_kinds_are_found_together(pages):
    courses_factory.course("Thương lượng tập thể")
    assert [page.title for page in Page.objects.live().search("thuong luong")] == ["Thương lượng tập thể"]


def test_queries_do_not_grow_with_the_results(pages, django_assert_num_queries):
    home = pages["Công đoàn cơ sở"].get_parent()
    found("đối thoại")
    with django_assert_num_queries(1):
        assert len(found("đối thoại")) == 1
    for number in range(30):
        home.add_child(instance=InformationPage(title=f"Đối thoại {number}", slug=f"doi-thoai-{number}"))
    with django_assert_num_queries(1):
        assert len(found("đối thoại")) == 31


@pytest.mark.parametrize(("text", "exact"), [
    ("Thỏa ước", "xzthoa2 xzu8o8c4"), ("thoả", "xzthoa2"), ("đất", "xzd9a7t4"), ("45/2019/QH14", "xz45 xz2019 xzqh14"), ("a_b", "xza xzb"), ("", "")])
def test_exact_form_spells_the_marks_out(text, exact):
    assert exact_text(text) == exact_text(unicodedata.normalize("NFD", text)) == exact


# Marking


@pytest.mark.parametrize(("text", "query", "marked"), [
    ("Thỏa ước lao động tập thể là gì?", "thoa uoc lao dong tap the", "<mark>Thỏa ước lao động tập thể</mark> là gì?"),
    ("Ai ký thoả ước?", "thỏa ước", "Ai ký <mark>thoả ước</mark>?"),
    ("Đất và đá", "dat", "<mark>Đất</mark> và đá"),
    ("Công đoàn", "công đo", "<mark>Công đoàn</mark>"),
    ("do đông đó", "do", "<mark>do</mark> đông <mark>đó</mark>"),
    ("ước, thỏa", "thỏa ước", "<mark>ước</mark>, <mark>thỏa</mark>"),
    ("A & B <script>", "b", "A &amp; <mark>B</mark> &lt;script&gt;"),
    ("<mark>", "mark", "&lt;<mark>mark</mark>&gt;"),
    ("lt &lt;", "lt", "<mark>lt</mark> &amp;<mark>lt</mark>;"),
    ("Nghị định 145/2020/NĐ-CP", "145/2020", "Nghị định <mark>145</mark>/<mark>2020</mark>/NĐ-CP"),
    ("Không có gì", "thỏa", "Không có gì"),
    ("Không có gì", "", "Không có gì"),
    ("Không có gì", "!!", "Không có gì"),
    ("", "thỏa", ""),
])
def test_matches_are_marked(text, query, marked):
    assert mark_matches(text, query) == marked
    assert mark_matches(unicodedata.normalize("NFD", text), unicodedata.normalize("NFD", query)) == marked


@given(st.text(), st.text())
def test_removing_the_marks_gives_back_the_escaped_text(text, query):
    bare = mark_matches(text, query).replace("<mark>", "").replace("</mark>", "")
    assert bare == escape(unicodedata.normalize("NFC", text))


@given(st.text(alphabet="aàảđ ưở<&,", max_size=60), st.text(alphabet="adu o", max_size=5))
def test_marks_never_nest_and_hold_no_empty_word(text, query):
    parts = mark_matches(text, query).split("<mark>")
    assert all(part.count("</mark>") == 1 and not part.startswith("</mark>") for part in parts[1:])


def test_snippet_is_cut_around_the_first_match():
    text = "Mở đầu. " * 60 + "Ở đây có thỏa ước lao động tập thể của ngành. " + "Phần cuối. " * 60
    shown = snippet(text, "thoa uoc")
    assert "<mark>thỏa ước</mark> lao động" in shown
    assert shown.startswith("… ") and shown.endswith(" …")
    assert len(shown.replace("<mark>", "").replace("</mark>", "")) <= 164


def test_snippet_shows_a_short_text_whole_and_a_text_without_match_from_its_start():
    assert snippet("Bài  về\nthỏa ước", "uoc") == "Bài về thỏa <mark>ước</mark>"
    assert snippet("Một hai ba bốn năm", "chín", length=9) == "Một hai …"


@given(st.text(alphabet="aàđ b", max_size=300), st.sampled_from(["a", "d", "ab"]), st.integers(5, 60))
def test_snippet_holds_a_match_where_there_is_one_and_stays_short(text, query, length):
    shown = snippet(text, query, length=length)
    assert ("<mark>" in shown) == ("<mark>" in mark_matches(text, query))
    assert len(shown.replace("<mark>", "").replace("</mark>", "").removeprefix("… ").removesuffix(" …")) <= max(length, 0)
