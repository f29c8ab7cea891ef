"""Who gets into the office's pages about certificates."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from certificates.models import Issuer


def in_books(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the door to whoever may read the register of at least one issuer; what may be changed is asked of `managed_by`."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not Issuer.objects.visible_to(request.user).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened
