"""The editor's form of a design: drafts may be unfinished, what is published may not."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from certificates.enums import Paper
from certificates.selectors.design_previews import faults_of


class DesignForm(WagtailAdminModelForm):
    def clean(self) -> dict:
        values = super().clean()
        issuer = values.get("issuer")
        if values.get("paper") == Paper.DIPLOMA and issuer and not issuer.may_issue_diplomas:
            self.add_error("paper", ValidationError(
                _("%(issuer)s may not issue “Chứng chỉ”. Choose “Giấy chứng nhận”, or enter the permission under “Issuing units”."),
                params={"issuer": issuer}, code="diploma_not_allowed"))
        return values

    def _post_clean(self) -> None:
        # Only now does the design hold what stands in the form.
        super()._post_clean()
        if self.is_deferred_validation or self.errors:
            return
        for saying, is_grave in faults_of(self.instance):
            if is_grave:
                self.add_error(None, ValidationError(saying, code="fault"))
