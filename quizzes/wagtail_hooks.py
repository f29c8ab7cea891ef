"""The question bank in Wagtail: questions, their categories, quizzes."""

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet, SnippetViewSetGroup

from quizzes.enums import Difficulty
from quizzes.forms import CategoryForm, ExtraTimeForm, QuizForm
from quizzes.models import Category, ExtraTime, Question, Quiz
from quizzes.selectors import those_in_use
from quizzes.selectors.marking import may_mark


class QuestionFilters(WagtailFilterSet):
    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.order_by("path"), method="filter_below")
    difficulty = django_filters.ChoiceFilter(label=_("Difficulty"), choices=Difficulty.choices)
    live = django_filters.BooleanFilter(label=_("Published"))

    class Meta:
        model = Question
        fields = ["category", "difficulty", "live"]

    def filter_below(self, questions, name, category):
        return questions.below(category.path)


class QuestionIndex(IndexView):
    def search_queryset(self, queryset):
        """Diacritics, case and the place of tone marks do not matter; no search index is needed."""
        return queryset.matching(self.search_query) if self.is_searching else queryset


class QuestionCreate(CreateView):
    def save_instance(self):
        self.form.instance.author = self.request.user
        return super().save_instance()


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    index_view_class = QuestionIndex
    add_view_class = QuestionCreate
    filterset_class = QuestionFilters
    list_display = [
        "__str__", Column("kind", label=_("Kind of question")), "category",
        Column("get_difficulty_display", label=_("Difficulty"), sort_key="difficulty"), UpdatedAtColumn(), LiveStatusTagColumn(),
    ]
    list_per_page = 30
    ordering = ["-pk"]

    def get_queryset(self, request):
        return Question.objects.with_what_lists_show()


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "folder-open-1"
    menu_label = _("Categories")
    list_display = ["indented_name"]
    ordering = ["path"]
    edit_handler = ObjectList([FieldPanel("name"), FieldPanel("parent")], base_form_class=CategoryForm)


class QuizEdit(EditView):
    @cached_property
    def header_buttons(self):
        """Beside the crumbs: the way to the quiz as a learner meets it."""
        address = reverse("quizzes:preview-quiz", args=[self.object.uuid])
        return [HeaderButton(_("Preview as a learner"), url=address, icon_name="view", attrs={"target": "_blank", "rel": "noopener"})]


class QuizViewSet(SnippetViewSet):
    model = Quiz
    icon = "clipboard-list"
    menu_label = _("Quizzes")
    list_display = [
        "title", Column("get_mode_display", label=_("Mode"), sort_key="mode"), "attempts_allowed", Column("pass_percent", label=_("Pass mark")),
        UpdatedAtColumn(), LiveStatusTagColumn()]
    list_filter = ["mode", "live", "category"]
    edit_view_class = QuizEdit
    ordering = ["title"]
    edit_handler = ObjectList(Quiz.panels, base_form_class=QuizForm)


class ExtraTimeViewSet(SnippetViewSet):
    model = ExtraTime
    icon = "time"
    menu_label = _("Extra time")
    list_display = ["quiz", "user", "group", Column("minutes", label=_("Minutes"), accessor=lambda row: f"{row.seconds / 60:g}"), "reason"]
    edit_handler = ObjectList([
        FieldPanel("quiz"), FieldRowPanel([FieldPanel("user"), FieldPanel("group")], help_text=_("Choose one person or one group.")),
        FieldPanel("minutes", help_text=_("Added to the time limit, and to the closing time of the quiz. It counts at once, also for attempts under way.")),
        FieldPanel("reason")], base_form_class=ExtraTimeForm)


class QuestionBank(SnippetViewSetGroup):
    items = [QuestionViewSet, CategoryViewSet, QuizViewSet, ExtraTimeViewSet]
    menu_label = _("Question bank")
    menu_icon = "clipboard-list"
    menu_order = 250


register_snippet(QuestionBank)


class MarkingItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_mark(request.user)


@hooks.register("register_admin_menu_item")
def lead_to_marking() -> MenuItem:
    return MarkingItem(_("To mark"), reverse_lazy("marking:list-attempts"), name="marking", icon_name="tick-inverse", order=251)


@hooks.register("before_delete_snippet")
def keep_what_is_in_use(request: HttpRequest, instances: list) -> HttpResponse | None:
    used = those_in_use([thing for thing in instances if isinstance(thing, (Question, Category, Quiz))])
    if not used:
        return None
    names = ", ".join(f"“{thing}”" for thing in used)
    messages.error(request, _("%(names)s cannot be deleted: attempts, questions or pages need it. Unpublish it or leave it.") % {"names": names})
    return redirect(type(used[0]).snippet_viewset.get_url_name("list"))
