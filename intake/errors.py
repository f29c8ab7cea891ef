"""What every reader says of a file that it cannot read."""

from django.utils.translation import gettext_lazy as _

# A larger file is refused before it is read (docs/interchange.md).
MAX_BYTES = 50 * 1024 * 1024


class UnreadableFile(Exception):
    """The file as a whole cannot be read. The only error that a reader raises, whatever it is given."""

    code = "unreadable"
    message = _("This file cannot be read.")

    def __init__(self, message: str = "", *, code: str = "", line: int = 0):
        super().__init__(message)
        self.code = code or self.code
        self.message = message or self.message
        self.line = line

    def __str__(self) -> str:
        return str(self.message)
