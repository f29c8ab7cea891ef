"""GIFT, the text format of Moodle (https://docs.moodle.org/en/GIFT_format): docs/interchange.md says what is kept of it and how."""

from quizzes.interchange.gift.reading import read
from quizzes.interchange.gift.writing import write

__all__ = ["read", "write"]
