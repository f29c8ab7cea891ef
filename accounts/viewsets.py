"""Wagtail's pages of people: full names in Vietnamese order, found without diacritics, and nobody lifted above the one who edits."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.users.views import users

from accounts import services
from accounts.enums import Act
from accounts.forms.people import PersonCreationForm, PersonEditForm, PersonEraseForm
from accounts.models import User
from accounts.selectors import facts_in_words

_ALSO_NOTED = ("password1", "is_superuser", "is_staff", "is_active", "groups", "lost_second_factor")
_ONLY_ADMINISTRATORS_GIVE = ("is_superuser", "is_staff", "groups", "lost_second_factor")


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


def _has_rights(person: User) -> bool:
    """Say whether an account may more than any learner's: whoever may set its password or its address would come into all of that."""
    # Roles over units are hung on by a floor above.
    given = (person.groups, person.user_permissions, *filter(None, [getattr(person, "role_grants", None)]))
    return person.is_staff or person.is_superuser or any(rights.exists() for rights in given)


class _GuardedFormMixin:
    """Only an administrator gives rights, or touches an account that has any."""

    def get_form(self, *args, **kwargs):
        form = super().get_form(*args, **kwargs)
        if not self.request.user.is_superuser:
            for name in _ONLY_ADMINISTRATORS_GIVE:
                form.fields.pop(name, None)
        return form


class PersonCreateView(_GuardedFormMixin, users.CreateView):
    def save_instance(self):
        person = super().save_instance()
        services.note(about=person, act=Act.MADE, by=self.request.user, now=timezone.now())
        return person


class PersonEditView(_GuardedFormMixin, users.EditView):
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_superuser and _has_rights(self.object):
            raise PermissionDenied
        if request.method == "GET" and request.user.has_perm("accounts.change_user"):
            services.note(about=self.object, act=Act.LOOKED, by=request.user, now=timezone.now())
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = super().header_more_buttons
        if self.request.user.is_superuser and not self.editing_self:
            url = reverse("wagtailusers_users:erase", args=[self.object.pk])
            buttons.append(Button(_("Erase personal data"), url=url, icon_name="warning", priority=90))
        return buttons

    def save_instance(self):
        before = facts_in_words(User.objects.get(pk=self.object.pk))
        person = super().save_instance()
        self._note(person, before)
        if "email" in self.form.changed_data:
            services.keep_only_address(user=person)
        if "password1" in self.form.changed_data:
            get_adapter().forget_tries(self.request, person)
            services.end_other_sessions(user=person, but=self.request.session.session_key)
        if self.form.cleaned_data.get("lost_second_factor"):
            services.remove_second_factor(user=person)
        return person

    def _note(self, person: User, before: dict[str, str]) -> None:
        """Note what was changed; of a password only that it was, of rights only which kind."""
        services.note_changes(about=person, before=before, by=self.request.user, now=timezone.now())
        others = {name: ["", "✓"] for name in _ALSO_NOTED if name in self.form.changed_data}
        if others:
            services.note(about=person, act=Act.CHANGED, by=self.request.user, now=timezone.now(), changes=others)


class PersonEraseView(WagtailAdminTemplateMixin, FormView):
    """Administrators only: asks for the reason and for the person's name, so that nobody is erased by a slip."""

    template_name = "accounts/admin/erase.html"
    form_class = PersonEraseForm
    page_title = _("Erase personal data")
    header_icon = "warning"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        self.person = get_object_or_404(User, pk=kwargs["pk"])
        if not request.user.is_superuser or self.person == request.user:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.person.full_name

    def get_breadcrumbs_items(self) -> list[dict]:
        edit = {"url": reverse("wagtailusers_users:edit", args=[self.person.pk]), "label": self.person.full_name}
        return [*self.breadcrumbs_items, {"url": reverse("wagtailusers_users:index"), "label": _("People")}, edit, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"full_name": self.person.full_name}

    def get_context_data(self, **kwargs) -> dict:
        back = reverse("wagtailusers_users:edit", args=[self.person.pk])
        return super().get_context_data(person=self.person, back=back, fates=services.preview_erasure(user=self.person), **kwargs)

    def form_valid(self, form: PersonEraseForm) -> HttpResponse:
        try:
            services.erase_person(user=self.person, by=self.request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
        except services.AccountError as error:
            form.add_error(error.field, error.message)
            return self.form_invalid(form)
        messages.success(self.request, _("The personal data are erased. The register keeps what the law asks it to keep."))
        return redirect("wagtailusers_users:index")


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

    def get_urlpatterns(self) -> list:
        return [*super().get_urlpatterns(), path("erase/<int:pk>/", PersonEraseView.as_view(), name="erase")]
