"""Pictures in GIFT, which has no place for files: they stand in the text itself, as data addresses, which browsers show, in Moodle too.

`<img src="data:image/png;name=a.png;base64,…">` in the file is `<img src="@@PLUGINFILE@@/a.png">` in an item, its bytes beside it.
A data address without a name is HTML like any other and stays as it is.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from typing import Any
from urllib.parse import quote, unquote

from quizzes.interchange.items import PLUGIN_FILE

_KINDS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
_DATA = r"base64,[A-Za-z0-9+/]*={0,2}"
# "file": in the text the name is written with %20 and the like, as addresses are; "name": as it is.
_EMBEDDED = re.compile(rf"data:image/(?:png|jpeg|gif|webp);(name|file)=([\w.~%-]{{1,900}});({_DATA})", re.ASCII)
_ANY_DATA = re.compile(rf"data:image/[\w.+-]{{1,20}};{_DATA}", re.ASCII)
_NAMED = re.compile(re.escape(PLUGIN_FILE) + r"([^\"'<>\s?]{1,300})")
_RICH = ("stem", "model_answer")


def take_pictures(value: dict[str, Any], fields: dict[str, Any]) -> dict[str, bytes]:
    """Take the pictures with a name out of the texts of a question and put their names in; return them by name."""
    pictures: dict[str, bytes] = {}
    for holder, name in [(value, name) for name in _RICH if name in value] + [(fields, "explanation")]:
        holder[name] = _EMBEDDED.sub(lambda match: _named(match, pictures), holder[name])
    return pictures


def _named(match: re.Match, pictures: dict[str, bytes]) -> str:
    way, name, data = match.groups()
    try:
        content = b64decode(data.partition(",")[2])
    except (Error, ValueError):
        return match[0]
    name = unquote(name)
    pictures[unquote(name) if way == "file" else name] = content
    return PLUGIN_FILE + name


def put_pictures(html: str, pictures: dict[str, bytes]) -> str:
    """Put the pictures that a text names into the text itself."""
    return _NAMED.sub(lambda match: _embedded(match, pictures), html) if pictures else html


def _embedded(match: re.Match, pictures: dict[str, bytes]) -> str:
    name = match[1]
    way, key = ("name", name) if name in pictures else ("file", unquote(name))
    if key not in pictures:
        return match[0]
    kind = _KINDS.get(key.rpartition(".")[2].lower(), "png")
    return f"data:image/{kind};{way}={quote(name, safe='')};base64,{b64encode(pictures[key]).decode()}"


def without_pictures(html: str) -> str:
    """Return a text without the pictures that stand in it, to count its letters."""
    return _ANY_DATA.sub("", html) if "data:image/" in html else html
