"""An answer of files, marked by a person. The files are stored before; the answer names them."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.types.base import Answer, Content, Fields, InvalidAnswer
from quizzes.types.choices import nfc
from quizzes.types.written import RubricType

KINDS = {
    "pdf": ("pdf",), "docx": ("docx",), "xlsx": ("xlsx",), "picture": ("jpg", "jpeg", "png"), "sound": ("mp3", "m4a"), "video": ("mp4",),
}
KIND_NAMES = [
    ("pdf", "PDF"), ("docx", "Word (DOCX)"), ("xlsx", "Excel (XLSX)"), ("picture", _("Picture (JPG, PNG)")),
    ("sound", _("Recording (MP3, M4A)")), ("video", _("Video (MP4)")),
]
MEGABYTE = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_NAME = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")


def extensions_of(content: Content) -> list[str]:
    """Return the endings, without the dot, that a file of this question may have."""
    return [extension for kind in content["kinds"] for extension in KINDS.get(kind, ())]


class FileUpload(RubricType):
    name = "file_upload"
    take_template = "quizzes/types/file_upload.html"
    review_template = "quizzes/types/file_upload_review.html"
    takes_files = True

    kinds = blocks.MultipleChoiceBlock(
        label=_("Kinds of file"), choices=KIND_NAMES, default=["pdf", "docx", "picture"], widget=forms.CheckboxSelectMultiple)
    most_files = blocks.IntegerBlock(label=_("Files, at most"), default=1, min_value=1, max_value=5)
    most_mb = blocks.IntegerBlock(label=_("Megabytes for each file, at most"), default=10, min_value=1, max_value=20)

    def freeze(self, value: blocks.StructValue) -> Content:
        chosen = value["kinds"] or []
        return {
            **super().freeze(value), "kinds": [kind for kind in KINDS if kind in chosen],
            "most_files": value["most_files"], "most_mb": value["most_mb"],
        }

    def read_form(self, fields: Fields) -> Answer:
        """Return the files that stay, named by uuid alone; who stores files adds name, size and digest before the answer is cleaned."""
        kept = list(dict.fromkeys(uuid for uuid in fields.get("keep", []) if uuid))
        return {"files": [{"file": uuid} for uuid in kept]} if kept else {}

    def write_form(self, answer: Answer) -> Fields:
        return {"keep": [file["file"] for file in answer.get("files", [])]}

    def clean_answer(self, content: Content, answer: Answer) -> Answer:
        """Check the shape only: whether the files are there, and the taker's own, is for those to say who store them."""
        if answer == {}:
            return {}
        files = answer.get("files") if isinstance(answer, dict) and set(answer) == {"files"} else None
        if not isinstance(files, list) or len(files) > 50:
            raise InvalidAnswer
        named = {file["file"]: file for file in map(_clean_file, files)}
        if len(named) > content["most_files"]:
            raise InvalidAnswer(self._too_many(content))
        return {"files": sorted(named.values(), key=lambda file: (file["name"], file["file"]))} if named else {}

    def fault_of_file(self, content: Content, answer: Answer, name: str, size: int) -> str | None:
        """Say why a file of this name and size (in bytes) cannot be added to the answer, or None. What is inside it is not looked at."""
        extensions = extensions_of(content)
        _stem, dot, extension = name.rpartition(".")
        if not dot or extension.lower() not in extensions:
            return _("Files of this kind are not taken here. Use: %(kinds)s.") % {"kinds": ", ".join(extensions).upper()}
        if size <= 0:
            return _("This file is empty. Choose another one.")
        if size > content["most_mb"] * MEGABYTE:
            return _("This file is too large: at most %(count)s MB.") % {"count": content["most_mb"]}
        if len(answer.get("files", [])) >= content["most_files"]:
            return self._too_many(content)
        return None

    @staticmethod
    def _too_many(content: Content) -> str:
        return _("At most %(count)s files are taken here. Remove one first.") % {"count": content["most_files"]}

    def view(self, content: Content, order: list[str], answer: Answer) -> dict:
        files = answer.get("files", [])
        extensions = extensions_of(content)
        return {
            "files": files, "room": max(0, content["most_files"] - len(files)), "extensions": ", ".join(extensions).upper(),
            "accept": ",".join(f".{extension}" for extension in extensions),
        }

    def mark(self, content: Content, answer: Answer) -> float | None:
        return None if answer else 0.0

    class Meta:
        icon = "upload"
        label = _("File")
        description = _("The taker sends files; a person marks them by your criteria.")


def _clean_file(file: Any) -> dict[str, Any]:
    if not isinstance(file, dict) or set(file) != {"file", "name", "size", "sha256"}:
        raise InvalidAnswer
    uuid, name, size, sha256 = file["file"], file["name"], file["size"], file["sha256"]
    if not all(isinstance(word, str) for word in (uuid, name, sha256)) or not isinstance(size, int) or isinstance(size, bool):
        raise InvalidAnswer
    name = nfc(name).strip()
    if not 0 < size <= 20 * MEGABYTE or not 0 < len(name) <= 255 or _NO_NAME.search(name) or not _SHA256.fullmatch(sha256):
        raise InvalidAnswer
    try:
        return {"file": str(UUID(uuid)), "name": name, "size": size, "sha256": sha256}
    except ValueError as error:
        raise InvalidAnswer from error
