"""What a learner may hand to a method by mistake: named at the call, or the end of the run."""

import numpy as np
import pytest
from descent.line_search import backtracking, exact, fixed, more_thuente
from descent.methods import (
    bfgs,
    conjugate_gradient,
    evolution_strategy,
    gauss_newton,
    hutchinson_trace,
    levenberg_marquardt,
    newton,
    newton_by_cg,
    random_search,
    sample_variance,
    simulated_annealing,
    spsa,
    steepest_descent,
    truncated_newton,
)
from descent.methods.spin_flips import flip_spins
from descent.problems import multivariate
from descent.univariate import brent

ROSENBROCK = multivariate["Rosenbrock"]
X0 = [-1.2, 1.0]


def hvp(x, v):
    return ROSENBROCK.hess(x) @ v


def residual(x):
    return np.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


def jac(x):
    return np.array([[-20 * x[0], 10], [-1, 0]])


METHODS = {
    "steepest": lambda x0, f=ROSENBROCK.f, grad=ROSENBROCK.grad, **o: steepest_descent(f, grad, x0, **o),
    "bfgs": lambda x0, f=ROSENBROCK.f, grad=ROSENBROCK.grad, **o: bfgs(f, grad, x0, **o),
    "cg": lambda x0, f=ROSENBROCK.f, grad=ROSENBROCK.grad, **o: conjugate_gradient(f, grad, x0, **o),
    "newton": lambda x0, f=ROSENBROCK.f, grad=ROSENBROCK.grad, **o: newton(f, grad, ROSENBROCK.hess, x0, **o),
    "truncated": lambda x0, f=ROSENBROCK.f, grad=ROSENBROCK.grad, **o: truncated_newton(
        f, grad, x0, hvp=hvp, **o
    ),
}
SOLVERS = {
    "gauss-newton": lambda x0, **o: gauss_newton(residual, jac, x0, **o),
    "levenberg-marquardt": lambda x0, **o: levenberg_marquardt(residual, jac, x0, **o),
}
DIRECT = {
    method.__name__: lambda x0, method=method, **o: method(ROSENBROCK.f, x0, **o)
    for method in (random_search, simulated_annealing, evolution_strategy, spsa)
}
ALL = METHODS | SOLVERS | DIRECT


def from_call(k, good, bad):
    """Return a function that goes bad at its k-th call."""
    calls = []

    def function(*args):
        calls.append(args)
        return (good if len(calls) < k else bad)(*args)

    return function


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "x0",
    ["ab", ["1", "2"], np.array([1j, 1.0]), [[1], [1, 2]], {1: 2}, 3.0, [], [[1.0, 2.0]], [np.nan, 1], None],
)
def test_a_start_that_is_no_vector_of_numbers_is_named(name, x0):
    with pytest.raises((TypeError, ValueError), match="x0 must"):
        ALL[name](x0)


@pytest.mark.parametrize("name", ALL)
def test_a_list_of_integers_is_a_start(name):
    assert ALL[name]([-1, 1])[0].x.tolist() == [-1.0, 1.0]


@pytest.mark.parametrize("name", METHODS)
def test_bad_options_are_named_at_the_call(name):
    with pytest.raises(TypeError, match="line_search must be callable, got 'armijo'"):
        METHODS[name](X0, line_search="armijo")
    with pytest.raises(TypeError, match="gtol must be a real number, got '1e-5'"):
        METHODS[name](X0, gtol="1e-5")


def test_other_options_are_named_at_the_call():
    with pytest.raises(ValueError, match="alpha0 must be positive"):
        METHODS["steepest"](X0, alpha0=0)
    with pytest.raises(ValueError, match="beta must be one of HS, PR"):
        METHODS["cg"](X0, beta=["FR"])
    with pytest.raises(TypeError, match="restart must be a real number"):
        METHODS["cg"](X0, restart="often")
    with pytest.raises(ValueError, match="cg_steps must be an integer"):
        METHODS["truncated"](X0, cg_steps=1.5)
    with pytest.raises(TypeError, match="hvp must be callable, got 3"):
        truncated_newton(ROSENBROCK.f, None, X0, hvp=3)
    with pytest.raises(TypeError, match="residual must be callable, got 3"):
        gauss_newton(3, None, X0)
    for name in SOLVERS:
        with pytest.raises(TypeError, match="ftol must be a real number"):
            SOLVERS[name](X0, ftol="x")
    with pytest.raises(TypeError, match="damping must be a real number"):
        levenberg_marquardt(residual, jac, X0, damping="x")
    with pytest.raises(ValueError, match="A must be a square matrix"):
        sample_variance(np.ones((2, 3)))
    with pytest.raises(TypeError, match="glass must be a SpinGlass, got 3"):
        flip_spins(3)


@pytest.mark.parametrize("name", DIRECT)
def test_a_seed_is_a_generator_and_anything_else_is_named(name):
    seeded, generated = DIRECT[name](X0, rng=5), DIRECT[name](X0, rng=np.random.default_rng(5))
    assert seeded.x.tolist() == generated.x.tolist()
    with pytest.raises(TypeError, match="rng must be a numpy Generator, a seed or None, got 'x'"):
        DIRECT[name](X0, rng="x")


@pytest.mark.parametrize(
    ("method", "option"),
    [
        (random_search, "sigma"),
        (random_search, "population"),
        (random_search, "temperature"),
        (random_search, "patience"),
        (random_search, "perturb"),
        (simulated_annealing, "cooling"),
        (simulated_annealing, "coldest"),
        (evolution_strategy, "parents"),
        (evolution_strategy, "children"),
        (spsa, "a"),
        (spsa, "stability"),
    ],
)
def test_options_of_direct_methods_are_named(method, option):
    with pytest.raises((TypeError, ValueError), match=f"^{option} must be"):
        method(ROSENBROCK.f, X0, **{option: "x"})


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("value", [np.ones(3), None, "x"])
@pytest.mark.parametrize("k", [2, 3])
def test_a_gradient_that_goes_wrong_on_the_way_ends_the_run(name, value, k):
    run = METHODS[name](X0, grad=from_call(k, ROSENBROCK.grad, lambda x: value))
    assert not run.success
    assert "grad" in run.message
    assert run.fun <= 24.2


@pytest.mark.parametrize("value", [np.ones(2), np.full((2, 2), np.nan), None])
def test_a_wrong_hessian_is_refused_at_the_call_and_ends_the_run_later(value):
    def start(k):
        return newton(ROSENBROCK.f, ROSENBROCK.grad, from_call(k, ROSENBROCK.hess, lambda x: value), X0)

    with pytest.raises((TypeError, ValueError), match="hess"):
        start(1)
    run = start(3)
    assert not run.success
    assert "hess" in run.message
    assert run.fun < 24.2


def test_newton_counts_each_hessian_once():
    calls = []

    def hess(x):
        calls.append(x)
        return ROSENBROCK.hess(x)

    run = newton(ROSENBROCK.f, ROSENBROCK.grad, hess, X0).finish()
    assert run.success
    assert len(calls) == run.nhev == len(run)
    assert [step.nhev for step in run] == [1, *range(1, len(run))]


def broken(*args):
    return 1 / 0


@pytest.mark.parametrize("bad", [broken, lambda *args: None, lambda *args: np.ones(3)])
@pytest.mark.parametrize("k", [1, 3])
def test_a_product_that_goes_wrong_ends_the_run(bad, k):
    run = truncated_newton(ROSENBROCK.f, ROSENBROCK.grad, X0, hvp=from_call(k, hvp, bad))
    assert not run.success
    assert isinstance(run.error, ZeroDivisionError if bad is broken else (TypeError, ValueError))
    assert "hvp" in run.message or "product" in run.message
    assert run.fun <= 24.2
    inner = newton_by_cg(bad, np.ones(2))
    assert not inner.success
    assert inner.error is not None


def test_products_are_counted():
    run = truncated_newton(ROSENBROCK.f, ROSENBROCK.grad, X0, hvp=hvp)
    assert run.nhev == run.last.nhev > 0
    assert hutchinson_trace(lambda v: v, 3, samples=7).nhev == 7
    assert "nhev = 7" in str(hutchinson_trace(lambda v: v, 3, samples=7))


def test_a_trace_ends_where_its_product_fails_and_refuses_a_wrong_shape():
    run = hutchinson_trace(from_call(3, np.negative, broken), 2)
    assert len(run) == 2
    assert isinstance(run.error, ZeroDivisionError)
    with pytest.raises(ValueError, match="product"):
        hutchinson_trace(lambda v: np.ones(5), 3)


@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("value", [np.ones(3), None, "x"])
def test_residuals_that_go_wrong_on_the_way_end_the_run(name, k, value):
    solver = {"gauss-newton": gauss_newton, "levenberg-marquardt": levenberg_marquardt}[name]
    for run in (
        solver(from_call(k, residual, lambda x: value), jac, X0),
        solver(residual, from_call(k, jac, lambda x: value), X0),
    ):
        assert not run.success
        assert run.fun <= 12.1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_jacobian_that_is_not_finite_on_the_way_ends_the_run(name, value):
    solver = {"gauss-newton": gauss_newton, "levenberg-marquardt": levenberg_marquardt}[name]
    run = solver(residual, from_call(3, jac, lambda x: np.full((2, 2), value)), X0)
    assert not run.success
    assert "gradient is not finite" in run.message
    assert run.fun <= 12.1


def test_steps_that_shrink_for_want_of_finite_residuals_are_no_success():
    run = levenberg_marquardt(from_call(2, residual, lambda x: np.full(2, np.nan)), jac, X0)
    assert not run.success
    assert "not finite" in run.message
    assert run.x.tolist() == X0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SOLVERS)
def test_tolerances_of_zero_end_where_no_step_is_left(name):
    run = SOLVERS[name](X0, xtol=0, ftol=0)
    assert run.x == pytest.approx([1.0, 1.0], abs=1e-12)
    solver = {"gauss-newton": gauss_newton, "levenberg-marquardt": levenberg_marquardt}[name]
    run = solver(lambda b: np.exp(-b[0] * np.arange(4.0)) - [1, 0.3, 0.2, 0.0], None, [1.0], xtol=0, ftol=0)
    assert not run.success
    assert "no step is left that changes x" in run.message


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("search", [backtracking, exact(brent), more_thuente])
def test_a_function_that_writes_into_its_argument_or_reuses_its_result_does_no_harm(name, search):
    buffer = np.zeros(2)

    def f(x):
        value = ROSENBROCK.f(x)
        x -= 1
        return value

    def grad(x):
        buffer[:] = ROSENBROCK.grad(x)
        x *= 2
        return buffer

    start, options = np.array(X0), {"line_search": search, "maxiter": 30}
    careless, careful = METHODS[name](start, f=f, grad=grad, **options), METHODS[name](start, **options)
    assert careless.x.tolist() == careful.x.tolist()
    assert start.tolist() == X0


@pytest.mark.parametrize("solver", [gauss_newton, levenberg_marquardt])
def test_residuals_may_share_one_buffer(solver):
    r, J = np.zeros(2), np.zeros((2, 2))

    def into(buffer, function):
        def filled(x):
            buffer[:] = function(x)
            return buffer

        return filled

    assert solver(into(r, residual), into(J, jac), X0).x.tolist() == solver(residual, jac, X0).x.tolist()


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_truncated_newton_sees_curvature_in_any_unit(unit):
    def H(x):
        return (np.diag([1.0, 3.0]) + np.diag(np.cosh(x / unit))) / unit**2

    run = truncated_newton(
        lambda x: (x[0] ** 2 + 3 * x[1] ** 2) / unit**2 / 2 + np.sum(np.cosh(x / unit)),
        lambda x: np.array([1.0, 3.0]) * x / unit**2 + np.sinh(x / unit) / unit,
        np.array([2.0, -1.0]) * unit,
        hvp=lambda x, v: H(x) @ v,
        gtol=1e-6 / unit,
    )
    assert run.success
    assert run.nit < 10


@pytest.mark.parametrize("k", range(2, 12))
def test_an_exception_while_f_rises_keeps_the_best_point(k):
    f = from_call(k, ROSENBROCK.f, broken)
    run = steepest_descent(f, ROSENBROCK.grad, X0, line_search=fixed(1e-2))
    assert isinstance(run.error, ZeroDivisionError)
    assert run.fun == min(step.fun for step in run)
