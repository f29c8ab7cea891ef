"""What `make run` and `make test` stand on: `.env` is written once, and the shell's variables win over it."""

import stat

import pytest

from tests.lms import scripts

environment = scripts.load("environment")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in ("SECRET_KEY", "SITE_NAME", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_env_is_written_once_with_a_secret_of_its_own(project):
    environment._write_env()
    first = (project / ".env").read_text()
    secret = environment.variables()["SECRET_KEY"]
    assert "DEBUG=1\n" in first
    assert len(secret) >= 50
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600
    environment._write_env()
    assert (project / ".env").read_text() == first
    (project / ".env").unlink()
    environment._write_env()
    assert environment.variables()["SECRET_KEY"] != secret


def test_shell_wins_over_env(project, monkeypatch):
    (project / ".env").write_text("# SITE_NAME=comment\nSITE_NAME='Lớp học'\nexport VAR_DIR=/srv/lms\nnonsense\n")
    monkeypatch.setenv("VAR_DIR", "/tmp/elsewhere")
    variables = environment.variables()
    assert (variables["SITE_NAME"], variables["VAR_DIR"]) == ("Lớp học", "/tmp/elsewhere")


def test_requirements_are_installed_again_only_when_they_change(project, monkeypatch):
    calls = []
    monkeypatch.setattr(environment, "VENV", project)
    monkeypatch.setattr(environment.subprocess, "run", lambda command, **kwargs: calls.append(command[-1].name) or _Done())
    (project / "requirements.txt").write_text("a==1\n")
    (project / "requirements-dev.txt").write_text("-r requirements.txt\nb==1\n")
    environment._install(["requirements.txt"])
    environment._install(["requirements.txt"])
    assert calls == ["requirements.txt"]
    environment._install(["requirements.txt", "requirements-dev.txt"])
    environment._install(["requirements.txt"])
    assert calls == ["requirements.txt", "requirements-dev.txt"]
    (project / "requirements.txt").write_text("a==2\n")
    environment._install(["requirements.txt", "requirements-dev.txt"])
    assert calls[2:] == ["requirements-dev.txt"]


class _Done:
    returncode = 0
