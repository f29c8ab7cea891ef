"""Wagtail's pages of people: full names in Vietnamese order, found without diacritics, and nobody lifted above the one who edits."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.users.views import users

from accounts import services
from accounts.forms.people import PersonCreationForm, PersonEditForm

_ONLY_ADMINISTRATORS_GIVE = ("is_superuser", "is_staff", "lost_second_factor")


class PeopleView(users.IndexView):
    default_ordering = "sort_key"

    @cached_property
    def columns(self) -> list[Column]:
        name = self._get_title_column_class(users.UserColumn)
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="user"),
            name("name", accessor="full_name", label=_("Full name"), sort_key="sort_key", get_url=self.get_edit_url, classname="name"),
            Column("phone", accessor="phone_shown", label=_("Telephone number"), sort_key="phone", width="15%"),
            Column("email", label=_("E-mail"), sort_key="email", width="25%"),
            Column("is_superuser", accessor=lambda person: _("Administrator") if person.is_superuser else None, label=_("Access"), width="10%"),
            BooleanColumn("is_active", label=_("Active"), sort_key="is_active", width="8%"),
            DateColumn("last_login", label=_("Last sign-in"), sort_key="last_login", width="12%"),
        ]

    def search_queryset(self, queryset):
        return queryset.named(self.search_query) if self.is_searching else queryset

    def order_queryset(self, queryset):
        if not self.ordering or self.ordering == "sort_key":
            return queryset.in_order()
        return super().order_queryset(queryset)


class _GuardedFormMixin:
    """Only an administrator makes administrators, or touches one."""

    def get_form(self, *args, **kwargs):
        form = super().get_form(*args, **kwargs)
        if not self.request.user.is_superuser:
            for name in _ONLY_ADMINISTRATORS_GIVE:
                form.fields.pop(name, None)
        return form


class PersonCreateView(_GuardedFormMixin, users.CreateView):
    pass


class PersonEditView(_GuardedFormMixin, users.EditView):
    def dispatch(self, request, *args, **kwargs):
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def save_instance(self):
        person = super().save_instance()
        if "email" in self.form.changed_data:
            services.keep_only_address(user=person)
        if "password1" in self.form.changed_data:
            get_adapter().forget_tries(self.request, person)
        if self.form.cleaned_data.get("lost_second_factor"):
            services.remove_second_factor(user=person)
        return person


class UserViewSet(users.UserViewSet):
    ordering = "sort_key"
    menu_label = _("People")
    index_view_class = PeopleView
    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    create_template_name = "accounts/admin/create.html"
    edit_template_name = "accounts/admin/edit.html"

    def get_form_class(self, for_update=False):
        return PersonEditForm if for_update else PersonCreationForm
