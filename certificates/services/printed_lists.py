"""What is printed of a list that was issued: its papers as one file or many, and the list that holders sign when they fetch them.

Keeps true: everything stands in the order of the signed list; papers are those of the storage or, set anew, say the same words.
"""

import zipfile
from collections.abc import Iterator
from itertools import chain, groupby
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils import timezone

from certificates import typesetting, wording
from certificates.enums import LookKind, Paper, RunRowState
from certificates.models import Certificate, IssueRun, Printout
from certificates.services.errors import NothingToPrint
from certificates.services.looks import note_looks
from certificates.services.sheets import Column, write_sheet
from vietnamese.text import fold

# A pass of typst over so many pages takes some 100 MB.
CHUNK = 500
HEADINGS = ["STT", "Họ và tên", "Ngày sinh", "Đơn vị", "Số hiệu", "Số vào sổ", "Ký nhận", "Ghi chú"]
_WIDTHS = [6, 28, 12, 36, 18, 14, 18, 16]


def write_papers(printout: Printout, out: BinaryIO, tell) -> None:
    """Write all papers of a list as one PDF to print, a page each, in the order of the list. Signatures have no place in it."""
    papers = _papers_of(printout)
    total, parts = papers.count(), []
    for done, chunk in enumerate(_chunks(papers), start=1):
        parts += _set_together(chunk, printout)
        tell(min(done * CHUNK, total - 1), total)
    out.write(typesetting.merged(parts))
    tell(total, total)


def _set_together(chunk: list[Certificate], printout: Printout) -> Iterator[bytes]:
    """Set the papers again, those with a versioned design in one go; of the first design the stored files are taken."""
    for has_version, some in groupby(chunk, key=lambda paper: paper.version_id is not None):
        if has_version:
            pairs = [(paper.snapshot, paper.version) for paper in some]
            yield typesetting.typeset_papers(pairs, at=printout.made_at, title=_title(printout.run))
        else:
            yield from map(_stored, some)


def write_archive(printout: Printout, out: BinaryIO, tell) -> None:
    """Write the stored PDFs of a list into a ZIP, each named by place, number and holder, so that they sort as the list does."""
    papers = _papers_of(printout)
    total = papers.count()
    # PDFs are compressed within: packing them once more costs time and saves nothing.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for done, paper in enumerate(chain.from_iterable(_chunks(papers)), start=1):
            archive.writestr(_entry(paper), _stored(paper))
            if done % CHUNK == 0:
                tell(done, total)
    tell(total, total)


def write_signing_list(printout: Printout, out: BinaryIO, tell) -> None:
    """Write the list that holders sign: A4, the row of headings on each page, pages numbered."""
    run, rows = printout.run, list(_lines(printout))
    out.write(typesetting.document("signing_list", {
        "title": _title(run), "heading": _heading(run), "upper_name": run.issuer.upper_name.upper(), "issuer": run.issuer.name.upper(), "heads": HEADINGS, "rows": rows,
        "about": _about(run), "count": f"Danh sách gồm {len(rows)} người.",
        "place_and_date": f"{run.issuer.place}, {wording.long_date(timezone.localdate(run.decided_at))}"}, at=printout.made_at))
    tell(len(rows), len(rows))


def write_signing_sheet(printout: Printout, out: BinaryIO, tell) -> None:
    """Write the same list as a workbook."""
    run, rows = printout.run, list(_lines(printout))
    columns = [Column(heading, width) for heading, width in zip(HEADINGS, _WIDTHS, strict=True)]
    write_sheet(
        out, name="Danh sách", title=_heading(run), above=[run.issuer.upper_name.upper(), run.issuer.name.upper()],
        about=_about(run), columns=columns, rows=([int(row[0]), *row[1:]] for row in rows))
    tell(len(rows), len(rows))


def _papers_of(printout: Printout) -> QuerySet[Certificate]:
    """Return the papers of the list in its order, and note that they were printed."""
    papers = Certificate.objects.filter(run_row__run=printout.run, run_row__state=RunRowState.ISSUED).select_related("version", "run_row").order_by("run_row__position")
    if not papers.exists():
        raise NothingToPrint
    note_looks(certificates=papers, kind=LookKind.PRINTED, by=printout.by, now=printout.made_at)
    return papers


def _chunks(papers: QuerySet[Certificate]) -> Iterator[list[Certificate]]:
    # Not one cursor over the whole: on SQLite it would stay open under the writes of the progress.
    latest = 0
    while chunk := list(papers.filter(run_row__position__gt=latest)[:CHUNK]):
        yield chunk
        latest = chunk[-1].run_row.position


def _stored(paper: Certificate) -> bytes:
    with paper.pdf.open("rb") as file:
        return file.read()


def _lines(printout: Printout) -> Iterator[list[str]]:
    for place, paper in enumerate(chain.from_iterable(_chunks(_papers_of(printout))), start=1):
        said = paper.snapshot
        born = "/".join(reversed(said["born_on"].split("-"))) if said["born_on"] else ""
        yield [str(place), said["name"], born, said["unit"], said["register_number"], said["register_entry"], "", ""]


def _entry(paper: Certificate) -> str:
    number = paper.register_number.replace("/", "-")
    plain = "".join(letter if letter.isalnum() else "-" for letter in fold(f"{number} {paper.snapshot['name']}"))
    return f"{paper.run_row.position:05d}-{plain[:120]}.pdf"


def _heading(run: IssueRun) -> str:
    paper = run.version.spec["paper"] if run.version else Paper.CERTIFICATE
    return f"Danh sách nhận {wording.PAPER_TITLES[paper]}".upper()


def _title(run: IssueRun) -> str:
    return f"{_heading(run).capitalize()}: {run.name}"


def _about(run: IssueRun) -> list[str]:
    return [
        run.name, f"Khóa học: {run.course.title}",
        f"Kèm theo Quyết định số {run.decision_number} ngày {wording.short_date(run.decision_on)} của {run.issuer.name}"]

