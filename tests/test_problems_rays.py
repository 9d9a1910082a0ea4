"""Functions on a ray: slopes that match, answers that hold, and a learner's own functions."""

import json
from pathlib import Path

import numpy as np
import pytest
from descent.line_search import more_thuente
from descent.problems import multivariate, o_rings, rays, typed_plane, typed_ray
from descent.problems.logistic import DAMAGED, TEMPERATURES, logistic_loss
from descent.problems.typed_slopes import measured_gradient, measured_slope

by_ray = pytest.mark.parametrize("ray", rays.values(), ids=rays.keys())


def slope_by_values(phi, alpha, h):
    return (phi(alpha + h) - phi(alpha - h)) / (2 * h)


@by_ray
def test_slope_is_the_derivative_of_the_values(ray):
    reach = ray.bracket[2]
    for alpha in np.linspace(0.03, 0.97, 37) * reach:
        measured = slope_by_values(ray.f, alpha, 1e-6 * reach)
        if np.isfinite(measured):
            scale = abs(ray.grad(0.0)) + abs(measured)
            assert ray.grad(alpha) == pytest.approx(measured, abs=1e-5 * scale)


@by_ray
def test_ray_falls_at_first(ray):
    assert np.isfinite(ray.f(0.0))
    assert ray.grad(0.0) < 0


@pytest.mark.parametrize(
    "name",
    ["quadratic", "steep wall", "barrier", "More-Thuente 1", "More-Thuente 2", "More-Thuente 3"],
)
def test_named_minimiser_is_stationary_and_lowest_nearby(name):
    ray = rays[name]
    assert abs(ray.grad(ray.x_star)) < 1e-9
    assert ray.f(ray.x_star) == pytest.approx(ray.f_star, abs=1e-14)
    near = ray.x_star + np.array([-1e-3, 1e-3])
    assert ray.f_star < min(ray.f(alpha) for alpha in near.tolist())


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_functions_of_more_and_thuente_have_the_published_counts(number):
    table = json.loads((Path(__file__).parent / "data" / "more_thuente.json").read_text())["tables"][number]
    ray = rays[f"More-Thuente {number}"]
    for row in table["rows"]:
        run = more_thuente(ray.f, ray.grad, row["alpha0"], c1=table["mu"], c2=table["eta"])
        assert run.nfev == row["paper"]["m"]


def test_slope_of_function_3_inside_its_rounded_tip():
    ray = rays["More-Thuente 3"]
    for alpha in (0.993, 0.999, 1.004, 1.009):
        assert ray.grad(alpha) == pytest.approx(slope_by_values(ray.f, alpha, 1e-6), abs=1e-6)


def test_steepest_rays_start_at_the_problem_and_go_against_its_gradient():
    problem = multivariate["Rosenbrock"]
    x, g = problem.x0, problem.grad(problem.x0)
    ray = rays["Rosenbrock"]
    assert ray.f(2e-4) == pytest.approx(problem.f(x - 2e-4 * g), rel=1e-14)
    assert ray.grad(0.0) == pytest.approx(-g @ g, rel=1e-14)


def test_two_valleys_has_two():
    ray = rays["two valleys"]
    slopes = np.array([ray.grad(alpha) for alpha in np.linspace(0, ray.bracket[2], 500).tolist()])
    assert np.sum((slopes[:-1] < 0) & (slopes[1:] >= 0)) == 2


def test_barrier_ends_without_a_warning():
    assert np.isnan(rays["barrier"].f(1.2))
    assert np.isnan(rays["barrier"].grad(1.2))


def test_o_rings_agree_with_the_published_fit():
    """Dalal, Fowlkes and Hoadley: log odds of damage 15.043 - 0.2322 t, 7 damaged flights of 23."""
    intercept, slope = o_rings().x_star
    assert (len(TEMPERATURES), DAMAGED.sum()) == (23, 7)
    assert slope / 10 == pytest.approx(-0.2322, abs=5e-5)
    assert intercept - 70 * slope / 10 == pytest.approx(15.043, abs=5e-4)


def test_o_rings_minimum():
    problem = o_rings()
    assert np.abs(problem.grad(problem.x_star)).max() < 1e-13
    assert np.all(np.linalg.eigvalsh(problem.hess(problem.x_star)) > 0)
    assert problem.f(problem.x_star) == problem.f_star


def test_logistic_loss_is_minus_the_log_likelihood():
    rng = np.random.default_rng(0)
    X, y, w = rng.normal(size=(7, 3)), rng.integers(0, 2, 7), rng.normal(size=3)
    f, grad, hess = logistic_loss(X, y)
    p = 1 / (1 + np.exp(-X @ w))
    assert f(w) == pytest.approx(-np.sum(np.log(np.where(y == 1, p, 1 - p))), rel=1e-13)
    assert grad(w) == pytest.approx(measured_gradient(f)(w), abs=1e-9)
    columns = np.stack([(grad(w + 1e-6 * e) - grad(w - 1e-6 * e)) / 2e-6 for e in np.eye(3)], axis=1)
    assert hess(w) == pytest.approx(columns, abs=1e-8)


def test_logistic_loss_does_not_overflow():
    f, grad, _ = logistic_loss([[1000.0], [1000.0]], [1, 0])
    assert f(np.array([1.0])) == 1000.0
    assert grad(np.array([1.0])).tolist() == [1000.0]


@pytest.mark.parametrize(
    ("phi", "slope"), [(np.exp, np.exp), (np.sin, np.cos), (lambda a: a**5, lambda a: 5 * a**4)]
)
def test_measured_slopes_have_ten_digits(phi, slope):
    alphas = np.linspace(0.2, 2, 9)
    assert measured_slope(phi)(alphas) == pytest.approx(slope(alphas), rel=1e-10)
    assert isinstance(float(measured_slope(phi)(0.3)), float)


def test_measured_slope_where_the_function_begins():
    slope = measured_slope(lambda a: np.sqrt(a) ** 3 - a)
    assert slope(0.0) == pytest.approx(-1, abs=2e-2)
    assert slope(1.0) == pytest.approx(0.5, rel=1e-9)


@pytest.mark.parametrize("text", ["(alpha - 1)^2", "(a - 1)^2", "(x - 1)^2"])
def test_a_typed_ray_may_name_its_variable(text):
    ray = typed_ray(text, 2)
    assert ray.f(0.25) == 0.5625
    assert ray.grad(0.25) == pytest.approx(-1.5, rel=1e-10)
    assert ray.bracket[2] == 2


@pytest.mark.parametrize(
    ("text", "reach", "said"),
    [
        ("alpha", 2, "must fall at alpha = 0, but its slope there is 1"),
        ("1/alpha", 2, "must be finite at alpha = 0"),
        ("-alpha", 0, "reach must be positive and finite, got reach = 0"),
        ("-alpha", np.inf, "reach must be positive"),
        ("-beta", 2, "'beta' is not known"),
        ("__import__('os')", 2, "'__import__' is not known"),
    ],
)
def test_a_typed_ray_that_cannot_be_searched_says_why(text, reach, said):
    with pytest.raises(ValueError, match=said):
        typed_ray(text, reach)


def test_a_typed_plane_has_a_gradient_and_a_start():
    problem = typed_plane("x^2*y + sin(y)", 1.5, -2)
    assert problem.x0.tolist() == [1.5, -2]
    assert problem.grad(problem.x0) == pytest.approx([-6, 2.25 + np.cos(-2)], rel=1e-9)
    assert problem.f_star is None


def test_a_typed_plane_must_be_finite_at_its_start():
    with pytest.raises(ValueError, match=r"f\(0, 1\) is -inf: start elsewhere"):
        typed_plane("log(x) + y", 0, 1)
