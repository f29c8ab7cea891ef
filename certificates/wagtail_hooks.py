"""The issuing units in the Wagtail admin. Certificates themselves are not there: nothing about them may be edited."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from certificates.models import Issuer
from unions.permissions import NeverDeleted


class IssuerViewSet(SnippetViewSet):
    model = Issuer
    icon = "doc-full"
    menu_label = _("Issuing units")
    menu_order = 510
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["name", Column("unit", label=_("unit")), "series_code", "signer_name", "is_default"]
    ordering = ["name"]
    panels = [
        FieldPanel("unit"), FieldPanel("is_default"),
        MultiFieldPanel([FieldPanel("upper_name"), FieldPanel("name"), FieldRowPanel([FieldPanel("place"), FieldPanel("series_code")])],
                        heading=_("Head of the paper")),
        MultiFieldPanel([FieldPanel("signer_form"), FieldPanel("signer_title"), FieldPanel("signer_name")], heading=_("Foot of the paper")),
    ]

    def get_queryset(self, request):
        return Issuer.objects.select_related("unit")


register_permission_policy(Issuer, NeverDeleted(Issuer))
register_snippet(IssuerViewSet)
