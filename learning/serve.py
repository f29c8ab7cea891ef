"""Handing out files that came from people."""

from pathlib import PurePath

from django.http import FileResponse, Http404, HttpResponse

from learning.models import OutsideStudy
from learning.services.outside import PROOF_TYPES


def proof_of(study: OutsideStudy) -> HttpResponse:
    """Hand the proof over as a file to keep, never to be shown inside our pages: it came from outside.

    :raises Http404: when there is none, or it is not in the storage.
    """
    try:
        file = study.proof.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    kind = PROOF_TYPES.get(PurePath(study.proof.name).suffix.lower(), "application/octet-stream")
    response = FileResponse(file, as_attachment=True, filename=study.proof_name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
