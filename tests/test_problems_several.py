"""Test problems of several variables: derivatives, starts and minima agree with each other and the data."""

import json
from pathlib import Path

import numpy as np
import pytest
from descent.problems import multivariate, quadratic, typed_problem, typed_ray
from descent.problems.derivatives import complex_step_jacobian

DATA = json.loads((Path(__file__).parent / "data" / "multivariate_problems.json").read_text())["problems"]
NAMES = {entry["name"].split(" (")[0]: entry for entry in DATA}


@pytest.fixture(params=multivariate.values(), ids=multivariate.keys())
def problem(request):
    return request.param


def near_start(problem):
    rng = np.random.default_rng(1)
    return problem.x0 + 0.05 * rng.standard_normal(problem.x0.shape)


def test_the_gradient_is_the_derivative_of_f(problem):
    x = near_start(problem)
    by_complex_step = complex_step_jacobian(problem.f, x)
    assert problem.grad(x) == pytest.approx(
        by_complex_step, rel=1e-12, abs=1e-12 * np.max(abs(by_complex_step))
    )


def test_the_hessian_is_the_derivative_of_the_gradient(problem):
    x = near_start(problem)
    H = problem.hess(x)
    assert np.array_equal(H, H.T)
    v = np.random.default_rng(2).standard_normal(x.shape)
    h = 1e-5
    difference = (problem.grad(x + h * v) - problem.grad(x - h * v)) / (2 * h)
    assert H @ v == pytest.approx(difference, rel=1e-4, abs=1e-4 * np.max(abs(difference)))


def test_the_minimiser_is_one(problem):
    if problem.x_star is None:
        pytest.skip("the minimiser has no closed form")
    assert problem.f(problem.x_star) == pytest.approx(problem.f_star, abs=1e-25)
    eigenvalues = np.linalg.eigvalsh(problem.hess(problem.x_star))
    assert np.all(eigenvalues >= -1e-9 * np.max(eigenvalues))
    assert np.max(abs(problem.grad(problem.x_star))) <= 1e-9 * max(1, eigenvalues[-1])


def test_f_is_nowhere_below_its_minimum(problem):
    rng = np.random.default_rng(3)
    start = problem.x0 if problem.x_star is None else problem.x_star
    for _ in range(100):
        x = start + rng.standard_normal(start.shape) * 10.0 ** rng.uniform(-4, 0)
        assert problem.f(x) >= problem.f_star * (1 - 1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_start_and_minimum_are_those_of_the_data(name):
    entry, problem = NAMES[name], multivariate[name]
    start = np.tile([-1.2, 1.0], 50) if isinstance(entry["x0"], str) else entry["x0"]
    assert problem.x0 == pytest.approx(start)
    assert problem.f(problem.x0) == pytest.approx(entry["f0"], rel=1e-14)
    assert problem.f_star == entry["fmin_verified"]
    if entry["x_verified"]:
        assert problem.x_star == pytest.approx(entry["x_verified"])


def test_every_problem_names_its_source(problem):
    assert problem.reference
    assert multivariate[problem.name] is problem


@pytest.mark.parametrize("condition", [1.0, 10.0, 1e4])
@pytest.mark.parametrize("n", [2, 3, 7])
@pytest.mark.parametrize("angle", [0.0, 0.5])
def test_the_quadratic_has_the_condition_that_was_chosen(condition, n, angle):
    problem = quadratic(condition, n, angle=angle)
    assert np.linalg.cond(problem.hess(problem.x0)) == pytest.approx(condition, rel=1e-9)
    x = np.random.default_rng(0).standard_normal(n)
    assert problem.f(x) == pytest.approx(x @ problem.hess(x) @ x / 2)


def test_the_quadratic_in_the_plane_is_the_lectures():
    problem = quadratic(25.0)
    assert problem.f(np.array([3.0, 2.0])) == 9 + 25 * 4
    assert problem.x0.tolist() == [25.0, 1.0]


def test_a_condition_below_one_is_refused():
    with pytest.raises(ValueError, match="condition"):
        quadratic(0.5)
    with pytest.raises(ValueError, match="n must"):
        quadratic(2.0, 1)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: quadratic("x"), TypeError, "condition must be a real number, got 'x'"),
        (lambda: quadratic(np.inf), ValueError, "condition must be finite"),
        (lambda: quadratic(10, 2.5), ValueError, "n must be an integer of at least 2, got n = 2.5"),
        (lambda: typed_ray("-alpha", "x"), TypeError, "reach must be a real number, got 'x'"),
        (lambda: typed_problem("x", None, 1), TypeError, "a must be a real number, got None"),
    ],
)
def test_makers_of_problems_name_what_is_wrong(make, error, text):
    with pytest.raises(error, match=text):
        make()
