"""Papers of versioned designs: layout in Python, then one pass of typst that only places what is there."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from certificates.layout import drawing_of_qr, lay_out
from certificates.typesetting.compilers import FOLDER, compiled
from certificates.typesetting.first import typeset
from certificates.typesetting.pictures import path_of
from certificates.typesetting.words import printed, words_of

_SOURCES = {1: FOLDER / "paper_1.typ"}


def typeset_paper(snapshot: dict, *, version, design: str = "", issued_at: datetime) -> bytes:
    """Set the paper of the snapshot as PDF/A-2a and PDF/UA-1; the same three give the same bytes.

    :param version: the DesignVersion; None for papers of the first design, which `design` names.
    :raises UnprintableLetter: when the design's typeface lacks a letter of the snapshot.
    """
    if version is None:
        return typeset(printed(snapshot), qr_text=(snapshot["address"], snapshot["payload"]), design=design, issued_at=issued_at)
    return papers_of([(snapshot, version.spec)], at=issued_at)


def typeset_papers(papers: Iterable[tuple[dict, object]], *, at: datetime, title: str = "") -> bytes:
    """Set many papers as one PDF to print, in that order; pages of different designs may follow each other.

    :param papers: pairs of snapshot and DesignVersion; none of them without a version.
    """
    return papers_of([(snapshot, version.spec) for snapshot, version in papers], at=at, title=title)


def papers_of(papers: Sequence[tuple[dict, dict]], *, at: datetime, title: str = "", files: dict[str, bytes] | None = None) -> bytes:
    """Set pairs of snapshot and spec.

    :param files: content of pictures by digest, for a design that is not published yet; others are read from the storage.
    """
    worded = [(words_of(snapshot), snapshot, spec) for snapshot, spec in papers]
    pages = [lay_out(spec, words, qr=drawing_of_qr(snapshot["address"], snapshot["payload"])) for words, snapshot, spec in worded]
    first = worded[0][0]
    data = {
        "title": title or first["title"], "author": first["issuer"], "keywords": [] if len(pages) > 1 else [first["fields"]["số"], first["code"]],
        "pages": pages, "files": _placed_files(pages, [spec for _words, _snapshot, spec in worded], files or {})}
    (engine,) = {spec["engine"] for _words, _snapshot, spec in worded}
    return compiled(_SOURCES[engine], {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}, at=at)


def _placed_files(pages: list[dict], specs: list[dict], contents: dict[str, bytes]) -> dict[str, dict]:
    formats = {digest: format for spec in specs for digest, format in spec["files"].items()}
    used = {item["file"] for page in pages for item in page["items"] if "file" in item}
    # A signature is named by the snapshot, "digest.format"; other pictures by the spec.
    return {file: _placed(file, formats, contents) for file in sorted(used)}


def _placed(file: str, formats: dict[str, str], contents: dict[str, bytes]) -> dict:
    digest, _dot, format = file.partition(".")
    format = format or formats[digest]
    return {"path": path_of(digest, format, contents.get(digest)), "format": format}
