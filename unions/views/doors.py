"""The door of the office to its units and people: who may come in, and over which units they have charge."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from unions.selectors.scopes import office_of


def in_office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to people with a role that sees people's records, and hand the view what they may do: `view(request, office, …)`."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        office = request.office = office_of(request.user)
        if office is None:
            raise PermissionDenied
        return view(request, office, *args, **kwargs)

    return opened
