"""What was read of a signature."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Signature:
    """One signature as the file has it. `is_intact`: what it covers has not changed; `ends_at` is where that ends."""

    fingerprint: str
    subject: str
    is_intact: bool
    covers_file: bool
    ends_at: int
    has_time_stamp: bool

    @property
    def is_whole(self) -> bool:
        """Nothing was changed and nothing was added behind it."""
        return self.is_intact and self.covers_file
