"""Doors to requests about personal data: the list of what is due, the answer, and erasing who asked for it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import RequestKind
from accounts.forms.people import PersonEraseForm
from accounts.models import PrivacyRequest
from accounts.selectors.requests import version_of
from accounts.services import AccountError, note_look, preview_erasure
from accounts.services.requests import answer_request
from unions.forms.privacy import AnswerForm
from unions.selectors import privacy as selectors
from unions.selectors.scopes import Office
from unions.services.errors import UnionsError
from unions.services.privacy import erase_on_request
from unions.views.doors import in_office

FORMS = ["GET", "HEAD", "POST"]


def _check_governs(office: Office) -> None:
    if not (office.sees_all or office.governed_paths):
        raise PermissionDenied


def _request(office: Office, uuid: UUID, kind: str) -> PrivacyRequest:
    """Return the person's latest request of this kind, open ones before closed ones; 404 out of the office's charge."""
    _check_governs(office)
    found = selectors.requests_governed(office, timezone.localdate()).filter(user__uuid=uuid, kind=kind).select_related("user", "handled_by")
    request = found.filter(done_at=None).first() or found.order_by("-made_at", "-pk").first()
    if request is None:
        raise Http404
    return request


@in_office
@require_safe
def list_requests(request: HttpRequest, office: Office) -> HttpResponse:
    _check_governs(office)
    closed = request.GET.get("xem") == "xong"
    page = selectors.requests_page(office, request.GET.get("trang"), timezone.localdate(), closed=closed)
    return render(request, "unions/privacy_requests.html", {"requests": page, "closed": closed, "query": "xem=xong" if closed else ""})


@in_office
@require_http_methods(FORMS)
def show_request(request: HttpRequest, office: Office, uuid: UUID, kind: str) -> HttpResponse:
    asked, now = _request(office, uuid, kind), timezone.now()
    form = AnswerForm(request.POST if request.method == "POST" else None, kind=asked.kind)
    seen = request.POST.get("seen", "") if form.is_bound else version_of(asked)
    if request.method != "POST":
        note_look(about=asked.user, by=request.user, now=now, subject="Yêu cầu về dữ liệu cá nhân")
    elif form.is_valid():
        try:
            answer_request(request=asked, by=request.user, now=now, **form.cleaned_data)
        except AccountError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            # As somebody else has left it: whoever sends again has seen this.
            asked = _request(office, uuid, kind)
            seen = version_of(asked)
        else:
            messages.success(request, _("Answered. The person reads it on their page, and by letter where they have an address."))
            return redirect("privacy:list-requests")
    full = selectors.request_in_full(office, asked, timezone.localdate(now))
    return render(request, "unions/privacy_request.html", {"full": full, "asked": asked, "form": form, "seen": seen}, status=422 if form.errors else 200)


@in_office
@require_http_methods(FORMS)
def erase(request: HttpRequest, office: Office, uuid: UUID, kind: str) -> HttpResponse:
    """Show what goes and what stays and why; erase once the reason and the name are typed."""
    asked = _request(office, uuid, kind)
    full = selectors.request_in_full(office, asked, timezone.localdate())
    if asked.kind != RequestKind.ERASE or asked.done_at or not full.may_erase:
        raise PermissionDenied
    form = PersonEraseForm(request.POST if request.method == "POST" else None, full_name=asked.user.full_name)
    seen = request.POST.get("seen", "") if form.is_bound else version_of(asked)
    if request.method == "POST" and form.is_valid():
        try:
            erase_on_request(request=asked, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now(), seen=seen)
        except (AccountError, UnionsError) as error:
            form.add_error(None, error.message)
            seen = version_of(_request(office, uuid, kind))
        else:
            messages.success(request, _("The personal data are erased. The register keeps what the law asks it to keep."))
            return redirect("privacy:list-requests")
    return render(request, "unions/privacy_erase.html", {
        "asked": asked, "form": form, "seen": seen, "fates": preview_erasure(user=asked.user)}, status=422 if form.errors else 200)
