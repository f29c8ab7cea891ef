"""The grade on the paper. Plain Python."""

# Lower bounds of the grades (domain facts, 5.2: example bands of 9, 8, 6.5 and 5 out of 10).
BANDS = ((0.9, "Xuất sắc"), (0.8, "Giỏi"), (0.65, "Khá"), (0.5, "Trung bình"))


def grade_of(fraction: float | None) -> str:
    """Return the grade in the words of the paper, or an empty string for a course without marks or a mark under every band.

    :param fraction: 0 to 1; rounded to a hundredth first, so that 0.7999999 is a Giỏi.
    """
    if fraction is None:
        return ""
    rounded = round(fraction, 2)
    return next((grade for bound, grade in BANDS if rounded >= bound), "")
