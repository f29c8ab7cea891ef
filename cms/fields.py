"""Model fields that hold HTML: cleaned when saved, never per request."""

from wagtail.fields import RichTextField

from cms.sanitise import sanitise


class CleanRichTextField(RichTextField):
    """Rich text that passes the one allow-list before it reaches the database."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return sanitise(value) if value else value
