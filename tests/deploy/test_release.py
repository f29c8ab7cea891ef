"""scripts/release.py, in a repository of the test's own: what it refuses, what it says, what it does."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.deploy.files import ROOT

pytestmark = pytest.mark.same_everywhere
NEWS = "# Changelog\n\n## 0.2.0 – unreleased\n- Something new.\n\n## 0.1.0 – 2026-01-01\n- Everything.\n"
# What stands in the repository instead of make and Python: the checks are tested elsewhere.
MAKEFILE = "check:\n\t@test ! -e bad\n"
PYTHON = '#!/bin/sh\ncase "$1" in -c) echo "cms 0002_duties";; *) test ! -e unsafe;; esac\n'


@pytest.fixture
def project(tmp_path) -> Path:
    for name in ("scripts", "deploy", ".venv/bin"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "release.py", tmp_path / "scripts")
    texts = {"CHANGELOG.md": NEWS, "pyproject.toml": '[project]\nname = "lms"\nversion = "0.1.0"\n[tool.ruff]\n', "Makefile": MAKEFILE,
             "deploy/last-release": "v0.1.0\n", ".venv/bin/python": PYTHON}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".venv/bin/python").chmod(0o755)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.email", "an@example.org")
    git(tmp_path, "config", "user.name", "Trần Văn Ân")
    commit(tmp_path)
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True, text=True).stdout.strip()


def commit(project: Path) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "A change.")


def release(project: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "scripts/release.py", *arguments], cwd=project, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_without_really_nothing_is_changed(project):
    code, said = release(project, "0.2.0")
    assert code == 0
    assert "Would release v0.2.0" in said and "- Something new." in said and "write deploy/last-release" in said
    assert (git(project, "status", "--porcelain"), git(project, "tag")) == ("", "v0.1.0")


def test_release_is_dated_committed_and_tagged(project):
    code, said = release(project, "0.2.0", "--really")
    assert code == 0, said
    assert (project / "CHANGELOG.md").read_text() == NEWS.replace("unreleased", f"{date.today():%Y-%m-%d}")
    assert 'version = "0.2.0"' in (project / "pyproject.toml").read_text()
    assert (project / "deploy/last-release").read_text() == "v0.2.0\ncms 0002_duties\n"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "cat-file", "-t", "v0.2.0") == "tag"
    assert git(project, "rev-parse", "v0.2.0^{commit}") == git(project, "rev-parse", "HEAD")
    assert git(project, "log", "-1", "--format=%s") == "Release 0.2.0."
    again = release(project, "0.2.0", "--really")
    assert again[0] == 1 and "is there already" in again[1]


@pytest.mark.parametrize(("version", "word"), [("0.2", "three numbers"), ("v0.2.0", "three numbers"), ("0.1.0", "already"), ("0.0.9", "not higher")])
def test_version_that_is_none_is_refused(project, version, word):
    code, said = release(project, version)
    assert (code, word in said) == (1, True)


def test_tree_with_changes_is_refused(project):
    (project / "new.txt").write_text("x")
    assert release(project, "0.2.0", "--really") == (1, "The work tree has changes; commit them or put them away:\n?? new.txt\n")


@pytest.mark.parametrize("text", [NEWS.replace("- Something new.\n", "").replace("unreleased\n", "unreleased\n\n"), NEWS.replace(" – unreleased", " – 2026-02-02")])
def test_empty_changelog_is_refused(project, text):
    (project / "CHANGELOG.md").write_text(text, encoding="utf-8")
    commit(project)
    code, said = release(project, "0.2.0", "--really")
    assert (code, "CHANGELOG.md says nothing" in said, git(project, "tag")) == (1, True, "v0.1.0")


@pytest.mark.parametrize(("mark", "word"), [("bad", "make check"), ("unsafe", "check_migrations.py")])
def test_failing_check_leaves_everything_as_it_was(project, mark, word):
    (project / mark).touch()
    commit(project)
    code, said = release(project, "0.2.0", "--really")
    assert (code, f"{word} fails" in said) == (1, True)
    assert (git(project, "status", "--porcelain"), git(project, "tag")) == ("", "v0.1.0")
