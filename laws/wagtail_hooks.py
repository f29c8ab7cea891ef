"""Legal documents and their articles in Wagtail's editor; articles are chosen by number or words, diacritics ignored."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.models import ReferenceIndex
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from laws.models import LegalDocument, Provision


class LegalDocumentViewSet(SnippetViewSet):
    model = LegalDocument
    icon = "doc-full"
    menu_label = gettext_lazy("Legal documents")
    list_display = ["title", "number", "get_kind_display", "in_force_from", "in_force_until"]
    list_filter = ["kind"]
    ordering = ["title"]
    inspect_view_enabled = True


class _ProvisionColumns:
    """Articles are told apart by place and document: both are shown, in one query."""

    ordering = ("document__title", "article", "clause", "point")

    @property
    def columns(self):
        return [self.title_column, Column("document", label=capfirst(pgettext("law", "document"))), Column("heading", label=capfirst(_("heading")))]

    def get_object_list(self):
        return super().get_object_list().select_related("document")


class _ChooseProvisionView(_ProvisionColumns, ChooseView):
    pass


class _ChooseProvisionResultsView(_ProvisionColumns, ChooseResultsView):
    pass


class ProvisionChooserViewSet(SnippetChooserViewSet):
    choose_view_class = _ChooseProvisionView
    choose_results_view_class = _ChooseProvisionResultsView
    per_page = 15


class ProvisionViewSet(SnippetViewSet):
    model = Provision
    icon = "openquote"
    menu_label = gettext_lazy("Articles")
    chooser_viewset_class = ProvisionChooserViewSet
    list_display = ["__str__", "heading", "checked_on"]
    list_filter = ["document"]
    ordering = ["document__title", "article", "clause", "point"]
    inspect_view_enabled = True

    def get_queryset(self, request):
        return Provision.objects.select_related("document")


class Laws(SnippetViewSetGroup):
    items = (LegalDocumentViewSet, ProvisionViewSet)
    menu_label = gettext_lazy("Legal documents")
    menu_name = "laws"
    menu_icon = "openquote"
    menu_order = 270


register_snippet(Laws)


@hooks.register("before_delete_snippet")
def keep_what_is_cited(request: HttpRequest, instances: list) -> HttpResponse | None:
    """A citation must not lose its law: what is cited, or has articles, is given an end date instead."""
    ours = [thing for thing in instances if isinstance(thing, LegalDocument | Provision)]
    kept = [thing for thing in ours if _is_needed(thing)]
    if not kept:
        return None
    names = ", ".join(f"“{thing}”" for thing in kept)
    messages.error(request, _("%(names)s cannot be deleted: lessons or questions cite it, or it has articles. Enter the last day in force instead.") % {"names": names})
    return redirect(type(kept[0]).snippet_viewset.get_url_name("list"))


def _is_needed(thing: LegalDocument | Provision) -> bool:
    if isinstance(thing, LegalDocument) and (thing.provisions.exists() or thing.replaces.exists()):
        return True
    return ReferenceIndex.get_references_to(thing).exists()
