"""The key with which a development machine signs: made once, read by its owner only, and named in `.env`."""

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from certificates import signing
from certificates.signing.reading import signatures_of
from tests.lms import scripts

environment = scripts.load("environment")
SCRIPT = Path(scripts.__file__).parents[2] / "scripts" / "demo_key.py"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in ("DEBUG", "PDF_SIGNING"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_demo_key_signs_is_private_and_is_left_alone(tmp_path, settings):
    folder = tmp_path / "keys"

    def make() -> str:
        return subprocess.run([sys.executable, str(SCRIPT), str(folder)], check=True, capture_output=True, text=True).stdout.strip()

    path = make()
    first = {each.name: each.read_bytes() for each in folder.iterdir()}
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert make() == path and {each.name: each.read_bytes() for each in folder.iterdir()} == first
    settings.PDF_SIGNING = path
    signed = signing.sign_paper(typst.compile(b"= Paper", format="pdf"), unit_code="TL", at=datetime.now(UTC))
    assert signatures_of(signed.pdf)[0].subject == "Lớp học Công đoàn (khóa thử)"


def test_env_names_the_demo_key(project):
    environment._write_env()
    assert environment.variables()["PDF_SIGNING"] == environment.DEMO_SIGNING


def test_an_older_env_signs_in_development_only_and_is_not_written_to(project):
    (project / ".env").write_text("DEBUG=1\n")
    assert environment.variables()["PDF_SIGNING"] == environment.DEMO_SIGNING
    assert (project / ".env").read_text() == "DEBUG=1\n"
    (project / ".env").write_text("DEBUG=0\n")
    assert "PDF_SIGNING" not in environment.variables()
    (project / ".env").write_text("DEBUG=1\nPDF_SIGNING=\n")
    assert environment.variables()["PDF_SIGNING"] == ""
