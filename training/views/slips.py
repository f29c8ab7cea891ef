"""Doors to sign-in slips: the list, whom to make them for, sheets to print, a new password for one person."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.codes import shown
from accounts.models import User
from accounts.services import AccountError
from certificates.layout import drawing_of_qr
from training.forms.slips import PrintForm, SlipFilterForm, WishForm
from training.selectors import slips as selectors
from training.services import slips as services
from training.views.doors import in_office
from unions.selectors.scopes import Office


def _manages(office: Office) -> None:
    if not office.sees_all and not office.managed_paths:
        raise PermissionDenied


@in_office
@require_safe
def list_slips(request: HttpRequest, office: Office) -> HttpResponse:
    now, form = timezone.now(), SlipFilterForm(request.GET)
    page, lines = selectors.slips_page(office, form.state, form.text, request.GET.get("trang"), timezone.localdate(now), now)
    may_make = office.sees_all or bool(office.managed_paths)
    return render(request, "training/slips.html", {
        "page": page, "lines": lines, "form": form, "query": f"&{urlencode(form.params)}" if form.params else "", "may_make": may_make})


@in_office
@require_safe
def choose_people(request: HttpRequest, office: Office) -> HttpResponse:
    _manages(office)
    return _drawn(request, office, WishForm(request.GET, office=office, on=timezone.localdate()))


def _drawn(request: HttpRequest, office: Office, form: WishForm, error: str = "", again: bool = False) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    context = {"form": form, "wish": form.wish, "error": error, "again": again, "most": selectors.MOST_AT_ONCE}
    if form.wish and form.wish.who == "chosen":
        context["found"] = selectors.people_named(office, form.chosen, form.text, today) if form.text else []
    elif form.wish:
        context["reckoned"] = selectors.reckon(office, form.wish, today, now)
    return render(request, "training/slips_new.html", context, status=422 if error else 200)


@in_office
@require_POST
def print_slips(request: HttpRequest, office: Office) -> HttpResponse:
    """Make the slips and answer with the sheets: the only moment at which the codes are known."""
    _manages(office)
    now = timezone.now()
    form = PrintForm(request.POST, office=office, on=timezone.localdate(now))
    if form.wish is None:
        return _drawn(request, office, form, str(services.NotYours.message))
    try:
        sheets = services.print_slips(office=office, wish=form.wish, now=now)
    except (services.SlipError, AccountError) as error:
        return _drawn(request, office, form, str(error.message), again=True)
    name = f"phieu-dang-nhap-{timezone.localtime(now):%Y-%m-%d-%H%M}.pdf"
    return HttpResponse(sheets.pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _managed(office: Office, uuid: UUID) -> User:
    person = get_object_or_404(User.objects.filter(is_active=True), uuid=uuid)
    if not selectors.manages_person(office, person, timezone.localdate()):
        raise Http404
    return person


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def reset_person(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    """Ask before a slip is made for one person, then show its code, once: a reload asks anew."""
    person, now = _managed(office, uuid), timezone.now()
    context = {"person": person, "standing": selectors.standing_for(office, person, now)}
    if request.method != "POST":
        return render(request, "training/slip_ask.html", context)
    try:
        made = services.make_slip_for(office=office, person=person, now=now)
    except AccountError as error:
        return render(request, "training/slip_ask.html", {**context, "error": error.message}, status=422)
    return render(request, "training/slip_made.html", {
        **context, "code": shown(made.code), "latest": made.latest_day, "qr": drawing_of_qr(services.address_of(made.code), ""), "typed_at": services.typed_at()})


@in_office
@require_POST
def cancel_slip(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    person = _managed(office, uuid)
    if services.cancel_slip_of(office=office, person=person, now=timezone.now()):
        messages.success(request, _("The slip of %(name)s opens nothing any more.") % {"name": person.full_name})
    else:
        messages.info(request, _("This slip opened nothing any more already."))
    return redirect("slips:list-slips")
