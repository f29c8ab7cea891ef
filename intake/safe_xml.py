"""XML from strangers, read piece by piece: no entities, no document types, bounded depth, size and memory; and what is needed to write it."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from intake.errors import MAX_BYTES, UnreadableFile
from intake.xml_encoding import decoded

# Characters of one element that is handed out, all that stands within it, embedded files too.
MAX_ELEMENT_TEXT = 32 * 1024 * 1024
# So much of it may be elements that may be cut; room is left for the words.
_CUT_SHARE = 7 / 8
# Elements within one that is handed out.
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 200
# Different names of elements and attributes in a file; expat keeps every one for as long as it reads.
MAX_NAMES = 5_000
# Bytes of one tag, comment or instruction. expat holds it as a whole, and reads it again with every piece until it is complete.
MAX_TOKEN = 2 * 1024 * 1024
# Set on an element whose text was let go of because it was too long.
CUT = "text-was-cut"

_ENDED_EARLY = {
    expat.errors.codes[name]
    for name in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
# What XML 1.0 cannot hold, not even as a reference (section 2.2, Char).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def elements(
    file: BinaryIO,
    names: Collection[str],
    *,
    most_depth: int = 60,
    strip_namespaces: bool = True,
    cut_longer: Mapping[str, int] | None = None,
    most_bytes: int = MAX_BYTES,
) -> Iterator[tuple[Element, int]]:
    """Go through a file and hand out each complete element of one of these names, the outermost where they nest, with the line it begins in.

    What was handed out is not kept here; let go of it, and memory stays bounded. `names` are local names; with `strip_namespaces` so are
    all names within, otherwise they are "{namespace}name". `cut_longer` says of elements by name (say, of embedded files) after how many
    characters their text is let go of instead of refusing the file, as it is when there are too many of them; such an element bears the
    attribute `CUT`. Characters that XML cannot hold are left out, wherever they stand.

    :raises UnreadableFile: and nothing else, in bounded time, for whatever is no XML, is cut off, declares a document type or an entity,
        nests deeper than `most_depth` or holds more in one place than a question can need.
    """
    walk = _Walk(names, most_depth, strip_namespaces, cut_longer or {})
    if file.seekable():
        file.seek(0)
    try:
        for text in decoded(file, most=most_bytes):
            walk.feed(text)
            yield from walk.take()
        walk.close()
    except expat.ExpatError as error:
        raise _said(error, walk.seen_root) from error
    yield from walk.take()


def clean(text: str) -> str:
    """Return the text without the characters that XML cannot hold (section 2.2, Char)."""
    return _FORBIDDEN.sub("", text)


def escaped(text: str) -> str:
    """Return a text as it may stand between tags, so that it is read again exactly, line ends too."""
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text.replace("\r", "&#13;")


def quoted(text: str) -> str:
    """Return a text as the value of an attribute, in its quotes."""
    return '"' + escaped(text).replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def cdata(text: str) -> str:
    """Return a text as a section in which HTML stays readable; escaped where a section cannot say it."""
    if "\r" in text or ("<" not in text and "&" not in text):
        return escaped(text)
    return f"<![CDATA[{clean(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _said(error: expat.ExpatError, seen_root: bool) -> UnreadableFile:
    if not seen_root:
        return UnreadableFile(_("This file is not XML."), code="not-xml", line=error.lineno)
    if error.code in _ENDED_EARLY:
        text = _("This file ends in the middle, in line %(line)d. Save or download it again.")
        return UnreadableFile(text % {"line": error.lineno}, code="truncated", line=error.lineno)
    text = _("This file is not correct XML: line %(line)d, character %(column)d.")
    return UnreadableFile(text % {"line": error.lineno, "column": error.offset + 1}, code="not-xml", line=error.lineno)


class _Walk:
    """Keeps one expat parser, the element being built and the bounds."""

    def __init__(self, names: Collection[str], most_depth: int, strip: bool, cut: Mapping[str, int]):
        self.names, self.most_depth, self.strip, self.cut = frozenset(names), most_depth, strip, cut
        self.seen_root = False
        self._depth = 0
        self._fed = 0
        self._done: list[tuple[Element, int]] = []
        self._start_building(None)
        self._interned: dict[str, str] = {}
        self._parser = self._new_parser()

    def feed(self, text: str) -> None:
        """Read a further piece of the file."""
        data = clean(text).encode()
        self._fed += len(data)
        self._parser.Parse(data, False)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > MAX_TOKEN:
            self._refuse(_("Line %(line)d holds a tag or comment that is too long."), "too-large")

    def close(self) -> None:
        """Hear whether the file is complete."""
        self._parser.Parse(b"", True)

    def take(self) -> list[tuple[Element, int]]:
        """Return the elements completed since the last time."""
        done, self._done = self._done, []
        return done

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", None if self.strip else "}", self._interned)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        # Without a document type there are no entities to expand, inside or outside: one door shut for all of them.
        parser.StartDoctypeDeclHandler = self._refuse_declaration
        parser.EntityDeclHandler = self._refuse_declaration
        parser.ExternalEntityRefHandler = self._refuse_declaration
        return parser

    def _start_building(self, builder: TreeBuilder | None) -> None:
        self._builder = builder
        self._line = self._parser.CurrentLineNumber if builder else 0
        self._inside = self._size = self._count = 0
        # Of the element that is open and has a bound of its own: its bound, and how much of it was read.
        self._bound, self._own = 0, 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.seen_root = True
        self._depth += 1
        if self._depth > self.most_depth:
            self._refuse(_("Line %(line)d nests elements too deeply."), "too-deep")
        if len(attributes) > MAX_ATTRIBUTES or len(self._interned) > MAX_NAMES:
            self._refuse(_("Line %(line)d holds too many attributes or names."), "too-large")
        local = name.rpartition(":" if self.strip else "}")[2]
        if self._builder is None:
            if local not in self.names:
                return
            self._start_building(TreeBuilder())
        self._inside += 1
        self._count += 1
        self._grow(sum(map(len, attributes.values())))
        if self._count > MAX_ELEMENTS:
            self._refuse(_("Line %(line)d: one question holds too much."), "too-large")
        self._bound, self._own = self.cut.get(local, 0), 0
        self._builder.start(*self._named(name, local, attributes))

    def _named(self, name: str, local: str, attributes: dict[str, str]) -> tuple[str, dict[str, str]]:
        if not self.strip:
            return _universal(name), {_universal(key): value for key, value in attributes.items()}
        if any(":" in key for key in attributes):
            prefixed = {key.rpartition(":")[2]: value for key, value in attributes.items() if ":" in key and not key.startswith("xmlns:")}
            attributes = prefixed | {key: value for key, value in attributes.items() if ":" not in key}
        attributes.pop("xmlns", None)
        return local, attributes

    def _data(self, text: str) -> None:
        if self._builder is None:
            return
        if self._bound:
            self._own += len(text)
            if self._size + len(text) > MAX_ELEMENT_TEXT * _CUT_SHARE:
                self._own += self._bound
            if self._own > self._bound:
                return
        self._grow(len(text))
        self._builder.data(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._builder is None:
            return
        closed = self._builder.end(name)
        if self._bound and self._own > self._bound:
            closed.text = None
            closed.set(CUT, str(self._own))
        self._bound = 0
        self._inside -= 1
        if not self._inside:
            self._done.append((self._builder.close(), self._line))
            self._start_building(None)

    def _grow(self, more: int) -> None:
        self._size += more
        if self._size > MAX_ELEMENT_TEXT:
            self._refuse(_("Line %(line)d: one question holds too much."), "too-large")

    def _refuse_declaration(self, *_declared: object) -> NoReturn:
        self._refuse(_("Line %(line)d holds a document type declaration. Such files are not read."), "declaration")

    def _refuse(self, message: str, code: str) -> NoReturn:
        line = self._parser.CurrentLineNumber
        raise UnreadableFile(message % {"line": line}, code=code, line=line)


def _universal(name: str) -> str:
    return f"{{{name}" if "}" in name else name
