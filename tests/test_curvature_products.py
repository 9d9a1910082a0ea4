"""Curvature products: against dense matrices, by their laws, and at work."""

from itertools import pairwise

import numpy as np
import pytest
from descent import autodiff
from descent.autodiff import ggnvp, grad, hessian, hvp, jacobian
from descent.methods import hutchinson_trace, newton, newton_by_cg, sample_variance, truncated_newton
from descent.methods.defaults import hessian_products
from descent.methods.lecture import landscapes, with_derivatives
from descent.methods.product_costs import (
    WAYS,
    by_central_difference,
    by_columns,
    compare_products,
    curvature_operations,
    sum_over_rows,
)
from descent.methods.spectra import learn
from descent.methods.trace import coupled_matrix, coupled_sum, trace_film
from descent.methods.truncated_views import (
    capped,
    indefinite_region,
    inside,
    many_variables,
    side_by_side,
)
from descent.problems import multivariate, quadratic, typed_function
from descent.problems.network import layers, pupil
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([np.tanh, np.sin, np.exp]))
def test_products_equal_dense_matrices(seed, hidden, sigma):
    rng = np.random.default_rng(seed)
    fit = pupil(hidden, 0.5, sigma, cases=7)
    w, v = rng.normal(size=(2, fit.x0.size))
    H, J = hessian(fit.f)(w), jacobian(fit.model)(w)
    G = J.T @ J  # the loss is half the squared error
    scale = np.linalg.norm(H) * np.linalg.norm(v)
    assert np.linalg.norm(hvp(fit.f, w, v) - H @ v) <= 1e-12 * scale
    assert np.linalg.norm(ggnvp(fit.model, fit.loss, w, v) - G @ v) <= 1e-12 * np.linalg.norm(
        G
    ) * np.linalg.norm(v)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_products_are_linear_and_symmetric_and_gauss_newton_never_curves_down(seed, c):
    fit = pupil(3, 0.5)
    rng = np.random.default_rng(seed)
    w, u, v = rng.normal(size=(3, fit.x0.size))
    for product in (
        lambda d: hvp(fit.f, w, d),
        lambda d: ggnvp(fit.model, fit.loss, w, d),
    ):
        Hu, Hv = product(u), product(v)
        scale = np.linalg.norm(Hu) + np.linalg.norm(Hv)
        assert np.linalg.norm(product(u + c * v) - Hu - c * Hv) <= 1e-11 * (1 + abs(c)) * scale
        assert abs(u @ Hv - v @ Hu) <= 1e-11 * scale * (np.linalg.norm(u) + np.linalg.norm(v))
    assert v @ ggnvp(fit.model, fit.loss, w, v) >= 0


def test_the_gauss_newton_matrix_is_not_the_hessian_but_where_the_residual_vanishes():
    fit = pupil(3, 0.0)
    v = np.ones(fit.x0.size)
    apart = hvp(fit.f, fit.x0, v) - ggnvp(fit.model, fit.loss, fit.x0, v)
    assert np.linalg.norm(apart) > 1
    together = hvp(fit.f, fit.teacher, v) - ggnvp(fit.model, fit.loss, fit.teacher, v)
    assert np.linalg.norm(together) < 1e-10


def test_differences_have_the_orders_that_taylor_gives():
    f, w, v = sum_over_rows(np.exp, 6)
    gradient, exact = grad(f), hvp(f, w, v)
    for way, order in ((by_central_difference, 2), (by_columns, 1)):
        errors = [np.linalg.norm(way(gradient, w, v, h) - exact) for h in (0.02, 0.01, 0.005)]
        assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)
        assert np.log2(errors[1] / errors[2]) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("s", [np.tanh, np.exp, typed_function("ln(1 + z^2)", "z")])
def test_the_product_is_exact_and_costs_about_two_gradients_whatever_n_is(s):
    products = compare_products(s)
    exact, central, columns = (np.array(products.errors[way]) for way in WAYS)
    assert exact.max() < 1e-14
    assert central.min() > 1e-12
    assert columns.min() > 1e-10
    assert max(products.costs[WAYS[0]]) < 2.5
    assert max(products.costs[WAYS[1]]) < 2.5
    assert np.all(np.array(products.costs[WAYS[2]]) > products.sizes)


def test_a_function_with_a_kink_or_a_pole_is_refused_or_compared():
    with pytest.raises(ValueError, match="smoother"):
        compare_products(typed_function("sqrt(z)", "z"))
    assert compare_products(typed_function("3*z + 1", "z")).error_here(WAYS[0]) == 0.0


@pytest.mark.parametrize("sizes", [(4, 6, 2), (30, 20, 10)])
def test_operations_of_curvature_products_of_a_network(sizes):
    counts = curvature_operations(*layers(sizes, 16, np.random.default_rng(0)))
    f, gradient, Hv, Gv = counts.values()
    assert 2 < gradient / f < 3
    assert 1.5 < Hv / gradient < 2.5
    assert Gv < Hv


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_variance_of_a_sample_is_its_mean_over_all_sign_vectors(seed, n):
    A = np.random.default_rng(seed).normal(size=(n, n))  # need not be symmetric
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * n)).reshape(n, -1)
    samples = np.sum(signs * (A @ signs), axis=0)
    assert np.mean(samples) == pytest.approx(np.trace(A), abs=1e-10)
    assert np.var(samples) == pytest.approx(sample_variance(A), abs=1e-9, rel=1e-9)


@pytest.mark.parametrize("n", [1, 2])
def test_the_variance_for_normal_numbers_is_isserlis(n):
    A = np.random.default_rng(n).normal(size=(n, n))
    S = (A + A.T) / 2
    moment = np.zeros((n,) * 4)  # E v_i v_j v_k v_l
    for i, j, k, m in np.ndindex(moment.shape):
        moment[i, j, k, m] = (i == j) * (k == m) + (i == k) * (j == m) + (i == m) * (j == k)
    second = np.einsum("ij,kl,ijkl", S, S, moment)
    assert sample_variance(A, "normal") == pytest.approx(second - np.trace(A) ** 2)


def test_an_unknown_distribution_is_named():
    with pytest.raises(ValueError, match="uniform"):
        sample_variance(np.eye(2), "uniform")


@pytest.mark.parametrize("distribution", ["signs", "normal"])
def test_most_estimates_lie_within_two_theoretical_errors(distribution):
    A = coupled_matrix(0.7)
    deviation = (sample_variance(A, distribution) / 50) ** 0.5
    estimates = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        estimates.append(
            hutchinson_trace(lambda v: A @ v, 12, samples=50, rng=rng, distribution=distribution).x
        )
    inside_band = np.mean(np.abs(np.array(estimates) - np.trace(A)) < 2 * deviation)
    assert 0.91 <= inside_band <= 0.99
    assert np.mean(estimates) == pytest.approx(np.trace(A), abs=4 * deviation / 200**0.5)


def test_the_film_of_a_trace_keeps_matrix_and_theory():
    A = coupled_matrix(0.5)
    film = trace_film(A, hutchinson_trace(lambda v: A @ v, 12, samples=5), "signs").finish()
    assert film.nit == 4
    assert film.last.exact == pytest.approx(np.trace(A))
    assert film.last.deviation == pytest.approx(sample_variance(A) ** 0.5)


def test_without_noise_both_spectra_meet_at_the_end_and_the_first_is_indefinite():
    film = learn(3, 0.0, np.tanh)
    assert film[0].H[0] < -1
    assert all(step.G[0] > -1e-10 * step.G[-1] for step in film)
    assert np.allclose(film.last.H, film.last.G, rtol=1e-6)
    assert film.last.difference < 1e-12
    assert learn(3, 0.5, np.tanh).last.difference > 1e-5


# -- truncated Newton ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_enough_cg_steps_give_newtons_direction(seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(6, 6))
    A, g = root @ root.T + np.eye(6), 1e-8 * rng.normal(size=6)  # so small that the residual is, too
    run = newton_by_cg(lambda v: A @ v, g)
    assert run.success
    assert run.x == pytest.approx(-np.linalg.solve(A, g), rel=1e-2)
    assert np.linalg.norm(A @ run.x + g) <= np.linalg.norm(g) ** 1.5


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_every_direction_descends_and_lowers_the_model_if_it_is_convex(seed, cap):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(5, 5))
    for A in (root @ root.T, root + root.T):
        g = rng.normal(size=5)
        run = newton_by_cg(lambda v, A=A: A @ v, g, cg_steps=cap)
        assert g @ run.x < 0
        model = [g @ step.x + step.x @ A @ step.x / 2 for step in run]
        curved_down = [k for k in range(1, len(run)) if run[k].curvature < 0]
        assert curved_down in ([], [run.nit])
        assert all(b < a for a, b in pairwise(model))
        for step in run[1:]:
            assert step.curvature == pytest.approx(step.v @ A @ step.v / (step.v @ step.v))


def test_one_cg_step_is_steepest_descent_with_the_length_of_the_model():
    A, g = np.diag([1.0, 4.0]), np.array([1.0, 1.0])
    run = newton_by_cg(lambda v: A @ v, g, cg_steps=1)
    assert run.x == pytest.approx(-(g @ g) / (g @ A @ g) * g)
    assert "cut off" in run.message


def test_no_curvature_ends_the_search_with_what_was_found():
    run = newton_by_cg(lambda v: 0 * v, np.array([1.0, 2.0]))
    assert run.x.tolist() == [-1.0, -2.0]
    assert "no curvature" in run.message
    run = newton_by_cg(lambda v: np.nan * v, np.array([1.0, 2.0]))
    assert run.x.tolist() == [-1.0, -2.0]


def test_a_cap_must_be_positive():
    with pytest.raises(ValueError, match="cg_steps"):
        newton_by_cg(lambda v: v, np.ones(2), cg_steps=0)


def test_truncated_newton_converges_superlinearly_on_the_valleys():
    problem = many_variables()["valleys, n = 100"]
    run = truncated_newton(problem.f, problem.grad, problem.x0, gtol=1e-11)
    assert run.success
    sizes = np.array([np.linalg.norm(step.grad) for step in run])
    last = sizes[sizes < 1e-2]
    assert last.size >= 3
    assert all(b < a**1.3 for a, b in pairwise(last))


@pytest.mark.parametrize("name", ["Rosenbrock", "Wood", "Helical valley", "Beale", "Gulf"])
def test_truncated_newton_and_newton_find_the_same_minimum(name):
    name = next(key for key in multivariate if key.startswith(name))
    problem = multivariate[name]
    run = truncated_newton(
        problem.f, problem.grad, problem.x0, hvp=lambda x, v: problem.hess(x) @ v, gtol=1e-7
    )
    assert run.success, run.message
    full = newton(problem.f, problem.grad, problem.hess, problem.x0, gtol=1e-7, maxiter=2000)
    assert run.fun == pytest.approx(full.fun, abs=1e-6)


def test_the_view_from_inside_shows_the_direction_that_the_run_took():
    for name in landscapes():
        view = inside(landscapes()[name], 0.3, 1.0, 2, 0)
        if view.solving is None:
            continue
        assert view.run[1].direction == pytest.approx(view.solving.x)
        assert (
            view.solving.last.curvature > 0
            or view.eigenvalues[0] < 0
            or "no curvature" in view.solving.message
        )
    problem = with_derivatives(landscapes()["saddle"])
    view = inside(problem, 0.3, 1.0, 2, 99)
    assert (view.k, view.solving) == (view.run.nit, None)
    assert view.eigenvalues.tolist() == np.linalg.eigvalsh(problem.hess(view.here.x)).tolist()


def test_the_region_of_negative_curvature_is_where_the_hessian_is_indefinite():
    x, y, least = indefinite_region(landscapes()["saddle"], (-2.0, -2.0), (2.0, 2.0), 9)
    assert np.allclose(least, np.minimum(3 * x[None, :] ** 2 - 1, 1.0) + 0 * y[:, None])


def test_work_counts_gradients_and_products():
    result = capped(many_variables()["valleys, n = 100"], 5)
    last = result.run.last
    assert result.work[-1] == last.njev + 2.5 * last.nhev
    assert result.products.sum() == last.nhev
    assert result.products.max() == 5
    assert result.negative.size == result.products.size == result.run.nit


def test_a_function_of_ones_own_stands_side_by_side():
    problem = side_by_side("x^2 + x*y", 1.0, 2.0, pairs=3)
    w = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert problem.f(w) == 1 + 2 + 9 + 12 + 25 + 30
    assert problem.grad(w).tolist() == [4.0, 1.0, 10.0, 3.0, 16.0, 5.0]
    assert problem.x0 == pytest.approx(np.tile([1.0, 2.0], 3), abs=1.5)
    assert np.unique(problem.x0).size == 6


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("log(x)", -5.0, "finite near the start"),
        ("x +", 0.0, "not a formula"),
        ("x", np.nan, "must be finite"),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused(text, x, words):
    with pytest.raises(ValueError, match=words):
        side_by_side(text, x, 1.0)


@pytest.mark.parametrize("coupling", [0.0, 0.7])
def test_the_coupled_sum_has_its_hessian(coupling):
    f, w = coupled_sum(np.exp, coupling)
    B = np.eye(12) + coupling * np.random.default_rng(4).normal(size=(12, 12)) / np.sqrt(12)
    assert hessian(f)(w) == pytest.approx(B.T @ np.diag(np.exp(B @ w)) @ B)
    with pytest.raises(ValueError, match="smoother"):
        coupled_sum(np.log, coupling)


def test_hessian_products_by_autodiff_are_used_when_none_is_given():
    problem = quadratic(50, 4)
    f = lambda x: np.sum(np.array([1.0, 3.0, 5.0, 7.0]) * x**2)  # noqa: E731
    run = truncated_newton(f, autodiff.grad(f), np.ones(problem.x0.size))
    assert run.success
    assert run.last.nhev > 0


def test_products_at_a_point_share_one_list_of_the_gradient():
    problem, traced = multivariate["Wood"], []

    def f(x):
        traced.append(x)
        return problem.f(x)

    products = hessian_products(autodiff, f)
    for point in (problem.x0, problem.x0 + 1.0, problem.x0):
        traced.clear()
        found = [products(point, v) for v in np.eye(4)]
        assert len(traced) == 1
        np.testing.assert_array_equal(found, [hvp(problem.f, point, v) for v in np.eye(4)])
