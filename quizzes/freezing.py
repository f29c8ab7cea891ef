"""Freezing: a question as plain JSON, so that an attempt needs the question bank no more. Works for every type."""

import hashlib
import json
from collections.abc import Iterator

from wagtail.rich_text import expand_db_html

from cms.sanitise import sanitise
from laws.models import Provision
from quizzes.types import type_of
from quizzes.types.base import Content
from quizzes.types.choices import nfc
from quizzes.types.materials import cited
from vietnamese.text import clean, search_key


def provisions_of(question) -> list[int]:
    """Return the ids of the provisions that a question cites, without fetching them."""
    return [item["value"] for item in question.citations.raw_data if item["type"] == "provision" and item["value"]]


def put_words(question) -> None:
    """Bring what lists, search and the look for duplicates know of a question in step with its content, on the object. No query."""
    words = [type_of(block.block_type).words(block.value) for block in question.content]
    question.stem_text = clean(" ".join(words))
    question.search_key = search_key(f"{question.code} {question.stem_text}")
    question.stem_digest = stem_digest(question.stem_text)


def stem_digest(text: str) -> str:
    """Return what the stems of duplicates share: case, diacritics, spaces and punctuation do not count. Empty for a stem without letters."""
    key = search_key(text)
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def articles_of(question) -> set[int]:
    """Return the ids of all provisions that a question names anywhere: as its basis, beside its stem, beside an option. No query."""
    return {key for field in (question.content, question.citations) for key in _articles_in(list(field.raw_data))}


def _articles_in(value) -> Iterator[int]:
    if isinstance(value, dict):
        if value.get("type") == "provision" and isinstance(value.get("value"), int):
            yield value["value"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _articles_in(part)


def freeze(question, provisions: dict[int, Provision]) -> tuple[str, Content]:
    """Return the question's type and its content, rich text still as it is stored. No query but for its materials."""
    block = question.content[0]
    return block.block_type, {
        **type_of(block.block_type).freeze(block.value),
        "explanation": nfc(question.explanation),
        "citations": [cited(provisions[key]) for key in provisions_of(question) if key in provisions],
        "topic": nfc(question.topic),
    }


def digest_of(kind: str, content: Content) -> str:
    """Return the SHA-256 that names a version: the same question frozen twice has the same one."""
    return hashlib.sha256(json.dumps([kind, content], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def written_out(kind: str, content: Content) -> Content:
    """Return the content with links and pictures written out as plain HTML. Queries for the pages and pictures it names."""
    return {**type_of(kind).written_out(content, _write_out), "explanation": _write_out(content.get("explanation", ""))}


def _write_out(html: str) -> str:
    # Sanitised once more: a body that reached the database as raw JSON has not passed the block that cleans it.
    return expand_db_html(sanitise(html)) if html else ""
