"""A design in the editor's frame, as it would be printed, with what stands in the form and is not saved yet."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from wagtail.snippets.views.snippets import PreviewOnCreateView, PreviewOnEditView, PreviewRevisionView
from wagtail.utils.decorators import xframe_options_sameorigin_override

from certificates.layout import UnprintableLetter
from certificates.layout.samples import KINDS
from certificates.models import Design
from certificates.selectors.design_pictures import NotAPicture
from certificates.selectors.design_previews import faults_of, picture_of_design
from certificates.snapshots import issuer_of


def looked_at(request: HttpRequest, design: Design) -> HttpResponse:
    """Answer with the page in the frame, or, asked for "picture", with the drawn paper that stands on it."""
    kind = _kind(request)
    issuer = issuer_of(design.issuer) if design.issuer else None
    if "picture" not in request.GET:
        faults = faults_of(design, kind, issuer=issuer)
        return TemplateResponse(request, "certificates/design_preview.html", {"design": design, "kind": kind, "faults": faults})
    try:
        return HttpResponse(picture_of_design(design, kind, issuer=issuer), content_type="image/png", headers={"Cache-Control": "no-store"})
    except (NotAPicture, UnprintableLetter):
        return HttpResponse(status=404)


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("mode") or KINDS[0]
    if kind not in KINDS:
        raise PermissionDenied
    return kind


class _InForm:
    @method_decorator(xframe_options_sameorigin_override)
    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        _kind(request)
        form = self.get_form(self._get_form_data(self._get_form_state()))
        if not self.validate_form(form):
            return self.error_response()
        form.save(commit=False)
        return looked_at(request, self.object)


class DesignPreviewOnCreate(_InForm, PreviewOnCreateView):
    pass


class DesignPreviewOnEdit(_InForm, PreviewOnEditView):
    pass


class DesignPreviewOfRevision(PreviewRevisionView):
    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return looked_at(request, self.revision_object)
