from __future__ import annotations

from edge.vision.unwatched import left_out

HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def test_a_place_is_left_out_with_as_much_around_it_as_the_view_may_shift() -> None:
    place = left_out([HALF], (100, 200, 3), max_shift_px=12.0)
    assert place is not None
    assert place.shape == (100, 200)
    assert place[:, :112].all()
    assert not place[:, 114:].any()


def test_without_polygons_everything_is_watched() -> None:
    assert left_out([], (100, 200), max_shift_px=12.0) is None
