"""Questions in Wagtail's editor: their list, how one is chosen for a quiz, and what their author is told while editing."""

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, UpdatedAtColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from quizzes.forms.keeping import CategoryChoice
from quizzes.models import Question
from quizzes.querysets import day_of
from quizzes.selectors.duplicates import twins_of
from quizzes.selectors.flags import flags_of
from quizzes.selectors.staleness import endings_of
from quizzes.selectors.usage import usage_of
from quizzes.viewsets.narrowing import QuestionFilters
from quizzes.viewsets.panels import QuestionNotice
from quizzes.viewsets.previews import QuestionPreviewOnCreate, QuestionPreviewOnEdit


class StandingColumn(Column):
    """What somebody should look at: that a question is archived, which article ended when, what its analysis found."""

    cell_template_name = "quizzes/admin/standing_cell.html"


def page_of(question: Question) -> str:
    return reverse("bank:show-question", args=[question.uuid])


class QuestionIndex(IndexView):
    def search_queryset(self, queryset):
        """Diacritics, case and the place of tone marks do not matter; no search index is needed."""
        return queryset.matching(self.search_query) if self.is_searching else queryset

    def filter_queryset(self, queryset):
        # A filter that was not understood shows no archived ones either.
        return super().filter_queryset(queryset) if self.filters and self.filters.is_valid() else queryset.kept()

    def paginate_queryset(self, queryset, page_size):
        paginator, page, rows, has_others = super().paginate_queryset(queryset, page_size)
        page.object_list = rows = list(rows)
        endings = endings_of([question.pk for question in rows], day=day_of(timezone.now()))
        flags = flags_of(rows)
        for question in rows:
            question.endings, question.flags = endings.get(question.pk, []), flags.get(question.pk, [])
        return paginator, page, rows, has_others

    def _get_title_column(self, field_name, *args, **kwargs):
        # Questions are long: without it the table gives every column the same.
        return super()._get_title_column(field_name, *args, width="40%", **kwargs)

    def get_list_more_buttons(self, instance):
        there = MenuItem(_("Where used, versions"), url=page_of(instance), icon_name="link", priority=15)
        return [*super().get_list_more_buttons(instance), there]


class _TellsOfTwins:
    """Says which other questions have the same stem, while the question is new or when it is published: a hint, never a refusal."""

    def save_action(self):
        if not self.expects_json_response and (self.action == "publish" or not self.object.live):
            self._tell_of_twins()
        return super().save_action()

    def _tell_of_twins(self) -> None:
        for twin in twins_of(self.object):
            look = messages.button(page_of(twin), _("Open it"), new_window=True)
            messages.warning(self.request, _("Another question has the same words: “%(question)s”.") % {"question": twin}, buttons=[look])


class QuestionCreate(_TellsOfTwins, CreateView):
    def save_instance(self):
        self.form.instance.author = self.request.user
        return super().save_instance()


class QuestionEdit(_TellsOfTwins, EditView):
    @cached_property
    def header_buttons(self):
        """Beside the crumbs: where the question is used, and its versions."""
        return [HeaderButton(_("Where used, versions"), url=page_of(self.object), icon_name="link")]

    def publish_action(self):
        response = super().publish_action()
        if response is None and not self.expects_json_response:
            self._tell_of_open_attempts()
        return response

    def _tell_of_open_attempts(self) -> None:
        for use in usage_of(Question.objects.get(pk=self.object.pk), now=timezone.now()).keeping_old:
            messages.info(self.request, _("%(count)s attempts under way at “%(quiz)s” keep the wording of %(day)s.") % {
                "count": use.count, "quiz": use.quiz.title, "day": f"{timezone.localtime(use.version.created_at):%d/%m/%Y %H:%M}"})


class ChooserFilterForm(BaseFilterForm):
    q = forms.CharField(label=_("Search, no diacritics needed"), required=False)
    category = CategoryChoice(
        label=_("Category and those below it"), required=False, widget=forms.Select(attrs={"data-chooser-modal-search-filter": True}))

    def filter(self, questions):
        found, wanted = super().filter(questions), self.cleaned_data
        if wanted.get("category"):
            found = found.below(wanted["category"].path)
        self.search_query = wanted.get("q") or None
        self.is_searching = bool(self.search_query)
        return found.matching(self.search_query or "")


class _Choosing:
    """Archived questions are not offered; the newest come first."""

    filter_form_class = ChooserFilterForm
    ordering = "-pk"

    @property
    def columns(self):
        title, *others = super().columns
        return [title, Column("kind", label=_("Kind of question")), Column("category", label=_("Category")), *others]

    def get_object_list(self):
        return Question.objects.kept().with_what_lists_show()


class ChooseQuestion(_Choosing, ChooseView):
    pass


class ChooseQuestionResults(_Choosing, ChooseResultsView):
    pass


class QuestionChooserViewSet(SnippetChooserViewSet):
    choose_view_class = ChooseQuestion
    choose_results_view_class = ChooseQuestionResults
    per_page = 20


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    index_view_class = QuestionIndex
    add_view_class = QuestionCreate
    edit_view_class = QuestionEdit
    preview_on_add_view_class = QuestionPreviewOnCreate
    preview_on_edit_view_class = QuestionPreviewOnEdit
    chooser_viewset_class = QuestionChooserViewSet
    chooser_per_page = 20
    filterset_class = QuestionFilters
    list_display = [
        "__str__", Column("kind", label=_("Kind of question")), "category",
        Column("get_difficulty_display", label=_("Difficulty"), sort_key="difficulty"), StandingColumn("standing", label=_("To note"), accessor="endings", width="16%"),
        UpdatedAtColumn(), LiveStatusTagColumn(),
    ]
    list_per_page = 30
    ordering = ["-pk"]
    edit_handler = ObjectList([QuestionNotice(), *Question.panels])

    def get_queryset(self, request):
        return Question.objects.with_what_lists_show()
