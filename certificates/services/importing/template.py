"""An empty register for whoever has none in Excel yet: the columns that an export has."""

import io

from xlsxwriter import Workbook

from certificates.services.register_exports import COLUMNS, TITLE

# Kept by the book itself, or told by the state.
_LEFT_OUT = {"Chữ ký người nhận"}


def template() -> io.BytesIO:
    """Return a workbook with the headings and nothing under them. Numbers and days are text there, so that no zero is lost."""
    out = io.BytesIO()
    with Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sổ gốc")
        text = book.add_format({"font_name": "Times New Roman", "font_size": 11, "num_format": "@"})
        head = book.add_format({"font_name": "Times New Roman", "font_size": 11, "bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#E3EBF4"})
        sheet.write_string(0, 0, TITLE, book.add_format({"font_name": "Times New Roman", "bold": True, "font_size": 15}))
        for place, column in enumerate(column for column in COLUMNS if column.heading not in _LEFT_OUT):
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(2, place, column.heading, head)
        sheet.freeze_panes(3, 2)
    out.seek(0)
    return out
