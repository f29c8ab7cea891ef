"""A question in the editor's frame, where its author may answer it. What is in the form is kept by Wagtail; what is tried, nowhere."""

from uuid import NAMESPACE_OID, uuid5

from django.http import QueryDict
from wagtail.snippets.views.snippets import PreviewOnCreateView, PreviewOnEditView

from quizzes.forms.taking import fields_of

# What the editor's frame puts into the address.
_KEPT = ("in_preview_panel", "mode")


class _WithAnswer:
    def get_form(self, query_dict):
        return super().get_form(_with_ids(query_dict))

    def get_extra_request_attrs(self) -> dict:
        asked = self.request.GET
        return {
            **super().get_extra_request_attrs(),
            "kept_of_address": [(name, asked[name]) for name in _KEPT if name in asked],
            "tried": fields_of(asked) if "thu" in asked else None,
        }


def _with_ids(form: QueryDict) -> QueryDict:
    """Name options that were never saved by their place: otherwise each look at the form names them anew, and no answer would fit."""
    named = form.copy()
    for name in form:
        if name.startswith("content-") and name.endswith("-id") and not form[name]:
            named[name] = str(uuid5(NAMESPACE_OID, name))
    return named


class QuestionPreviewOnCreate(_WithAnswer, PreviewOnCreateView):
    pass


class QuestionPreviewOnEdit(_WithAnswer, PreviewOnEditView):
    pass
