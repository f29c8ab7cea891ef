"""The two forms in which text is searched.

Folded: without diacritics, what decides whether something is found. Exact: each word spelt out with its marks in plain letters, what
decides whether it comes first. Both forms are ASCII words, so that no database's own idea of words, accents or stop words matters.
"""

import re
import unicodedata
from functools import lru_cache

from modelsearch.query import MATCH_NONE, And, Boost, Fuzzy, MatchAll, Not, Or, Phrase, PlainText, SearchQuery

from vietnamese.text import search_key

# FTS5 gives up on deep expressions; nobody types more words than this.
MOST_WORDS = 24
_WORD = re.compile(r"[^\W_]+")
# No word begins like this in Vietnamese or English, so an exact form never equals a folded one.
_EXACT = "xz"
# Digits that stand for marks. Tones come last in the word, so that hòa and hoà, both in use, are the same exact form.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_MARKS = {"\u0306": "6", "\u0302": "7", "\u031b": "8"}


def folded_text(text: str) -> str:
    """Return the words of the text without diacritics, in lower case, separated by single spaces."""
    return search_key(text).replace("_", " ")


def exact_text(text: str) -> str:
    """Return the words of the text with their marks spelt out: "Thỏa ước" and "thoả ước" become "xzthoa2 xzu8o8c4"."""
    return " ".join(_exact_word(word) for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()))


# Three columns of the index are made of the same texts, each time anew.
@lru_cache(maxsize=64)
def indexed_text(text: str) -> str:
    """Return what is put into the index for this text: both forms, one after the other."""
    return f"{folded_text(text)} {exact_text(text)}".strip()


def folded_query(query: SearchQuery) -> SearchQuery:
    """Return the query with its words folded; parts without any word are left out, a query without any finds nothing."""
    return _turned(query, folded_text) or MATCH_NONE


def exact_query(query: SearchQuery) -> SearchQuery | None:
    """Return the query in its exact form, or None when it has no diacritics and so no exact form to prefer."""
    return _turned(query, exact_text) if _has_marks(query) else None


def _exact_word(word: str) -> str:
    letters, tone = [], ""
    for part in unicodedata.normalize("NFD", word.replace("đ", "d9")):
        if part in _TONES:
            tone = _TONES[part]
        elif part in _MARKS:
            letters.append(_MARKS[part])
        elif not unicodedata.combining(part):
            letters.append(part)
    return _EXACT + "".join(letters) + tone


def _turned(query: SearchQuery, turn) -> SearchQuery | None:
    match query:
        case PlainText():
            words = _first_words(turn(query.query_string))
            return PlainText(words, operator=query.operator, boost=query.boost) if words else None
        case Phrase():
            words = _first_words(turn(query.query_string))
            return Phrase(words) if words else None
        case Fuzzy():
            words = _first_words(turn(query.query_string))
            return Fuzzy(words, operator=query.operator) if words else None
        case And() | Or():
            parts = [turned for part in query.subqueries if (turned := _turned(part, turn))]
            return type(query)(parts) if parts else None
        case Not():
            part = _turned(query.subquery, turn)
            return Not(part) if part else None
        case Boost():
            part = _turned(query.subquery, turn)
            return Boost(part, query.boost) if part else None
        case MatchAll():
            return query
    raise TypeError(f"No folding for {type(query).__name__}.")


def _first_words(text: str) -> str:
    return " ".join(text.split()[:MOST_WORDS])


def _has_marks(query: SearchQuery) -> bool:
    if isinstance(query, And | Or):
        return any(_has_marks(part) for part in query.subqueries)
    if isinstance(query, Boost):
        return _has_marks(query.subquery)
    text = unicodedata.normalize("NFC", getattr(query, "query_string", "")).lower()
    return not isinstance(query, Fuzzy) and folded_text(text) != " ".join(_WORD.findall(text))
