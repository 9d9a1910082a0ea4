"""Checkers of homework 10: the recursion of v, lambda = 0, the fixed point, the whole step, equal time."""

from collections.abc import Callable

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.homework.draws import arrays, numbers


def _next_v(v, p, g, C, lambda_):
    return lambda_ * v - p * (g + lambda_ * (C @ v))


def _matrix(rng, n) -> np.ndarray:
    """Draw a symmetric, positive definite matrix."""
    (root,) = arrays(rng, (n, n))
    return np.round(root @ root.T / n + 0.5 * np.eye(n), 2)


def check_next_v(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `next_v(v, p, g, C, lambda_)`: lambda v - p (g + lambda C v), products entry by entry.

    >>> check_next_v(lambda v, p, g, C, lambda_: lambda_ * v - p * g).slip
    'the curvature is missing: w moves, and g with it'
    """
    slips = {
        "the curvature is missing: w moves, and g with it": lambda v, p, g, C, c: c * v - p * g,
        "lambda belongs to C v, too: both carry the past": lambda v, p, g, C, c: c * v - p * (g + C @ v),
        "the old v is missing: this looks one step ahead": lambda v, p, g, C, c: -p * (g + c * (C @ v)),
        "the old v carries lambda": lambda v, p, g, C, c: v - p * (g + c * (C @ v)),
        "p multiplies C v, too": lambda v, p, g, C, c: c * v - p * g - c * (C @ v),
        "C v is added to g": lambda v, p, g, C, c: c * v - p * (g - c * (C @ v)),
        "the step is subtracted: w goes down, and v with it": lambda v, p, g, C, c: (
            c * v + p * (g + c * (C @ v))
        ),
        "C is a matrix: C @ v, not its diagonal times v": lambda v, p, g, C, c: (
            c * v - p * (g + c * np.diag(C) * v)
        ),
    }
    rng = variant(seed, "next_v")
    cases = []
    for n in (2, 3, 4, 2):
        v, g = arrays(rng, n, n)
        cases.append((v, np.round(rng.uniform(0.1, 1, n), 2), g, _matrix(rng, n), *numbers(rng, (0.3, 0.95))))
    return diagnose(answer, _next_v, cases, slips)


def check_one_step(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `one_step(p, p_last, g, g_last, mu)`: the new step sizes when lambda = 0, so v = -p_last g_last.

    >>> check_one_step(lambda p, p_last, g, g_last, mu: p * (1 + mu * p_last * g * g_last)).slip
    'the guard is missing: the factor is at least 1/2'
    """

    def truth(p, p_last, g, g_last, mu):
        return p * np.maximum(0.5, 1 + mu * p_last * g * g_last)

    slips = {
        "the guard is missing: the factor is at least 1/2": lambda p, q, g, h, mu: p * (1 + mu * q * g * h),
        "v = -p_last g_last: two minuses make a plus, steps grow where gradients agree": (
            lambda p, q, g, h, mu: p * np.maximum(0.5, 1 - mu * q * g * h)
        ),
        "v holds p_last as well": lambda p, q, g, h, mu: p * np.maximum(0.5, 1 + mu * g * h),
        "v holds the last step sizes, not the new ones": lambda p, q, g, h, mu: (
            p * np.maximum(0.5, 1 + mu * p * g * h)
        ),
        "the last gradient is missing: this grows whatever the signs are": lambda p, q, g, h, mu: (
            p * np.maximum(0.5, 1 + mu * q * g * g)
        ),
        "each step size looks at its own gradient: entry by entry, not an inner product": (
            lambda p, q, g, h, mu: p * np.maximum(0.5, 1 + mu * q * (g @ h))
        ),
        "this is the factor: multiply by p": lambda p, q, g, h, mu: np.maximum(0.5, 1 + mu * q * g * h),
        "lambda = 0 still learns: v is not 0": lambda p, q, g, h, mu: p,
    }
    rng = variant(seed, "one_step")
    cases = []
    for n in (3, 4, 5, 4):
        p, last = np.round(rng.uniform(0.2, 1, (2, n)), 2)
        g, before = arrays(rng, n, n)
        g[0], before[0] = 2.0, -4.0  # a disagreement that needs the guard
        cases.append((p, last, g, before, *numbers(rng, (0.5, 1.5))))
    return diagnose(answer, truth, cases, slips)


def _settled(H, p, g, lambda_):
    return -np.linalg.solve(lambda_ * H + (1 - lambda_) * np.diag(1 / p), g)


def check_settled(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `settled(H, p, g, lambda_)`: where v settles if g does not change.

    >>> check_settled(lambda H, p, g, lambda_: -np.linalg.solve(H, g)).slip
    "this is Newton's step: v settles there for lambda = 1 only"
    """

    def solve(matrix, g, sign=-1.0):
        return sign * np.linalg.solve(matrix, g)

    slips = {
        "this is Newton's step: v settles there for lambda = 1 only": lambda H, p, g, c: solve(H, g),
        "this is the first step from 0: go on until v does not change": lambda H, p, g, c: -p * g,
        "the minus is missing: v goes downhill": lambda H, p, g, c: -_settled(H, p, g, c),
        "the diagonal holds 1 / p, not p": lambda H, p, g, c: solve(c * H + (1 - c) * np.diag(p), g),
        "lambda and 1 - lambda are swapped": lambda H, p, g, c: _settled(H, p, g, 1 - c),
        "H carries lambda": lambda H, p, g, c: solve(H + (1 - c) * np.diag(1 / p), g),
        "the diagonal carries 1 - lambda": lambda H, p, g, c: solve(c * H + np.diag(1 / p), g),
        "H has entries beside the diagonal: solve a system": lambda H, p, g, c: (
            -g / (c * np.diag(H) + (1 - c) / p)
        ),
    }
    rng = variant(seed, "settled")
    cases = []
    for n in (2, 3, 4, 3):
        p = np.round(rng.uniform(0.05, 0.3, n), 2)
        cases.append((_matrix(rng, n), p, arrays(rng, n)[0], *numbers(rng, (0.6, 0.95))))
    return diagnose(answer, _settled, cases, slips, rtol=1e-8, unchecked="p so large that v does not settle")


def _smd(H, b, w, p, mu, lambda_, steps, *, old_p=False, lam=None, guard=0.5, sign=1.0):
    v = 0 * w
    for _ in range(steps):
        g = H @ w - b
        new = p * np.maximum(guard, 1 - sign * mu * g * v)
        used = p if old_p else new
        w = w - used * g
        v = _next_v(v, used, g, H, lambda_ if lam is None else lam)
        p = new
    return w, p


def check_smd(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `smd(H, b, w, p, mu, lambda_, steps)`: w and p after steps on w'Hw / 2 - b'w, from v = 0.

    >>> check_smd(lambda H, b, w, p, mu, lambda_, steps: _smd(H, b, w, p, 0.0, lambda_, steps)).slip
    'the step sizes stay as they are: they must learn'
    """

    def with_(**change):
        return lambda *case: _smd(*case, **change)

    slips = {
        "the step sizes stay as they are: they must learn": lambda H, b, w, p, mu, c, n: _smd(
            H, b, w, p, 0.0, c, n
        ),
        "w and v take the new step sizes, not the old ones": with_(old_p=True),
        "this looks one step ahead: lambda = 0": with_(lam=0.0),
        "this never forgets: lambda = 1": with_(lam=1.0),
        "the guard is missing: the factor is at least 1/2": with_(guard=-np.inf),
        "v = dw / d ln p, so descent subtracts mu g v": with_(sign=-1.0),
        "one step is missing": lambda H, b, w, p, mu, c, n: _smd(H, b, w, p, mu, c, n - 1),
        "this is one step too many": lambda H, b, w, p, mu, c, n: _smd(H, b, w, p, mu, c, n + 1),
        "w comes first": lambda *case: _smd(*case)[::-1],
    }
    rng = variant(seed, "smd")
    cases = []
    for n, steps in ((2, 3), (2, 5), (3, 4), (3, 6), (2, 8)):
        H, p, (b, w) = _matrix(rng, n), np.round(rng.uniform(0.05, 0.2, n), 2), arrays(rng, n, n)
        if steps == 8:  # so long a step that the gradient turns round and the guard cuts p
            p, w = np.round(1.6 / np.diag(H), 2), w + 4.0
        cases.append((H, b, w, p, 0.3, *numbers(rng, (0.7, 0.95)), steps))
    return diagnose(answer, _smd, cases, slips, rtol=1e-7, parts=("the weights", "the step sizes"))


def check_equal_time(answer: Callable, *, seed: int = 0) -> Diagnosis:
    """Check `equal_time(curves, costs, time)`: the loss that each method has reached after this time.

    Row i of curves holds the loss of method i after 0, 1, 2, ... patterns; a pattern costs costs[i].

    >>> check_equal_time(lambda curves, costs, time: curves[:, -1]).slip
    'these are the losses at the end: the budget is a time'
    """

    def at(patterns):
        def losses(curves, costs, time):
            last = curves.shape[1] - 1
            return curves[range(len(curves)), [min(int(patterns(c, time)), last) for c in costs]]

        return losses

    slips = {
        "these are the losses at the end: the budget is a time": lambda curves, costs, time: curves[:, -1],
        "equal patterns are not equal time: divide the time by the cost of a pattern": at(
            lambda c, time: time
        ),
        "the number of patterns is time / cost, not time * cost": at(lambda c, time: time * c),
        "a pattern that is not finished does not count: round down": at(lambda c, time: np.ceil(time / c)),
        "off by one: column 0 is the loss before the first pattern": at(
            lambda c, time: max(time // c - 1, 0)
        ),
        "these are the lowest losses so far, not those reached at that time": lambda curves, costs, time: (
            np.array([curves[i, : int(time // c) + 1].min() for i, c in enumerate(costs)])
        ),
    }
    rng = variant(seed, "equal_time")
    cases = []
    for methods, columns in ((2, 30), (3, 40), (4, 50), (3, 25)):
        fall = np.exp(-rng.uniform(0.02, 0.1, (methods, 1)) * np.arange(columns))
        curves = np.round(fall + 0.1 * rng.random((methods, columns)), 3)
        costs = rng.integers(3, 9, methods) / 2
        costs[-1] = 0.5  # this curve has ended before the time is over
        cases.append((curves, costs, int(rng.uniform(0.6, 0.9) * columns) + 0.25))  # within a pattern
    missing = "seeds: a fair comparison averages over them, with standard errors"
    return diagnose(answer, at(lambda c, time: time // c), cases, slips, unchecked=missing)
