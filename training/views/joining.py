"""Doors to class codes: in the office, and the public ones by which people join."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.codes import is_well_formed, shown, understood
from accounts.enums import Act
from accounts.services import note_many
from certificates.layout import drawing_of_qr
from courses.selectors import address, outline_of
from learning.services import LearningError
from training import throttling
from training.forms.joining import ClassForm, KnownForm
from training.models import JoinCode
from training.selectors import joining as selectors
from training.services import joining as services
from training.views.doors import in_office
from unions.selectors.scopes import Office
from unions.services.errors import UnionsError

FORMS = ["GET", "HEAD", "POST"]


def _of_office(request: HttpRequest, uuid: UUID) -> JoinCode:
    return get_object_or_404(JoinCode.objects.visible_to(request.user).select_related("unit", "course", "made_by"), uuid=uuid)


def _managed(request: HttpRequest, office: Office, uuid: UUID) -> JoinCode:
    join_code = _of_office(request, uuid)
    if not office.manages(join_code.unit):
        raise PermissionDenied
    return join_code


def _as_told(join_code: JoinCode) -> dict:
    return {
        "join_code": join_code, "shown": shown(join_code.code), "qr": drawing_of_qr(services.address_of(join_code), ""),
        "typed_at": services.typed_at(), "line": selectors.standing_of(join_code, timezone.now())}


@in_office
@require_safe
def list_codes(request: HttpRequest, office: Office) -> HttpResponse:
    page, lines = selectors.codes_page(request.user, request.GET.get("trang"), timezone.now())
    return render(request, "training/class_codes.html", {
        "page": page, "lines": lines, "query": "", "may_make": office.sees_all or bool(office.managed_paths)})


@in_office
@require_http_methods(FORMS)
def open_class(request: HttpRequest, office: Office) -> HttpResponse:
    if not office.sees_all and not office.managed_paths:
        raise PermissionDenied
    now = timezone.now()
    form = ClassForm(request.POST or None, office=office, on=timezone.localdate(now), unit=request.GET.get("unit", ""))
    if request.method == "POST" and form.is_valid():
        try:
            join_code = services.open_class(office=office, now=now, **form.facts)
        except services.JoinError as error:
            form.add_error(None, error.message)
        else:
            return redirect("class-codes:show-code", join_code.uuid)
    return render(request, "training/class_code_new.html", {"form": form}, status=422 if form.errors else 200)


@in_office
@require_safe
def show_code(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    join_code = _of_office(request, uuid)
    return render(request, "training/class_code.html", {**_as_told(join_code), "may_change": office.manages(join_code.unit)})


@in_office
@require_safe
def show_on_wall(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    return render(request, "training/class_code_wall.html", _as_told(_of_office(request, uuid)))


@in_office
@require_safe
def print_code(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    join_code = _of_office(request, uuid)
    pdf = services.poster(join_code=join_code, now=timezone.now())
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="ma-lop-{join_code.code}.pdf"'})


@in_office
@require_safe
def list_joined(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    join_code, now = _of_office(request, uuid), timezone.now()
    page, lines = selectors.joined_page(join_code, request.GET.get("trang"), timezone.localdate(now))
    note_many(about=[line.joining.user_id for line in lines], act=Act.LOOKED, by=request.user, now=now, subject=join_code.title)
    may_change = office.manages(join_code.unit)
    kinds = selectors.post_kinds() if may_change else []
    return render(request, "training/class_code_joined.html", {
        "join_code": join_code, "page": page, "lines": lines, "query": "", "kinds": kinds, "may_change": may_change})


@in_office
@require_POST
def confirm_joined(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    join_code, form = _managed(request, office, uuid), KnownForm(request.POST)
    if form.is_valid():
        try:
            if services.confirm_joining(join_code=join_code, by=request.user, now=timezone.now(), **form.cleaned_data):
                messages.success(request, _("Noted."))
        except UnionsError as error:
            messages.error(request, error.message)
    return redirect("class-codes:list-joined", join_code.uuid)


@in_office
@require_POST
def close_class(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    join_code = _managed(request, office, uuid)
    services.close_class(join_code=join_code, now=timezone.now())
    messages.success(request, _("The class is closed: nobody more joins by this code."))
    return redirect("class-codes:show-code", join_code.uuid)


# For everybody

@never_cache
@require_safe
def type_code(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("ma", "").strip()
    if code := understood(typed):
        return redirect("joining:join-class", code=code)
    return _asked(request, typed, is_empty="ma" in request.GET)


def _asked(request: HttpRequest, typed: str, status: int = 200, **context) -> HttpResponse:
    response = render(request, "training/join.html", {"typed": typed, **context}, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@never_cache
@require_http_methods(FORMS)
def join_class(request: HttpRequest, code: str) -> HttpResponse:
    """Show the class of a code; a tap joins it and leads to the first lesson. Whoever is not signed in comes back here afterwards."""
    plain, now = understood(code), timezone.now()
    if not is_well_formed(plain, (services.LENGTH,)):
        return _asked(request, shown(plain), 404, is_mistyped=True)
    if throttling.has_guessed_too_often(request):
        return _asked(request, "", 429, waits=True)
    join_code = selectors.code_typed(plain)
    throttling.note_answer(request, missed=join_code is None)
    if join_code is None:
        return _asked(request, shown(plain), 404, is_unknown=True)
    if request.method == "POST":
        return _joined(request, join_code, now)
    return _told(request, join_code, now)


def _told(request: HttpRequest, join_code: JoinCode, now) -> HttpResponse:
    return render(request, "training/join_class.html", {
        "line": selectors.standing_of(join_code, now), "join_code": join_code, "has_joined": selectors.has_joined(join_code, request.user),
        "sign_up_open": settings.SIGN_UP_OPEN})


def _joined(request: HttpRequest, join_code: JoinCode, now) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        services.join_class(join_code=join_code, user=request.user, now=now)
    except (services.JoinError, LearningError) as error:
        messages.warning(request, error.message)
        return redirect("joining:join-class", code=join_code.code)
    messages.success(request, _("You are in the class “%(title)s”.") % {"title": join_code.title})
    steps = outline_of(join_code.course).steps
    return redirect(steps[0].url if steps else address(join_code.course.url_path))
