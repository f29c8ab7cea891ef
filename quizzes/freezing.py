"""Freezing: a question as plain JSON, so that an attempt needs the question bank no more. Works for every type."""

import hashlib
import json

from wagtail.rich_text import expand_db_html

from cms.sanitise import sanitise
from laws.models import Provision
from quizzes.types import type_of
from quizzes.types.base import Content
from quizzes.types.choices import nfc
from quizzes.types.materials import cited


def provisions_of(question) -> list[int]:
    """Return the ids of the provisions that a question cites, without fetching them."""
    return [item["value"] for item in question.citations.raw_data if item["type"] == "provision" and item["value"]]


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
