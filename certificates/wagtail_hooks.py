"""Issuing units and designs in the Wagtail admin. Certificates themselves are not there: nothing about them may be edited."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from certificates.models import Design, Issuer
from certificates.viewsets.designs import DesignViewSet
from certificates.viewsets.issuers import IssuerViewSet
from unions.permissions import NeverDeleted

register_permission_policy(Issuer, NeverDeleted(Issuer))
register_snippet(IssuerViewSet)
register_permission_policy(Design, NeverDeleted(Design))
register_snippet(DesignViewSet)


@hooks.register("insert_global_admin_css")
def lay_out_measures() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/design-editor.css"))
