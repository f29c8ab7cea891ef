"""Loads demo/question_types.yaml: questions of every kind, written with the fields of the editor. Adds what is not there."""

from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from laws.models import Provision
from lms.demo.load import CONTENT, provisions_by_citation
from lms.demo.pictures import DRAWINGS
from lms.demo.text import Misread, citation, html
from quizzes.models import Category, Question


def read_question_types() -> dict:
    return yaml.safe_load((CONTENT / "question_types.yaml").read_text(encoding="utf-8"))


class QuestionTypes:
    """Turns what a trainer wrote into questions; looks citations up once."""

    def __init__(self, *, owner) -> None:
        self.owner, self.provisions = owner, provisions_by_citation()

    def load(self, data: dict) -> int:
        """Return how many questions were added."""
        known = set(Question.objects.values_list("code", flat=True))
        new = [row for row in data["questions"] if row["code"] not in known]
        for row in new:
            self._add(row, _category(row.get("category", data["category"])))
        return len(new)

    def _add(self, row: dict, category: Category) -> None:
        stream = Question._meta.get_field("content").stream_block
        if row["type"] not in stream.child_blocks:
            raise Misread(f"{row['code']}: no kind of question: {row['type']}")
        try:
            content = stream.clean(stream.to_python(self._raw(stream, [{"type": row["type"], "value": row["content"]}])))
        except (Misread, ValidationError) as error:
            # A block knows which of its fields is at fault.
            raise Misread(f"{row['code']}: {error.as_json_data() if hasattr(error, 'as_json_data') else error}") from error
        question = Question(
            code=row["code"], category=category, difficulty=row["difficulty"], topic=row["topic"], explanation=html(row.get("explanation", "")),
            content=content, citations=[("provision", self._provision(text)) for text in row.get("law", [])], author=self.owner)
        question.save()
        question.save_revision(user=self.owner).publish()

    def _raw(self, block: blocks.Block, written: Any) -> Any:
        """Turn what was written for a block into what the database keeps for it: HTML for Markdown, keys for citations and pictures."""
        match block:
            case blocks.RichTextBlock():
                return html(written)
            case ImageChooserBlock():
                return _picture(written).pk
            case SnippetChooserBlock():
                return self._provision(written).pk
            case blocks.BaseStreamBlock():
                return [{"type": part["type"], "value": self._raw(_child(block, part["type"]), part["value"])} for part in written]
            case blocks.BaseStructBlock():
                return {name: self._raw(_child(block, name), value) for name, value in written.items()}
            case blocks.DecimalBlock():
                return str(written)
            case blocks.ListBlock():
                return [self._raw(block.child_block, item) for item in written]
            case _:
                return written

    def _provision(self, text: str) -> Provision:
        if citation(text) not in self.provisions:
            raise Misread(f"not in laws.yaml: {text}")
        return self.provisions[citation(text)]


def _category(name: str) -> Category:
    return Category.objects.filter(name=name).first() or Category.add_root(name=name)


def _child(block, name: str) -> blocks.Block:
    if name not in block.child_blocks:
        raise Misread(f"no such field: {name}")
    return block.child_blocks[name]


def _picture(name: str):
    """Return the drawing of this name from the library, drawn when it is not there."""
    if name not in DRAWINGS:
        raise Misread(f"no such drawing: {name}")
    title, draw = DRAWINGS[name]
    images = get_image_model().objects
    return images.filter(title=title).first() or images.create(title=title, file=ContentFile(draw(), f"{name}.png"))
