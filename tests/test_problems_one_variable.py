"""The named problems of one variable, recomputed at 40 digits from formulas written anew."""

import re
from itertools import pairwise

import matplotlib.mathtext
import mpmath as mp
import numpy as np
import pytest
from descent.problems import Problem, univariate
from one_variable_formulas import FORMULAS

NAMES = sorted(univariate)
SMOOTH = [name for name in NAMES if univariate[name].grad]


@pytest.fixture(autouse=True)
def _forty_digits():
    with mp.workdps(40):
        yield


def minimiser(name):
    """Return the minimiser to 40 digits: in closed form, or as the root of the derivative."""
    closed = {
        "quadratic": mp.mpf(2),
        "quartic": mp.mpf(9) / 4,
        "exponential": mp.log(2),
        "entropy": mp.exp(-1),
        "hyperbola": mp.mpf(1),
        "absolute": mp.mpf(1) / 3,
        "cusp": mp.mpf(3) / 10,
        "flat": mp.mpf(1),
        "steep": mp.mpf(0),
        "offset": mp.mpf(1),
        "stuck end": mp.mpf(0),
        "well": mp.mpf(1),
        "logistic": mp.log(mp.mpf(3) / 7),
    }
    if name in closed:
        return closed[name]
    interval = {"lecture": (-2, 0), "poles": (2, mp.mpf("3.9"))}[name]
    return mp.findroot(lambda x: mp.diff(FORMULAS[name], x), interval, solver="anderson", tol=1e-60)


def inside(name, points):
    a, _, c = univariate[name].bracket
    return [a + (c - a) * mp.mpf(k) / (points + 1) for k in range(1, points + 1)]


def test_there_are_at_least_12_and_each_has_a_formula_here():
    assert len(univariate) >= 12
    assert set(FORMULAS) == set(univariate)


def test_the_kinds_of_the_collection_are_there():
    assert sum(problem.grad is None for problem in univariate.values()) >= 2  # not differentiable
    assert any(abs(problem.f_star) >= 1e6 for problem in univariate.values())  # attainable accuracy
    flat = [name for name in SMOOTH if abs(mp.diff(FORMULAS[name], minimiser(name), 2)) < mp.mpf("1e-10")]
    assert flat == ["flat"]


@pytest.mark.parametrize("name", NAMES)
def test_minimiser_and_minimum_to_1e_12(name):
    problem = univariate[name]
    x_star = minimiser(name)
    f_star = FORMULAS[name](x_star)
    assert abs(problem.x_star - x_star) <= 1e-12 * max(1, abs(x_star))
    assert abs(problem.f_star - f_star) <= 1e-12 * max(1, abs(f_star))


@pytest.mark.parametrize("name", NAMES)
def test_f_is_the_formula(name):
    problem = univariate[name]
    for x in inside(name, 23):
        exact = FORMULAS[name](x)
        size = abs(exact) + abs(problem.f_star) + mp.mpf("1e-2")
        assert abs(problem.f(float(x)) - FORMULAS[name](mp.mpf(float(x)))) <= 1e-13 * size


@pytest.mark.parametrize("name", NAMES)
def test_f_takes_arrays_and_numbers_alike(name):
    problem = univariate[name]
    x = np.array([float(point) for point in inside(name, 9)])
    assert problem.f(x).shape == (9,)
    np.testing.assert_allclose(problem.f(x), [problem.f(xi) for xi in x.tolist()], rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("name", NAMES)
def test_the_bracket_encloses_the_minimum(name):
    problem = univariate[name]
    a, b, c = problem.bracket
    assert a < b < c
    assert problem.f(b) < problem.f(a)
    assert problem.f(b) < problem.f(c)
    assert a < problem.x_star < c


@pytest.mark.parametrize("name", NAMES)
def test_f_is_unimodal_between_the_ends(name):
    """It falls before the minimiser and rises behind it, at 500 points and at 40 digits."""
    a, _, c = univariate[name].bracket
    x_star = minimiser(name)
    points = [mp.mpf(a), *inside(name, 500), mp.mpf(c)]
    left = [FORMULAS[name](x) for x in points if x < x_star - mp.mpf("1e-9")] + [FORMULAS[name](x_star)]
    right = [FORMULAS[name](x_star)] + [FORMULAS[name](x) for x in points if x > x_star + mp.mpf("1e-9")]
    assert len(left) + len(right) >= 500
    assert all(before > after for before, after in pairwise(left))
    assert all(before < after for before, after in pairwise(right))


@pytest.mark.parametrize("name", SMOOTH)
def test_the_gradient_is_the_derivative(name):
    problem = univariate[name]
    scale = max(abs(mp.diff(FORMULAS[name], x)) for x in inside(name, 9))
    for x in inside(name, 9):
        x = mp.mpf(float(x))
        exact = mp.diff(FORMULAS[name], x)
        assert abs(problem.grad(float(x)) - exact) <= 1e-13 * (abs(exact) + min(scale, 10))


@pytest.mark.parametrize("name", NAMES)
def test_names_sources_and_labels(name):
    problem = univariate[name]
    assert isinstance(problem, Problem)
    assert problem.name == name
    assert len(problem.reference) > 20
    assert re.fullmatch(r"\$.+\$", problem.label)
    matplotlib.mathtext.MathTextParser("path").parse(problem.label)  # raises if it is no formula


def test_problems_are_frozen():
    with pytest.raises(AttributeError):
        univariate["quadratic"].x_star = 3.0
