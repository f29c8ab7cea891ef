"""Doors to the operations page: for superusers and the system administrators of units that stand under no other."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.operations.overview import Overview
from lms.operations.retrying import QueueAway, begin_again, begin_all_again
from unions.selectors.scopes import office_of


def for_operators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        office = request.office = office_of(request.user)
        if office is None or not office.runs_site:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@for_operators
@require_safe
def show_operations(request: HttpRequest) -> HttpResponse:
    return render(request, "lms/operations.html", {"overview": Overview(timezone.now())})


@for_operators
@require_POST
def retry_task(request: HttpRequest, task: str) -> HttpResponse:
    try:
        is_begun = begin_again(task=task, by=request.user, now=timezone.now())
    except QueueAway:
        messages.error(request, _("Redis does not answer, so nothing was changed. Try again in some minutes."))
    else:
        if is_begun:
            messages.success(request, _("It will be tried again."))
        else:
            messages.info(request, _("It is not among the failed work any more. Nothing was changed."))
    return redirect("operations:show-operations")


@for_operators
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    try:
        count = begin_all_again(by=request.user, now=timezone.now())
    except QueueAway:
        messages.error(request, _("Redis does not answer, so nothing was changed. Try again in some minutes."))
    else:
        messages.success(request, _("%(count)s tasks will be tried again.") % {"count": count})
    return redirect("operations:show-operations")
