"""A bare Django site, to measure others by: the middleware of a new project, and two views with a session and one SELECT; `/nguoi/` signs in too."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.contrib.auth.decorators import login_required  # noqa: E402 - once Django is set up
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def show(request: HttpRequest) -> HttpResponse:
    who = request.session.get("_auth_user_id", "")
    return HttpResponse(f"{who} {ContentType.objects.get(pk=1).model}")


@login_required
def show_person(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.user.pk} {ContentType.objects.get(pk=1).model}")


urlpatterns = [path("", show), path("nguoi/", show_person)]
