"""What deploy/ says, read from its files: the commands and variables of the systemd units, of the image and of compose.yaml."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
TEMPLATE = DEPLOY / "nginx" / "lms.conf.template"


@dataclass(frozen=True)
class Unit:
    """A service: its command as it is typed in the folder of a release, and the variables that it sets."""

    name: str
    text: str

    def values(self, key: str) -> list[str]:
        return re.findall(rf"^{key}=(.*)$", self.text, flags=re.MULTILINE)

    @property
    def command(self) -> str:
        (line,) = self.values("ExecStart")
        return line.removeprefix("/usr/bin/env ")

    def variables(self, instance: str = "") -> dict[str, str]:
        pairs = [pair.partition("=") for line in self.values("Environment") for pair in shlex.split(line)]
        return {name: value.replace("%i", instance) for name, _equals, value in pairs}


def unit(name: str) -> Unit:
    return Unit(name, (DEPLOY / "systemd" / name).read_text(encoding="utf-8"))


def services() -> list[Unit]:
    return [unit(path.name) for path in sorted((DEPLOY / "systemd").glob("*.service"))]


def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file in their order, continued lines put together."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(word, rest) for word, _space, rest in (line.strip().partition(" ") for line in lines if line.strip())]


def image_variables() -> dict[str, str]:
    return dict(pair.split("=", 1) for word, rest in instructions() if word == "ENV" for pair in shlex.split(rest))


def image_command() -> str:
    (command,) = (rest for word, rest in instructions() if word == "CMD")
    return shlex.join(json.loads(command))


def example() -> dict[str, str]:
    """Return the variables of the example environment file, those that stand behind # too."""
    text = (DEPLOY / "lms.env.example").read_text(encoding="utf-8")
    return {name: value.strip("'") for name, value in re.findall(r"^#?([A-Z0-9_]+)=(.*)$", text, flags=re.MULTILINE)}


def fill(template: str, values: dict[str, str]) -> str:
    """Do what envsubst does: put in the variables that are named, and leave alone those of nginx itself."""
    return re.sub(r"\$\{(LMS_[A-Z0-9_]+)\}", lambda found: values[found[1]], template)
