"""Calls and outcomes on named problems, against SciPy's."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from descent.methods import bfgs, conjugate_gradient, levenberg_marquardt, newton
from descent.problems import least_squares, multivariate

DATA = Path(__file__).parent / "data"
SCIPY = {
    entry["name"].split(" (")[0]: entry["scipy_runs"]
    for entry in json.loads((DATA / "multivariate_problems.json").read_text())["problems"]
}
MINPACK = {
    entry["name"]: entry for entry in json.loads((DATA / "nist_baseline.json").read_text())["datasets"]
}
LARGE = [name for name, problem in multivariate.items() if problem.x0.size > 20]


def geometric_mean(ratios):
    return np.exp(np.mean(np.log(ratios)))


def ratios(method, peer, **options):
    found = []
    for name, runs in SCIPY.items():
        problem = multivariate[name]
        run = method(problem.f, problem.grad, problem.x0, **options)
        assert run.success, (name, run.message)
        assert np.max(abs(problem.grad(run.x))) <= 1e-5
        found.append(run.nfev / runs[f"{peer} gtol=1e-05"]["nfev"])
    return found


def test_bfgs_calls_f_no_more_than_scipys():
    found = ratios(bfgs, "BFGS")
    assert geometric_mean(found) <= 1.0
    assert max(found) <= 2.5


@pytest.mark.parametrize("beta", ["HS", "PR+"])
def test_conjugate_gradients_call_f_about_as_often_as_scipys(beta):
    found = ratios(conjugate_gradient, "CG", beta=beta)
    assert geometric_mean(found) <= 1.2
    assert max(found) <= 3.5


METHODS = {
    "bfgs": bfgs,
    "HS": conjugate_gradient,
    "PR+": lambda f, grad, x0: conjugate_gradient(f, grad, x0, beta="PR+"),
    "FR": lambda f, grad, x0: conjugate_gradient(f, grad, x0, beta="FR"),
}


@pytest.mark.parametrize("name", [name for name in multivariate if name not in LARGE])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_ends_every_problem_at_a_stationary_point(method, name):
    problem = multivariate[name]
    run = METHODS[method](problem.f, problem.grad, problem.x0)
    assert run.success, run.message
    assert np.max(abs(problem.grad(run.x))) <= 1e-5
    assert run.fun == problem.f(run.x) <= problem.f(problem.x0)
    assert all(step.fun <= before.fun * (1 + 1e-14) for before, step in pairwise(run))


@pytest.mark.parametrize("name", [name for name in multivariate if name not in LARGE])
def test_newton_needs_few_iterations(name):
    problem = multivariate[name]
    run = newton(problem.f, problem.grad, problem.hess, problem.x0)
    assert run.success, run.message
    assert run.nit <= 100
    assert run.nhev == run.nit + 1  # one at each iterate


STARTS = [
    pytest.param(name, x0, id=f"{name}-start{k + 1}")
    for name in MINPACK
    for k, x0 in enumerate(least_squares[name].starts)
]


def digits(run, problem):
    return -np.log10(np.max(abs(run.x - problem.x_star) / abs(problem.x_star)))


@pytest.mark.parametrize(("name", "x0"), STARTS)
def test_levenberg_marquardt_finds_the_certified_parameters(name, x0):
    problem = least_squares[name]
    run = levenberg_marquardt(problem.residual, problem.jac, x0)
    assert run.success
    assert digits(run, problem) >= 6
    assert run.fun == pytest.approx(problem.f_star, rel=1e-9)


def test_levenberg_marquardt_calls_the_residuals_about_as_often_as_minpack():
    found = []
    for name, entry in MINPACK.items():
        problem = least_squares[name]
        for k, x0 in enumerate(problem.starts):
            runs = [entry["scipy_lm"][f"start{k + 1} x_scale={scale}"] for scale in ("1.0", "jac")]
            fewest = min(run["nfev"] for run in runs if run["min_LRE"] >= 6)
            found.append(levenberg_marquardt(problem.residual, problem.jac, x0).nfev / fewest)
    assert len(found) == 18
    assert geometric_mean(found) <= 1.3


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in least_squares if name not in MINPACK])
def test_levenberg_marquardt_ends_the_test_functions_too(name):
    problem = least_squares[name]
    run = levenberg_marquardt(problem.residual, problem.jac, problem.x0)
    assert run.success
    if name == "Trigonometric":  # it has a local minimum of 1.4e-5
        assert run.fun < 2e-5
    else:
        assert run.fun == pytest.approx(problem.f_star, rel=1e-5, abs=1e-18)


def test_levenberg_marquardt_does_not_stop_while_a_parameter_still_moves():
    problem = least_squares["ENSO"]  # |r|^2 is flat to rounding long before b is known
    for x0 in problem.starts:
        assert digits(levenberg_marquardt(problem.residual, problem.jac, x0), problem) >= 6.5


def test_a_fit_that_becomes_perfect_ends_at_the_rounding_of_its_start():
    problem = least_squares["Powell singular"]  # the minimiser is 0, so no step is relatively small
    run = levenberg_marquardt(problem.residual, problem.jac, problem.x0)
    assert run.success
    assert "rounding" in run.message
    assert run.nfev < 60


def test_pr_plus_is_cut_at_zero():
    problem = multivariate["Helical valley"]
    run = conjugate_gradient(problem.f, problem.grad, problem.x0, beta="PR+")
    betas = [step.beta for step in run[1:]]
    assert min(betas) == 0.0
    assert max(betas) > 0.1


def test_the_steps_of_levenberg_marquardt_tell_which_were_rejected():
    problem = least_squares["MGH09"]
    run = levenberg_marquardt(problem.residual, problem.jac, problem.starts[0])
    rejected = [(before, step) for before, step in pairwise(run) if "rejected" in step.remark]
    assert rejected
    for before, step in rejected:
        assert np.array_equal(step.x, before.x)
        assert step.alpha == 0
    assert run.nfev == run.nit + 1
    assert run.njev == run.nit - len(rejected) + 1
    values = [step.fun for step in run]
    assert values == sorted(values, reverse=True)
