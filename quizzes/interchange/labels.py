"""What formats have no field for – difficulty, topic, legal basis – travels as labels among the tags, so that it survives a way through Moodle."""

from collections.abc import Iterable
from typing import Any

from quizzes.interchange.items import Item

DIFFICULTIES = ("easy", "medium", "hard")
COMPARISONS = ("exact", "case", "tones", "diacritics")
# By kind of question: the ways of marking it.
MARKINGS = {"several_answers": ("partial", "lenient", "all"), "ordering": ("neighbours", "all")}


def labels_of(item: Item) -> list[str]:
    """Return the tags of a question and, as "difficulty:hard", "topic:Bài 3", "law:45/2019/QH14 Điều 70", what else it is known by."""
    labels = list(item.tags)
    if item.difficulty != "medium":
        labels.append(f"difficulty:{item.difficulty}")
    if item.topic:
        labels.append(f"topic:{item.topic}")
    return labels + [f"law:{citation}" for citation in item.citations]


def read_labels(labels: Iterable[str]) -> dict[str, Any]:
    """Return the fields of an `Item` that labels say: tags, difficulty, topic, citations. What is no label of ours is a tag."""
    found: dict[str, Any] = {"difficulty": "medium", "topic": ""}
    tags: list[str] = []
    citations: list[str] = []
    for label in labels:
        name, _colon, value = (part.strip() for part in label.strip().partition(":"))
        match name:
            case "difficulty" if value in DIFFICULTIES:
                found["difficulty"] = value
            case "topic" if value:
                found["topic"] = value[:120]
            case "law" if value:
                citations.append(value)
            case _ if label.strip():
                tags.append(label.strip()[:100])
    return {**found, "tags": tuple(dict.fromkeys(tags)), "citations": tuple(dict.fromkeys(citations))}
