"""What is said when an older register is brought in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates import wording
from certificates.enums import Paper
from certificates.forms.issuers import IssuerField
from certificates.models import Issuer, RegisterImport
from certificates.services.importing.headings import FIELDS, letters_of


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Excel file (.xlsx)"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("The register as the office keeps it. Title rows, totals and signatures may stay in it."))
    issuer = IssuerField(label=_("Issuing unit"), empty_label=None)
    paper = forms.ChoiceField(label=_("Kind of paper"), choices=[(paper.value, title) for paper, title in wording.PAPER_TITLES.items()], initial=Paper.CERTIFICATE)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = Issuer.objects.managed_by(user).select_related("unit").order_by("name")

    @property
    def wish(self) -> dict:
        file = self.cleaned_data["file"]
        return {"file": file, "name": file.name, "issuer": self.cleaned_data["issuer"], "paper": self.cleaned_data["paper"]}


class ColumnsForm(forms.Form):
    """Which column says what; the choices are the columns of the sheet with their letters."""

    def __init__(self, *args, job: RegisterImport, **kwargs):
        super().__init__(*args, **kwargs)
        cells = [(str(place), f"{letters_of(place)}: {text}") for place, text in job.headings.get("cells", [])]
        sheets = job.headings.get("sheets", [])
        if len(sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=[(name, name) for name in sheets], initial=job.headings.get("sheet"))
        self.fields["programme"] = forms.CharField(
            label=_("Programme of rows that name none"), required=False, max_length=250, initial=job.headings.get("programme", ""))
        for field in FIELDS:
            place = job.columns.get(field.name)
            self.fields[field.name] = forms.ChoiceField(
                label=field.label, required=False, choices=[("", _("no column")), *cells], initial="" if place is None else str(place))
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    @property
    def wish(self) -> dict:
        said = self.cleaned_data
        columns = {field.name: int(said[field.name]) for field in FIELDS if said.get(field.name)}
        return {"columns": columns, "sheet": said.get("sheet", ""), "programme": said["programme"]}
