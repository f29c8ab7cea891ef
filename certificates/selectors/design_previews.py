"""Looking at a design before papers are printed with it: its picture with the words of people who do not exist, and what is wrong with it."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.layout import Problem, UnprintableLetter, drawing_of_qr, lay_out, problems_of
from certificates.layout.samples import KINDS, sample_of
from certificates.models import Design
from certificates.selectors.design_pictures import NotAPicture
from certificates.selectors.specs import spec_of, spec_on_form
from certificates.typesetting import papers_of, picture_of, words_of

_AT = datetime(2026, 11, 20, tzinfo=UTC)
_ACROSS = 1400
_SAYINGS = {
    "outside": gettext_lazy("Block %(place)s reaches over the edge of the paper."),
    "unknown_field": gettext_lazy("Block %(place)s: there is no field {%(detail)s}."),
    "stray_brace": gettext_lazy("Block %(place)s: a brace or bracket has no partner."),
    "empty_title": gettext_lazy("Block %(place)s: the title has no words."),
    "two_titles": gettext_lazy("Two blocks say that they are the title. Only one can be."),
    "empty": gettext_lazy("The design has no blocks yet."),
    "no_qr": gettext_lazy("There is no QR code: such papers are checked by their code only."),
    "small_qr": gettext_lazy("Block %(place)s: a QR code under 22 mm is hard to read for cheap telephones."),
    "crossing": gettext_lazy("Blocks %(place)s and %(detail)s lie over each other: long words may touch."),
}


def picture_of_design(design: Design, kind: str, *, issuer: dict | None = None) -> bytes:
    """Return the picture of the design, of what stands in the editor, as a PNG. Some 100 ms, and a query for each picture in it.

    :param kind: one of certificates.layout.samples.KINDS.
    :param issuer: what snapshots say of the issuer; without it, one that does not exist.
    :raises NotAPicture, UnprintableLetter: when it cannot be drawn.
    """
    spec, files = _spec(design, kind)
    return picture_of(papers_of([(sample_of(kind, paper=design.paper, issuer=issuer), spec)], at=_AT, files=files), _ACROSS)


def faults_of(design: Design, kind: str = "usual", *, issuer: dict | None = None) -> list[tuple[str, bool]]:
    """Return what is wrong with the design in words, each with whether it must be mended before papers are printed."""
    try:
        spec, _files = _spec(design, kind)
        found = [(said(problem), problem.is_grave) for problem in problems_of(spec)]
        snapshot = sample_of(kind, paper=design.paper, issuer=issuer)
        lay_out(spec, words_of(snapshot), qr=drawing_of_qr(snapshot["address"], snapshot["payload"]))
    except NotAPicture as error:
        return [(str(error.message), True)]
    except UnprintableLetter as error:
        return [*found, (_("The letter “%(letter)s” is not in the typeface. Write it another way.") % {"letter": error.letter}, True)]
    return found


def said(problem: Problem) -> str:
    return str(_SAYINGS[problem.code]) % {"place": problem.place, "detail": problem.detail}


def _spec(design: Design, kind: str) -> tuple[dict, dict[str, bytes]]:
    if kind not in KINDS:
        raise ValueError(kind)
    return spec_on_form(design) if kind == "form" or design.is_blank_form else spec_of(design)
