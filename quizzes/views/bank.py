"""Doors for whoever keeps the bank: where a question is used, how two versions differ, duplicates, the archive. For others they do not open."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from quizzes.forms.keeping import ChosenForm
from quizzes.models import Question
from quizzes.selectors.duplicates import duplicates
from quizzes.selectors.overview import overview_of
from quizzes.selectors.usage import usage_of
from quizzes.selectors.versions import compared
from quizzes.services import keeping


def keepers_only(*permissions: str) -> Callable:
    """Open the door to people with one of these permissions, and to nobody else."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @never_cache
        @login_required
        @wraps(view)
        def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not any(request.user.has_perm(f"quizzes.{name}") for name in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return opened

    return guard


READERS = ("view_question", "change_question", "add_question")


@keepers_only(*READERS)
@require_safe
def show_bank(request: HttpRequest) -> HttpResponse:
    return render(request, "quizzes/bank.html", {"overview": overview_of(request.user, now=timezone.now())})


@keepers_only(*READERS)
@require_safe
def show_question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    question = get_object_or_404(Question.objects.visible_to(request.user).select_related("category", "author", "version"), uuid=uuid)
    usage = usage_of(question, now=timezone.now())
    return render(request, "quizzes/bank_question.html", {"usage": usage, "question": question})


@keepers_only(*READERS)
@require_safe
def compare_versions(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Two versions side by side, the older one first, whichever was named first; without numbers the two newest."""
    question = get_object_or_404(Question.objects.visible_to(request.user), uuid=uuid)
    comparison = compared(question, _number(request.GET.get("a")), _number(request.GET.get("b")))
    if comparison is None:
        raise Http404
    return render(request, "quizzes/bank_versions.html", {"question": question, "comparison": comparison})


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else None


@keepers_only("change_question")
@require_safe
def list_duplicates(request: HttpRequest) -> HttpResponse:
    return render(request, "quizzes/bank_duplicates.html", {"found": duplicates(request.GET.get("trang"))})


@keepers_only("change_question")
@require_POST
def archive_questions(request: HttpRequest) -> HttpResponse:
    form = ChosenForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Tick at least one question first."))
        return _back(request)
    questions = Question.objects.visible_to(request.user).filter(uuid__in=form.cleaned_data["question"])
    count = keeping.archive_questions(questions=questions, by=request.user, now=timezone.now())
    messages.success(request, _("%(count)s questions were archived.") % {"count": count})
    return _back(request)


@keepers_only("change_question")
@require_POST
def restore_question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    questions = Question.objects.visible_to(request.user).filter(uuid=uuid)
    if keeping.restore_questions(questions=questions, by=request.user, now=timezone.now()):
        messages.success(request, _("The question was taken out of the archive."))
    return HttpResponseRedirect(reverse("bank:show-question", args=[uuid]), status=303)


def _back(request: HttpRequest) -> HttpResponse:
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if is_ours else reverse("bank:list-duplicates"), status=303)
