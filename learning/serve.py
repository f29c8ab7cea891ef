"""Handing out files that came from people."""

from pathlib import PurePath

from django.http import Http404
from django.http.response import HttpResponseBase

from cms.storage import hand_over
from learning.models import OutsideStudy
from learning.services.outside import PROOF_TYPES


def proof_of(study: OutsideStudy) -> HttpResponseBase:
    """Hand the proof over as a file to keep, never to be shown inside our pages: it came from outside.

    :raises Http404: when there is none, or it is not in the storage.
    """
    kind = PROOF_TYPES.get(PurePath(study.proof.name or "").suffix.lower(), "application/octet-stream")
    try:
        return hand_over(study.proof, name=study.proof_name, content_type=kind)
    except FileNotFoundError as error:
        raise Http404 from error
