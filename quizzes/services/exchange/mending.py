"""Workbooks for whoever mends a file: the empty template, and the questions that were refused, in its form, with the reasons beside."""

from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from quizzes.enums import RowState
from quizzes.interchange.formats import FORMATS
from quizzes.interchange.items import Item
from quizzes.models import BankImport
from quizzes.services.exchange.reading import again

# Nobody mends more by hand, and a workbook with two sheets has to pass through memory.
MOST = 3000


def template() -> BinaryIO:
    """Return the empty template as an open file."""
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    import_module("quizzes.interchange.xlsx").template(out)
    out.seek(0)
    return out


def refused_of(*, job: BankImport) -> BinaryIO:
    """Return a workbook of what was refused of a file, at most 3,000: as rows of the template where they were understood so far, and on
    a second sheet every one with its line and the reason. Two queries."""
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    FORMATS["xlsx"].write(_items(job), out, lambda item, reason, written: None)
    out.seek(0)
    book = load_workbook(out)
    sheet = book.create_sheet(_("Reasons"))
    sheet.append([_("Line"), _("Question"), _("Why it was refused")])
    for number, row in enumerate(islice(_refused(job), MOST), start=2):
        for column, value in enumerate([row.line, row.excerpt, row.reason], start=1):
            cell = sheet.cell(number, column, value)
            # What begins like a formula is the words that it is.
            cell.data_type = "n" if column == 1 else "s"
    for column, width in zip("ABC", (8, 60, 80), strict=True):
        sheet.column_dimensions[column].width = width
    again_out = TemporaryFile()  # noqa: SIM115
    book.save(again_out)
    out.close()
    again_out.seek(0)
    return again_out


def _refused(job: BankImport):
    return job.rows.filter(state=RowState.REFUSED).order_by("number").iterator(chunk_size=2000)


def _items(job: BankImport) -> Iterator[Item]:
    for row in islice(_refused(job), MOST):
        if item := again(row):
            yield item

