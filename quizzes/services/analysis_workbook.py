"""The table of an item analysis as a workbook. Every text is written as text, so that a question beginning with "=" is never a formula."""

from tempfile import TemporaryFile
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from quizzes.selectors.analysis import AnalysisPage, QuestionRow

HEADING_LINE = 3
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_CELL = {**_FONT, "border": 1}


def _columns() -> list[tuple[str, int, str]]:
    """Heading, width and format of each column, in the language of the moment."""
    return [
        (_("No."), 6, "0"), (_("Code"), 14, ""), (_("Question"), 70, ""), (_("Kind"), 20, ""), (_("Times asked"), 11, "0"),
        (_("Facility"), 11, "0.0%"), (_("Standard deviation"), 12, "0.000"), (_("Discrimination"), 13, "0.000"),
        (_("Best minus weakest"), 13, "0.0%"), (_("Median time, seconds"), 13, "0"), (_("Flags"), 40, "")]


def _cells(row: QuestionRow) -> list:
    return [
        row.number, row.question.code if row.question else "", row.text, row.kind, row.count, row.facility, row.deviation, row.discrimination,
        row.difference, row.seconds, "; ".join(flag.label for flag in row.flags)]


def write_analysis(*, page: AnalysisPage) -> BinaryIO:
    """Write the questions of an analysis into a workbook and return the open file. No query."""
    out = TemporaryFile()  # noqa: SIM115 - the response that it goes into closes it
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    sheet = book.add_worksheet(_("Questions"))
    sheet.write_string(0, 0, page.quiz.title, book.add_format({**_FONT, "bold": True, "font_size": 14}))
    as_of = _("As of %(time)s") % {"time": f"{timezone.localtime(page.analysis.computed_at):%H:%M, %d/%m/%Y}"}
    sheet.write_string(1, 0, f"{page.counted.label}: {page.analysis.attempts}. {as_of}", book.add_format(_FONT))
    heading = book.add_format({**_CELL, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#E3EBF4"})
    formats = []
    for place, (title, width, number) in enumerate(_columns()):
        sheet.set_column(place, place, width)
        sheet.write_string(HEADING_LINE, place, title, heading)
        formats.append(book.add_format({**_CELL, "num_format": number} if number else {**_CELL, "text_wrap": True}))
    sheet.freeze_panes(HEADING_LINE + 1, 3)
    for line, row in enumerate(page.rows, start=HEADING_LINE + 1):
        for place, (value, style) in enumerate(zip(_cells(row), formats, strict=True)):
            if value is None:
                sheet.write_blank(line, place, None, style)
            elif isinstance(value, str):
                sheet.write_string(line, place, value, style)
            else:
                sheet.write_number(line, place, value, style)
    book.close()
    out.seek(0)
    return out
