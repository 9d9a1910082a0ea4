"""Derivatives of derivatives: nesting, Hessians, curvature products, derivatives of every order."""

import numpy as np
import pytest
from descent.autodiff import (
    check_grads,
    ggnvp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    linearize,
    value_and_grad,
    vjp,
    wengert,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp


def derivative(f):
    return lambda x: jvp(f, (x,), (1.0,))[1]


@pytest.mark.parametrize("outer", [grad, derivative])
@pytest.mark.parametrize("inner", [grad, derivative])
def test_perturbations_are_not_confused(outer, inner):
    """The classic: d/dx of x * d/dy (x + y) is 1, and 2 if the two derivatives are taken for one."""
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(2.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x * y * inner(lambda z: x * y * z)(y))(x))(2.0) == 24.0


def test_perturbations_are_not_confused_in_arrays():
    def f(x):
        return np.sum(x * jacobian(lambda y: np.sum(x) * y**2)(x).sum(axis=0))

    x = np.array([1.0, 2.0])
    expected = jacobian(lambda x: 2 * np.sum(x) * np.sum(x**2))(x)
    np.testing.assert_allclose(grad(f)(x), expected, rtol=1e-14)


@pytest.mark.parametrize("modes", ["rrrr", "ffff", "frfr", "rfrf", "ffrr"])
def test_the_fourth_derivative_of_tanh(modes):
    f = np.tanh
    for mode in modes:
        f = grad(f) if mode == "r" else derivative(f)
    with mp.workdps(40):
        for x in (-1.3, 0.0, 0.4, 2.0):
            assert f(x) == pytest.approx(float(mp.diff(mp.tanh, mp.mpf(x), 4)), rel=1e-12, abs=1e-14)


def test_derivatives_of_an_array_entry_by_entry():
    third = lambda x: jvp(lambda x: jvp(lambda x: jvp(np.sin, (x,), (v,))[1], (x,), (v,))[1], (x,), (v,))[1]  # noqa: E731
    x, v = np.linspace(-2, 2, 5), np.ones(5)
    np.testing.assert_allclose(third(x), -np.cos(x), rtol=1e-14)


def random_loss(seed, n):
    rng = np.random.default_rng(seed)
    A, B, c = rng.standard_normal((n, n)), rng.standard_normal((3, n)), rng.standard_normal(n)

    def f(x):
        y = np.tanh(A @ x) + np.sin(x) * c
        return np.logaddexp(np.sum(y * x), 0.3) + np.linalg.norm(B @ y) ** 3 / (1 + np.sum(x**2))

    return f


@given(seed=st.integers(0, 10**6), n=st.integers(1, 6))
@settings(max_examples=25)
def test_the_hessian_is_the_jacobian_of_the_gradient_transposed(seed, n):
    f = random_loss(seed, n)
    x = np.random.default_rng([seed, 1]).standard_normal(n)
    H = hessian(f)(x)
    size = 1e-10 * max(1, np.abs(H).max())
    np.testing.assert_allclose(H, jacobian(grad(f))(x).T, atol=size, rtol=0)
    np.testing.assert_allclose(H, jacobian(jacobian(f, mode="forward"), mode="forward")(x), atol=size, rtol=0)
    np.testing.assert_allclose(H, H.T, atol=size, rtol=0)
    v = np.random.default_rng([seed, 2]).standard_normal(n)
    np.testing.assert_allclose(hvp(f, x, v), H @ v, atol=10 * size, rtol=0)
    np.testing.assert_allclose(grad(lambda x: np.vdot(grad(f)(x), v))(x), H @ v, atol=10 * size, rtol=0)
    np.testing.assert_allclose(linearize(grad(f), x)[1](v), H @ v, atol=10 * size, rtol=0)


@given(seed=st.integers(0, 10**6), n=st.integers(1, 5), m=st.integers(1, 5))
@settings(max_examples=25)
def test_the_gauss_newton_product(seed, n, m):
    rng = np.random.default_rng(seed)
    A, x, v = rng.standard_normal((m, n)), rng.standard_normal(n), rng.standard_normal(n)
    model = lambda w: np.tanh(A @ w) + w[0] ** 2  # noqa: E731
    loss = lambda y: np.log(np.sum(np.exp(y))) + np.sum(y**4)  # noqa: E731
    J, H = jacobian(model)(x), hessian(loss)(model(x))
    G = J.T @ H @ J
    np.testing.assert_allclose(
        ggnvp(model, loss, x, v), G @ v, atol=1e-10 * max(1, np.abs(G).max()), rtol=1e-10
    )


def test_curvature_products_of_containers_and_matrices():
    w = {"W": np.array([[1.0, 2.0], [0.5, -1.0]]), "b": 0.3}
    v = {"W": np.ones((2, 2)), "b": 2.0}
    f = lambda p: np.sum(np.tanh(p["W"]) ** 2) * p["b"] ** 2  # noqa: E731
    product = hvp(f, w, v)
    flat = lambda z: np.sum(np.tanh(np.reshape(z[:4], (2, 2))) ** 2) * z[4] ** 2  # noqa: E731
    H = hessian(flat)(np.array([1.0, 2.0, 0.5, -1.0, 0.3]))
    expected = H @ [1, 1, 1, 1, 2]
    np.testing.assert_allclose(np.append(product["W"], product["b"]), expected, rtol=1e-12)
    S = np.array([[2.0, 0.5], [0.5, 1.0]])
    inverse = np.linalg.inv(S)
    np.testing.assert_allclose(
        hvp(lambda X: np.linalg.slogdet(X)[1], S, np.eye(2)), -inverse.T @ inverse.T, rtol=1e-13
    )


def test_differentiating_through_gradient_descent():
    """The step size's own gradient, by unrolling ten steps on a quadratic."""
    A, x0 = np.diag([1.0, 10.0]), np.array([1.0, 1.0])

    def end(alpha):
        x = x0
        for _ in range(10):
            x = x - alpha * grad(lambda x: 0.5 * x @ A @ x)(x)
        return 0.5 * x @ A @ x

    exact = lambda a: 0.5 * ((1 - a) ** 20 + 10 * (1 - 10 * a) ** 20)  # noqa: E731
    value, slope = value_and_grad(end)(0.05)
    assert value == pytest.approx(exact(0.05), rel=1e-12)
    assert slope == pytest.approx(-10 * (0.95**19) - 1000 * 0.5**19, rel=1e-12)


def test_outer_derivatives_pass_through_every_door():
    x = np.array([0.3, -0.7])
    doors = [
        lambda x: vjp(lambda z: np.sin(z) * z, x)[1](x**2)[0],
        lambda x: jvp(lambda z: np.sin(z) * z, (x,), (x**2,))[1],
        lambda x: linearize(lambda z: np.sin(z) * x, x)[1](x),
        lambda x: jacobian(lambda z: np.outer(z, z) @ x)(x),
        lambda x: hessian(lambda z: np.sum(z**3) * np.sum(x))(x),
        lambda x: hvp(lambda z: np.sum(z**4), x, x),
        lambda x: ggnvp(np.tanh, lambda y: np.sum(y**4), x, x),
        lambda x: value_and_grad(lambda z: np.sum(np.cos(z) * x))(x)[1],
        lambda x: grad(lambda t: np.sum(t * x) ** 2)(0.5),
        lambda x: grad(lambda p: np.sum(p["a"] * x) + p["b"] ** 2 * x[0])({"a": x, "b": 2.0})["b"],
    ]
    for door in doors:
        check_grads(door, x, order=2)


def test_linear_algebra_to_the_third_order():
    S = np.array([[3.0, 0.4], [0.4, 2.0]])
    f = lambda t: np.linalg.slogdet(S + t * np.ones((2, 2)))[1]  # noqa: E731
    for k in range(1, 4):
        f = grad(f)
        # log det(S + t u u') = log det S + log(1 + t q) with q = u' S^-1 u
        q = np.ones(2) @ np.linalg.solve(S, np.ones(2))
        expected = [q, -(q**2), 2 * q**3][k - 1]
        assert f(0.0) == pytest.approx(expected, rel=1e-12)


def test_a_list_of_a_gradient():
    """The gradient's own evaluation is a list too."""
    trace = wengert(grad(lambda x: np.sin(x) * x), 0.5)
    assert trace.reverse().last.adjoint == pytest.approx(2 * np.cos(0.5) - 0.5 * np.sin(0.5))
