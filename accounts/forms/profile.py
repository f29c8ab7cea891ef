"""What people change about themselves."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.enums import Gender, Language
from accounts.forms.fields import BirthDateField, FullNameField, PhoneField
from accounts.models import User


class ProfileForm(forms.ModelForm):
    full_name = FullNameField()
    given_name = FullNameField(
        label=_("Name to sort by"), required=False, max_length=40, help_text=_("Only when it is not the last word of the full name."))
    phone = PhoneField(required=False)
    date_of_birth = BirthDateField(label=_("Date of birth"), required=False)
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=[("", _("Not said")), *Gender.choices])
    language = forms.ChoiceField(label=_("Language"), choices=[("vi", "Tiếng Việt"), ("en", "English")])

    class Meta:
        model = User
        fields = ["full_name", "given_name", "phone", "date_of_birth", "gender", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if settings.ACCOUNT_PHONE_VERIFICATION_ENABLED:
            # A number that must be proved is changed on allauth's page, which sends the code.
            self.fields["phone"].disabled = True
        self.fields["phone"].error_messages["unique"] = services.PhoneTaken.message

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if not phone and not self.instance.email:
            raise forms.ValidationError(_("You sign in with this number: it can be changed, not taken away."), code="only_login")
        return phone


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=Language.choices)
