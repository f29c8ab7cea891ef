"""Doors to roles: who holds which one where, giving one, taking one away."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from unions.forms.people import GrantFilterForm, RoleForm
from unions.models import RoleGrant, Unit
from unions.selectors import cadres
from unions.selectors.roles import grants_page, roles_to_give, roles_to_give_anywhere
from unions.selectors.scopes import Office
from unions.services import roles as services
from unions.services.errors import UnionsError
from unions.views.doors import in_office


@in_office
@require_safe
def list_roles(request: HttpRequest, office: Office) -> HttpResponse:
    form = GrantFilterForm(request.GET)
    asked = {name: value for name, value in {"q": form.q, "role": form.role}.items() if value}
    found = grants_page(office, form.q, form.role, request.GET.get("trang"), timezone.localdate())
    return render(request, "unions/roles.html", {
        "form": form, "page": found.page, "rows": found.rows, "query": f"&{urlencode(asked)}" if asked else "", "asked": asked})


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def give_role(request: HttpRequest, office: Office, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    person = get_object_or_404(cadres.people_seen(office, timezone.localdate(now)), uuid=uuid)
    roles = roles_to_give_anywhere(request.user)
    if not roles or (person == request.user and not office.sees_all):
        raise PermissionDenied
    form = RoleForm(request.POST if request.method == "POST" else None, units=office.managed_units, on=timezone.localdate(now), roles=roles)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_role(user=person, **form.cleaned_data, by=request.user, now=now)
        except UnionsError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The role is given. It holds over the unit and all below from now on."))
            return redirect("people:show-person", person.uuid)
    return render(request, "unions/role_give.html", {"form": form, "person": person}, status=422 if form.errors else 200)


@in_office
@require_http_methods(["GET", "HEAD", "POST"])
def take_role(request: HttpRequest, office: Office, uuid: UUID, unit: UUID, role: str) -> HttpResponse:
    """Ask, then take it away. Whoever holds a role here is shown even without a post in sight."""
    over = get_object_or_404(office.units, uuid=unit)
    grant = get_object_or_404(RoleGrant.objects.select_related("user", "unit").filter(unit=over), user__uuid=uuid, role=role)
    if role not in roles_to_give(request.user, over) or (grant.user == request.user and not office.sees_all):
        raise PermissionDenied
    if request.method == "POST":
        return _taken(request, grant, over)
    return render(request, "unions/role_take.html", {"grant": grant, "person": grant.user})


def _taken(request: HttpRequest, grant: RoleGrant, over: Unit) -> HttpResponse:
    try:
        services.take_role(user=grant.user, unit=over, role=grant.role, by=request.user, now=timezone.now())
    except UnionsError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The role is taken away."))
    return redirect("people:list-roles")
