"""A list to choose from that may be long: hundreds of units."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """Draws what `Select` draws, but for groups, without a template for each of its options: of 600 units they would take half of the page's time."""

    def render(self, name: str, value, attrs: dict | None = None, renderer=None) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if key in chosen else "", label) for key, label in self._pairs()))
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options)

    def _pairs(self):
        return ((str(key) if key is not None else "", label) for key, label in self.choices)
