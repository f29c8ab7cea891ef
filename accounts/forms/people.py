"""The office's forms of a person, in Wagtail's admin."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users import forms as wagtail_forms

from accounts.forms.fields import BirthDateField, FullNameField, PhoneField
from accounts.models import User
from vietnamese.text import clean

_PERSON_FIELDS = ["full_name", "given_name", "email", "phone", "member_code", "date_of_birth", "gender", "language", "is_superuser", "is_staff", "groups"]


class _PersonFormMixin(forms.Form):
    """Wagtail's form of a person, with a full name instead of two and a telephone number."""

    first_name = last_name = None
    full_name = FullNameField()
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(required=False)
    is_superuser = forms.BooleanField(
        label=_("Administrator"), required=False, help_text=_("Sees and changes everything; must use a second step to sign in."))

    def clean_email(self):
        return (self.cleaned_data["email"] or "").lower() or None

    def clean(self) -> dict:
        cleaned = super().clean()
        # Whom a list names without any of these gets a slip; an account made by hand is meant to be signed in to.
        if not self.errors and not any(cleaned.get(name) for name in ("email", "phone", "member_code")):
            self.add_error(None, forms.ValidationError(_("Enter an e-mail address, a telephone number or a member code."), code="no_login"))
        return cleaned

    def _clean_username(self):
        """Leave it to the model: Wagtail would call every second person without an e-mail address a duplicate."""


class PersonCreationForm(_PersonFormMixin, wagtail_forms.UserCreationForm):
    class Meta:
        model = User
        fields = _PERSON_FIELDS
        field_classes = {"date_of_birth": BirthDateField}
        widgets = {"groups": forms.CheckboxSelectMultiple}


class PersonEditForm(_PersonFormMixin, wagtail_forms.UserEditForm):
    lost_second_factor = forms.BooleanField(
        label=_("Take away the second step"), required=False,
        help_text=_("Only when the person has lost the telephone and the recovery codes, and you know who is asking."))

    class Meta(PersonCreationForm.Meta):
        fields = [*_PERSON_FIELDS, "is_active"]


class PersonEraseForm(forms.Form):
    """Why somebody is erased, and their name typed once more."""

    reason = forms.CharField(
        label=_("Reason"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who asked for it, when and how, or why the data are no longer needed. It stays in the log and in the register."))
    name = forms.CharField(label=_("Full name of the person, typed once more"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, full_name: str, **kwargs):
        super().__init__(*args, **kwargs)
        self._full_name = full_name

    def clean_name(self) -> str:
        name = clean(self.cleaned_data["name"])
        if name.casefold() != self._full_name.casefold():
            raise forms.ValidationError(_("This is not the name of the person. Look whether you are erasing the right one."), code="other_name")
        return name
