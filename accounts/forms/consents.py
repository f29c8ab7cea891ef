"""What somebody agrees to and asks: one box for one purpose, none ticked before."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import RequestKind
from accounts.selectors.consents import ASKED
from accounts.wording import CONSENT_NOW, CONSENT_WORDS


class ConsentFields(forms.Form):
    """A box a purpose, in the words of today. Nothing is required: whoever ticks nothing goes on all the same."""

    def __init__(self, *args, agreed: tuple[str, ...] = (), asks: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        for purpose in ASKED if asks else ():
            self.fields[str(purpose)] = forms.BooleanField(required=False, label=CONSENT_WORDS[purpose, CONSENT_NOW], initial=purpose in agreed)

    @property
    def agreed(self) -> list[str]:
        return [str(purpose) for purpose in ASKED if self.cleaned_data.get(str(purpose))]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[str(purpose)] for purpose in ASKED if str(purpose) in self.fields]


class RequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("What do you ask for"), choices=RequestKind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In your own words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a correction: what is wrong, and what is right. No papers or numbers of identity cards."))

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("kind") in (RequestKind.CORRECT, RequestKind.COMPLAIN) and not cleaned.get("text", "").strip():
            self.add_error("text", forms.ValidationError(_("Write what it is about, so that the office knows what to do."), code="empty"))
        return cleaned
