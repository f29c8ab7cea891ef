"""What PDF_SIGNING says: a TOML file with a section for each unit's code, and `default` for all others.

Keeps true: a word that is not known is refused, so that a slip does not leave papers unsigned or without a time stamp.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from certificates.signing.errors import SecretMissing, SettingsWrong

DEFAULT = "default"
_SHARED = {"tsa", "tsa_seconds", "reason", "location"}
_FILE = {"file", "password_env", "password_file"}
_TOKEN = {"module", "token", "pin_env", "pin_file", "certificate", "key"}
_REASON = "Cấp giấy chứng nhận"
TSA_SECONDS = 10


@dataclass(frozen=True)
class Secret:
    """Where a password or PIN stands: in a variable of the environment or in a file of its own."""

    section: str
    env: str = ""
    file: Path | None = None

    def read(self) -> str:
        """Return it, without the end of line that editors add.

        :raises SecretMissing: when it is not there.
        """
        if self.env:
            if (value := os.environ.get(self.env)) is None:
                raise SecretMissing(section=self.section, place=self.env)
            return value
        if self.file is None:
            return ""
        try:
            return self.file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SecretMissing(section=self.section, place=self.file) from error


@dataclass(frozen=True)
class Section:
    """One key and how it signs. Either `file` (PKCS#12) or `module` (PKCS#11) is set."""

    name: str
    secret: Secret
    file: Path | None = None
    module: str = ""
    token: str = ""
    certificate: str = ""
    key: str = ""
    tsa: str = ""
    tsa_seconds: float = TSA_SECONDS
    reason: str = _REASON
    location: str = ""


def sections_of(path: Path) -> dict[str, Section]:
    """Read the file and return its sections by unit code. Files it names are found beside it.

    :raises SettingsWrong: when it cannot be read, or says something that is not understood.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(file=path, reason=getattr(error, "strerror", None) or error) from error
    if not data:
        raise SettingsWrong(file=path, reason="no section")
    return {name: _section(path, name, values) for name, values in data.items()}


def _section(path: Path, name: str, values: object) -> Section:
    def wrong(reason: str) -> SettingsWrong:
        return SettingsWrong(file=path, reason=f"[{name}] {reason}")

    if not isinstance(values, dict):
        raise SettingsWrong(file=path, reason=f"“{name}” stands outside of a section")
    is_file = "file" in values
    if is_file == ("module" in values):
        raise wrong("needs either “file” or “module”")
    if unknown := set(values) - _SHARED - (_FILE if is_file else _TOKEN):
        raise wrong(f"“{sorted(unknown)[0]}” is not known")
    needed = {"file"} if is_file else {"module", "token", "certificate"}
    if missing := needed - set(values):
        raise wrong(f"“{sorted(missing)[0]}” is missing")
    seconds = values.get("tsa_seconds", TSA_SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= 120:
        raise wrong("“tsa_seconds” is a number from 1 to 120")
    if strange := [key for key, value in values.items() if key != "tsa_seconds" and not isinstance(value, str)]:
        raise wrong(f"“{strange[0]}” is a text in quotation marks")
    if not values.get("tsa", "http://").startswith(("http://", "https://")):
        raise wrong("“tsa” is an address that begins with http:// or https://")
    return _read(path, name, values, "password" if is_file else "pin")


def _read(path: Path, name: str, values: dict, secret: str) -> Section:
    env, file = values.pop(f"{secret}_env", ""), values.pop(f"{secret}_file", "")
    if env and file:
        raise SettingsWrong(file=path, reason=f"[{name}] has both “{secret}_env” and “{secret}_file”")
    found = {**values, "file": path.parent / values["file"]} if "file" in values else {**values, "key": values.get("key", values["certificate"])}
    return Section(name=name, secret=Secret(name, env, path.parent / file if file else None), **found)
