"""Checkers for the exercises on curvature products."""

from collections.abc import Callable

import numpy as np

from descent.autodiff import ggnvp, hessian, hvp, jvp, vjp
from descent.exercises.budget import OverBudget, limited
from descent.exercises.diagnosis import Diagnosis, diagnose
from descent.methods import sample_variance
from descent.stepwise import Counted


def check_hessian_product(answer: Callable) -> Diagnosis:
    """Check `hessian_product(gradient, w, v)`: H v from one call of the gradient.

    >>> check_hessian_product(lambda gradient, w, v: jvp(gradient, (w,), (v,))[1]).passed
    True
    """

    def truth(gradient, w, v):
        return jvp(gradient, (w,), (v,))[1]

    slips = {
        "this is the gradient: jvp returns the value and the product": lambda g, w, v: g(w),
        "point and direction are swapped: H belongs to the point w": lambda g, w, v: truth(g, v, w),
        "this is H w: the direction is v": lambda g, w, v: truth(g, w, w),
        "this is H v at the point v": lambda g, w, v: truth(g, v, v),
        "this is the gradient times v, entry by entry": lambda g, w, v: g(w) * v,
        "this is g'v, the slope along v": lambda g, w, v: np.full(w.size, g(w) @ v),
    }
    A = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.5]])
    gradients = (
        lambda w: np.exp(w @ w / 2) * w,
        lambda w: A @ np.exp(A @ w),
        lambda w: np.cos(np.sum(w)) * np.ones(3) - w**3,
    )
    rng = np.random.default_rng(9)
    points = rng.normal(size=(len(gradients), 2, 3))
    calls = _calls(answer, gradients[0], points[0])
    if calls and calls > 1:
        return Diagnosis(
            False,
            f"You call the gradient {calls} times, and a difference is not exact: "
            "push the tangent v through one call, with jvp.",
        )
    cases = [(gradient, *point) for gradient, point in zip(gradients, points, strict=True)]
    return diagnose(answer, truth, cases, slips, rtol=1e-11)


def _calls(answer, gradient, point) -> int:
    """Return how often an answer calls the gradient; 0 if it fails, which `diagnose` will say."""
    counted = Counted(gradient)
    try:
        limited(answer, counted, *point.copy())
    except (Exception, OverBudget):
        return 0
    return counted.calls


def check_gauss_newton_product(answer: Callable) -> Diagnosis:
    """Check `gauss_newton_product(model, loss, w, v)`: G v = J' H_l J v without a matrix.

    >>> check_gauss_newton_product(ggnvp).passed
    True
    """

    def push(model, w, v):
        return jvp(model, (w,), (v,))

    def pull(model, w, u):
        return vjp(model, w)[1](u)[0]

    slips = {
        "this is H v: G leaves out the curvature of the model": lambda m, loss, w, v: hvp(
            lambda w: loss(m(w)), w, v
        ),
        "the curvature of the loss is missing: this is J'J v": lambda m, loss, w, v: pull(
            m, w, push(m, w, v)[1]
        ),
        "the loss is bent at J v: its Hessian belongs to the prediction model(w)": lambda m, loss, w, v: pull(
            m, w, hvp(loss, push(m, w, v)[1], push(m, w, v)[1])
        ),
        "this is the gradient": lambda m, loss, w, v: pull(m, w, vjp(loss, m(w))[1](1.0)[0]),
        "this is G w: the direction is v": lambda m, loss, w, v: ggnvp(m, loss, w, w),
    }
    rng = np.random.default_rng(8)
    cases = []
    for p, n in ((3, 2), (4, 3), (5, 2)):
        A, B = rng.normal(size=(2, p, n))
        y = rng.normal(size=p)
        cases.append((_bent(A, B), _quartic(y), *rng.normal(size=(2, n))))

    def truth(model, loss, w, v):
        J = np.stack([pull(model, w, e) for e in np.eye(model(w).size)])
        return J.T @ (hessian(loss)(model(w)) @ (J @ v))

    return diagnose(answer, truth, cases, slips, rtol=1e-9)


def _bent(A, B) -> Callable:
    return lambda w: np.tanh(A @ w) + (B @ w) ** 2


def _quartic(y) -> Callable:
    return lambda predictions: np.sum((predictions - y) ** 4 + np.exp(predictions / 2))


def check_trace_variance(answer: Callable) -> Diagnosis:
    """Check `trace_variance(A)`: the variance of v'A v for random signs v and a symmetric A.

    >>> check_trace_variance(sample_variance).passed
    True
    """

    def off(A):
        return np.sum(A**2) - np.sum(np.diag(A) ** 2)

    slips = {
        "this is for normal numbers: with signs the diagonal adds no variance, v_i^2 = 1": (
            lambda A: 2 * np.sum(A**2)
        ),
        "each pair i < j occurs twice in v'A v: 2 a_ij v_i v_j has the variance 4 a_ij^2": lambda A: off(A),
        "this is the standard deviation: its square is asked for": lambda A: np.sqrt(2 * off(A)),
        "only the diagonal counts here, and it is what adds no variance": lambda A: (
            2 * np.sum(np.diag(A) ** 2)
        ),
        "the trace is squared: square each entry of the diagonal, then add": lambda A: (
            2 * (np.sum(A**2) - np.trace(A) ** 2)
        ),
        "the entries are not squared": lambda A: 2 * (np.sum(A) - np.trace(A)),
        "a_ij^2 is an entry squared: A @ A is another matrix": lambda A: (
            2 * (np.sum(A @ A) - np.sum(np.diag(A @ A)))
        ),
    }
    rng = np.random.default_rng(7)
    roots = [rng.normal(size=(n, n)) for n in (2, 3, 5)]
    cases = [(R + R.T,) for R in roots]
    return diagnose(answer, sample_variance, cases, slips)
