"""The units in the Wagtail admin: a group of snippets for the administrator, and a chooser for people."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.models import User
from unions.models import Post, PostKind, RoleGrant, Unit, UnitType
from unions.permissions import NeverDeleted
from unions.views.snippets import ChoosePeopleResultsView, ChoosePeopleView, CreateRoleView, CreateUnitView, EditUnitView, FoldedIndexView


class UnitTypeViewSet(SnippetViewSet):
    model = UnitType
    icon = "list-ul"
    list_display = ["name", "rank"]
    ordering = ["rank", "name"]
    panels = [FieldPanel("name"), FieldPanel("rank")]


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


class PostViewSet(SnippetViewSet):
    model = Post
    icon = "user"
    list_display = [Column("user", label=_("person")), Column("kind", label=_("kind of post")), Column("unit", label=_("unit")), "valid_from", "valid_until"]
    list_filter = ["kind"]
    search_fields = ["user__search_key", "unit__search_key"]
    search_backend_name = None
    index_view_class = FoldedIndexView
    ordering = ["user__sort_key", "pk"]
    copy_view_enabled = False
    panels = [
        FieldPanel("user"), FieldPanel("unit"), FieldPanel("kind"), FieldRowPanel([FieldPanel("manner"), FieldPanel("full_time")]),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until"), FieldPanel("decision_number")])]

    def get_queryset(self, request):
        return Post.objects.select_related("user", "unit", "kind")


class RoleGrantViewSet(SnippetViewSet):
    model = RoleGrant
    icon = "key"
    list_display = [Column("user", label=_("person")), Column("get_role_display", label=_("role")), Column("unit", label=_("unit")), "granted_at"]
    list_filter = ["role"]
    search_fields = ["user__search_key", "unit__search_key"]
    search_backend_name = None
    index_view_class = FoldedIndexView
    ordering = ["user__sort_key", "pk"]
    add_view_class = CreateRoleView
    copy_view_enabled = False
    panels = [FieldPanel("user"), FieldPanel("unit"), FieldPanel("role")]

    def get_queryset(self, request):
        return RoleGrant.objects.select_related("user", "unit")


class UnionsGroup(SnippetViewSetGroup):
    menu_label = _("Union units")
    menu_icon = "group"
    menu_order = 500
    items = (UnitViewSet, UnitTypeViewSet, PostViewSet, PostKindViewSet, RoleGrantViewSet)


for kept in (Unit, UnitType, PostKind):
    register_permission_policy(kept, NeverDeleted(kept))
register_snippet(UnionsGroup)


class PeopleChooserViewSet(ChooserViewSet):
    """Choosing a person out of many: a search without diacritics instead of a list of a hundred thousand names."""

    model = User
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    choose_view_class = ChoosePeopleView
    choose_results_view_class = ChoosePeopleResultsView
    per_page = 20


@hooks.register("register_admin_viewset")
def register_people_chooser() -> PeopleChooserViewSet:
    return PeopleChooserViewSet("people_chooser")
