"""What the office answers to a request about personal data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import RequestKind, RequestState


class AnswerForm(forms.Form):
    state = forms.ChoiceField(label=_("What becomes of it"), widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("Answer in words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The person reads it. What is done and by when; of a refusal the reason and what they can do."))

    # What the officer had before them (accounts.selectors.requests.version_of).
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(RequestState.ANSWERED, _("Answered, is being done")), (RequestState.DONE, _("Done")), (RequestState.REFUSED, _("Cannot be done"))]
        # Erasing has a page of its own: saying that it is done does not do it.
        self.fields["state"].choices = [choice for choice in choices if kind != RequestKind.ERASE or choice[0] != RequestState.DONE]
