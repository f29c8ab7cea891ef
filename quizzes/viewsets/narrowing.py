"""What the list of questions is narrowed to: its filters and its search, for the list itself and for all that is done with what it shows."""

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from quizzes.enums import Difficulty
from quizzes.forms.keeping import CategoryChoice
from quizzes.models import Category, Question, QuestionTag
from quizzes.querysets import day_of
from quizzes.types import TYPES


def _authors(request):
    # Looked up by the author's own index: the bank is not read.
    return get_user_model().objects.filter(Exists(Question.objects.filter(author=OuterRef("pk")))).order_by("sort_key", "pk")


class _CategoryField(django_filters.fields.ModelChoiceField):
    label_from_instance = CategoryChoice.label_from_instance


class _CategoryFilter(django_filters.ModelChoiceFilter):
    field_class = _CategoryField


class QuestionFilters(WagtailFilterSet):
    category = _CategoryFilter(label=_("Category and those below it"), queryset=Category.objects.order_by("path"), method="filter_below")
    difficulty = django_filters.ChoiceFilter(label=_("Difficulty"), choices=Difficulty.choices)
    tag = django_filters.ModelChoiceFilter(label=_("Tag"), queryset=QuestionTag.objects.order_by("name"), method="filter_tag")
    kind = django_filters.ChoiceFilter(
        label=_("Kind of question"), choices=[(name, kind.label) for name, kind in TYPES.items()], method="filter_kind")
    live = django_filters.BooleanFilter(label=_("Published"))
    law = django_filters.ChoiceFilter(
        label=_("Law"), method="filter_law", choices=[("ended", _("Rests on law that has ended")), ("applies", _("Rests on law that applies, or on none"))])
    archive = django_filters.ChoiceFilter(
        label=_("Archive"), method="filter_archive", choices=[("only", _("Archived")), ("with", _("Archived or not"))], empty_label=_("Not archived"))
    author = django_filters.ModelChoiceFilter(label=_("Author"), queryset=_authors)

    class Meta:
        model = Question
        fields = ["category", "difficulty", "tag", "kind", "live", "law", "archive", "author"]

    def filter_below(self, questions, name, category):
        return questions.below(category.path)

    def filter_tag(self, questions, name, tag):
        return questions.tagged([tag.name])

    def filter_kind(self, questions, name, kind):
        return questions.of_kind(kind)

    def filter_law(self, questions, name, wanted):
        day = day_of(timezone.now())
        return questions.stale(day) if wanted == "ended" else questions.fresh(day)

    def filter_archive(self, questions, name, wanted):
        return questions.archived() if wanted == "only" else questions

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("archive") else found.kept()


def questions_asked_for(request: HttpRequest):
    """Return what the list of questions shows for this address, on all its pages."""
    filters = QuestionFilters(data=request.GET, request=request)
    found = filters.filter_queryset(Question.objects.all()) if filters.is_valid() else Question.objects.kept()
    return found.matching(request.GET.get("q", ""))
