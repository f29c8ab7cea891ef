"""Marks for a choice with a reason beside it, and how long a text is."""


def word_count(text: str) -> int:
    """Count the words of a text, as word processors do: runs of anything but white space (in Vietnamese, syllables)."""
    return len(text.split())


def mark_choice_with_reason(choice: float, *, has_reason: bool) -> float | None:
    """Mark a choice whose reason a person marks too: half for the choice, half for the reason.

    A wrong choice earns 0, whatever the reason. A right one without a reason earns 0.5. A right one with a reason: None, since a
    person has to read it, and gives the mark of the whole.
    """
    if choice <= 0:
        return 0.0
    return None if has_reason else 0.5
