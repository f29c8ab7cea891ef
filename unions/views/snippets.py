"""Doors of the Wagtail admin to the services of the units."""

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenMultipleView, ChosenView
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView

from unions.forms.snippets import NewUnitForm, PeopleSearchForm, UnitForm
from unions.models import Unit
from unions.selectors import visible_people
from unions.services import UnionsError, change_unit, changes, create_unit
from vietnamese.text import search_key

_NEW = [FieldPanel("parent"), FieldPanel("name"), FieldRowPanel([FieldPanel("code"), FieldPanel("type")]),
        FieldRowPanel([FieldPanel("sector"), FieldPanel("region")]), FieldRowPanel([FieldPanel("active_from"), FieldPanel("decision_number")])]
_STANDING = [FieldPanel("name"), FieldRowPanel([FieldPanel("renamed_on"), FieldPanel("decision_number")]), FieldPanel("reason"),
             FieldRowPanel([FieldPanel("code"), FieldPanel("type")]), FieldRowPanel([FieldPanel("sector"), FieldPanel("region")])]


class UnitFormView:
    """A form of its own for new and for standing units; what a service refuses is shown above it, with everything typed still in it."""

    def get_form_class(self):
        return self.panel.get_form_class()

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except UnionsError as error:
            form.add_error(None, str(error.message))
            self.produced_error_code, self.produced_error_message = error.code, self.get_error_message()
            return self.form_invalid(form)


class CreateUnitView(UnitFormView, CreateView):
    def get_panel(self):
        return ObjectList(_NEW, base_form_class=NewUnitForm).bind_to_model(Unit)

    def save_instance(self) -> Unit:
        fields = ("parent", "name", "code", "type", "sector", "region", "active_from", "decision_number")
        return create_unit(**{name: self.form.cleaned_data[name] for name in fields})


class EditUnitView(UnitFormView, EditView):
    def get_panel(self):
        return ObjectList(_STANDING, base_form_class=UnitForm).bind_to_model(Unit)

    @transaction.atomic
    def save_instance(self) -> Unit:
        values = self.form.cleaned_data
        unit = Unit.objects.get(pk=self.object.pk)
        if "name" in self.form.changed_data:
            decision = changes.Decision(values["renamed_on"], values["reason"], values["decision_number"])
            changes.rename_unit(unit=unit, name=values["name"], decision=decision, by=self.request.user, now=timezone.now())
        return change_unit(unit=unit, code=values["code"], type=values["type"], sector=values["sector"], region=values["region"])


class FoldedIndexView(IndexView):
    """A list whose search ignores diacritics: every word must be in one of the stored keys."""

    def search_queryset(self, queryset):
        for word in search_key(self.search_query or "").split():
            queryset = queryset.filter(reduce(or_, (Q(**{f"{field}__contains": word}) for field in self.search_fields)))
        return queryset


class ChoosePeople:
    """Only people whom the editor may see, in Vietnamese order."""

    filter_form_class = PeopleSearchForm

    def get_object_list(self):
        return visible_people(self.request.user, timezone.localdate()).in_order()

    def apply_object_list_ordering(self, objects):
        return objects

    @property
    def columns(self) -> list[Column]:
        return [self.title_column, Column("get_username", label=_("E-mail or telephone number"))]


class ChoosePeopleView(ChoosePeople, ChooseView):
    pass


class ChoosePeopleResultsView(ChoosePeople, ChooseResultsView):
    pass


class ChosenPersonView(ChosenView):
    """The name behind a number is told like the list: only of people whom the editor may see."""

    def get_object(self, pk):
        return visible_people(self.request.user, timezone.localdate()).get(pk=pk)


class ChosenPeopleView(ChosenMultipleView):
    def get_objects(self, pks):
        return visible_people(self.request.user, timezone.localdate()).filter(pk__in=[pk for pk in pks if pk.isdecimal()])
