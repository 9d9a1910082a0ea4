"""Races: every method on the same problem, with its true costs."""

from functools import partial

import numpy as np
import pytest
from descent.line_search import exact, fixed, line_searches
from descent.methods import AGAINST, race, random_search, steepest_descent, with_searches
from descent.problems import Problem, multivariate, o_rings, quadratic
from descent.univariate import golden_section


@pytest.fixture(scope="module")
def result():
    racers = with_searches(steepest_descent, line_searches(0.04), maxiter=12)
    return race(quadratic(10), racers, k=3)


def test_every_method_runs_on_the_problem(result):
    assert list(result.runs) == list(line_searches())
    for name in result.runs:
        assert result.path(name)[0].tolist() == [10, 1]
        assert result.gaps(name)[0] == 110
        assert len(result.gaps(name)) == len(result.path(name)) == len(result.cost(name)) == 13


def test_costs_are_iterations_calls_and_calls_with_gradients(result):
    for name, run in result.runs.items():
        by = {against: result.at(3, against).cost(name) for against in AGAINST}
        assert by["iterations"].tolist() == list(range(13))
        assert by["calls of f"][-1] == run.last.nfev
        assert by["calls of f and its gradient"][-1] == run.last.nfev + run.last.njev
        assert np.all(np.diff(by["calls of f"]) >= 1)


def test_looking_elsewhere_runs_nothing_again(result):
    later = result.at(7, "calls of f")
    assert (later.k, later.against) == (7, "calls of f")
    assert later.runs is result.runs


def test_options_reach_the_method():
    racers = with_searches(steepest_descent, {"fixed": fixed(0.04)}, maxiter=5, norm="l1")
    run = race(quadratic(10), racers).runs["fixed"]
    assert run.nit == 5
    assert run.arguments["norm"] == "l1"


def test_the_lowest_value_stands_in_for_an_unknown_minimum():
    problem = Problem("unknown", lambda x: x @ x + 3, grad=lambda x: 2 * x, x0=np.array([1.0, 2.0]))
    racers = with_searches(steepest_descent, {"short": fixed(0.1), "right": fixed(0.5)}, maxiter=3)
    result = race(problem, racers)
    assert result.f_star == 3
    assert result.gaps("right")[-1] == 0
    assert result.gaps("short")[-1] > 0


def test_a_method_without_a_gradient_may_race():
    result = race(
        quadratic(3),
        {"random": lambda p: random_search(p.f, p.x0, rng=np.random.default_rng(0), maxiter=5)},
        against="calls of f and its gradient",
    )
    assert len(result.cost("random")) == len(result.gaps("random"))


def test_against_is_one_of_three():
    with pytest.raises(ValueError, match=r"against must be one of iterations, .*, got 'time'"):
        race(quadratic(3), {}, against="time")


@pytest.mark.parametrize("kappa", [2, 10, 100])
def test_exact_search_shrinks_f_by_the_square_of_the_ratio(kappa):
    racers = with_searches(steepest_descent, {"exact": exact(golden_section)}, maxiter=15)
    gaps = race(quadratic(kappa), racers).gaps("exact")
    assert gaps[1:] / gaps[:-1] == pytest.approx(((kappa - 1) / (kappa + 1)) ** 2, abs=1e-10)


def test_too_small_and_too_large_c1_cost_iterations_in_a_real_loss():
    loss = o_rings()
    backtracking = line_searches()["Armijo"]
    searches = {c1: partial(backtracking, c1=c1) for c1 in (1e-4, 0.3, 0.99)}
    runs = race(loss, with_searches(steepest_descent, searches, gtol=1e-3)).runs
    assert runs[0.3].nit < runs[1e-4].nit < runs[0.99].nit
    assert all(run.success for run in runs.values())


def test_a_diverging_method_ends_and_the_others_go_on():
    racers = with_searches(steepest_descent, line_searches(1.0), maxiter=20)
    result = race(multivariate["Rosenbrock"], racers)
    assert not result.runs["fixed step"].success
    assert result.gaps("Wolfe")[-1] < 1
