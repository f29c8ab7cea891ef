"""What is said when a list of cadres is brought in: the file, which column says what, whom a row means."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intake.cells import column_letters
from unions.enums import RosterMode
from unions.forms.choosing import Among, UnitField
from unions.models import PostKind, RosterImport
from unions.selectors.scopes import Office
from unions.services.rosters.columns import FIELDS

_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d"]


def _day(label, help_text="", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        required=required, label=label, help_text=help_text, input_formats=_FORMATS, error_messages={"invalid": _("Write the day as 20/11/2026.")},
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"placeholder": "20/11/2026", "autocomplete": "off", "maxlength": 10}))


class RosterForm(forms.Form):
    file = forms.FileField(
        label=_("Excel file (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("The list as the office keeps it. Title rows, headings of units, totals and signatures may stay in it."))
    unit = UnitField(
        _("Unit"), among=Among.MANAGED, is_whole=True,
        help_text=_("The people of the list stand in this unit or in units below it. Rows that name no unit belong to this one."))
    mode = forms.ChoiceField(label=_("What the list says"), choices=RosterMode.choices, initial=RosterMode.ROSTER, widget=forms.RadioSelect)
    on = _day(_("As of"), _("Of a congress: the day on which former terms end and new ones begin."), required=True)
    term = forms.CharField(label=pgettext_lazy("of a post", "Term"), required=False, max_length=20, widget=forms.TextInput(attrs={"placeholder": "2026–2031", "autocomplete": "off"}))
    decision_number = forms.CharField(label=_("Decision number"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, office: Office, on: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].units = office.managed_units.on(on)
        self.fields["unit"].draw(self["unit"].value(), office.managed_paths, on)
        self.initial.setdefault("on", on)
        for name in ("unit", "on", "term", "decision_number"):
            self.fields[name].widget.attrs["class"] = "input"

    @property
    def wish(self) -> dict:
        said = self.cleaned_data
        file = said["file"]
        common = {"file": file, "name": file.name, "unit": said["unit"], "mode": said["mode"], "on": said["on"]}
        if said["mode"] == RosterMode.CONGRESS:
            common |= {"term": said["term"], "decision_number": said["decision_number"]}
        return common


class ExportForm(forms.Form):
    """Whose list is written out: any branch whose people one sees."""

    unit = UnitField(_("Unit"), is_whole=True)

    def __init__(self, data=None, *, office: Office, on: date):
        super().__init__(data, auto_id="export-%s")
        self.fields["unit"].units = office.units
        self.fields["unit"].draw(self["unit"].value(), office.paths, on)


class ColumnsForm(forms.Form):
    """Which row of a sheet holds the headings, and which column says what; the choices are the columns of the sheet with their letters."""

    def __init__(self, *args, job: RosterImport, sheet: int, **kwargs):
        super().__init__(*args, **kwargs)
        sheets = job.layout.get("sheets", [])
        self.sheet = sheet if 1 <= sheet <= len(sheets) else 1
        mine = sheets[self.sheet - 1] if sheets else {}
        self.mine = mine
        lines = [(str(number), f"{number}: {_line(cells)}") for number, cells in mine.get("sample", [])]
        row = mine.get("row")
        if row is not None and str(row) not in dict(lines):
            lines.append((str(row), str(row)))
        self.fields["row"] = forms.ChoiceField(label=_("Row of the headings"), choices=[("", _("not found")), *lines], initial=str(row or ""), required=False)
        self.fields["skipped"] = forms.BooleanField(label=_("Leave this sheet out"), required=False, initial=mine.get("skipped", False))
        cells = [(str(place), f"{column_letters(place)}: {text}") for place, text in mine.get("headings", [])]
        kinds = [(name, name) for name in PostKind.objects.order_by("rank", "pk").values_list("name", flat=True)] if row is not None else []
        for field in FIELDS if row is not None else ():
            place = mine.get("columns", {}).get(field.name)
            self.fields[field.name] = forms.ChoiceField(
                label=field.label, required=False, choices=[("", _("no column")), *cells], initial="" if place is None else str(place))
        if kinds:
            self.fields["post_of_none"] = forms.ChoiceField(
                label=_("Post of rows that name none"), required=False, choices=[("", _("none: such rows are refused")), *kinds],
                initial=job.layout.get("post_of_none", ""))
        for name, field in self.fields.items():
            if name != "skipped":
                field.widget.attrs["class"] = "input"

    @property
    def column_fields(self) -> list:
        return [self[field.name] for field in FIELDS if field.name in self.fields]

    @property
    def wish(self) -> dict:
        said = self.cleaned_data
        columns = {field.name: int(said[field.name]) for field in FIELDS if said.get(field.name)}
        return {
            "sheet": self.sheet, "columns": columns, "row": int(said["row"]) if said["row"] else None, "is_skipped": said["skipped"],
            "post_of_none": said.get("post_of_none")}


def _line(cells: list) -> str:
    return " | ".join(text for _place, text in cells)[:80]


class DecisionsForm(forms.Form):
    """Whom the rows of one page mean: a field `row-<id>` for each that asks."""

    def __init__(self, data, *, keys: list[int]):
        super().__init__(data)
        for pk in keys:
            self.fields[f"row-{pk}"] = forms.CharField(required=False, max_length=20)

    @property
    def choices(self) -> dict[int, str]:
        """What was said, by the id of the row; rows that were not on the form are left out."""
        return {int(name[4:]): value for name, value in self.cleaned_data.items() if name in self.data}
