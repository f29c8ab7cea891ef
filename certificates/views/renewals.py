"""The door to renewing a certificate."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates import services
from certificates.models import Certificate
from courses.selectors import address
from learning.services import LearningError


@require_POST
@login_required
def renew(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enrol the holder, nobody else, in what renews the paper, and lead there."""
    certificate = get_object_or_404(Certificate.objects.filter(user=request.user), uuid=uuid)
    try:
        enrolment = services.renew(certificate=certificate, now=timezone.now())
    except (services.CertificateError, LearningError) as error:
        messages.warning(request, error.message)
        return redirect(certificate)
    messages.success(request, _("You are enrolled to renew the certificate. The one you have stays valid until its end."))
    return redirect(address(enrolment.course.url_path))
