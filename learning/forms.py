"""What a reader's page reports."""

from django import forms


class ReadingForm(forms.Form):
    """Everything is optional: an empty report says "still reading"."""

    read_to_end = forms.BooleanField(required=False)
    watched = forms.BooleanField(required=False)
    anchor = forms.SlugField(required=False, max_length=80)
    anchor_title = forms.CharField(required=False, max_length=160)
