"""What theory says of the methods on quadratics, to 1e-10."""

from itertools import pairwise

import numpy as np
import pytest
from descent.line_search import exact
from descent.methods import bfgs, conjugate_gradient, damped_step, inverse_update, newton, truncated_newton
from descent.methods.truncated import newton_by_cg
from descent.univariate import brent
from hypothesis import given, settings
from hypothesis import strategies as st

EXACT = exact(brent, tol=1e-9)


def quadratic(seed, n=6, condition=50.0):
    """Return A, f, its gradient, its minimiser and a start."""
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    A = Q @ np.diag(np.geomspace(1, condition, n)) @ Q.T
    b = rng.standard_normal(n)
    return (
        A,
        lambda x: x @ A @ x / 2 - b @ x,
        lambda x: A @ x - b,
        np.linalg.solve(A, b),
        rng.standard_normal(n),
    )


def path(run):
    return np.array([step.x for step in run])


@pytest.mark.parametrize("seed", range(6))
def test_the_conjugate_gradients_and_bfgs_are_one_method_on_a_quadratic(seed):
    _, f, grad, minimiser, x0 = quadratic(seed)
    n = x0.size
    options = {"line_search": EXACT, "gtol": 1e-10}
    paths = [path(conjugate_gradient(f, grad, x0, beta=beta, **options)) for beta in ("HS", "PR+", "FR")]
    paths.append(path(bfgs(f, grad, x0, **options)))
    for other in paths[1:]:
        assert other[: n + 1] == pytest.approx(paths[0][: n + 1], abs=1e-10)
    assert paths[0][n] == pytest.approx(minimiser, abs=1e-10)
    assert np.max(abs(paths[0][n - 1] - minimiser)) > 1e-6  # and not in n - 1 steps


@pytest.mark.parametrize("seed", range(6))
def test_after_n_exact_steps_bfgs_knows_the_inverse_hessian(seed):
    A, f, grad, _, x0 = quadratic(seed)
    run = bfgs(f, grad, x0, line_search=EXACT, gtol=1e-10)
    assert pytest.approx(np.linalg.inv(A), abs=1e-10) == run[x0.size].H


@pytest.mark.parametrize("beta", ["HS", "PR+", "FR"])
def test_directions_are_conjugate_and_gradients_orthogonal(beta):
    A, f, grad, _, x0 = quadratic(11)
    steps = list(conjugate_gradient(f, grad, x0, beta=beta, line_search=EXACT, gtol=1e-10))
    V = np.array([step.direction / np.linalg.norm(step.direction) for step in steps[1 : x0.size + 1]])
    products = V @ A @ V.T
    assert products - np.diag(np.diag(products)) == pytest.approx(0, abs=1e-9)
    G = np.array([step.grad / np.linalg.norm(step.grad) for step in steps[: x0.size]])
    assert pytest.approx(np.eye(len(G)), abs=1e-9) == G @ G.T


def test_conjugate_gradients_are_optimal_over_the_krylov_space():
    A, f, grad, _, x0 = quadratic(5)
    run = conjugate_gradient(f, grad, x0, line_search=EXACT, gtol=1e-10)
    g, space = grad(x0), []
    for k in range(1, 5):
        space.append(np.linalg.matrix_power(A, k - 1) @ g)
        K = np.array(space).T
        best = x0 + K @ np.linalg.solve(K.T @ A @ K, -K.T @ g)
        assert run[k].x == pytest.approx(best, abs=1e-8)


@given(st.integers(0, 10_000))
def test_the_lectures_bfgs_formula_is_the_usual_inverse_update(seed):
    rng = np.random.default_rng(seed)
    n = 5
    M = rng.standard_normal((n, n))
    H, s = M @ M.T + np.eye(n), rng.standard_normal(n)
    N = rng.standard_normal((n, n))
    y = (N @ N.T + np.eye(n)) @ s  # so that s'y > 0
    rho = 1 / (y @ s)
    left = np.eye(n) - rho * np.outer(s, y)
    usual = left @ H @ left.T + rho * np.outer(s, s)
    updated = inverse_update(H, s, y)
    assert updated == pytest.approx(usual, rel=1e-10, abs=1e-10 * np.max(abs(usual)))
    assert updated @ y == pytest.approx(s, abs=1e-10 * np.max(abs(usual)) * np.max(abs(y)))


@given(st.integers(0, 10_000), st.floats(-6, 6))
def test_the_damped_step_lies_between_gauss_newtons_and_the_scaled_gradients(seed, exponent):
    rng = np.random.default_rng(seed)
    m, n = 8, 4
    J, r, scale = rng.standard_normal((m, n)), rng.standard_normal(m), 10.0 ** rng.uniform(-1, 1, n)
    damping = 10.0**exponent
    p, foreseen = damped_step(J, r, scale, damping)
    # the normal equations of the damped problem
    D = np.diag(damping * (r @ r) / scale**2)
    assert p == pytest.approx(np.linalg.solve(J.T @ J + D, -J.T @ r), rel=1e-9, abs=1e-10)
    assert foreseen == pytest.approx((r @ r - np.sum((J @ p + r) ** 2)) / 2, abs=1e-10)
    gauss_newton = np.linalg.lstsq(J, -r, rcond=None)[0]
    gradient = -(scale**2) * (J.T @ r)
    assert np.linalg.norm(p / scale) <= np.linalg.norm(gauss_newton / scale) * (1 + 1e-10)
    weak, _ = damped_step(J, r, scale, 1e-16)
    strong, _ = damped_step(J, r, scale, 1e8)
    assert weak == pytest.approx(gauss_newton, rel=1e-8, abs=1e-10)
    strong, gradient = (v / scale / np.linalg.norm(v / scale) for v in (strong, gradient))
    assert (
        np.linalg.norm(strong - gradient) <= 2 * np.linalg.norm(J * scale, 2) ** 2 / (1e8 * (r @ r)) + 1e-12
    )


@given(st.integers(0, 10_000))
def test_more_damping_makes_a_shorter_step(seed):
    rng = np.random.default_rng(seed)
    J, r, scale = rng.standard_normal((8, 4)), rng.standard_normal(8), 10.0 ** rng.uniform(-1, 1, 4)
    lengths = [
        np.linalg.norm(damped_step(J, r, scale, lam)[0] / scale) for lam in np.geomspace(1e-6, 1e6, 13)
    ]
    assert all(np.diff(lengths) < 0)


def test_newton_ends_a_quadratic_in_one_step():
    A, f, grad, minimiser, x0 = quadratic(0)
    run = newton(f, grad, lambda x: A, x0)
    assert (run.nit, run.success) == (1, True)
    assert run.x == pytest.approx(minimiser, abs=1e-10)


def test_newton_is_quadratic_near_a_regular_minimiser():
    def f(x):
        return np.sum(np.cosh(x)) + x[0] * x[1] / 4

    def grad(x):
        return np.sinh(x) + x[::-1] / 4

    def hess(x):
        return np.diag(np.cosh(x)) + np.array([[0.0, 0.25], [0.25, 0.0]])

    errors = [np.linalg.norm(step.x) for step in newton(f, grad, hess, np.array([1.0, 0.4]), gtol=1e-14)]
    small = [(a, b) for a, b in pairwise(errors) if 1e-7 < a < 0.5]
    assert len(small) >= 2
    assert all(b <= a**2 for a, b in small)


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_truncated_newton_solves_to_the_accuracy_it_is_cut_off_at(seed):
    A, _, _, _, g = quadratic(seed, n=8)
    run = newton_by_cg(lambda v: A @ v, g)
    assert run.success
    assert np.linalg.norm(A @ run.x + g) <= min(0.1, np.linalg.norm(g) ** 0.5) * np.linalg.norm(g)
    assert g @ run.x < 0


def test_truncated_newton_needs_few_products_and_no_matrix():
    A, f, grad, minimiser, x0 = quadratic(3, n=30, condition=1e3)
    run = truncated_newton(f, grad, x0, hvp=lambda x, v: A @ v, gtol=1e-9)
    assert run.success
    assert run.x == pytest.approx(minimiser, abs=1e-8)
    assert run.last.nhev < 200
    assert newton_by_cg(lambda v: A @ v, grad(x0)).nit < 10  # cut off, far below n = 30


def test_truncated_newton_leaves_a_saddle_by_negative_curvature():
    def f(x):
        return x[0] ** 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2

    def grad(x):
        return np.array([2 * x[0], x[1] ** 3 - x[1]])

    run = truncated_newton(
        f, grad, np.array([1.0, 1e-3]), hvp=lambda x, v: np.array([2, 3 * x[1] ** 2 - 1]) * v
    )
    assert run.success
    assert abs(run.x[1]) == pytest.approx(1, abs=1e-4)
    assert any("negative curvature" in step.remark for step in run)
