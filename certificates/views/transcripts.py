"""The transcript: of one's own, and of people under one's role."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates.selectors.transcripts import people_in_charge_of, transcript_of
from certificates.services.transcripts import typeset_transcript
from certificates.views.holder import as_download


@never_cache
@require_safe
@login_required
def show_transcript(request: HttpRequest) -> HttpResponse:
    return render(request, "certificates/transcript.html", {"transcript": transcript_of(request.user, timezone.localdate())})


@require_safe
@login_required
def download_transcript(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """Hand over one's own transcript, or that of the person who is named."""
    now, user = timezone.now(), request.user
    if uuid:
        user = get_object_or_404(people_in_charge_of(request.user, timezone.localdate(now)), uuid=uuid)
    pdf = typeset_transcript(user=user, by=request.user, now=now)
    return as_download(HttpResponse(pdf, content_type="application/pdf"), f"Bảng kết quả học tập {user.full_name}.pdf")
