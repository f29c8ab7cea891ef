"""Sums over numbers that come one by one, and what is read off them.

Keeps true: memory does not grow with the data; results agree with those of two passes over all of it to 1e-9, also where numbers differ
only far behind the point. What is not defined is None, never 0.
"""

import math
from collections.abc import Mapping, Sequence

# A standard deviation below this share of the numbers' size (below this itself, of numbers up to 1) is rounding: the numbers do not vary.
NEGLIGIBLE = 1e-12


class Moments:
    """Mean and variance of numbers that come one by one, after Welford (Technometrics 4, 1962, pp. 419-420).

    Each number is taken as its distance from the first one: the difference of two close numbers is exact (Sterbenz 1974), so that nothing
    is lost of numbers that differ little and are far from 0.
    """

    __slots__ = ("_first", "_mean", "_squares", "count")

    def __init__(self) -> None:
        self.count, self._first, self._mean, self._squares = 0, 0.0, 0.0, 0.0

    def add(self, number: float) -> None:
        """Take one more number into account."""
        if not self.count:
            self._first = number
        self.count += 1
        off = number - self._first
        ahead = off - self._mean
        self._mean += ahead / self.count
        self._squares += ahead * (off - self._mean)

    @property
    def mean(self) -> float | None:
        """The mean; None of nothing."""
        return self._first + self._mean if self.count else None

    @property
    def variance(self) -> float | None:
        """The sample variance: sum of squared distances from the mean / (n - 1); None of fewer than two."""
        if self.count < 2:
            return None
        return 0.0 if _is_constant(self._squares, self.count, self._first, self._mean) else self._squares / (self.count - 1)

    @property
    def deviation(self) -> float | None:
        """The sample standard deviation: the root of the variance; None of fewer than two."""
        return None if self.variance is None else math.sqrt(self.variance)


class Pairs:
    """The correlation of pairs that come one by one: Welford's sums, with one for the products (Bennett et al., IEEE Cluster 2009)."""

    __slots__ = ("_first_x", "_first_y", "_mean_x", "_mean_y", "_products", "_squares_x", "_squares_y", "count")

    def __init__(self) -> None:
        self.count = 0
        self._first_x = self._first_y = self._mean_x = self._mean_y = 0.0
        self._squares_x = self._squares_y = self._products = 0.0

    def add(self, x: float, y: float) -> None:
        """Take one more pair into account."""
        if not self.count:
            self._first_x, self._first_y = x, y
        self.count += 1
        off_x, off_y = x - self._first_x, y - self._first_y
        ahead_x, ahead_y = off_x - self._mean_x, off_y - self._mean_y
        self._mean_x += ahead_x / self.count
        self._mean_y += ahead_y / self.count
        behind_y = off_y - self._mean_y
        self._squares_x += ahead_x * (off_x - self._mean_x)
        self._squares_y += ahead_y * behind_y
        self._products += ahead_x * behind_y

    @property
    def variance_x(self) -> float | None:
        """The sample variance of the first of each pair; None of fewer than two."""
        if self.count < 2:
            return None
        return 0.0 if _is_constant(self._squares_x, self.count, self._first_x, self._mean_x) else self._squares_x / (self.count - 1)

    @property
    def correlation(self) -> float | None:
        """Pearson's correlation: sum of products of the distances from the means / root of the product of the sums of squares.

        From -1 to 1; None when there are fewer than two pairs, or one side does not vary.
        """
        still_x = _is_constant(self._squares_x, self.count, self._first_x, self._mean_x)
        if self.count < 2 or still_x or _is_constant(self._squares_y, self.count, self._first_y, self._mean_y):
            return None
        # Root by root: the product of two tiny sums would be 0.
        return max(-1.0, min(1.0, self._products / math.sqrt(self._squares_x) / math.sqrt(self._squares_y)))


def _is_constant(squares: float, count: int, first: float, mean: float) -> bool:
    size = max(1.0, abs(first) + abs(mean))
    return squares <= count * (NEGLIGIBLE * size) ** 2


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """Return the number below which this share of the numbers lies, from how often each came up; None of nothing.

    Between two numbers it is interpolated: at place (n - 1) × share (Hyndman and Fan, The American Statistician 50, 1996, definition 7).
    """
    total = sum(counts.values())
    if not total:
        return None
    place = (total - 1) * share
    low, high = _at(counts, math.floor(place)), _at(counts, math.ceil(place))
    return low + (high - low) * (place - math.floor(place))


def _at(counts: Mapping[int, int], place: int) -> int:
    for number in sorted(counts):
        place -= counts[number]
        if place < 0:
            return number
    raise AssertionError("unreachable")


def median(numbers: Sequence[float]) -> float | None:
    """Return the number in the middle, or the mean of the two there; None of nothing."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else math.fsum(ordered[middle - 1:middle + 1]) / 2


def shape(numbers: Sequence[float]) -> dict[str, float | None]:
    """Return mean, standard deviation, skewness and kurtosis, as Moodle's quiz statistics show them.

    With m2, m3, m4 the means of the 2nd, 3rd, 4th powers of the distances from the mean (Fisher's k-statistics, Proc. London Math. Soc. 30,
    1929): k2 = n·m2/(n-1); k3 = n²·m3/((n-1)(n-2)); k4 = n²·((n+1)·m4 - 3(n-1)·m2²)/((n-1)(n-2)(n-3)). Standard deviation = √k2;
    skewness = k3/k2^1.5; kurtosis = k4/k2², 0 for a normal distribution. None where there are too few numbers, or they do not vary.
    """
    count = len(numbers)
    mean = math.fsum(numbers) / count if count else None
    found = {"mean": mean, "deviation": None, "skewness": None, "kurtosis": None}
    if count < 2:
        return found
    offs = [number - mean for number in numbers]
    squares = math.fsum(off * off for off in offs)
    if _is_constant(squares, count, mean, 0.0):
        return found | {"deviation": 0.0}
    k2 = squares / (count - 1)
    found["deviation"] = math.sqrt(k2)
    if count > 2:
        k3 = count * math.fsum(off ** 3 for off in offs) / ((count - 1) * (count - 2))
        found["skewness"] = k3 / k2 / math.sqrt(k2)
    if count > 3:
        m2, m4 = squares / count, math.fsum(off ** 4 for off in offs) / count
        k4 = count ** 2 * ((count + 1) * m4 - 3 * (count - 1) * m2 * m2) / ((count - 1) * (count - 2) * (count - 3))
        found["kurtosis"] = k4 / k2 / k2
    return found


def histogram(fractions: Sequence[float], bins: int) -> list[int]:
    """Count fractions from 0 to 1 in so many equal parts; what lies on an edge belongs to the part above it, 1 to the last one."""
    counts = [0] * bins
    for fraction in fractions:
        # A third of three thirds is a whole: rounding must not push a mark below its edge.
        counts[min(bins - 1, int(fraction * bins + 1e-9))] += 1
    return counts
