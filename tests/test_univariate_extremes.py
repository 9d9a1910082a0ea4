"""Searches of one variable at the edges of arithmetic, and runs that fail before their first step."""

import math
import re
import warnings

import mpmath
import numpy as np
import pytest
from descent.univariate import bracket, brent, dichotomy, golden_section, parabolic, vertex


def guarded(f, a, b, **options):
    return parabolic(f, a, (a + b) / 2, b, **options)


def free(f, a, b, **options):
    return guarded(f, a, b, safeguard=False, **options)


SEARCHES = {
    "dichotomy": dichotomy,
    "golden section": golden_section,
    "Brent": brent,
    "guarded": guarded,
    "free": free,
    "bracket": lambda f, a, b, tol: bracket(f, a, (b - a) / 10),
}
all_searches = pytest.mark.parametrize("method", SEARCHES.values(), ids=SEARCHES)
superlinear = pytest.mark.parametrize("method", [brent, guarded], ids=["Brent", "guarded"])


@all_searches
@pytest.mark.parametrize("failure", [math.nan, -math.inf, ValueError("not here")], ids=str)
def test_the_best_point_is_kept_whichever_call_fails(method, failure):
    def run_until(failing):
        points = []

        def f(x):
            if len(points) == failing:
                if isinstance(failure, Exception):
                    raise failure
                return failure
            points.append(((x - 0.3) ** 2 + abs(x - 0.3), x))
            return points[-1][0]

        return method(f, -1.0, 1.5, tol=1e-3).finish(), points

    calls = run_until(None)[0].nfev
    assert calls >= 4
    for failing in range(1, calls):
        run, points = run_until(failing)
        assert not run.success
        assert run.nfev == failing + 1
        assert (run.fun, run.x) == min(points)


@all_searches
def test_nothing_overflows_with_an_exception(method):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = method(lambda x: abs(x - 3.0), -1e300, 1e300, tol=1e-8)
        assert run.message
        assert run.nfev <= 1001


def test_values_near_the_largest_number_do_not_pass_for_a_minimum():
    run = free(lambda x: 1e308 * (x - 0.3) ** 2, -1.0, 1.0)
    assert not run.success
    assert "turn the safeguard on" in run.message


def test_the_vertex_is_infinite_where_a_number_on_the_way_is():
    assert vertex((-1e300, 1.0), (0.0, 0.0), (1e300, 1.0)) == math.inf
    assert vertex((-1.0, 1.7e308), (0.0, 0.0), (1.0, 1.0)) == math.inf


@superlinear
def test_single_precision_ends_and_says_so(method):
    run = method(lambda x: abs(x - np.float32(0.3)), np.float32(0), np.float32(1), tol=1e-12)
    assert run.nfev < 60
    assert "below the spacing of numbers" in run.message
    assert abs(run.x - np.float32(0.3)) < 1e-6


@superlinear
def test_digits_that_mpmath_was_not_asked_for(method):
    a, b = mpmath.mpf(0), mpmath.mpf(1)
    with mpmath.workdps(15):
        run = method(lambda x: (x - 0.4) ** 2 + abs(x) ** 3, a, b, tol=mpmath.mpf("1e-40")).finish()
    assert run.nfev < 100
    assert "below the spacing of numbers" in run.message


@pytest.mark.parametrize("method", [dichotomy, golden_section, brent])
def test_integers_that_are_no_floats_are_refused(method):
    with pytest.raises(ValueError, match="b - a and a \\+ b must not overflow, got a = -1000"):
        method(abs, -(10**400), 10**400)


@all_searches
def test_ends_may_be_arrays_without_dimensions(method):
    run = method(lambda x: (x - 1.0) ** 2, np.array(0.0), np.array(3.0), tol=1e-6)
    assert run.success
    assert np.ndim(run.x) == 0


@pytest.mark.parametrize("method", [dichotomy, golden_section, brent, guarded])
def test_no_end_is_named_where_nothing_was_cut_off(method):
    run = method(lambda x: (x - 3.0) ** 2, 0.0, 10.0, tol=100.0)
    assert run.success
    assert "the end" not in run.message
    assert "nothing was cut off" in run.message


@pytest.mark.parametrize(("x0", "step"), [(0.0, 1e308), (1e308, -1e308), (np.float64(0), np.float64(1e308))])
def test_a_first_step_that_leaves_no_room_is_refused(x0, step):
    with pytest.raises(ValueError, match=re.escape(f"must leave room to walk, got x0 = {x0}, step = {step}")):
        bracket(lambda x: -x, x0, step)


def test_a_walk_to_the_end_of_all_numbers_ends():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = bracket(lambda x: -x, np.float64(0), np.float64(1e300))
        assert not run.success
    assert "it may have no minimum in this direction" in run.message
