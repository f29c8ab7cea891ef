"""The units in the Wagtail admin: a group of snippets for the administrator, and a chooser for people."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.models import User
from unions.models import PostKind, Region, Unit, UnitType
from unions.permissions import NeverDeleted
from unions.selectors import office_of
from unions.views.snippets import (
    ChoosePeopleResultsView,
    ChoosePeopleView,
    ChosenPeopleView,
    ChosenPersonView,
    CreateUnitView,
    EditUnitView,
    FoldedIndexView,
)


class UnitTypeViewSet(SnippetViewSet):
    model = UnitType
    icon = "list-ul"
    list_display = ["name", "rank"]
    ordering = ["rank", "name"]
    panels = [FieldPanel("name"), FieldPanel("rank")]


class RegionViewSet(SnippetViewSet):
    model = Region
    icon = "site"
    list_display = ["name"]
    ordering = ["name"]
    panels = [FieldPanel("name")]


class UnitViewSet(SnippetViewSet):
    model = Unit
    icon = "group"
    list_display = ["name", "code", Column("type", label=_("type")), "active_from", "active_until"]
    list_filter = ["type", "sector"]
    search_fields = ["search_key"]
    search_backend_name = None
    index_view_class = FoldedIndexView
    ordering = ["path"]
    add_view_class = CreateUnitView
    edit_view_class = EditUnitView
    copy_view_enabled = False
    panels = [FieldPanel("name"), FieldPanel("code"), FieldPanel("type"), FieldPanel("sector")]

    def get_queryset(self, request):
        return Unit.objects.select_related("type")


class PostKindViewSet(SnippetViewSet):
    model = PostKind
    icon = "tag"
    list_display = ["name", "rank", "is_cadre"]
    ordering = ["rank", "name"]
    panels = [FieldPanel("name"), FieldPanel("slug"), FieldRowPanel([FieldPanel("rank"), FieldPanel("is_cadre")])]


class UnionsGroup(SnippetViewSetGroup):
    menu_label = _("Union units")
    menu_icon = "group"
    menu_order = 500
    items = (UnitViewSet, UnitTypeViewSet, RegionViewSet, PostKindViewSet)


for kept in (Unit, UnitType, Region, PostKind):
    register_permission_policy(kept, NeverDeleted(kept))
register_snippet(UnionsGroup)


class OfficeMenuItem(MenuItem):
    """A page of the office, for whoever has one: the rules of who may give what to whom are asked there, and nowhere else."""

    def is_shown(self, request) -> bool:
        return office_of(request.user) is not None


@hooks.register("register_admin_menu_item")
def lead_to_posts() -> MenuItem:
    return OfficeMenuItem(_("Posts"), reverse_lazy("people:list-people"), name="posts", icon_name="user", order=510)


@hooks.register("register_admin_menu_item")
def lead_to_roles() -> MenuItem:
    return OfficeMenuItem(_("Roles"), reverse_lazy("people:list-roles"), name="roles", icon_name="key", order=511)


class PeopleChooserViewSet(ChooserViewSet):
    """Choosing a person out of many: a search without diacritics instead of a list of a hundred thousand names."""

    model = User
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    choose_view_class = ChoosePeopleView
    choose_results_view_class = ChoosePeopleResultsView
    chosen_view_class = ChosenPersonView
    chosen_multiple_view_class = ChosenPeopleView
    per_page = 20


@hooks.register("register_admin_viewset")
def register_people_chooser() -> PeopleChooserViewSet:
    return PeopleChooserViewSet("people_chooser")
