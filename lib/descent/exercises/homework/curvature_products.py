"""Checkers of homework 09: products with H and G, samples for a trace, negative curvature."""

from collections.abc import Callable
from math import ceil, floor

import numpy as np

from descent.exercises.budget import Probe
from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.methods import sample_variance


def check_logistic_hv(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `logistic_hv(X, w, v)`: the Hessian of sum log(1 + exp(x_i'w)) times v, by hand.

    >>> def right(X, w, v):
    ...     p = 1 / (1 + np.exp(-(X @ w)))
    ...     return X.T @ (p * (1 - p) * (X @ v))
    >>> check_logistic_hv(right).passed
    True
    """

    def with_weights(weights):
        return lambda X, w, v: X.T @ (weights(1 / (1 + np.exp(-(X @ w)))) * (X @ v))

    truth = with_weights(lambda p: p * (1 - p))
    slips = {
        "the weights p (1 - p) are missing: this is X'X v": with_weights(np.ones_like),
        "the weights are p (1 - p), not p": with_weights(lambda p: p),
        "the weights are p (1 - p), not their squares": with_weights(lambda p: (p * (1 - p)) ** 2),
        "the weights are p (1 - p): (1 - p) has no square": with_weights(lambda p: p * (1 - p) ** 2),
        "p is the share at w, not at v": lambda X, w, v: truth(X, v, v),
        "this is H w: the direction is v": lambda X, w, v: truth(X, w, w),
        "point and direction are swapped": lambda X, w, v: truth(X, v, w),
        "this is the gradient": lambda X, w, v: X.T @ (1 / (1 + np.exp(-(X @ w)))),
    }
    rng = variant(seed, "logistic_hv")
    cases = []
    for m, n in ((4, 2), (3, 3), (6, 4), (5, 2)):
        cases.append((np.round(rng.normal(size=(m, n)), 2), *np.round(rng.normal(size=(2, n)), 2)))
    return diagnose(answer, truth, cases, slips)


def check_chain_hv(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `chain_hv(x, v)`: the Hessian of sum (x_{i+1} - x_i^2)^2 times v, in O(n).

    >>> def right(x, v):
    ...     r, dr = x[1:] - x[:-1] ** 2, v[1:] - 2 * x[:-1] * v[:-1]
    ...     Hv = np.zeros_like(x)
    ...     Hv[1:] += 2 * dr
    ...     Hv[:-1] -= 4 * (v[:-1] * r + x[:-1] * dr)
    ...     return Hv
    >>> check_chain_hv(right).passed
    True
    """

    def product(x, v, *, bend=1.0, push=1.0):
        r, dr = x[1:] - x[:-1] ** 2, v[1:] - 2 * x[:-1] * v[:-1]
        Hv = np.zeros_like(x)
        Hv[1:] += 2 * dr
        Hv[:-1] -= 4 * (bend * v[:-1] * r + push * x[:-1] * dr)
        return Hv

    def overwritten(x, v):
        r, dr = x[1:] - x[:-1] ** 2, v[1:] - 2 * x[:-1] * v[:-1]
        Hv = np.zeros_like(x)
        Hv[1:] = 2 * dr
        Hv[:-1] = -4 * (v[:-1] * r + x[:-1] * dr)
        return Hv

    def gradient(x, v):
        r = x[1:] - x[:-1] ** 2
        g = np.zeros_like(x)
        g[1:] += 2 * r
        g[:-1] -= 4 * x[:-1] * r
        return g

    slips = {
        "this is G v: the term with r and v is missing, so G is taken for H": lambda x, v: product(
            x, v, bend=0.0
        ),
        "x r is a product: its tangent is v r + x dr, and x dr is missing": lambda x, v: product(
            x, v, push=0.0
        ),
        "an entry gets two terms: = where += belongs": overwritten,
        "this is the gradient: differentiate it along v": gradient,
        "this is H x: the direction is v": lambda x, v: product(x, x),
        "point and direction are swapped": lambda x, v: product(v, x),
    }
    rng = variant(seed, "chain_hv")
    cases = [tuple(np.round(rng.normal(size=(2, n)), 2)) for n in (2, 3, 5, 8, 3)]
    return diagnose(answer, product, cases, slips)


def check_softmax_gv(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `softmax_gv(J, z, v)`: J' (diag p - p p') J v with p = softmax(z).

    >>> def right(J, z, v):
    ...     p = np.exp(z) / np.sum(np.exp(z))
    ...     u = J @ v
    ...     return J.T @ (p * u - p * (p @ u))
    >>> check_softmax_gv(right).passed
    True
    """

    def softmax(z):
        p = np.exp(z - np.max(z))
        return p / np.sum(p)

    def bent(change):
        return lambda J, z, v: J.T @ change(softmax(z), J @ v, z)

    slips = {
        "the curvature of the loss is missing: this is J'J v": bent(lambda p, u, z: u),
        "p p' is missing: shifting all z changes nothing, so u = 1 must give 0": bent(lambda p, u, z: p * u),
        "p p' is subtracted, not added": bent(lambda p, u, z: p * u + p * (p @ u)),
        "subtract p (p'u), not p^2 u: the p_i of different entries mix": bent(
            lambda p, u, z: p * u - p**2 * u
        ),
        "p'u multiplies p: it is subtracted from each entry as it is": bent(lambda p, u, z: p * u - p @ u),
        "p is softmax(z): normalise it": bent(lambda p, u, z: np.exp(z) * u - np.exp(z) * (np.exp(z) @ u)),
        "this is the sigmoid's p (1 - p): softmax couples the entries": bent(
            lambda p, u, z: u / (1 + np.exp(-z)) / (1 + np.exp(z))
        ),
        "z holds the logits: take their softmax": bent(lambda p, u, z: z * u - z * (z @ u)),
        "this is the gradient's J'p": bent(lambda p, u, z: p),
    }
    rng = variant(seed, "softmax_gv")
    cases = []
    for k, n in ((3, 2), (2, 4), (4, 4), (5, 3)):
        cases.append(tuple(np.round(rng.normal(size=shape), 2) for shape in ((k, n), k, n)))
    return diagnose(answer, bent(lambda p, u, z: p * u - p * (p @ u)), cases, slips)


def check_samples_needed(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `samples_needed(A, error)`: products until the standard error of the trace is at most `error`.

    >>> def right(A, error):
    ...     variance = 2 * (np.sum(A**2) - np.sum(np.diag(A) ** 2))
    ...     return max(1, int(np.ceil(variance / error**2)))
    >>> check_samples_needed(right).passed
    True
    """

    def needed(variance, round_up=ceil):
        return lambda A, error: max(1, round_up(variance(A) / error**2))

    def shrinking(A, error):
        return max(1, ceil(sample_variance(A) ** 0.5 / error))

    slips = {
        "the error shrinks like 1/sqrt(k): square the quotient": shrinking,
        "this is the variance over the error: square the error": lambda A, error: max(
            1, ceil(sample_variance(A) / error)
        ),
        "random signs do not see the diagonal: leave it out": needed(lambda A: 2 * np.sum(A**2)),
        "each pair counts twice: the factor 2 is missing": needed(lambda A: sample_variance(A) / 2),
        "round up: fewer samples leave a larger error": needed(sample_variance, floor),
        "a number of samples is whole, at least 1: round up": lambda A, error: sample_variance(A) / error**2,
        "a number of samples is whole: round up": lambda A, error: max(1, sample_variance(A) / error**2),
        "at least one sample is needed, for a diagonal matrix too": lambda A, error: ceil(
            sample_variance(A) / error**2
        ),
        "only the diagonal counts here, and it is what adds no variance": needed(
            lambda A: 2 * np.sum(np.diag(A) ** 2)
        ),
    }
    rng = variant(seed, "samples_needed")
    cases = []
    for n in (2, 3, 4, 3, 5, 2, 4):
        R = np.round(rng.normal(size=(n, n)), 1)
        cases.append((R + R.T, round(float(rng.uniform(0.15, 0.6)), 2)))
    cases.append((np.diag([1.0, 2.0, 5.0]), 0.3))
    return diagnose(answer, needed(sample_variance), cases, slips)


def _solve(product, g, steps, *, at_negative=lambda d, v, g, k: d if k else -g, watch=True, restart=False):
    d, r, v = np.zeros_like(g), g, -g
    for k in range(steps):
        Hv = product(v)
        curvature = v @ Hv
        if watch and curvature <= 0:
            return at_negative(d, v, g, k)
        alpha = (r @ r) / curvature
        d, before, r = d + alpha * v, r, r + alpha * Hv
        v = -r if restart else (r @ r) / (before @ before) * v - r
    return d


def check_direction(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `direction(product, g, steps)`: conjugate gradients for H d = -g that end at negative curvature.

    >>> check_direction(lambda product, g, steps: -g).slip
    'this is steepest descent: take the conjugate-gradient steps'
    """

    def variant_of(**options):
        return lambda product, g, steps: _solve(product, g, steps, **options)

    def observe(direction, product, g, steps):
        return direction(product, g, steps), max(0, product.calls - steps)

    slips = {
        "the curvature v'H v is not looked at: a negative one sends d to a saddle": variant_of(watch=False),
        "at the first step there is no d yet: return -g there, not 0": variant_of(
            at_negative=lambda d, v, g, k: d
        ),
        "return what was found so far, not -g": variant_of(at_negative=lambda d, v, g, k: -g),
        "return d, not the direction v in which the curvature is negative": variant_of(
            at_negative=lambda d, v, g, k: v if k else -g
        ),
        "these are steepest-descent steps: the old direction is missing in v": variant_of(restart=True),
        "this is steepest descent: take the conjugate-gradient steps": lambda product, g, steps: -g,
        "the sign is flipped: H d = -g": lambda product, g, steps: -_solve(product, g, steps),
        "this is one step too few": lambda product, g, steps: _solve(product, g, steps - 1),
        "this is one step too many": lambda product, g, steps: _solve(product, g, steps + 1),
    }
    rng = variant(seed, "direction")
    cases = []
    for values, steps in (
        ([1.0, 2.0, 3.0], 2),
        ([0.5, 1.0, 2.0, 4.0], 3),
        ([1.0, 3.0], 2),
        ([-2.0, 3.0, 4.0, 5.0], 4),
        ([-1.0, -2.0, -0.5], 2),
        ([-1.0, 2.0, 6.0], 3),
        ([-0.1, -0.2], 2),
        ([0.0, 0.0], 2),
        ([1.0, 2.0, 4.0, 5.0], 1),
    ):
        Q = np.linalg.qr(rng.normal(size=(len(values), len(values))))[0]
        H = Q @ np.diag(values) @ Q.T
        g = Q @ (np.sign(rng.normal(size=len(values))) * rng.uniform(0.8, 1.6, len(values)))
        cases.append((Probe(lambda v, H=H: H @ v, "v -> H v", budget=200), np.round(g, 3), steps))
    parts = ("the direction", "the products beyond the steps allowed")
    return diagnose(answer, _solve, cases, slips, rtol=1e-7, observe=observe, parts=parts)
