"""The commands for question files: the same services as the pages, told in the terminal."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quizzes.models import BankImport, Question
from tests.factories import quizzes as make
from tests.quizzes.exchanging import brought, lines, lines_format, one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lines_format"), pytest.mark.same_everywhere]
__all__ = ["lines_format"]


def run(*said: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    out = StringIO()
    try:
        call_command(*said, stdout=out, stderr=StringIO())
    except SystemExit as error:
        return error.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(*questions, name="cau-hoi.lines"):
        path = tmp_path / name
        path.write_bytes(lines(*questions).getvalue())
        return str(path)

    return write


def test_questions_are_brought_in_and_counted(file):
    code, said = run("import_questions", file(one(code="A"), one("Hai?")), "--format", "lines", "--bank", "Kho/Bài 1")
    assert (code, Question.objects.filter(live=True).count()) == (0, 2)
    assert "2" in said and not BankImport.objects.get().file


def test_refused_ones_are_named_with_line_and_reason_and_the_exit_code_is_1(file):
    code, said = run("import_questions", file(one(), {"refused": "Không có đáp án đúng."}), "--format", "lines", "--bank", "Kho")
    assert (code, Question.objects.count()) == (1, 1)
    assert "2" in said.splitlines()[0] and "Không có đáp án đúng." in said.splitlines()[0]


def test_dry_run_writes_nothing_and_leaves_nothing(file):
    code, said = run("import_questions", file(one()), "--format", "lines", "--bank", "Kho", "--dry-run")
    assert (code, Question.objects.count()) == (0, 0)
    assert "1" in said
    assert BankImport.objects.get().rows.count() == 0 and not BankImport.objects.get().file


def test_drafts_and_changes_are_asked_for(file):
    run("import_questions", file(one(code="A")), "--format", "lines", "--bank", "Kho", "--draft")
    assert not Question.objects.get().live
    changed = file(one("Mới?", code="A"))
    assert run("import_questions", changed, "--format", "lines", "--bank", "Kho")[0] == 1
    assert run("import_questions", changed, "--format", "lines", "--bank", "Kho", "--update")[0] == 0
    assert Question.objects.get().stem_text == "Mới?"


@pytest.mark.parametrize("content", [b"", b"{", b"PK\x03\x04"])
def test_unreadable_file_ends_with_2(tmp_path, content):
    path = tmp_path / "a.lines"
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        call_command("import_questions", str(path), "--format", "lines", "--bank", "Kho", stderr=StringIO())
    assert error.value.returncode == 2


def test_missing_file_and_unknown_format_end_with_2(file, tmp_path):
    for said in ([str(tmp_path / "không có"), "--bank", "Kho"], [file(one(), name="x.bin"), "--bank", "/"]):
        with pytest.raises(CommandError) as error:
            call_command("import_questions", *said, stderr=StringIO())
        assert error.value.returncode == 2


def test_format_is_recognised_when_it_is_not_said(tmp_path):
    path = tmp_path / "a.gift"
    path.write_text("Một hay hai? {=một ~hai}", encoding="utf-8")
    assert run("import_questions", str(path), "--bank", "Kho")[0] == 0
    assert Question.objects.get().stem_text == "Một hay hai?"


def test_bank_is_written_and_comes_back(tmp_path):
    brought(one("Một?", code="A"), one("Hai?", category=("Chương 1",)), bank="Kho")
    path = tmp_path / "kho.lines"
    code, said = run("export_questions", "--bank", "Kho", "--format", "lines", "--output", str(path))
    assert code == 0 and "2" in said
    assert [json.loads(line)["value"]["stem"] for line in path.read_text().splitlines()] == ["<p>Một?</p>", "<p>Hai?</p>"]
    assert run("import_questions", str(path), "--format", "lines", "--bank", "Kho")[0] == 0
    assert Question.objects.count() == 2


def test_what_is_left_out_is_named_and_the_exit_code_is_1(tmp_path):
    make._question("file_upload", {"stem": "<p>Nộp bài.</p>"})
    code, said = run("export_questions", "--bank", make.category().name, "--format", "lines", "--output", str(tmp_path / "a"))
    assert code == 1 and "Nộp bài." in said


def test_bank_that_is_not_there_ends_with_2_and_keeps_the_file(tmp_path):
    path = tmp_path / "kho.lines"
    path.write_text("cũ")
    with pytest.raises(CommandError) as error:
        call_command("export_questions", "--bank", "Không có", "--format", "lines", "--output", str(path), stderr=StringIO())
    assert (error.value.returncode, path.read_text()) == (2, "cũ")
