"""The question bank in Wagtail: its menu, what is logged of it, and what may not be deleted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from quizzes.enums import Difficulty
from quizzes.models import Category, Question, Quiz
from quizzes.selectors import those_in_use
from quizzes.selectors.marking import may_mark
from quizzes.viewsets.bulk import ACTIONS
from quizzes.viewsets.questions import QuestionViewSet
from quizzes.viewsets.quizzes import CategoryViewSet, ExtraTimeViewSet, QuizViewSet


class BankItem(MenuItem):
    """A page of the bank outside the editor, for whoever may do there what it is for."""

    def __init__(self, *args, permission: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


class QuestionBank(SnippetViewSetGroup):
    items = [QuestionViewSet, CategoryViewSet, QuizViewSet, ExtraTimeViewSet]
    menu_label = _("Question bank")
    menu_icon = "clipboard-list"
    menu_order = 250

    def get_submenu_items(self) -> list[MenuItem]:
        pages = [
            BankItem(_("Bring questions in"), reverse_lazy("bank:import-questions"), name="bank-import", icon_name="upload", permission="quizzes.add_question"),
            BankItem(_("Take questions out"), reverse_lazy("bank:export-questions"), name="bank-export", icon_name="download", permission="quizzes.change_question"),
            BankItem(_("Duplicates"), reverse_lazy("bank:list-duplicates"), name="duplicates", icon_name="copy", permission="quizzes.change_question"),
        ]
        items = super().get_submenu_items()
        for place, page in enumerate(pages):
            page.order = len(items) + place
        return [*items, *pages]


register_snippet(QuestionBank)

for action in ACTIONS:
    hooks.register("register_bulk_action", action)


class MarkingItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_mark(request.user)


@hooks.register("register_admin_menu_item")
def lead_to_marking() -> MenuItem:
    return MarkingItem(_("To mark"), reverse_lazy("marking:list-attempts"), name="marking", icon_name="tick-inverse", order=251)


class AppealsItem(MenuItem):
    """For authors, who need not be markers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_mark(request.user) or request.user.has_perm("quizzes.change_question")


@hooks.register("register_admin_menu_item")
def lead_to_appeals() -> MenuItem:
    return AppealsItem(_("Appeals"), reverse_lazy("marking:list-appeals"), name="appeals", icon_name="comment", order=252)


@hooks.register("register_log_actions")
def name_what_is_done_in_the_bank(actions) -> None:
    actions.register_action("quizzes.archive", _("Archive"), _("Archived"))
    actions.register_action("quizzes.restore", _("Restore"), _("Taken out of the archive"))
    actions.register_action("quizzes.move")(_Moved)
    actions.register_action("quizzes.grade")(_Graded)
    actions.register_action("quizzes.tag")(_Retagged)
    actions.register_action("quizzes.import_questions", _("Bring questions in"), _("Questions brought in from a file"))


class _Moved(LogFormatter):
    label = _("Move")

    def format_message(self, log_entry) -> str:
        return _("Moved to “%(category)s”") % {"category": log_entry.data.get("category", "")}


class _Graded(LogFormatter):
    label = _("Set the difficulty")

    def format_message(self, log_entry) -> str:
        difficulty = dict(Difficulty.choices).get(log_entry.data.get("difficulty"), "")
        return _("Difficulty set: %(difficulty)s") % {"difficulty": difficulty}


class _Retagged(LogFormatter):
    label = _("Change the tags")

    def format_message(self, log_entry) -> str:
        signed = [f"+{tag}" for tag in log_entry.data.get("added", [])] + [f"−{tag}" for tag in log_entry.data.get("removed", [])]
        return _("Tags changed: %(tags)s") % {"tags": ", ".join(signed)}


@hooks.register("before_delete_snippet")
def keep_what_is_in_use(request: HttpRequest, instances: list) -> HttpResponse | None:
    used = those_in_use([thing for thing in instances if isinstance(thing, (Question, Category, Quiz))])
    if not used:
        return None
    names = ", ".join(f"“{thing}”" for thing in used)
    messages.error(request, _("%(names)s cannot be deleted: attempts, questions or pages need it. Unpublish it or leave it.") % {"names": names})
    return redirect(type(used[0]).snippet_viewset.get_url_name("list"))
