"""Issuing units: one of them named in an address by its unit, and the editor's form."""

from django import forms
from wagtail.admin.forms.models import WagtailAdminModelForm

from certificates.models import Issuer
from certificates.selectors.design_pictures import NotAPicture, picture_for_print


class IssuerField(forms.ModelChoiceField):
    """The queryset has to fetch the units."""

    def __init__(self, **kwargs):
        super().__init__(Issuer.objects.none(), to_field_name="unit__uuid", **kwargs)

    def prepare_value(self, value):
        return str(value.unit.uuid) if isinstance(value, Issuer) else value

    def label_from_instance(self, issuer: Issuer) -> str:
        return issuer.name


class IssuerForm(WagtailAdminModelForm):
    def clean(self) -> dict:
        values = super().clean()
        for form in self.formsets["signatories"].forms:
            self._check_signature(form)
        return values

    def _check_signature(self, form: forms.ModelForm) -> None:
        """A picture that cannot be printed is told now, not found missing on a hundred papers."""
        image = form.cleaned_data.get("signature") if form.is_valid() else None
        if image is None or "signature" not in form.changed_data:
            return
        try:
            picture_for_print(image, width=80, height=40)
        except NotAPicture as error:
            form.add_error("signature", error.message)
            self.add_error(None, error.message)
