"""Steepest descent: its rate, its norms, its ends."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from descent.line_search import backtracking, exact, fixed, more_thuente
from descent.methods import steepest_descent
from descent.problems import multivariate, quadratic
from descent.univariate import brent, golden_section

ROSENBROCK = multivariate["Rosenbrock"]
SEARCHES = {
    "fixed": fixed(0.02),
    "armijo": backtracking,
    "goldstein": partial(backtracking, condition="goldstein"),
    "wolfe": partial(backtracking, condition="wolfe"),
    "more_thuente": more_thuente,
    "golden": exact(golden_section),
    "brent": exact(brent),
}


@pytest.mark.parametrize("condition", [1.0, 2.0, 10.0, 100.0, 1000.0])
@pytest.mark.parametrize("method", [brent, golden_section])
def test_the_exact_rate_from_the_worst_start(condition, method):
    problem = quadratic(condition)
    run = steepest_descent(problem.f, problem.grad, problem.x0, line_search=exact(method), maxiter=40)
    values = np.array([step.fun for step in run])
    rate = ((condition - 1) / (condition + 1)) ** 2
    assert len(values) > 1
    assert values[1:] == pytest.approx(rate * values[:-1], rel=1e-10, abs=1e-25)


@pytest.mark.parametrize("name", SEARCHES)
def test_every_search_can_be_handed_in(name):
    problem = quadratic(20.0, angle=0.3)
    run = steepest_descent(problem.f, problem.grad, problem.x0, line_search=SEARCHES[name])
    assert run.success
    assert np.max(abs(problem.grad(run.x))) <= 1e-5
    assert run.x == pytest.approx([0, 0], abs=1e-5)


def test_the_path_holds_what_a_picture_needs():
    calls = {"f": 0, "grad": 0}

    def f(x):
        calls["f"] += 1
        return ROSENBROCK.f(x)

    def grad(x):
        calls["grad"] += 1
        return ROSENBROCK.grad(x)

    run = steepest_descent(f, grad, ROSENBROCK.x0, line_search=more_thuente, maxiter=25)
    assert not run.success
    assert (run.nfev, run.njev) == (calls["f"], calls["grad"])
    for before, step in pairwise(run):
        assert step.x == pytest.approx(before.x + step.alpha * step.direction, rel=1e-15)
        assert step.direction == pytest.approx(-before.grad)
        assert step.fun == ROSENBROCK.f(step.x)
        assert np.array_equal(step.grad, ROSENBROCK.grad(step.x))
        assert step.fun < before.fun
        assert step.nfev > before.nfev
    assert run.njev == run.nfev  # the gradient of an accepted trial is not computed again


@pytest.mark.parametrize("seed", range(5))
def test_each_norms_direction_is_the_steepest(seed):
    # d minimises g'd + ||d||^2 / 2: among random directions none does better
    rng = np.random.default_rng(seed)
    n = 4
    A = rng.standard_normal((n, n))
    P = A @ A.T + np.eye(n)
    norms = {
        "l2": lambda d: np.linalg.norm(d),
        "l1": lambda d: np.sum(abs(d)),
        "max": lambda d: np.max(abs(d)),
        "P": lambda d: np.sqrt(d @ P @ d),
    }
    c = rng.standard_normal(n)
    for name, length in norms.items():
        norm = P if name == "P" else name
        run = steepest_descent(lambda x: c @ x, lambda x: c, np.zeros(n), norm=norm, line_search=fixed(1.0))
        d = run[1].direction
        model = c @ d + length(d) ** 2 / 2
        trials = d + rng.standard_normal((2000, n)) * 10.0 ** rng.uniform(-4, 1, (2000, 1))
        assert all(model <= c @ other + length(other) ** 2 / 2 + 1e-12 for other in trials)


def test_the_p_norm_with_the_hessian_is_newtons_method():
    problem = quadratic(1e4, angle=0.7)
    run = steepest_descent(problem.f, problem.grad, problem.x0, norm=problem.hess(problem.x0))
    assert (run.nit, run.success) == (1, True)


def test_a_start_at_the_minimiser_ends_at_once_with_success():
    run = steepest_descent(ROSENBROCK.f, ROSENBROCK.grad, ROSENBROCK.x_star)
    assert (run.nit, run.success, run.nfev, run.njev) == (0, True, 1, 1)


def test_a_step_that_is_too_long_diverges_and_the_best_point_is_kept():
    problem = quadratic(100.0)
    run = steepest_descent(problem.f, problem.grad, problem.x0, line_search=fixed(0.05))
    assert not run.success
    assert "smaller step" in run.message
    assert run.fun == min(step.fun for step in run)
    assert run.fun == problem.f(run.x)
    short = steepest_descent(problem.f, problem.grad, problem.x0, line_search=fixed(0.0101), maxiter=7)
    assert short.nit == 7
    assert short.fun == min(step.fun for step in short)


@pytest.mark.parametrize("search", [backtracking, more_thuente, exact(brent)])
def test_a_gradient_that_contradicts_f_is_found_and_said(search):
    run = steepest_descent(ROSENBROCK.f, lambda x: -ROSENBROCK.grad(x), ROSENBROCK.x0, line_search=search)
    assert not run.success
    assert "contradicts" in run.message
    assert run.fun <= ROSENBROCK.f(ROSENBROCK.x0)


def test_no_contradiction_is_claimed_when_rounding_ends_the_run():
    problem = quadratic(3.0)
    run = steepest_descent(lambda x: 1e8 + problem.f(x), problem.grad, problem.x0, gtol=1e-12)
    assert not run.success
    assert run.x == pytest.approx([0, 0], abs=1e-3)
    assert "contradicts" not in run.message


@pytest.mark.parametrize("shape", [(1,), (2, 1), ()])
def test_a_gradient_of_the_wrong_shape_is_refused_at_the_call(shape):
    with pytest.raises(ValueError, match="shape"):
        steepest_descent(ROSENBROCK.f, lambda x: np.ones(shape), ROSENBROCK.x0)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_where_f_is_not_finite_is_refused(bad):
    with pytest.raises(ValueError, match="finite"):
        steepest_descent(lambda x: bad, lambda x: x, np.ones(2))
    with pytest.raises(ValueError, match="x0"):
        steepest_descent(lambda x: x @ x, lambda x: x, np.array([1.0, bad]))


def test_a_region_of_nan_is_walked_around():
    def f(x):
        return x @ x - np.log(x[0]) if x[0] > 0 else np.nan

    def grad(x):
        return 2 * x - np.array([1 / x[0], 0.0])

    run = steepest_descent(f, grad, np.array([1e-3, 5.0]), line_search=more_thuente)
    assert run.success
    assert run.x == pytest.approx([0.5**0.5, 0], abs=1e-5)


def test_an_exception_in_f_keeps_the_best_point():
    calls = []

    def f(x):
        calls.append(x)
        if len(calls) > 5:
            raise RuntimeError("out of paper")
        return x @ x * 1e3

    run = steepest_descent(f, lambda x: 2e3 * x, np.ones(2), line_search=fixed(1e-4))
    assert not run.success
    assert isinstance(run.error, RuntimeError)
    assert run.fun == min(step.fun for step in run)


@pytest.mark.parametrize("norm", ["l3", np.eye(3), -np.eye(2), np.array([[1.0, 2.0], [0.0, 1.0]])])
def test_a_norm_that_is_none_is_refused(norm):
    with pytest.raises(ValueError, match="norm"):
        steepest_descent(ROSENBROCK.f, ROSENBROCK.grad, ROSENBROCK.x0, norm=norm)


@pytest.mark.parametrize("x0", [1.0, np.ones((2, 2)), np.array([])])
def test_a_start_that_is_no_vector_is_refused(x0):
    with pytest.raises(ValueError, match="x0"):
        steepest_descent(lambda x: 0.0, lambda x: x, x0)
