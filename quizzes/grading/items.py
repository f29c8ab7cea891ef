"""Item analysis: how each question of a quiz did, and the quiz as a whole, from attempts that come one by one.

Keeps true: no result depends on the order of the attempts (but for which typed answers are told apart, beyond MOST_ANSWERS of them); survey
items have no part in marks; what is not defined is None.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quizzes.grading.statistics import Moments, Pairs, histogram, median, quantile, shape

# The share of the best and of the weakest attempts that are compared: it makes the difference surest
# (Kelley, The selection of upper and lower groups for the validation of test items, J. Educational Psychology 30, 1939, pp. 17-24).
EXTREME = 0.27
BINS = 20
# Whoever leaves a question open over lunch has not thought about it for so long, in seconds.
LONGEST = 1800
# Of typed answers only so many different ones are told apart.
MOST_ANSWERS = 300
# Marks that differ by less are the same mark.
_DECIMALS = 9


class Answered(NamedTuple):
    """One place of an attempt, as the analysis needs it."""

    question: int
    max_points: float
    fraction: float
    # The options that were chosen, or what else is counted of an answer; `is_blank` when there is none.
    picks: Sequence[str]
    is_blank: bool
    # When it was given, in milliseconds; 0: never.
    at: int


@dataclass(frozen=True)
class Groups:
    """Where the best and the weakest 27 percent of attempts begin, and with what weight an attempt at such an edge belongs."""

    low_edge: float
    low_share: float
    high_edge: float
    high_share: float

    def weights(self, score: float) -> tuple[float, float]:
        """Return with what weight, 0 to 1, an attempt with this score belongs to the best and to the weakest."""
        score = round(score, _DECIMALS)
        high = self.high_share if score == self.high_edge else float(score > self.high_edge)
        low = self.low_share if score == self.low_edge else float(score < self.low_edge)
        return high, low


def extreme_groups(scores: Sequence[float]) -> Groups:
    """Find the best and the weakest 27 percent of attempts, by their marks.

    Ties: attempts with the mark at which a group ends belong to it with equal parts, so that each group weighs exactly 0.27 × n and
    nobody's place depends on the order of the rows. Where all marks are equal both groups are the same, and nothing differs.
    """
    counts = Counter(round(score, _DECIMALS) for score in scores)
    size = EXTREME * len(scores)
    low_edge, low_share = _edge(sorted(counts), counts, size)
    high_edge, high_share = _edge(sorted(counts, reverse=True), counts, size)
    return Groups(low_edge, low_share, high_edge, high_share)


def _edge(marks: list[float], counts: Counter, size: float) -> tuple[float, float]:
    for mark in marks:
        if counts[mark] >= size:
            return mark, size / counts[mark]
        size -= counts[mark]
    return 0.0, 0.0


class Tally:
    """How often something was chosen: by all, and how much of that weighs among the best and the weakest."""

    __slots__ = ("all", "high", "low")

    def __init__(self) -> None:
        self.all, self.high, self.low = 0, 0.0, 0.0

    def add(self, high: float, low: float) -> None:
        """Count one more."""
        self.all += 1
        self.high += high
        self.low += low

    def as_json(self) -> dict[str, float]:
        """Return the counts as plain JSON."""
        return {"all": self.all, "high": self.high, "low": self.low}


class ItemSums:
    """What is summed up of one question."""

    __slots__ = ("blank", "fraction", "high", "high_weight", "low", "low_weight", "max_points", "pairs", "picks", "places", "seconds", "seen")

    def __init__(self) -> None:
        self.fraction, self.pairs = Moments(), Pairs()
        # The sum of the numbers of its places; what the best and the weakest earned of it, and how many of them could earn something.
        self.places, self.high, self.low, self.high_weight, self.low_weight = 0, 0.0, 0.0, 0.0, 0.0
        self.seen, self.blank = Tally(), Tally()
        self.picks: dict[str, Tally] = {}
        self.seconds: Counter[int] = Counter()
        self.max_points = 0.0

    def pick(self, answer: Answered, high: float, low: float) -> None:
        """Count what was chosen."""
        self.seen.add(high, low)
        if answer.is_blank:
            self.blank.add(high, low)
        for key in answer.picks:
            tally = self.picks.get(key)
            if tally is None:
                if len(self.picks) >= MOST_ANSWERS:
                    continue
                tally = self.picks[key] = Tally()
            tally.add(high, low)

    def mark(self, fraction: float, points: float, rest: float, high: float, low: float) -> None:
        """Count what was earned, and what the rest of the attempt earned."""
        self.fraction.add(fraction)
        self.pairs.add(points, rest)
        if high:
            self.high += high * fraction
            self.high_weight += high
        if low:
            self.low += low * fraction
            self.low_weight += low

    def as_json(self) -> dict[str, Any]:
        """Return what is known of the question as plain JSON.

        - facility: mean fraction (Moodle's "facility index"; Crocker and Algina, Introduction to Classical and Modern Test Theory, 1986).
        - discrimination: Pearson's correlation of the question's points with those of the rest of the attempt, the corrected item-total
          correlation (Nunnally and Bernstein, Psychometric Theory, 3rd ed. 1994, ch. 8): with itself in it, every question would seem good.
        - difference: mean fraction of the best 27 percent minus that of the weakest (Johnson 1951; the groups after Kelley 1939).
        """
        return {
            "count": self.seen.all, "max_points": self.max_points, "place": self.places / self.seen.all,
            "facility": self.fraction.mean, "deviation": self.fraction.deviation, "discrimination": self.pairs.correlation,
            "difference": self._difference(), "seen": self.seen.as_json(), "blank": self.blank.as_json(),
            "picks": {key: tally.as_json() for key, tally in self.picks.items()},
            "seconds": {
                "count": self.seconds.total(), "low": quantile(self.seconds, 0.25), "middle": quantile(self.seconds, 0.5),
                "high": quantile(self.seconds, 0.75)},
        }

    def _difference(self) -> float | None:
        # Not those who only saw it: it may have been worth nothing once.
        if not self.high_weight or not self.low_weight:
            return None
        return self.high / self.high_weight - self.low / self.low_weight


class QuizSums:
    """What is summed up of a quiz. Attempts are handed in one by one; their marks must be known beforehand, for the extreme groups."""

    def __init__(self, scores: Sequence[float]) -> None:
        self.groups = extreme_groups(scores)
        self.items: dict[int, ItemSums] = {}
        self.places: list[Moments] = []
        self.total, self.attempts, self.sizes = Moments(), 0, set()

    def add(self, answers: Sequence[Answered], *, score: float, started_at: int) -> None:
        """Take one attempt into account: its places in order, its mark from 0 to 1, and when it began, in milliseconds."""
        high, low = self.groups.weights(score)
        self.attempts += 1
        points = [answer.max_points * answer.fraction for answer in answers]
        total = math.fsum(points)
        place = 0
        for number, answer in enumerate(answers, start=1):
            item = self.items.get(answer.question)
            if item is None:
                item = self.items[answer.question] = ItemSums()
            item.places += number
            item.pick(answer, high, low)
            if not answer.max_points:
                continue
            earned, item.max_points = points[number - 1], answer.max_points
            item.mark(answer.fraction, earned, total - earned, high, low)
            if place == len(self.places):
                self.places.append(Moments())
            self.places[place].add(earned)
            place += 1
        self.total.add(total)
        self.sizes.add(place)
        self._clock(answers, started_at)

    def _clock(self, answers: Sequence[Answered], started_at: int) -> None:
        """Note the time of each answered question: from the act before, the first one from the start, at most LONGEST."""
        before = started_at
        for at, question in sorted([(answer.at, answer.question) for answer in answers if answer.at]):
            seconds = (at - before + 500) // 1000
            self.items[question].seconds[LONGEST if seconds > LONGEST else seconds if seconds > 0 else 0] += 1
            before = at

    def reliability(self) -> tuple[float | None, str, int]:
        """Return Cronbach's alpha, over what ("questions", "places", or "" when it is not defined), and over how many.

        alpha = k/(k-1) × (1 - sum of the variances of the k parts / variance of the total) (Cronbach, Psychometrika 16, 1951, pp. 297-334);
        for parts that earn 0 or 1 it is KR-20 (Kuder and Richardson 1937). The parts are the questions where all attempts had the same
        ones. Where questions were drawn, they are the places: the first question of each attempt, the second, and so on.
        """
        earning = [item for item in self.items.values() if item.max_points]
        if all(item.pairs.count == self.attempts for item in earning):
            return cronbach([item.pairs.variance_x for item in earning], self.total.variance), "questions", len(earning)
        if len(self.sizes) == 1:
            return cronbach([place.variance for place in self.places], self.total.variance), "places", len(self.places)
        return None, "", 0


def cronbach(variances: Sequence[float | None], total: float | None) -> float | None:
    """Return Cronbach's alpha from the variances of the parts and of their sum; None for fewer than two parts or attempts, or equal sums."""
    count = len(variances)
    if count < 2 or not total or None in variances:
        return None
    return count / (count - 1) * (1 - math.fsum(variances) / total)


def scores_as_json(scores: Sequence[float], passed: int, reliability: tuple[float | None, str, int]) -> dict[str, Any]:
    """Return what is known of the marks of a quiz, as fractions from 0 to 1, as plain JSON.

    The standard error of measurement is the deviation × √(1 - alpha): two thirds of people would get a mark within it of the one that
    they got (Lord and Novick, Statistical Theories of Mental Test Scores, 1968, ch. 3).
    """
    alpha, over, parts = reliability
    found = shape(scores)
    error = None if alpha is None or found["deviation"] is None else found["deviation"] * math.sqrt(max(0.0, 1 - alpha))
    return found | {
        "count": len(scores), "median": median(scores), "histogram": histogram(scores, BINS), "pass_rate": passed / len(scores) if scores else None,
        "alpha": alpha, "alpha_over": over, "parts": parts, "error": error,
    }
