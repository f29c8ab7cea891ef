"""Which questions somebody should look at again: pure rules over what item analysis found.

Keeps true: a rule speaks only when enough people were asked for chance to be a poor excuse; a flag names a rule, never a verdict.
"""

from collections.abc import Mapping, Sequence
from typing import Any

# Fewer people say nothing about a question: Moodle's documentation calls its own indices unreliable for small groups; 20 leave 5 in a group.
LEAST = 20
# An option that one in fifty would choose is missed by chance in a third of groups of this size only (0.98 ** 50).
LEAST_FOR_OPTIONS = 50
# "Extremely easy" from 95 percent on, "difficult" up to 20 (Moodle Docs, Quiz statistics report, facility index).
EASY = 0.95
HARD = 0.2
# Below it the better takers do worse: "question probably invalid" (Moodle Docs; Ebel and Frisbie, Essentials of Educational Measurement,
# 5th ed. 1991, ch. 13, ask for such questions to be thrown out or written anew).
MISLEADS = 0.0

Flag = dict[str, Any]


def flags_of_item(item: Mapping[str, Any], options: Sequence[Mapping[str, Any]]) -> list[Flag]:
    """Return the flags of a question as plain JSON, the gravest first: {"code", "options": keys of the options it is about}.

    - misleads: its discrimination is below 0.
    - wrong_option: of the best 27 percent more chose one wrong option than a right one (Haladyna, Developing and Validating Multiple-Choice
      Test Items, 3rd ed. 2004, ch. 9: the key may be wrong).
    - too_hard: its facility is below what guessing earns, or below 0.2.
    - too_easy: its facility is above 0.95.
    - dead_option: nobody of at least 50 who were offered a wrong option chose it (Haladyna and Downing, Educational and Psychological
      Measurement 53, 1993).

    :param item: as `quizzes.grading.items.ItemSums` writes it, with "chance": what guessing earns on average.
    :param options: {"key", "right", "offered": to how many, "all", "high"}; none for a question without options.
    """
    if item["count"] < LEAST or item["facility"] is None:
        return []
    flags: list[Flag] = []
    if item["discrimination"] is not None and item["discrimination"] < MISLEADS:
        flags.append({"code": "misleads", "options": []})
    if wrong := _wrong_options(options):
        flags.append({"code": "wrong_option", "options": wrong})
    if item["facility"] < max(HARD, item.get("chance") or 0.0):
        flags.append({"code": "too_hard", "options": []})
    if item["facility"] > EASY:
        flags.append({"code": "too_easy", "options": []})
    if dead := [option["key"] for option in options if not option["all"] and not option["right"] and option["offered"] >= LEAST_FOR_OPTIONS]:
        flags.append({"code": "dead_option", "options": dead})
    return flags


def _wrong_options(options: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the wrong options that the best chose more often than the right one, or than the least chosen of several right ones."""
    right = [option["high"] for option in options if option["right"]]
    return [option["key"] for option in options if right and not option["right"] and option["high"] > min(right) + 1e-9]
