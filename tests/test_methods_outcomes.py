"""Every method ends, says why, and keeps the best point."""

import numpy as np
import pytest
from descent.line_search import backtracking, fixed, more_thuente
from descent.methods import (
    bfgs,
    conjugate_gradient,
    gauss_newton,
    levenberg_marquardt,
    newton,
    steepest_descent,
    truncated_newton,
)
from descent.problems import multivariate

ROSENBROCK = multivariate["Rosenbrock"]


def by_hessian(f, grad, hess):
    """Return the methods of order 1 and 2 as functions of the start, all called alike."""
    return {
        "steepest descent": lambda x0, **o: steepest_descent(f, grad, x0, **o),
        "bfgs": lambda x0, **o: bfgs(f, grad, x0, **o),
        "HS": lambda x0, **o: conjugate_gradient(f, grad, x0, **o),
        "PR+": lambda x0, **o: conjugate_gradient(f, grad, x0, beta="PR+", **o),
        "FR": lambda x0, **o: conjugate_gradient(f, grad, x0, beta="FR", **o),
        "newton": lambda x0, **o: newton(f, grad, hess, x0, **o),
        "truncated newton": lambda x0, **o: truncated_newton(f, grad, x0, hvp=lambda x, v: hess(x) @ v, **o),
    }


NAMES = list(by_hessian(None, None, None))


def methods(problem, name):
    return by_hessian(problem.f, problem.grad, problem.hess)[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_start_at_the_minimiser_ends_at_once(name):
    run = methods(ROSENBROCK, name)(ROSENBROCK.x_star)
    assert (run.nit, run.nfev, run.njev, run.success) == (0, 1, 1, True)


@pytest.mark.parametrize("name", NAMES)
def test_a_start_at_a_maximum_is_called_stationary(name):
    run = by_hessian(lambda x: -x @ x, lambda x: -2 * x, lambda x: -2 * np.eye(2))[name](np.zeros(2))
    assert run.nit == 0
    assert "stationary" in run.message
    if name == "newton":
        assert "no minimiser" in run.message


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("search", [backtracking, more_thuente])
def test_a_race_is_a_loop(name, search):
    run = methods(ROSENBROCK, name)(ROSENBROCK.x0, line_search=search, gtol=1e-4)
    assert run.success, run.message
    for step in run:
        assert step.x.shape == step.grad.shape == step.direction.shape == (2,)
        assert step.fun == ROSENBROCK.f(step.x)
    counts = [(step.nfev, step.njev) for step in run]
    assert counts == sorted(counts)
    assert counts[-1][0] == run.nfev


@pytest.mark.parametrize("name", NAMES)
def test_a_function_without_a_minimum_ends_without_success(name):
    c = np.array([1.0, -2.0])
    run = by_hessian(lambda x: c @ x, lambda x: c, lambda x: np.zeros((2, 2)))[name](np.zeros(2), maxiter=50)
    assert not run.success
    assert run.fun < 0
    assert run.message


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
@pytest.mark.parametrize("name", NAMES)
def test_a_fall_beyond_the_range_of_numbers_ends_without_success(name):
    falls = by_hessian(lambda x: -np.sum(x**2), lambda x: -2 * x, lambda x: -2 * np.eye(x.size))
    run = falls[name](np.array([1.0, -2.0]), maxiter=2000)
    assert not run.success
    assert run.message
    assert np.all(np.isfinite(run.x))
    deep = by_hessian(lambda x: np.sum(1 / x), lambda x: -1 / x**2, lambda x: np.diag(2 / x**3))
    assert np.all(np.isfinite(deep[name](np.array([-1.2, -0.7, 0.4]), maxiter=300).x))


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_that_contradicts_f_is_found_and_said(name):
    wrong = by_hessian(ROSENBROCK.f, lambda x: -ROSENBROCK.grad(x), ROSENBROCK.hess)[name]
    run = wrong(ROSENBROCK.x0)
    assert not run.success
    assert "contradicts" in run.message
    assert run.fun <= ROSENBROCK.f(ROSENBROCK.x0)


@pytest.mark.parametrize("name", NAMES)
def test_no_contradiction_is_claimed_for_a_right_gradient_at_the_limit_of_rounding(name):
    problem = multivariate["Brown and Dennis"]
    run = methods(problem, name)(problem.x0, gtol=1e-13, maxiter=300)
    assert "contradicts" not in run.message
    assert run.fun == min(step.fun for step in run)


@pytest.mark.parametrize("name", NAMES)
def test_a_region_of_nan_is_kept_out_of(name):
    def f(x):
        return x @ x - np.log(x[0]) if x[0] > 0 else np.nan

    def grad(x):
        return 2 * x - np.array([1 / x[0], 0.0])

    def hess(x):
        return np.diag([2 + 1 / x[0] ** 2, 2.0])

    run = by_hessian(f, grad, hess)[name](np.array([1e-2, 3.0]))
    assert run.success, run.message
    assert run.x == pytest.approx([0.5**0.5, 0], abs=1e-5)


def test_a_gradient_that_is_not_finite_where_f_is_ends_the_run():
    def grad(x):
        return 2 * x if x[0] > 0.5 else np.full(2, np.nan)

    run = steepest_descent(lambda x: x @ x, grad, np.array([1.0, 1.0]), line_search=fixed(0.3))
    assert not run.success
    assert "gradient is not finite" in run.message
    assert run.x.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("name", NAMES)
def test_an_exception_ends_the_run_and_keeps_the_best_point(name):
    calls = []

    def f(x):
        calls.append(x)
        if len(calls) > 8:
            raise RuntimeError("out of paper")
        return ROSENBROCK.f(x)

    run = by_hessian(f, ROSENBROCK.grad, ROSENBROCK.hess)[name](ROSENBROCK.x0)
    assert not run.success
    assert isinstance(run.error, RuntimeError)
    assert run.fun == ROSENBROCK.f(run.x) <= ROSENBROCK.f(ROSENBROCK.x0)


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_of_the_wrong_shape_is_refused_at_the_call(name):
    with pytest.raises(ValueError, match="shape"):
        by_hessian(ROSENBROCK.f, lambda x: np.ones((2, 1)), ROSENBROCK.hess)[name](ROSENBROCK.x0)


@pytest.mark.parametrize("name", NAMES)
def test_maxiter_ends_the_run(name):
    run = methods(ROSENBROCK, name)(ROSENBROCK.x0, maxiter=3)
    assert run.nit == 3
    assert not run.success
    assert "maxiter = 3" in run.message


@pytest.mark.parametrize("mode", ["shift", "flip", "gradient"])
def test_newton_repairs_an_indefinite_hessian_and_says_so(mode):
    # near the saddle at 0 of x^2 + y^4/4 - y^2/2
    def f(x):
        return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2

    def grad(x):
        return np.array([2 * x[0], x[1] ** 3 - x[1]])

    def hess(x):
        return np.diag([2.0, 3 * x[1] ** 2 - 1])

    start = np.array([1.0, 0.1])
    run = newton(f, grad, hess, start, indefinite=mode)
    assert run.success
    assert abs(run.x[1]) == pytest.approx(1, abs=1e-5)
    assert "not positive definite" in run[1].remark
    assert mode in run[1].remark
    plain = newton(f, grad, hess, start, indefinite="keep", line_search=fixed(1.0))
    assert plain.x == pytest.approx([0, 0], abs=1e-5)
    assert "a saddle" in plain.message


def test_newton_on_a_singular_hessian():
    run = newton(
        lambda x: (x[0] + x[1]) ** 2,
        lambda x: 2 * (x[0] + x[1]) * np.ones(2),
        lambda x: 2 * np.ones((2, 2)),
        np.array([3.0, 1.0]),
    )
    assert run.success
    assert run.fun < 1e-9
    zero = np.zeros((2, 2))
    flat = newton(
        lambda x: 5 + x[0] ** 4, lambda x: np.array([4 * x[0] ** 3, 0.0]), lambda x: zero, np.array([0.3, 0])
    )
    assert flat.success


@pytest.mark.parametrize("wrong", [np.ones(2), np.full((2, 2), np.nan)])
def test_a_wrong_hessian_is_refused(wrong):
    with pytest.raises(ValueError, match="hess"):
        newton(ROSENBROCK.f, ROSENBROCK.grad, lambda x: wrong, ROSENBROCK.x0).finish()


@pytest.mark.parametrize(
    ("method", "options", "text"),
    [
        (conjugate_gradient, {"beta": "DY"}, "beta"),
        (conjugate_gradient, {"restart": 0.0}, "restart"),
        (bfgs, {"gtol": -1.0}, "gtol"),
        (bfgs, {"maxiter": 0}, "maxiter"),
        (truncated_newton, {"cg_steps": 0}, "cg_steps"),
    ],
)
def test_bad_options_are_named(method, options, text):
    with pytest.raises(ValueError, match=text):
        method(ROSENBROCK.f, ROSENBROCK.grad, ROSENBROCK.x0, **options)


# least squares

T = np.linspace(0, 2, 9)


def decay(b):
    return b[0] * np.exp(-b[1] * T) - 3 * np.exp(-0.7 * T) - 0.1 * np.sin(9 * T)


def decay_jac(b):
    return np.stack([np.exp(-b[1] * T), -b[0] * T * np.exp(-b[1] * T)], axis=1)


SOLVERS = [gauss_newton, levenberg_marquardt]


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_least_squares_run_counts_and_keeps(solver):
    run = solver(decay, decay_jac, np.array([1.0, 1.0]))
    assert run.success
    assert np.max(abs(decay_jac(run.x).T @ decay(run.x))) < 1e-6
    assert run.last.grad == pytest.approx(decay_jac(run.x).T @ decay(run.x))
    assert run.fun == pytest.approx(np.sum(decay(run.x) ** 2) / 2, rel=1e-14)
    again = solver(decay, decay_jac, run.x)
    assert again.success
    assert again.nit <= 2


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_perfect_fit_ends_at_once(solver):
    run = solver(lambda b: b - np.array([1.0, 2.0, 3.0]), lambda b: np.eye(3), np.array([1.0, 2.0, 3.0]))
    assert (run.nit, run.success, run.nfev) == (0, True, 1)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_jacobian_of_deficient_rank_is_told(solver):
    def residual(b):  # only the sum of the parameters matters
        return decay(np.array([b[0] + b[1], 0.7]))

    def jac(b):
        return np.repeat(decay_jac(np.array([b[0] + b[1], 0.7]))[:, :1], 2, axis=1)

    run = solver(residual, jac, np.array([1.0, 0.5]))
    assert run.success
    assert "rank 1 for 2 parameters" in run.message
    best = solver(lambda a: decay(np.array([a[0], 0.7])), lambda a: jac(np.append(a, 0))[:, :1], np.ones(1))
    assert run.fun == pytest.approx(best.fun, rel=1e-10)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_parameter_without_influence_that_starts_at_zero_stays_there(solver):
    def jac(b):
        return np.stack([decay_jac(b)[:, 0], decay_jac(b)[:, 1], np.zeros(T.size)], axis=1)

    run = solver(decay, jac, np.array([1.0, 1.0, 0.0]))
    assert run.success
    assert run.x[2] == 0
    assert run.fun == pytest.approx(solver(decay, decay_jac, np.ones(2)).fun, rel=1e-10)


@pytest.mark.parametrize("solver", SOLVERS)
def test_more_parameters_than_data(solver):
    A = np.random.default_rng(0).standard_normal((2, 4))
    y = np.array([1.0, -2.0])
    run = solver(lambda b: A @ b - y, lambda b: A, np.ones(4))
    assert run.success
    assert A @ run.x == pytest.approx(y, abs=1e-8)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_region_of_nan_is_kept_out_of_by_least_squares(solver):
    def residual(b):
        with np.errstate(invalid="ignore"):
            return np.log(b[0]) - np.linspace(-1, 1, 5)

    run = solver(residual, lambda b: np.full((5, 1), 1 / b[0]), np.array([8.0]))
    assert run.success
    assert run.x == pytest.approx([1.0], abs=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_wrong_shapes_and_values_are_refused_at_the_call(solver):
    b = np.array([1.0, 1.0])
    with pytest.raises(ValueError, match="jac"):
        solver(decay, lambda b: decay_jac(b).T, b)
    with pytest.raises(ValueError, match="residual"):
        solver(lambda b: decay(b)[:, None], decay_jac, b)
    with pytest.raises(ValueError, match="finite"):
        solver(lambda b: decay(b) * np.nan, decay_jac, b)
    with pytest.raises(ValueError, match="xtol"):
        solver(decay, decay_jac, b, xtol=-1.0)


@pytest.mark.parametrize("solver", SOLVERS)
def test_an_exception_in_the_residuals_keeps_the_best_point(solver):
    calls = []

    def residual(b):
        calls.append(b)
        if len(calls) > 3:
            raise OSError("no data")
        return decay(b)

    run = solver(residual, decay_jac, np.array([1.0, 1.0]))
    assert not run.success
    assert isinstance(run.error, OSError)
    assert run.fun <= np.sum(decay(np.array([1.0, 1.0])) ** 2) / 2


WRONG_JACOBIANS = {"sign": lambda b: -decay_jac(b), "columns swapped": lambda b: decay_jac(b)[:, ::-1]}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("slip", WRONG_JACOBIANS)
def test_a_jacobian_that_contradicts_the_residuals_is_found_and_said(solver, slip):
    b = np.array([1.0, 1.0])
    run = solver(decay, WRONG_JACOBIANS[slip], b)
    assert not run.success
    assert "contradicts" in run.message
    assert run.fun <= np.sum(decay(b) ** 2) / 2


@pytest.mark.parametrize("name", NAMES)
def test_a_singular_hessian_has_many_minimisers_and_one_is_found(name):
    def f(x):
        return (x[0] + x[1] - 1) ** 2 + (x[0] + x[1] - 1) ** 4

    def grad(x):
        u = x[0] + x[1] - 1
        return (2 * u + 4 * u**3) * np.ones(2)

    def hess(x):
        return (2 + 12 * (x[0] + x[1] - 1) ** 2) * np.ones((2, 2))

    run = by_hessian(f, grad, hess)[name](np.array([3.0, 1.0]))
    assert run.success, run.message
    assert run.fun < 1e-9
