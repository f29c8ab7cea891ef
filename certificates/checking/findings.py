"""What a check came to."""

from dataclasses import dataclass

from certificates.enums import State
from certificates.models import Certificate
from certificates.signing.signature import Signature

ALTERED = "altered"
# Signed with a key of ours and intact, but not in this register: another installation's, or lost from an older backup.
UNLISTED = "unlisted"
UNKNOWN = "unknown"
UNREADABLE = "unreadable"
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """A word for scripts, a sentence for people at the command line, and what a page draws from.

    `reason` tells the ways of one state apart: "added" behind an altered paper, "content" of one, "number" of what only bears the number
    of one, of which strangers are told no more; "large", "not-pdf", "locked" or "broken" for a file that cannot be read, "busy" for now.
    `missed`: how many of the codes that were asked for nobody holds, as in a guess.
    """

    state: str
    words: str
    reason: str = ""
    certificate: Certificate | None = None
    signature: Signature | None = None
    missed: int = 0

    @property
    def is_valid(self) -> bool:
        return self.state == State.VALID

    @property
    def is_unchanged(self) -> bool:
        return self.state in State.values
