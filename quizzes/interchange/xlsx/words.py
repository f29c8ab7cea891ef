"""The words that cells of the template choose from: kinds, difficulties, ways of comparing and marking, settings. Read however they are written."""

from collections.abc import Mapping
from functools import lru_cache

from vietnamese.text import search_key

KINDS = {
    "one_answer": "Một đáp án", "several_answers": "Nhiều đáp án", "true_false": "Đúng/Sai", "short_answer": "Trả lời ngắn", "numeric": "Điền số",
    "matching": "Ghép đôi", "ordering": "Sắp xếp", "gaps": "Điền chỗ trống", "drag_words": "Kéo thả từ", "essay": "Tự luận",
}
DIFFICULTIES = {"easy": "Dễ", "medium": "Trung bình", "hard": "Khó"}
COMPARING = {"exact": "Chính xác", "case": "Bỏ qua chữ hoa", "tones": "Bỏ qua dấu thanh", "diacritics": "Bỏ qua mọi dấu"}
# By kind: the same words mean what each kind offers.
MARKING = {
    "several_answers": {"partial": "Từng phần", "lenient": "Từng phần không trừ", "all": "Tất cả hoặc không"},
    "ordering": {"neighbours": "Từng phần", "all": "Tất cả hoặc không"},
}
SETTINGS = {
    "asks_reason": "hỏi lý do", "marks_reason": "chấm lý do", "shows_criteria": "hiện tiêu chí", "reusable": "dùng lại từ", "list": "chọn từ danh sách",
}
TRUE, FALSE = "Đúng", "Sai"
PLAIN, HTML = "Văn bản", "HTML"
TRUES = frozenset(("dung", "d", "true", "t", "yes", "1", "phai", "x"))
FALSES = frozenset(("sai", "s", "false", "f", "no", "0", "khong"))

_MORE_KINDS = {
    "one_answer": ("1 đáp án", "một lựa chọn", "trắc nghiệm", "trắc nghiệm một đáp án", "chọn một", "single choice", "one answer", "multiple choice"),
    "several_answers": ("nhiều lựa chọn", "trắc nghiệm nhiều đáp án", "chọn nhiều", "multiple response", "several answers", "multiple answers"),
    "true_false": ("đúng sai", "true/false", "đúng hay sai", "đúng hoặc sai"), "short_answer": ("câu trả lời ngắn", "điền từ", "short answer"),
    "numeric": ("số", "điền đáp số", "number", "numerical"), "matching": ("ghép cặp", "nối", "ghép nối", "match", "matching"),
    "ordering": ("sắp thứ tự", "sắp xếp thứ tự", "order"), "gaps": ("điền khuyết", "điền vào chỗ trống", "cloze", "gap fill"),
    "drag_words": ("kéo thả", "kéo từ", "drag words"), "essay": ("tự luận ngắn", "viết", "bài luận"),
}
_MORE_DIFFICULTIES = {
    "easy": ("nhận biết", "de", "easy", "1"), "medium": ("thông hiểu", "vừa", "tb", "medium", "2"), "hard": ("vận dụng", "vận dụng cao", "hard", "3"),
}


def known_word(text: str, words: Mapping[str, str]) -> str:
    """Return the value that a word stands for, whatever its case and diacritics; an empty string when it stands for none."""
    return next((value for value, word in words.items() if text in (value, word) or _key_of(text) in (_key_of(value), _key_of(word))), "")


@lru_cache(maxsize=1000)
def _key_of(text: str) -> str:
    return search_key(text)


_KINDS_BY_KEY: dict[str, str] = {search_key(name): kind for kind, word in KINDS.items() for name in (kind, word, *_MORE_KINDS[kind])}

_DIFFICULTIES_BY_KEY: dict[str, str] = {
    search_key(name): value for value, word in DIFFICULTIES.items() for name in (value, word, *_MORE_DIFFICULTIES[value])}


def kind_named(text: str) -> str:
    """Return the kind that a cell names; an empty string when it names none."""
    return _KINDS_BY_KEY.get(_key_of(text), "")


def difficulty_named(text: str) -> str:
    """Return the difficulty that a cell names; an empty string when it names none."""
    return _DIFFICULTIES_BY_KEY.get(_key_of(text), "")
