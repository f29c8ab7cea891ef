"""The forms of the editor that ask more than Wagtail's own."""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm

from cms.uploads import content_matches


class DocumentForm(BaseDocumentForm):
    """Refuses a file whose content is not what its name says (WAGTAILDOCS_DOCUMENT_FORM_BASE)."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        extension = PurePath(file.name).suffix.lower().lstrip(".")
        if "file" in self.changed_data and extension and not content_matches(file, extension):
            raise ValidationError(
                _("This file is called .%(extension)s, but its content is something else. "
                  "Open it in the program it was made with and save it again as .%(extension)s."),
                code="content_is_not_its_name", params={"extension": extension})
        return file
