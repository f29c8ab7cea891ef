"""The forms of question files: one to bring in, a bank to take out."""

from django import forms
from django.utils.translation import gettext_lazy as _

from quizzes.interchange.formats import FORMATS
from quizzes.selectors.exchange import categories_by_path

GUESSED = [("", _("Recognise it from the file"))]


class ImportForm(forms.Form):
    """A file of questions, where they go, and what becomes of them there."""

    file = forms.FileField(
        label=_("File"), max_length=255, allow_empty_file=True,
        help_text=_("At most 50 MB. Moodle XML, GIFT, Aiken, QTI 3.0, Excel, Word, or plain text."),
        widget=forms.FileInput(attrs={"accept": ",".join(sorted({end for each in FORMATS.values() for end in each.extensions}))}))
    bank = forms.CharField(
        label=_("Bank"), max_length=400,
        help_text=_("Choose a category, or write a new name. A slash leads to one below it: Công đoàn cơ sở/Bài 1."),
        widget=forms.TextInput(attrs={"list": "banks", "autocomplete": "off"}))
    format = forms.ChoiceField(label=_("Format"), required=False)
    publishes = forms.BooleanField(label=_("Publish at once"), required=False, initial=True, help_text=_("Otherwise they stay drafts."))
    updates = forms.BooleanField(
        label=_("Change questions that have the same code"), required=False,
        help_text=_("Each keeps what it said so far in its history. Attempts under way keep the question as they were asked it."))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = [*GUESSED, *((each.name, each.label) for each in FORMATS.values())]
        self.fields["format"].widget.choices = self.fields["format"].choices
        # What one may not do is not offered, and not done when it is asked for all the same.
        for name, permission in [("publishes", "publish"), ("updates", "change")]:
            if not user.has_perm(f"quizzes.{permission}_question"):
                del self.fields[name]
        self.banks = [path for path, _category in categories_by_path()]
        for field in (self.fields["file"], self.fields["bank"], self.fields["format"]):
            field.widget.attrs["class"] = "input input--file" if field is self.fields["file"] else "input"

    @property
    def wish(self) -> dict:
        """What was asked for, as the service takes it."""
        data = self.cleaned_data
        return {
            "bank": data["bank"], "format": data["format"], "publishes": data.get("publishes", False), "updates": data.get("updates", False),
            "file": data["file"], "name": data["file"].name}


class ExportForm(forms.Form):
    """A bank and the format it is wanted in."""

    bank = forms.ChoiceField(label=_("Bank"), help_text=_("With everything below it. Archived questions stay here."))
    format = forms.ChoiceField(label=_("Format"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._categories = dict(categories_by_path())
        self.fields["bank"].choices = [(path, category.indented_name()) for path, category in self._categories.items()]
        self.fields["format"].choices = [(each.name, each.label) for each in FORMATS.values() if each.is_written]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    @property
    def has_banks(self) -> bool:
        return bool(self._categories)

    @property
    def wish(self) -> dict:
        """What was asked for, as the service takes it."""
        return {"category": self._categories[self.cleaned_data["bank"]], "format": self.cleaned_data["format"]}
