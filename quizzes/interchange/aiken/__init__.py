"""Aiken, the plainest text format of Moodle (https://docs.moodle.org/en/Aiken_format): a question in one line, its options, the right letter.

Read more patiently than Moodle does: blank lines anywhere, small letters, "ĐÁP ÁN: B", a question over several lines.
"""

from quizzes.interchange.aiken.reading import read
from quizzes.interchange.aiken.writing import write

__all__ = ["read", "write"]
