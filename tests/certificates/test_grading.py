import pytest

from certificates.grading import grade_of


@pytest.mark.parametrize(("fraction", "grade"), [
    (1.0, "Xuất sắc"), (0.9, "Xuất sắc"), (0.8949, "Giỏi"), (0.8, "Giỏi"), (0.7999999, "Giỏi"), (0.79, "Khá"), (0.65, "Khá"),
    (0.64, "Trung bình"), (0.5, "Trung bình"), (0.49, ""), (0.0, ""), (None, ""),
])
def test_grade_of_follows_the_bands(fraction, grade):
    assert grade_of(fraction) == grade
