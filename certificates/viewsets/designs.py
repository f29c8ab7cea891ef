"""Designs of papers in the Wagtail admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet

from certificates.forms.designs import DesignForm
from certificates.layout import FIELDS
from certificates.models import Design
from certificates.viewsets.previews import DesignPreviewOfRevision, DesignPreviewOnCreate, DesignPreviewOnEdit


class FieldsPanel(HelpPanel):
    """What may stand in braces, with an example of each."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None) -> dict:
            return {**super().get_context_data(parent_context), "fields": FIELDS.items()}


class DesignViewSet(SnippetViewSet):
    model = Design
    icon = "doc-empty"
    menu_label = _("Designs of papers")
    menu_order = 511
    add_to_admin_menu = True
    preview_on_add_view_class = DesignPreviewOnCreate
    preview_on_edit_view_class = DesignPreviewOnEdit
    revisions_view_class = DesignPreviewOfRevision
    list_display = [
        "name", Column("get_paper_display", label=_("kind of paper")), Column("issuer", label=_("issuing unit")),
        BooleanColumn("is_default", label=_("Default")), BooleanColumn("live", label=_("Published"))]
    ordering = ["name"]
    edit_handler = ObjectList([
        FieldPanel("name", required_on_save=True),
        MultiFieldPanel([
            FieldRowPanel([FieldPanel("paper"), FieldPanel("issuer")]), FieldPanel("courses"), FieldPanel("is_default"),
        ], heading=_("Which papers look like this")),
        MultiFieldPanel([
            FieldRowPanel([FieldPanel("size"), FieldPanel("orientation")]), FieldPanel("is_blank_form"),
            FieldRowPanel([FieldPanel("border"), FieldPanel("background")]),
        ], heading=_("Sheet")),
        FieldsPanel(template="certificates/admin/design_fields.html", heading=_("Fields that words may hold")),
        FieldPanel("blocks"),
    ], base_form_class=DesignForm)

    def get_queryset(self, request):
        return Design.objects.select_related("issuer")
