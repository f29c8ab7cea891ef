"""Item analysis as plain Python, held against numpy: sums, groups, reliability, flags."""

import json
import math
import random

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.grading.flags import flags_of_item
from quizzes.grading.items import BINS, LONGEST, Answered, QuizSums, cronbach, extreme_groups, scores_as_json
from quizzes.grading.statistics import Moments, Pairs, histogram, median, quantile, shape

CLOSE = 1e-9


def close(found, wanted) -> bool:
    return found is not None and math.isclose(found, wanted, rel_tol=CLOSE, abs_tol=CLOSE)


HOSTILE = {
    "marks": [0, 1, 1, 0.5, 1 / 3, 0, 1, 1, 0.25, 2 / 3],
    "tiny differences far from 0": [100 + number * 1e-7 for number in range(50)],
    "tiny differences of a fraction": [0.7 + (number % 7) * 1e-9 for number in range(200)],
    "one of another size": [0.0] + [0.5 + number * 1e-6 for number in range(999)],
    "small and large": [1e-6, 999.999, 3e-6, 0, 500],
    "two": [0, 1],
}


@pytest.mark.parametrize("numbers", HOSTILE.values(), ids=HOSTILE)
def test_moments_agree_with_numpy_when_numbers_are_hostile(numbers):
    sums = Moments()
    for number in numbers:
        sums.add(number)
    assert math.isclose(sums.mean, numpy.mean(numbers), rel_tol=CLOSE)
    assert math.isclose(sums.deviation, numpy.std(numbers, ddof=1), rel_tol=CLOSE)


@pytest.mark.parametrize("numbers", HOSTILE.values(), ids=HOSTILE)
def test_correlation_agrees_with_numpy_when_numbers_are_hostile(numbers):
    others = [number * 3 + math.sin(place + 1) for place, number in enumerate(numbers)]
    pairs = Pairs()
    for pair in zip(numbers, others, strict=True):
        pairs.add(*pair)
    assert close(pairs.correlation, numpy.corrcoef(numbers, others)[0, 1])
    assert math.isclose(pairs.variance_x, numpy.var(numbers, ddof=1), rel_tol=CLOSE)


@pytest.mark.parametrize(("xs", "ys"), [([], []), ([1], [1]), ([1, 1, 1], [0, 1, 2]), ([0, 1, 2], [3, 3, 3]), ([0, 0], [0, 0]), ([0.1] * 9, [0.2] * 9)])
def test_correlation_is_not_defined_when_one_side_does_not_vary(xs, ys):
    pairs = Pairs()
    for pair in zip(xs, ys, strict=True):
        pairs.add(*pair)
    assert pairs.correlation is None


def test_moments_are_none_or_zero_when_there_is_nothing_to_tell():
    nothing, one, same = Moments(), Moments(), Moments()
    one.add(0.3)
    for _ in range(1000):
        same.add(0.1)
    assert (nothing.mean, nothing.variance, nothing.deviation) == (None, None, None)
    assert (one.mean, one.variance) == (0.3, None)
    assert (same.mean, same.variance, same.deviation) == (0.1, 0.0, 0.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1800), min_size=1, max_size=60), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
def test_quantile_agrees_with_numpy(numbers, share):
    counts = {number: numbers.count(number) for number in numbers}
    assert close(quantile(counts, share), float(numpy.percentile(numbers, share * 100)))


def test_quantile_and_median_are_none_of_nothing():
    assert (quantile({}, 0.5), median([])) == (None, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 0.65, 0.9, 1.0]), min_size=1, max_size=40))
def test_marks_as_a_whole_agree_with_numpy(scores):
    found, values = shape(scores), numpy.array(scores)
    assert close(found["mean"], values.mean()) and close(median(scores), float(numpy.median(values)))
    count = len(scores)
    if count < 2 or len(set(scores)) == 1:
        assert (found["skewness"], found["kurtosis"]) == (None, None)
        return
    k2 = values.var(ddof=1)
    m3, m4 = (((values - values.mean()) ** power).mean() for power in (3, 4))
    assert close(found["deviation"], math.sqrt(k2))
    if count > 2:
        assert close(found["skewness"], count ** 2 * m3 / ((count - 1) * (count - 2)) / k2 ** 1.5)
    if count > 3:
        k4 = count ** 2 * ((count + 1) * m4 - 3 * (count - 1) * values.var() ** 2) / ((count - 1) * (count - 2) * (count - 3))
        assert close(found["kurtosis"], k4 / k2 ** 2)


def test_histogram_puts_an_edge_into_the_part_above_it_and_a_whole_into_the_last():
    counts = histogram([0.0, 0.05, 0.0499999, 0.1 + 0.2, 1.0, 0.999], BINS)
    assert sum(counts) == 6
    assert (counts[0], counts[1], counts[6], counts[19]) == (2, 1, 1, 2)


def weights_by_place(scores, share=0.27):
    """Everybody at a tied mark gets the mean of what their places weigh."""
    ordered = sorted(scores)
    by_place = [min(1.0, max(0.0, share * len(scores) - place)) for place in range(len(scores))]
    return {score: float(numpy.mean([w for w, one in zip(by_place, ordered, strict=True) if one == score])) for score in ordered}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.2, 0.3, 0.5, 0.8, 1.0]), min_size=1, max_size=50))
def test_extreme_groups_weigh_27_percent_each_and_part_ties_evenly(scores):
    groups = extreme_groups(scores)
    low, high = weights_by_place(scores), weights_by_place([-score for score in scores])
    for score in scores:
        assert close(groups.weights(score)[1], low[score]) and close(groups.weights(score)[0], high[-score])
    assert close(sum(groups.weights(score)[0] for score in scores), 0.27 * len(scores))


def made(rng, attempts: int, maxima: list[float], values=(0, 1, 0.5, 1 / 3)):
    """Attempts by questions: fractions."""
    return numpy.array([[values[rng.randrange(len(values))] for _ in maxima] for _ in range(attempts)], dtype=float)


def summed(fractions, maxima) -> QuizSums:
    scores = (fractions * maxima).sum(axis=1) / (sum(maxima) or 1)
    sums = QuizSums([float(score) for score in scores])
    for row, score in zip(fractions, scores, strict=True):
        answers = [Answered(number, maximum, float(mark), (), False, 0) for number, (mark, maximum) in enumerate(zip(row, maxima, strict=True))]
        sums.add(answers, score=float(score), started_at=0)
    return sums


@pytest.mark.parametrize("maxima", [[1.0] * 6, [1, 2.5, 0.25, 100, 1, 7]], ids=["equal", "weighted"])
@pytest.mark.parametrize("attempts", [3, 40, 401])
def test_questions_agree_with_numpy(maxima, attempts):
    fractions = made(random.Random(attempts), attempts, maxima)
    fractions[:, 0] = 1
    points, sums = fractions * maxima, summed(fractions, maxima)
    low, high = weights_by_place(list((points.sum(axis=1) / sum(maxima)).round(9))), weights_by_place(list((-points.sum(axis=1) / sum(maxima)).round(9)))
    ranked = (points.sum(axis=1) / sum(maxima)).round(9)
    at_bottom, at_top = numpy.array([low[score] for score in ranked]), numpy.array([high[-score] for score in ranked])
    for number in range(len(maxima)):
        found, rest = sums.items[number].as_json(), points.sum(axis=1) - points[:, number]
        assert close(found["facility"], fractions[:, number].mean()) and close(found["deviation"], fractions[:, number].std(ddof=1))
        assert found["place"] == number + 1
        wanted = (at_top * fractions[:, number]).sum() / at_top.sum() - (at_bottom * fractions[:, number]).sum() / at_bottom.sum()
        assert close(found["difference"], wanted)
        if number == 0:
            assert found["discrimination"] is None
        else:
            assert close(found["discrimination"], numpy.corrcoef(points[:, number], rest)[0, 1])
    alpha = len(maxima) / (len(maxima) - 1) * (1 - points.var(axis=0, ddof=1).sum() / points.sum(axis=1).var(ddof=1))
    assert sums.reliability()[1:] == ("questions", len(maxima)) and close(sums.reliability()[0], alpha)
    whole = scores_as_json([float(score) for score in ranked], 1, sums.reliability())
    assert close(whole["error"], ranked.std(ddof=1) * math.sqrt(1 - alpha))


def test_reliability_of_right_and_wrong_is_kr_20():
    fractions = made(random.Random(1), 60, [1] * 8, values=(0, 1))
    share = fractions.mean(axis=0)
    kr20 = 8 / 7 * (1 - (share * (1 - share)).sum() / fractions.sum(axis=1).var())
    assert close(summed(fractions, [1] * 8).reliability()[0], kr20)


def drawn(rows):
    sums = QuizSums([0.5] * len(rows))
    for row in rows:
        sums.add([Answered(question, 1.0, mark, (), False, 0) for question, mark in row], score=0.5, started_at=0)
    return sums


def test_reliability_is_taken_over_places_when_questions_are_drawn():
    rows = [[(1, 1), (2, 0)], [(3, 0), (1, 0)], [(2, 1), (3, 1)], [(1, 0), (3, 1)]]
    marks = numpy.array([[1, 0], [0, 0], [1, 1], [0, 1]])
    alpha, over, parts = drawn(rows).reliability()
    assert (over, parts) == ("places", 2)
    assert close(alpha, 2 * (1 - marks.var(axis=0, ddof=1).sum() / marks.sum(axis=1).var(ddof=1)))


@pytest.mark.parametrize("rows", [
    [], [[(1, 1), (2, 0)]], [[(1, 1)], [(1, 0)]], [[(1, 1), (2, 0)], [(1, 0), (2, 1)]], [[(1, 0), (2, 0)]] * 5, [[(1, 1), (2, 0)], [(3, 1)], [(1, 1), (4, 1)]],
], ids=["nobody", "one", "one question", "equal sums", "all zero", "other sizes"])
def test_reliability_is_none_when_it_is_not_defined(rows):
    assert drawn(rows).reliability()[0] is None


def test_cronbach_is_none_when_a_part_has_no_variance_known():
    assert cronbach([1.0, None], 2.0) is None


def test_survey_items_have_no_part_in_marks_but_their_choices_count():
    sums = QuizSums([1.0, 0.0])
    for mark, pick in ((1.0, "a"), (0.0, "b")):
        sums.add([Answered(1, 0.0, 0.0, (pick,), False, 0), Answered(2, 1.0, mark, (), True, 0)], score=mark, started_at=0)
    survey, asked = sums.items[1].as_json(), sums.items[2].as_json()
    assert (survey["facility"], survey["discrimination"], survey["difference"]) == (None, None, None)
    assert {key: tally["all"] for key, tally in survey["picks"].items()} == {"a": 1, "b": 1}
    assert (asked["facility"], asked["blank"]["all"]) == (0.5, 2)
    assert sums.reliability() == (None, "questions", 1)


def test_the_best_and_the_weakest_are_compared_where_something_could_be_earned():
    """The question was worth nothing at first: whoever saw it then has no part in what it earned."""
    scores = [number / 99 for number in range(100)]
    sums = QuizSums(scores)
    for number, score in enumerate(scores):
        worth = float(number % 2)
        sums.add([Answered(1, worth, float(number > 49), (), False, 0)], score=score, started_at=0)
    found = sums.items[1].as_json()
    assert (found["count"], found["facility"], found["difference"]) == (100, 0.5, 1.0)


def test_choices_are_counted_by_all_and_by_weight_among_best_and_weakest():
    scores = [number / 99 for number in range(100)]
    sums = QuizSums(scores)
    for number, score in enumerate(scores):
        sums.add([Answered(1, 1.0, float(number > 49), ("right" if number > 49 else "wrong",), False, 0)], score=score, started_at=0)
    item = sums.items[1].as_json()
    assert item["picks"]["right"] == {"all": 50, "high": pytest.approx(27), "low": 0.0}
    assert item["picks"]["wrong"] == {"all": 50, "high": 0.0, "low": pytest.approx(27)}
    assert item["difference"] == pytest.approx(1.0)


def test_times_are_gaps_between_acts_in_the_order_of_acts_and_capped():
    sums = QuizSums([1.0])
    day = 86_400_000
    sums.add(
        [Answered(1, 1.0, 1.0, (), False, 70_000), Answered(2, 1.0, 1.0, (), False, 10_000), Answered(3, 1.0, 0.0, (), True, 0),
         Answered(4, 1.0, 1.0, (), False, day)], score=1.0, started_at=4_000)
    seconds = {number: item.as_json()["seconds"] for number, item in sums.items.items()}
    assert [seconds[number]["middle"] for number in (1, 2, 3, 4)] == [60, 6, None, LONGEST]
    assert seconds[3]["count"] == 0


def test_an_analysis_is_plain_json_when_there_is_next_to_nothing():
    for rows in ([], [[]], [[(1, 0)]]):
        sums = drawn(rows)
        json.dumps([item.as_json() for item in sums.items.values()], allow_nan=False)
        json.dumps(scores_as_json([0.5] * len(rows), 0, sums.reliability()), allow_nan=False)


def item(**fields) -> dict:
    return {"count": 100, "facility": 0.6, "discrimination": 0.4, "chance": 0.25, **fields}


def option(key, right=False, everybody=20, high=5.0, offered=100) -> dict:
    return {"key": key, "right": right, "offered": offered, "all": everybody, "high": high}


GOOD = [option("a", right=True, high=20.0), option("b"), option("c"), option("d")]


@pytest.mark.parametrize(("found", "options", "codes"), [
    (item(), GOOD, []),
    (item(discrimination=-0.01), GOOD, ["misleads"]),
    (item(discrimination=0.0), GOOD, []),
    (item(discrimination=None, facility=1.0), GOOD, ["too_easy"]),
    (item(facility=0.95), GOOD, []),
    (item(facility=0.951), [], ["too_easy"]),
    (item(facility=0.24), GOOD, ["too_hard"]),
    (item(facility=0.26), GOOD, []),
    (item(facility=0.19, chance=0.0), [], ["too_hard"]),
    (item(facility=0.45, chance=0.5), [], ["too_hard"]),
    (item(), [option("a", right=True, high=8.0), option("b", high=12.0), option("c", high=7.0)], ["wrong_option"]),
    (item(), [option("a", right=True, high=8.0), option("b", high=8.0)], []),
    (item(), [*GOOD, option("e", everybody=0, high=0.0)], ["dead_option"]),
    (item(), [*GOOD, option("e", everybody=0, high=0.0, offered=49)], []),
    (item(), [*GOOD, option("e", everybody=0, high=0.0, offered=50)], ["dead_option"]),
    (item(count=19, discrimination=-1.0, facility=0.0), GOOD, []),
    (item(count=20, discrimination=-1.0, facility=0.0), GOOD, ["misleads", "too_hard"]),
    (item(facility=None, discrimination=None), GOOD, []),
])
def test_flags_are_raised_by_rule(found, options, codes):
    assert [flag["code"] for flag in flags_of_item(found, options)] == codes


def test_a_flag_names_the_options_that_it_is_about():
    flags = flags_of_item(item(), [option("a", right=True, high=2.0), option("b", high=9.0), option("c", everybody=0, high=0.0)])
    assert [(flag["code"], flag["options"]) for flag in flags] == [("wrong_option", ["b"]), ("dead_option", ["c"])]
