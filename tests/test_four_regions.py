"""Four Regions: areas in closed form, known points, and what each way of sampling promises."""

import numpy as np
import pytest
from descent.stochastic import four_regions, grid, region
from hypothesis import given
from hypothesis import strategies as st

# pi/3 is half the outer ring and half the inner one; the corners share what the large disc leaves.
CORNER = (4 - np.pi * (5 / 6) ** 2) / 8
AREAS = np.array([CORNER, 1 - 2 * CORNER - np.pi / 12, np.pi / 12, CORNER])
by_sampling = pytest.mark.parametrize("sampling", ["uniform", "sobol", "walk"])


def shares(labels):
    return np.bincount(labels, minlength=4) / labels.size


def test_areas_are_those_of_the_circles():
    assert (
        pytest.approx([0.227292304375886, 0.2836160034490785, 0.2617993877991494, 0.227292304375886]) == AREAS
    )
    assert shares(grid(1000)[1]) == pytest.approx(AREAS, abs=1e-4)


@pytest.mark.parametrize(
    ("point", "label"),
    [
        ((0.1, 0.0), 1),
        ((-0.1, 0.0), 1),
        ((0.0, 0.16), 1),
        ((0.3, 0.1), 2),
        ((-0.3, 0.1), 1),
        ((0.7, -0.1), 1),
        ((-0.7, -0.1), 2),
        ((0.9, 0.2), 3),
        ((-0.9, 0.2), 3),
        ((-0.9, -0.2), 0),
        ((0.99, -0.99), 0),
        ((0.5, 0.0), 2),  # on a circle: inside
        ((0.0, 5 / 6), 2),
    ],
)
def test_known_points(point, label):
    assert region(np.array(point)) == label


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_upside_down_changes_only_the_corners(x, y):
    upper, lower = int(region([x, abs(y)])), int(region([x, -abs(y)]))
    assert upper == lower or (upper == 3 and lower == 0)


@by_sampling
def test_points_lie_in_the_square_with_their_labels(sampling):
    x, labels = four_regions(5000, sampling, np.random.default_rng(1))
    assert x.shape == (5000, 2)
    assert labels.shape == (5000,)
    assert np.abs(x).max() <= 1
    assert np.array_equal(labels, region(x))


@by_sampling
def test_same_seed_same_points(sampling):
    a, b, other = (four_regions(100, sampling, np.random.default_rng(seed))[0] for seed in (3, 3, 4))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, other)


@by_sampling
def test_each_sampling_covers_the_square_evenly(sampling):
    labels = four_regions(200_000, sampling, np.random.default_rng(0))[1]
    assert shares(labels) == pytest.approx(AREAS, abs=0.01)


def test_sobol_points_are_spread_more_evenly_than_random_ones():
    def worst_share(sampling):
        errors = [
            np.abs(shares(four_regions(1024, sampling, np.random.default_rng(s))[1]) - AREAS).max()
            for s in range(20)
        ]
        return np.mean(errors)

    assert worst_share("sobol") < worst_share("uniform") / 2


def test_neighbours_on_the_walk_are_near_and_its_label_lasts():
    x, labels = four_regions(20_000, "walk", np.random.default_rng(0))
    assert np.abs(np.diff(x, axis=0)).max() < 0.6  # six standard deviations
    independent = four_regions(20_000, "uniform", np.random.default_rng(0))[1]
    assert np.mean(labels[1:] == labels[:-1]) > 0.7
    assert np.mean(independent[1:] == independent[:-1]) == pytest.approx(np.sum(AREAS**2), abs=0.02)


@pytest.mark.parametrize("n", [0, -1, 2.5, "ten", True])
def test_n_must_be_a_count(n):
    with pytest.raises(ValueError, match="n must be an integer of at least 1"):
        four_regions(n)


def test_unknown_sampling_is_named():
    with pytest.raises(ValueError, match="'halton'"):
        four_regions(10, "halton")
