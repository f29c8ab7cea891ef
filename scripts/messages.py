"""The message catalogue, without GNU gettext: compile it, check that it is complete, add new strings to it.

    .venv/bin/python scripts/messages.py compile | check | update

Strings are found with Babel; a template goes first through the step of Django's own makemessages that turns it into Python.
The catalogue also holds strings of allauth and Wagtail that our people see; those are left alone.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
CATALOGUE = LOCALE / "vi" / "LC_MESSAGES" / "django.po"
# Which arguments hold what: 1c is a context, two numbers are singular and plural.
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (1,)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|</?\w+")

Key = tuple[str, str]


def compile_all() -> None:
    """Write the .mo file beside each .po file that is newer than it."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, read(source))
        part = target.with_suffix(".part")
        part.write_bytes(buffer.getvalue())
        part.replace(target)
        print(f"{target.relative_to(ROOT)}: {buffer.tell():,} bytes")


def faults() -> list[str]:
    """List what is wrong with the catalogue, a line each: missing, fuzzy, or other placeholders than its source."""
    catalogue = {key_of(message): message for message in read(CATALOGUE) if message.id}
    found = []
    for key, (text, place) in sorted(strings().items(), key=lambda item: item[1][1]):
        message = catalogue.get(key)
        if message is None or not all(_texts(message.string)):
            found.append(f"{place}: not translated: {text!r}")
        elif message.fuzzy:
            found.append(f"{place}: fuzzy: {text!r}")
    return found + [
        f"{path.relative_to(ROOT)}: other placeholders or tags than the source: {message.id!r}"
        for path in sorted(CATALOGUE.parent.glob("*.po")) for message in read(path) if message.id and not _keeps_placeholders(message)]


def _keeps_placeholders(message: Message) -> bool:
    wanted = placeholders(_texts(message.id)[-1])
    return all(placeholders(string) == wanted for string in _texts(message.string) if string)


def update() -> None:
    """Add strings that are new in the code, untranslated, at the end of the catalogue."""
    catalogue = read(CATALOGUE) if CATALOGUE.exists() else Catalog(locale="vi", project="lms", fuzzy=False)
    known = {key_of(message) for message in catalogue}
    new = {key: found for key, found in strings().items() if key not in known}
    for (context, _singular), (text, place) in sorted(new.items(), key=lambda item: item[1][1]):
        catalogue.add(text, context=context or None, locations=[(place.rpartition(":")[0], None)])
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=120)
    print(f"{len(new)} new strings in {CATALOGUE.relative_to(ROOT)}")


def strings() -> dict[Key, tuple[str | tuple[str, ...], str]]:
    """Find every string marked for translation: by context and singular, its text and the place first seen."""
    found = {}
    for path in sources():
        for line, text, _comments, context in extract("python", io.BytesIO(as_python(path)), KEYWORDS):
            found.setdefault((context or "", _texts(text)[0]), (text, f"{path.relative_to(ROOT)}:{line}"))
    return found


def sources() -> Iterator[Path]:
    """Yield the Python files of our apps and all templates."""
    apps = sorted({path.parent for path in ROOT.glob("*/apps.py")} | {ROOT / "intake", ROOT / "vietnamese"})
    for app in apps:
        yield from (path for path in sorted(app.rglob("*.py")) if "migrations" not in path.parts)
    for folder in [ROOT / "templates", *(app / "templates" for app in apps)]:
        yield from (path for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".txt", ".xml", ".svg"})


def as_python(path: Path) -> bytes:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    from django.utils.translation.template import templatize

    # Indentation means nothing in a template, and stops Python's tokenizer.
    return "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines()).encode()


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def key_of(message: Message) -> Key:
    return message.context or "", _texts(message.id)[0] if message.id else ""


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def _texts(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def check() -> None:
    if not CATALOGUE.exists():
        sys.exit(f"{CATALOGUE.relative_to(ROOT)} is missing.")
    found = faults()
    for line in found:
        print(line)
    if found:
        sys.exit(f"{len(found)} faults. “scripts/messages.py update” adds new strings to the catalogue; then translate them.")
    print(f"{len(strings())} strings, all in Vietnamese.")


if __name__ == "__main__":
    commands = {"compile": compile_all, "check": check, "update": update}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()
