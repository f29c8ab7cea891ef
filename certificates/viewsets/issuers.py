"""Issuing units in the Wagtail admin: what stands at the head and foot of their papers, and how they write numbers."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from certificates.forms.issuers import IssuerForm
from certificates.models import Issuer


class IssuerViewSet(SnippetViewSet):
    model = Issuer
    icon = "doc-full"
    menu_label = _("Issuing units")
    menu_order = 510
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["name", Column("unit", label=_("unit")), "series_code", "signer_name", "is_default"]
    ordering = ["name"]
    edit_handler = ObjectList([
        FieldPanel("unit"), FieldPanel("is_default"),
        MultiFieldPanel([FieldPanel("upper_name"), FieldPanel("name"), FieldPanel("place")], heading=_("Head of the paper")),
        MultiFieldPanel([
            FieldPanel("series_code"), FieldRowPanel([FieldPanel("number_format"), FieldPanel("register_format")]), FieldPanel("may_issue_diplomas"),
        ], heading=_("Numbers and kinds of paper")),
        MultiFieldPanel([FieldPanel("signer_form"), FieldPanel("signer_title"), FieldPanel("signer_name")], heading=_("Foot of the paper")),
        InlinePanel("signatories", heading=_("Further signatories"), label=_("Signatory"), panels=[
            FieldPanel("body"), FieldRowPanel([FieldPanel("form"), FieldPanel("of_whom")]), FieldRowPanel([FieldPanel("title"), FieldPanel("name")]),
            FieldPanel("signature")]),
    ], base_form_class=IssuerForm)

    def get_queryset(self, request):
        return Issuer.objects.select_related("unit")
