"""The map's rectangles: areas as the numbers say, nothing lost, nothing overlapping, names whole or not at all."""

import pytest

from training.tiles import tiles_of, wrapped

CASES = [
    [6, 6, 4, 3, 2, 2, 1],
    [300, 84, 62, 57, 45, 43, 40, 40, 29, 14, 11, 6, 6],
    [1],
    [5] * 40,
    [0, 10, 0, 1],
    [100_000, *[1] * 300],
]


@pytest.mark.parametrize("numbers", CASES)
@pytest.mark.parametrize(("width", "height"), [(960, 500), (328, 540)])
def test_tiles_fill_the_map_and_are_as_large_as_their_numbers(numbers, width, height):
    tiles = tiles_of(numbers, width=width, height=height, smallest=0)
    assert sum(tile.width * tile.height for tile in tiles) == pytest.approx(width * height)
    share = width * height / sum(numbers)
    for tile in tiles:
        assert tile.x >= -1e-6 and tile.y >= -1e-6 and tile.x + tile.width <= width + 1e-6 and tile.y + tile.height <= height + 1e-6
        if tile.place is not None:
            assert tile.width * tile.height == pytest.approx(numbers[tile.place] * share)
    for one in tiles:
        for other in tiles:
            apart = one.x + one.width <= other.x + 1e-6 or other.x + other.width <= one.x + 1e-6
            apart = apart or one.y + one.height <= other.y + 1e-6 or other.y + other.height <= one.y + 1e-6
            assert apart or one is other


def test_the_paper_s_own_example_is_squarer_than_slices():
    tiles = tiles_of([6, 6, 4, 3, 2, 2, 1], width=600, height=400, smallest=0)
    assert [round(max(tile.width / tile.height, tile.height / tile.width), 2) for tile in tiles[:3]] == [1.5, 1.5, 1.36]
    assert max(max(tile.width / tile.height, tile.height / tile.width) for tile in tiles) < 3


def test_what_is_too_small_shares_the_last_tile():
    tiles = tiles_of([900, 50, 30, 10, 10], width=100, height=100, smallest=400)
    assert [tile.place for tile in tiles] == [0, 1, None]
    assert tiles[-1].width * tiles[-1].height == pytest.approx(500)
    assert [tile.place for tile in tiles_of([900, 80, 20], width=100, height=100, smallest=400)] == [0, None], "the rest alone would be too small"


def test_more_than_the_most_share_the_last_tile():
    tiles = tiles_of([1] * 500, width=960, height=500, smallest=0)
    assert len(tiles) == 120 and tiles[-1].place is None
    assert len(tiles_of([1] * 120, width=960, height=500, smallest=0)) == 120


def test_nothing_to_show_is_no_tile():
    assert tiles_of([], width=100, height=100, smallest=10) == []
    assert tiles_of([0, 0], width=100, height=100, smallest=10) == []


def test_a_name_stands_whole_or_not_at_all():
    fits = {"width": 80, "height": 60, "letter": 8, "line": 18}
    assert wrapped("Công đoàn xã Kim Phú", **fits) == ["Công đoàn", "xã Kim Phú"]
    assert wrapped("CĐCS Công ty Trách nhiệm hữu hạn Một thành viên", **fits) == [], "too many lines"
    assert wrapped("Liênđoànlaođộng", **fits) == [], "a word wider than the tile"
    assert wrapped("", **fits) == [] and wrapped("Kim", width=2, height=60, letter=8, line=18) == []
