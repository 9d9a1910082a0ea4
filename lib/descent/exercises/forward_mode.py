"""Checkers for the exercises on forward mode."""

from collections.abc import Callable
from math import log, sqrt

import numpy as np

from descent.autodiff import Dual, jvp
from descent.exercises.diagnosis import Diagnosis, diagnose


def check_best_step(answer: Callable) -> Diagnosis:
    """Check `best_step(curvature, noise)`: the h at which curvature h / 2 + 2 noise / h is smallest.

    >>> check_best_step(lambda curvature, noise: 2 * sqrt(curvature / noise))
    Not yet. For input (1.0, 1e-16) you return 2e+08, the truth is 2e-08: the quotient is upside down.
    """

    def truth(curvature, noise):
        return 2 * sqrt(noise / curvature)

    slips = {
        "the quotient is upside down": lambda curvature, noise: 2 * sqrt(curvature / noise),
        "the root is missing: set the derivative -2 noise / h^2 + curvature / 2 to 0": (
            lambda curvature, noise: 4 * noise / curvature
        ),
        "the noise counts twice: both values of f are off": (
            lambda curvature, noise: sqrt(2 * noise / curvature)
        ),
        "the halves do not match: the truncation is curvature h / 2, the rounding 2 noise / h": (
            lambda curvature, noise: sqrt(noise / curvature)
        ),
        "this is the smallest error, not the step": lambda curvature, noise: 2 * sqrt(noise * curvature),
        "a smaller h is not always better: rounding grows as 1 / h": lambda curvature, noise: 0.0,
        "this ignores the curvature of f": lambda curvature, noise: 2 * sqrt(noise),
        "this ignores the noise of f": lambda curvature, noise: 2 * sqrt(2.0**-53 / curvature),
        "a cube root belongs to central differences": lambda curvature, noise: np.cbrt(3 * noise / curvature),
    }
    cases = [(1.0, 1e-16), (4.0, 1e-16), (0.01, 1e-16), (1.0, 1e-6), (100.0, 1e-10), (0.5, 2e-3)]
    return diagnose(answer, truth, cases, slips | _constants(truth, cases), rtol=1e-12)


def _constants(truth, cases) -> dict:
    """Return the slip of an answer that is right for the visible case only."""
    visible = truth(*cases[0])
    return {"this is right for one function only: use both arguments": lambda *_: visible}


def check_dual_quotient(answer: Callable) -> Diagnosis:
    """Check `divide(v, dv, u, du)`: both parts of (v + dv e) / (u + du e).

    >>> check_dual_quotient(lambda v, dv, u, du: (v / u, (dv * u - v * du) / u**2)).passed
    True
    """

    def truth(v, dv, u, du):
        quotient = Dual(v, dv) / Dual(u, du)
        return quotient.value, quotient.epsilon

    slips = {
        "the sign of the term v du is flipped": lambda v, dv, u, du: (v / u, (dv * u + v * du) / u**2),
        "the sign of the coefficient is flipped": lambda v, dv, u, du: (v / u, (v * du - dv * u) / u**2),
        "the denominator must be squared": lambda v, dv, u, du: (v / u, (dv * u - v * du) / u),
        "u*2 is twice u, not its square": lambda v, dv, u, du: (v / u, (dv * u - v * du) / u * 2),
        "the square of u is u**2, not 2 u": lambda v, dv, u, du: (v / u, (dv * u - v * du) / (2 * u)),
        "parts do not divide one by one: multiply above and below by u - du e": (
            lambda v, dv, u, du: (v / u, dv / du)
        ),
        "the denominator moves too: the term with du is missing": lambda v, dv, u, du: (v / u, dv / u),
        "this is the product": lambda v, dv, u, du: (v * u, v * du + dv * u),
        "this is a complex quotient: e e = 0 here, not -1": lambda v, dv, u, du: (
            (v * u + dv * du) / (u**2 + du**2),
            (dv * u - v * du) / (u**2 + du**2),
        ),
    }
    rng = np.random.default_rng(4)
    cases = [(1.0, 2.0, 4.0, 3.0)]
    cases += [tuple(float(x) for x in rng.uniform(0.5, 3, 4) * rng.choice([-1, 1], 4)) for _ in range(20)]
    return diagnose(answer, truth, cases, slips)


def check_tangents(answer: Callable) -> Diagnosis:
    """Check `tangents(w1, w2, dw1, dw2)`: the four tangents of w2 ln w1 + sqrt(w2 ln w1).

    The rows are v1 = ln w1, v2 = w2 v1, v3 = sqrt v2, v4 = v2 + v3.

    >>> check_tangents(lambda w1, w2, dw1, dw2: 4 * [0.0])
    Not yet. For input (2.0, 5.0, 1.0, 0.0) you return [0, 0, 0, 0], the truth is \
[0.5, 2.5, 0.671448, 3.17145]: it is always 0.
    """

    def by_the_rule(a, da, b, db):
        return da * b + a * db

    def truth(w1, w2, dw1, dw2):
        return [jvp(row, (w1, w2), (dw1, dw2))[1] for row in ROWS]

    def sweep(w1, w2, dw1, dw2, *, log_slope=None, product=by_the_rule, root=2.0, both=True, chained=True):
        v1, dv1 = log(w1), dw1 / w1 if log_slope is None else log_slope(w1, dw1)
        v2, dv2 = w2 * v1, product(w2, dw2, v1, dv1)
        dv3 = (dv2 if chained else 1.0) / (root * sqrt(v2))
        return [dv1, dv2, dv3, dv2 + dv3 if both else dv3]

    def slip(**change):
        return lambda *args: sweep(*args, **change)

    slips = {
        "the seed is fixed at (1, 0): start from dw1, dw2": lambda w1, w2, dw1, dw2: sweep(w1, w2, 1.0, 0.0),
        "the seed is fixed at (0, 1): start from dw1, dw2": lambda w1, w2, dw1, dw2: sweep(w1, w2, 0.0, 1.0),
        "the two seeds are swapped": lambda w1, w2, dw1, dw2: sweep(w1, w2, dw2, dw1),
        "the derivative of ln w1 is 1 / w1, times its tangent": slip(log_slope=lambda w1, dw1: 1 / w1),
        "ln w1 has the slope 1 / w1": slip(log_slope=lambda w1, dw1: dw1),
        "the product rule has two terms: dw2 v1 is missing": slip(product=lambda a, da, b, db: a * db),
        "the product rule has two terms: w2 dv1 is missing": slip(product=lambda a, da, b, db: da * b),
        "tangents of a product do not multiply: dw2 v1 + w2 dv1": slip(product=lambda a, da, b, db: da * db),
        "the product rule has a plus": slip(product=lambda a, da, b, db: a * db - da * b),
        "the root has the slope 1 / (2 sqrt v2): the 2 is missing": slip(root=1.0),
        "the slope of the root is to be multiplied by the tangent of v2": slip(chained=False),
        "these are the values of the rows, not their tangents": lambda w1, w2, *_: [
            row(w1, w2) for row in ROWS
        ],
        "v2 reaches v4 on two ways: its tangent counts there too": slip(both=False),
    }
    rng = np.random.default_rng(5)
    cases = [(2.0, 5.0, 1.0, 0.0), (2.0, 5.0, 0.0, 1.0)]
    cases += [
        tuple(float(x) for x in (*rng.uniform(1.2, 4, 2), *rng.uniform(0.3, 2, 2) * rng.choice([-1, 1], 2)))
        for _ in range(12)
    ]
    return diagnose(answer, truth, cases, slips)


ROWS = (
    lambda w1, w2: np.log(w1),
    lambda w1, w2: w2 * np.log(w1),
    lambda w1, w2: np.sqrt(w2 * np.log(w1)),
    lambda w1, w2: w2 * np.log(w1) + np.sqrt(w2 * np.log(w1)),
)
