"""What we build on is exactly what was looked at: every version exact, every file with its digest, and only files of ours in the repository."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.lms.scripts import load

ROOT = Path(__file__).resolve().parent.parent.parent
_PIN = re.compile(r"[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,_-]+\])?==[^\s;*]+(?:\s*;\s*[^\\]+)?", re.IGNORECASE)
_DIGEST = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins_of(name: str) -> dict[str, list[str]]:
    """Every requirement of a file with the digests below it; a line that is neither is named as a pin that is none."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        text = line.strip().removesuffix("\\").strip()
        if text.startswith("--hash"):
            found[list(found)[-1]].append(text)
        elif text and not text.startswith("#"):
            found[text] = []
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_exactly_and_by_digest(name):
    pins = pins_of(name)
    assert len(pins) > 100
    assert [pin for pin in pins if not _PIN.fullmatch(pin)] == []
    assert [pin for pin, digests in pins.items() if not digests or not all(_DIGEST.fullmatch(digest) for digest in digests)] == []


@pytest.mark.parametrize(("source", "made"), [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")])
def test_what_was_asked_for_is_what_was_pinned(source, made):
    plain = {re.sub(r"[-_.]+", "-", re.sub(r"\[[^]]*\]", "", pin.split(";")[0]).strip().lower()) for pin in pins_of(made)}
    asked = [line.split("#")[0].split(";")[0].strip() for line in (ROOT / source).read_text(encoding="utf-8").splitlines()]
    names = [re.sub(r"[-_.]+", "-", re.sub(r"\[[^]]*\]", "", line).lower()) for line in asked if line and not line.startswith("-")]
    assert names
    assert [name for name in names if "==" not in name or name not in plain] == []


def test_both_files_agree_about_what_stands_in_both():
    one, other = (dict(pin.split(";")[0].strip().split("==") for pin in pins_of(name)) for name in ("requirements.txt", "requirements-dev.txt"))
    assert {name: (one[name], other[name]) for name in one.keys() & other.keys() if one[name] != other[name]} == {}


def _tracked_or_new(pattern: str) -> list[Path]:
    return [path for path in ROOT.glob(pattern) if "node_modules" not in path.parts and ".venv" not in path.parts and "var" not in path.parts]


def test_every_npm_package_is_locked_by_digest():
    manifests = _tracked_or_new("**/package.json")
    assert {manifest.parent.relative_to(ROOT).as_posix() for manifest in manifests} >= {".", "tests/node"}
    for manifest in manifests:
        lock = json.loads(manifest.with_name("package-lock.json").read_text())
        asked = json.loads(manifest.read_text())
        wanted = asked.get("dependencies", {}) | asked.get("devDependencies", {})
        packages = {name: package for name, package in lock["packages"].items() if name}
        assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+(\.\d+)+", version)] == []
        assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
        assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []
        # Where from is the machine's own matter; a lock file that names a host would name it for everybody.
        assert "resolved" not in manifest.with_name("package-lock.json").read_text()


# scripts/security.py


@pytest.fixture
def security():
    return load("security")


def answering(monkeypatch, security, stdout: str, stderr: str = "", code: int = 0) -> None:
    monkeypatch.setattr(security.subprocess, "run", lambda *_given, **_options: subprocess.CompletedProcess([], code, stdout, stderr))


def test_unreached_advisories_are_said_plainly_and_fail_nothing(monkeypatch, capsys, security):
    answering(monkeypatch, security, "", "ServiceError: connection refused", 1)
    assert security.look_at_packages() == 0
    assert "NOT LOOKED AT" in capsys.readouterr().out

    answering(monkeypatch, security, json.dumps({"dependencies": [{"name": "django", "skip_reason": "not found"}]}))
    assert security.look_at_packages() == 0
    assert "NOT LOOKED AT" in capsys.readouterr().out


def test_a_known_hole_is_named_and_fails(monkeypatch, capsys, security):
    hole = {"id": "PYSEC-2030-1", "fix_versions": ["9.9"], "description": ""}
    answering(monkeypatch, security, json.dumps({"dependencies": [{"name": "django", "version": "5.2.19", "vulns": [hole]}]}), code=1)
    assert security.look_at_packages() == 1
    assert "django 5.2.19: PYSEC-2030-1, mended in 9.9" in capsys.readouterr().out


def test_nothing_known_passes(monkeypatch, capsys, security):
    answering(monkeypatch, security, json.dumps({"dependencies": [{"name": "django", "version": "5.2.19", "vulns": []}]}))
    assert security.look_at_packages() == 0
    assert "nothing is known against 1" in capsys.readouterr().out


def test_findings_in_the_code_fail(monkeypatch, security):
    answering(monkeypatch, security, ">> Issue: [B307] eval", code=1)
    assert security.look_at_code() == 1


def test_no_line_is_excused_without_its_number_and_a_reason():
    lines = [(path, line) for path in _tracked_or_new("*/**/*.py") if "tests" not in path.parts and path.name != "security.py"
             for line in path.read_text(encoding="utf-8").splitlines() if "# nosec" in line]
    assert [f"{path}: {line.strip()}" for path, line in lines if not re.search(r"# nosec B\d+(?:, B\d+)* # \w+", line)] == []
    assert "skips" not in (ROOT / "pyproject.toml").read_text().partition("[tool.bandit]")[2]
