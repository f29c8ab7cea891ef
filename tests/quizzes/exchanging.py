"""Files of questions for the tests of bringing in and taking out, in a format made for them: one JSON object a line."""

import json
from io import BytesIO

import pytest
from django.utils import timezone

from intake.errors import UnreadableFile
from quizzes.interchange import formats
from quizzes.interchange.items import Item, Refused
from quizzes.models import BankImport
from quizzes.services.exchange import bringing, importing, reading, settling

BANK = "Kho thử/Bài 1"


def read(file):
    for number, line in enumerate(file, 1):
        try:
            said = json.loads(line)
        except ValueError as error:
            raise UnreadableFile("Not JSON.", line=number) from error
        if "refused" in said:
            yield Refused(number, said["refused"], "Câu hỏng")
            continue
        pictures = {name: bytes.fromhex(content) for name, content in said.pop("pictures", {}).items()}
        lists = {name: tuple(said.pop(name)) for name in ("tags", "citations", "category", "notes") if name in said}
        yield Item(**said, **lists, line=number, pictures=pictures)


def write(items, out, leave):
    for item in items:
        said = {name: getattr(item, name) for name in (
            "kind", "value", "explanation", "code", "difficulty", "topic", "tags", "citations", "category")}
        said["pictures"] = {name: content.hex() for name, content in item.pictures.items()}
        out.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")


class Lines(formats.Format):
    """The format of the tests, standing where GIFT stands."""

    read = staticmethod(read)
    write = staticmethod(write)


@pytest.fixture
def lines_format(monkeypatch):
    """Put the tests' own format among the others."""
    monkeypatch.setitem(formats.FORMATS, "lines", Lines("lines", "Lines", (".lines",), "text/plain", "", ("text", "xml")))


def one(stem: str = "Bao nhiêu ngày?", right: str = "30", wrong=("7", "90"), **fields) -> dict:
    """A question of one answer as a line."""
    options = [{"text": right, "is_right": True, "feedback": ""}, *({"text": text, "is_right": False, "feedback": "Sai."} for text in wrong)]
    return {"kind": "one_answer", "value": {"stem": f"<p>{stem}</p>", "options": options}, **fields}


def lines(*questions: dict) -> BytesIO:
    return BytesIO("".join(json.dumps(question, ensure_ascii=False) + "\n" for question in questions).encode())


def received(*questions: dict, by=None, **wishes) -> BankImport:
    """A file that was sent, not read yet."""
    wishes = {"bank": BANK, "publishes": True, "updates": False, "format": "lines", "now": timezone.now(), **wishes}
    return importing.receive_file(file=lines(*questions), name="cau-hoi.lines", by=by, **wishes)


def understood(*questions: dict, by=None, **wishes) -> BankImport:
    """A file that was read, to be looked at."""
    job = reading.read_file(job=received(*questions, by=by, **wishes), clock=timezone.now)
    job.refresh_from_db()
    return job


def brought(*questions: dict, by=None, **wishes) -> BankImport:
    """A file that was brought in, with all that follows."""
    return write_in(understood(*questions, by=by, **wishes), by)


def write_in(job: BankImport, by=None) -> BankImport:
    bringing.bring_in(job=job, by=by, now=timezone.now(), clock=timezone.now)
    settling.settle_import(job=job)
    job.refresh_from_db()
    return job


def states(job: BankImport) -> list[str]:
    return list(job.rows.order_by("number").values_list("state", flat=True))


def reasons(job: BankImport) -> list[str]:
    return list(job.rows.order_by("number").values_list("reason", flat=True))
