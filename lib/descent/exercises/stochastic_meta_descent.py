"""Checkers for the exercises on stochastic meta-descent."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose


def check_step_sizes(answer: Callable) -> Diagnosis:
    """Check `step_sizes(p, g, v, mu)`: p max(1/2, 1 - mu g v).

    >>> check_step_sizes(lambda p, g, v, mu: p * np.maximum(0.5, 1 - mu * g * v)).passed
    True
    """
    slips = {
        "the sign of mu g v is flipped: v = dw / d ln p, so descent subtracts": (
            lambda p, g, v, mu: p * np.maximum(0.5, 1 + mu * g * v)
        ),
        "the guard is missing: p may turn negative": lambda p, g, v, mu: p * (1 - mu * g * v),
        "the guard is a largest value: use max": lambda p, g, v, mu: p * np.minimum(0.5, 1 - mu * g * v),
        "this is the factor: multiply by p": lambda p, g, v, mu: np.maximum(0.5, 1 - mu * g * v),
        "the factor is one too small: 1 - mu g v": lambda p, g, v, mu: p * np.maximum(0.5, -mu * g * v),
        "this is not yet made linear: exp(-mu g v)": lambda p, g, v, mu: p * np.exp(-mu * g * v),
        "v is dw / d ln p, so p is in it already: mu g v": (
            lambda p, g, v, mu: p * np.maximum(0.5, 1 - mu * p * g * v)
        ),
        "g v is taken entry by entry, not as an inner product": (
            lambda p, g, v, mu: p * np.maximum(0.5, 1 - mu * (g @ v))
        ),
    }
    rng = np.random.default_rng(8)
    cases = [
        (rng.uniform(0.1, 1, n), rng.normal(size=n), 2 * rng.normal(size=n), mu)
        for n, mu in ((2, 0.5), (3, 1.0), (4, 0.8), (3, 0.3))
    ]
    return diagnose(answer, lambda p, g, v, mu: p * np.maximum(0.5, 1 - mu * g * v), cases, slips)


def check_v_update(answer: Callable) -> Diagnosis:
    """Check `next_v(v, p, g, Cv, lambda_)`: lambda v - p (g + lambda C v).

    >>> check_v_update(lambda v, p, g, Cv, lambda_: lambda_ * v - p * (g + lambda_ * Cv)).passed
    True
    """
    slips = {
        "lambda belongs to C v too: both terms carry the past": lambda v, p, g, Cv, c: c * v - p * (g + Cv),
        "the curvature is missing: v would only average": lambda v, p, g, Cv, c: c * v - p * g,
        "the old v is missing: this looks one step ahead": lambda v, p, g, Cv, c: -p * (g + c * Cv),
        "p multiplies C v too: it is a step of w, and of its derivative": (
            lambda v, p, g, Cv, c: c * v - p * g - c * Cv
        ),
        "C v is subtracted from g: it is added": lambda v, p, g, Cv, c: c * v - p * (g - c * Cv),
        "the step is added: w goes down, and v with it": lambda v, p, g, Cv, c: c * v + p * (g + c * Cv),
        "lambda weighs the past only: the new gradient counts in full": (
            lambda v, p, g, Cv, c: c * (v - p * (g + Cv))
        ),
        "the old v must be kept with lambda only": lambda v, p, g, Cv, c: v - p * (g + c * Cv),
    }
    rng = np.random.default_rng(9)
    cases = [
        (*rng.normal(size=(1, n)), rng.uniform(0.1, 1, n), *rng.normal(size=(2, n)), c)
        for n, c in ((2, 0.9), (3, 0.5), (4, 0.99), (2, 0.2))
    ]
    return diagnose(answer, lambda v, p, g, Cv, c: c * v - p * (g + c * Cv), cases, slips)


def check_fixed_point(answer: Callable) -> Diagnosis:
    """Check `fixed_point(H, p, g, lambda_)`: -[lambda H + (1 - lambda) diag(1/p)]^-1 g.

    >>> def right(H, p, g, lambda_):
    ...     return -np.linalg.solve(lambda_ * H + (1 - lambda_) * np.diag(1 / p), g)
    >>> check_fixed_point(right).passed
    True
    """

    def fixed(matrix, g, sign=-1.0):
        return sign * np.linalg.solve(matrix, g)

    slips = {
        "the sign is flipped: this goes uphill": lambda H, p, g, c: fixed(
            c * H + (1 - c) * np.diag(1 / p), g, 1.0
        ),
        "the diagonal holds 1 / p, not p": lambda H, p, g, c: fixed(c * H + (1 - c) * np.diag(p), g),
        "lambda and 1 - lambda are swapped": lambda H, p, g, c: fixed((1 - c) * H + c * np.diag(1 / p), g),
        "H carries lambda as well": lambda H, p, g, c: fixed(H + (1 - c) * np.diag(1 / p), g),
        "the diagonal carries 1 - lambda": lambda H, p, g, c: fixed(c * H + np.diag(1 / p), g),
        "1 / p is added to every row: np.diag(1 / p) is the matrix": lambda H, p, g, c: fixed(
            c * H + (1 - c) / p, g
        ),
        "this is Newton's step: lambda is 1 only there": lambda H, p, g, c: fixed(H, g),
        "the inverse acts on g as a matrix: solve, do not divide": (
            lambda H, p, g, c: -g / np.diag(c * H + (1 - c) * np.diag(1 / p))
        ),
    }
    rng = np.random.default_rng(10)
    cases = []
    for n, c in ((2, 0.9), (3, 0.5), (4, 0.99), (2, 0.3)):
        root = rng.normal(size=(n, n))
        cases.append((root @ root.T + np.eye(n), rng.uniform(0.1, 1, n), rng.normal(size=n), c))
    return diagnose(
        answer, lambda H, p, g, c: fixed(c * H + (1 - c) * np.diag(1 / p), g), cases, slips, rtol=1e-8
    )
