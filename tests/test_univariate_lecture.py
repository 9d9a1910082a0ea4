"""The lecture's views of a search: key property, slow motion, race, magnification."""

import math
import re

import numpy as np
import pytest
from descent.problems import univariate
from descent.univariate import (
    brent,
    compare,
    dichotomy,
    golden_section,
    magnify,
    parabolic,
    race,
    slow_motion,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from unimodal import any_unimodal

NAMES = sorted(univariate)
fractions = st.integers(0, 1000).map(lambda k: k / 1000)


class TestCompare:
    @given(case=any_unimodal, s=fractions, t=fractions)
    def test_the_part_that_is_kept_contains_the_minimiser(self, case, s, t):
        step = compare(case.f, case.a, case.b, s, t)
        assert case.a <= step.x1 <= step.x2 <= case.b + 1e-12
        one_side = case.m < step.x1 or step.x2 < case.m
        assume(not (one_side and step.f1 == step.f2))  # the values differ, but by less than rounding
        assert step.kept_a <= case.m <= step.kept_b or step.x1 == step.x2

    @given(case=any_unimodal, s=fractions, t=fractions)
    def test_the_higher_point_becomes_the_end(self, case, s, t):
        step = compare(case.f, case.a, case.b, s, t)
        assert (step.f1, step.f2) == (float(case.f(step.x1)), float(case.f(step.x2)))
        if step.x1 == step.x2:
            assert (step.kept_a, step.kept_b) == (case.a, case.b)
        elif step.f1 > step.f2:
            assert (step.kept_a, step.kept_b) == (step.x1, case.b)
        elif step.f1 < step.f2:
            assert (step.kept_a, step.kept_b) == (case.a, step.x2)
        else:
            assert (step.kept_a, step.kept_b) == (step.x1, step.x2)

    def test_the_order_of_the_two_points_does_not_matter(self):
        one, other = (compare(abs, -1, 2, *points) for points in ((0.2, 0.7), (0.7, 0.2)))
        assert one == other

    @pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 1), (math.nan, 1), (0, math.inf)])
    def test_an_interval_that_is_none(self, a, b):
        with pytest.raises(ValueError, match=r"a must be less than b|must be finite"):
            compare(abs, a, b, 0.2, 0.7)

    @pytest.mark.parametrize(("s", "t", "said"), [(-0.1, 0.5, "s = -0.1"), (0.5, 1.5, "t = 1.5")])
    def test_fractions_outside_0_to_1(self, s, t, said):
        with pytest.raises(ValueError, match=f"must be between 0 and 1, got {said}"):
            compare(abs, 0, 1, s, t)


def runs_of(name):
    problem = univariate[name]
    a, b, c = problem.bracket
    return [
        dichotomy(problem.f, a, c, tol=1e-4),
        golden_section(problem.f, a, c, tol=1e-4),
        brent(problem.f, a, c, tol=1e-4),
        parabolic(problem.f, a, b, c, tol=1e-4),
    ]


class TestSlowMotion:
    @pytest.mark.parametrize("name", NAMES)
    def test_each_frame_shows_at_most_one_measurement(self, name):
        for run in runs_of(name):
            film = slow_motion(run)
            assert film[0].rule == "the interval"
            assert (film[0].measured, film[0].nfev) == ((), 0)
            assert all(len(frame.measured) == (frame.rule == "measure") for frame in film)

    @pytest.mark.parametrize("name", NAMES)
    def test_measurements_counts_and_brackets_are_those_of_the_run(self, name):
        for run in runs_of(name):
            film = slow_motion(run)
            frames = [frame for frame in film if frame.measured]
            assert [point for frame in frames for point in frame.measured] == [
                point for step in run for point in step.measured
            ]
            assert [frame.nfev for frame in frames] == list(range(1, run.nfev + 1))
            assert film.last.nfev == run.nfev
            cuts = [frame for frame in film[1:] if not frame.measured]
            assert [(cut.a, cut.b, cut.rule) for cut in cuts] == [
                (step.a, step.b, step.rule) for step in run[1:]
            ]

    @pytest.mark.parametrize("name", NAMES)
    def test_x_is_the_best_of_the_points_measured_so_far(self, name):
        for run in runs_of(name):
            points = []
            for frame in slow_motion(run)[1:]:
                points += frame.measured
                assert frame.fun == min(value for _, value in points)
                assert (frame.x, frame.fun) in points

    def test_it_ends_as_the_run_does(self):
        run = golden_section(lambda x: 1 / (x - 1) if x > 1.5 else math.nan, 0.0, 3.0)
        film = slow_motion(run)
        assert (film.success, film.message) == (run.success, run.message) == (False, run.message)

    def test_a_run_without_steps_gives_a_film_without_frames(self):
        run = dichotomy(lambda x: 1 / 0, 0.0, 1.0)
        film = slow_motion(run)
        assert len(film) == 0
        assert film.message == run.message
        assert film.error is run.error

    def test_it_is_lazy(self, calls_of):
        f = calls_of(abs)
        film = slow_motion(golden_section(f, -1.0, 2.0))
        assert f.calls == 2
        film[2]
        assert f.calls == 2


class TestRace:
    @pytest.mark.parametrize("name", NAMES)
    def test_errors_and_calls_are_those_of_the_runs(self, name):
        problem = univariate[name]
        result = race(problem.f, problem.bracket, problem.x_star)
        assert set(result.runs) == {"dichotomy", "golden section", "Brent", "parabolic, guarded"}
        for method, run in result.runs.items():
            calls, errors = result.errors[method]
            assert calls.tolist() == [step.nfev for step in run]
            assert errors.tolist() == [abs(step.x - problem.x_star) for step in run]

    def test_without_a_known_minimiser_the_best_point_stands_for_it(self):
        result = race(abs, (-1.0, 0.25, 2.0))
        assert result.x_star == min(result.runs.values(), key=lambda run: run.fun).x

    def test_without_a_triple_the_parabolas_stay_at_home(self):
        result = race(lambda x: x, (0.0, 0.5, 1.0))
        assert "parabolic, guarded" not in result.runs
        assert len(result.runs) == 3

    def test_a_pole_at_an_end_is_no_obstacle(self):
        """Only `parabolic` measures at the ends; the others can race."""
        assert len(race(lambda x: x + 1 / x, (0.0, 1.0, 10.0)).runs) == 3

    def test_a_function_without_values_is_an_error_that_says_so(self):
        with pytest.raises(ValueError, match=r"f\(0.5\) is nan: try a start or an interval"):
            race(lambda x: math.nan, (0.0, 0.25, 1.0))


class TestMagnify:
    def test_values_are_those_of_f(self):
        f = univariate["offset"].f
        result = magnify(f, 1.0, 1e-4, points=101)
        assert result.offsets[[0, -1]].tolist() == [-1e-4, 1e-4]
        assert result.differences.tolist() == [f(1.0 + offset) - f(1.0) for offset in result.offsets.tolist()]
        assert result.distinct == len(set(result.differences.tolist()))

    @given(power=st.integers(-8, -5))
    def test_few_values_are_left_within_the_attainable_accuracy(self, power):
        """Within r of the minimiser 1e6 + r^2 rounds to about r^2 / 1.2e-10 values."""
        radius = 10.0**power
        result = magnify(univariate["offset"].f, 1.0, radius)
        assert result.distinct <= 2 + radius**2 / np.spacing(1e6)

    @pytest.mark.parametrize("radius", [0.0, -1.0, math.nan])
    def test_a_radius_that_is_not_positive(self, radius):
        with pytest.raises(ValueError, match=re.escape(f"radius must be positive, got radius = {radius}")):
            magnify(abs, 0.0, radius)


class TestWithoutValues:
    """A learner's function may have no value where it is asked: never a picture of NaN."""

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_compare(self, value):
        with pytest.raises(ValueError, match=re.escape(f"f(0.3) is {value}: try an interval")):
            compare(lambda x: value, 0, 1, 0.3, 0.6)

    def test_magnify(self):
        with pytest.raises(ValueError, match=r"x must be finite, got x = nan: try a function"):
            magnify(abs, math.nan, 1e-3)
        with pytest.raises(ValueError, match=r"f\(0\) is nan"):
            magnify(lambda x: math.nan, 0.0, 1e-3)
