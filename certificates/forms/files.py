"""A file that a stranger hands in to be checked."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from certificates.checking import MOST_BYTES


class FileCheckForm(forms.Form):
    file = forms.FileField(
        label=_("PDF file"), allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf", "class": "input input--file"}),
        error_messages={"required": _("Choose a file first."), "invalid": _("Choose a file first."), "missing": _("Choose a file first.")})

    def clean_file(self) -> UploadedFile:
        """What the file is shows its content, not its name; only a file that is too large is not looked into at all."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB, so it cannot be one of our papers. Choose the PDF as it was downloaded."))
        return file
