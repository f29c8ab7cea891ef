"""The door of the office: who may come in, and what they may do there."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from quizzes.selectors.marking import may_mark
from unions.selectors.scopes import office_of


def in_office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to people with a role in the office only, and hand the view what they may do there. Who only marks is led on."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        office = request.office = office_of(request.user)
        if office is None and request.path == reverse("training:list-learners") and may_mark(request.user):
            return redirect("marking:list-attempts")
        if office is None:
            raise PermissionDenied
        return view(request, office, *args, **kwargs)

    return opened
