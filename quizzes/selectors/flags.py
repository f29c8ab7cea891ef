"""What the flags of item analysis say, in words, and which questions bear one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from quizzes.models import Question, QuizAnalysis

# Gravest first: lists are sorted by it.
WORDS = {
    "misleads": (
        _("Misleads"),
        _("Those who did well in the whole quiz got this question wrong more often than the others. Check the key first, then whether the wording "
          "can be read in two ways.")),
    "wrong_option": (
        _("A wrong option attracts the best"),
        _("Of the best takers more chose a wrong option than the right one. Perhaps the key is wrong, or that option is right as well.")),
    "too_hard": (
        _("Very hard"),
        _("Fewer get it right than by guessing, or fewer than one in five. See whether the lessons teach it, and whether the question is clear.")),
    "too_easy": (
        _("Very easy"),
        _("More than 95 of 100 points are earned. It tells nobody apart; keep it only if everybody must know this.")),
    "dead_option": (
        _("An option that nobody chooses"),
        _("Nobody chose this option, so it only takes time to read. Write one that people really believe, or leave it out.")),
}
ORDER = {code: place for place, code in enumerate(WORDS)}


@dataclass(frozen=True)
class Flag:
    """A flag in words; `options` are the texts of the options that it is about."""

    code: str
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return str(WORDS[self.code][0])

    @property
    def sentence(self) -> str:
        return str(WORDS[self.code][1])


def flags_of(questions: Iterable[Question]) -> dict[int, list[Flag]]:
    """Return the flags of these questions from the stored results of all quizzes, by id, the gravest first; nothing for unflagged ones. One query."""
    wanted = {str(question.pk) for question in questions}
    if not wanted:
        return {}
    found: dict[int, set[str]] = {}
    stored = QuizAnalysis.objects.filter(computed_at__isnull=False).values_list(KeyTransform("flagged", "data"), flat=True)
    for flagged in stored:
        for key in wanted & (flagged or {}).keys():
            found.setdefault(int(key), set()).update(flagged[key])
    return {key: [Flag(code) for code in sorted(codes & ORDER.keys(), key=ORDER.get)] for key, codes in found.items()}
