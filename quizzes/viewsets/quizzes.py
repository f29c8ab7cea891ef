"""Quizzes, categories and extra time in Wagtail's editor."""

from collections.abc import Callable
from functools import wraps

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn, NumberColumn, UpdatedAtColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.views.snippets import EditView, SnippetViewSet

from quizzes.forms import CategoryForm, ExtraTimeForm, QuizForm
from quizzes.models import Category, ExtraTime, Quiz
from quizzes.selectors.extra_time import extra_times_seen_by
from quizzes.viewsets.panels import QuizNotice


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "folder-open-1"
    menu_label = _("Categories")
    list_display = ["indented_name", NumberColumn("question_count", label=_("Questions"), width="12%")]
    ordering = ["path"]
    edit_handler = ObjectList([FieldPanel("name"), FieldPanel("parent")], base_form_class=CategoryForm)

    def get_queryset(self, request):
        return Category.objects.annotate(question_count=Count("questions", filter=Q(questions__archived_at__isnull=True)))


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
    edit_handler = ObjectList([QuizNotice(), *Quiz.panels], base_form_class=QuizForm)


class ExtraTimeViewSet(SnippetViewSet):
    """Who needs more time, and why: often a matter of health, so a person stands here only for those who may see their record."""

    model = ExtraTime
    icon = "time"
    menu_label = _("Extra time")
    list_display = ["quiz", "user", "group", Column("minutes", label=_("Minutes"), accessor=lambda row: f"{row.seconds / 60:g}"), "reason"]
    edit_handler = ObjectList([
        FieldPanel("quiz"), FieldRowPanel([FieldPanel("user"), FieldPanel("group")], help_text=_("Choose one person or one group.")),
        FieldPanel("minutes", help_text=_("Added to the time limit, and to the closing time of the quiz. It counts at once, also for attempts under way.")),
        FieldPanel("reason")], base_form_class=ExtraTimeForm)

    def get_queryset(self, request):
        return extra_times_seen_by(request.user, timezone.localdate())

    def get_urlpatterns(self) -> list:
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = _only_those_seen(pattern.callback)
        return patterns

    def register_chooser_viewset(self) -> None:
        """Nothing chooses one of these, and the list to choose from would name everybody."""


def _only_those_seen(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let pages about one row be opened by whoever may see it: Wagtail asks for the right to the model alone."""

    @wraps(view)
    def shown(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "pk" in kwargs and not extra_times_seen_by(request.user, timezone.localdate()).filter(pk=kwargs["pk"]).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return shown
