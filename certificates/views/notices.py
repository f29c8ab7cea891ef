"""Doors to the outbox: what waits, what was sent, what could not be sent and is to be sent again."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from certificates import services
from certificates.enums import NoticeState
from certificates.models import Issuer, Notice
from certificates.selectors.notices import outbox_visible_to
from certificates.tasks import send_waiting_notices
from certificates.views.books import in_books

PER_PAGE = 50


@in_books
@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("trang-thai", "")
    state = state if state in NoticeState.values else ""
    outbox = outbox_visible_to(request.user, state=state)
    page = Paginator(outbox.notices, PER_PAGE).get_page(request.GET.get("trang"))
    return render(request, "certificates/notices.html", {
        "outbox": outbox, "page": page, "state": state, "query": f"&trang-thai={state}" if state else "",
        "states": list(outbox.counts.items()),
        "may_send": Issuer.objects.managed_by(request.user).exists(),
    })


@in_books
@require_POST
def resend_notice(request: HttpRequest, uuid: UUID, kind: str, days: int) -> HttpResponse:
    wanted = Notice.objects.managed_by(request.user).filter(certificate__uuid=uuid, kind=kind, days=days)
    if not wanted.exists():
        raise Http404
    return _resend(request, wanted)


@in_books
@require_POST
def resend_failed(request: HttpRequest) -> HttpResponse:
    if not Issuer.objects.managed_by(request.user).exists():
        raise PermissionDenied
    return _resend(request, Notice.objects.managed_by(request.user).filter(state=NoticeState.FAILED))


def _resend(request: HttpRequest, wanted) -> HttpResponse:
    count = services.resend_notices(notices=wanted, now=timezone.now())
    if count:
        send_waiting_notices.enqueue()
        said = ngettext("%(count)s notice is being sent again.", "%(count)s notices are being sent again.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.warning(request, _("Nothing is sent again: the notice was sent, waits already, or its holder has no e-mail address."))
    return redirect(reverse("books:list-notices"))
