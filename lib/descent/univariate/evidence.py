"""What the measured values prove, and what they cannot: the ends, unimodality, rounding."""

import sys
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from descent.stepwise.checks import check_number, check_positive, is_finite

EPSILON = sys.float_info.epsilon


class Measured:
    """A function that remembers where it was measured, in order.

    `new()` returns the measurements since it was last asked, which is what a step shows.
    """

    def __init__(self, f: Callable):
        self.f = f
        self.points = []
        self._told = 0

    def __call__(self, x):
        value = self.f(x)
        self.points.append((x, value))
        return value

    @property
    def calls(self) -> int:
        return self.f.calls

    def new(self) -> tuple:
        new = tuple(self.points[self._told :])
        self._told = len(self.points)
        return new


def check_interval(a, b):
    """Raise unless a < b are finite numbers."""
    check_number("a", a)
    check_number("b", b)
    if not a < b:
        raise ValueError(f"a must be less than b, got a = {a}, b = {b}")
    try:
        with np.errstate(over="ignore"):
            overflows = not all(is_finite(value / 2) for value in (a, b, b - a, a + b))
    except OverflowError:  # of an integer
        overflows = True
    if overflows:
        raise ValueError(f"b - a and a + b must not overflow, got a = {a}, b = {b}")


def check_tolerance(tol):
    """Raise unless tol is a positive finite number."""
    check_number("tol", tol)
    check_positive(tol=tol)


def with_remarks(message: str, points: list, ends: tuple, bracket: tuple, tol) -> str:
    """Add to a message what the measurements say about the answer.

    Parameters
    ----------
    message : str
        Why the run ended.
    points : list of (x, f(x))
        All measurements.
    ends, bracket : pairs, or None
        The interval at the start and at the end of the run.
    tol : number
        The tolerance asked for.
    """
    remarks = [message]
    if len(points) > 2 and all(value == points[0][1] for _, value in points):
        remarks.append(
            "all measured values are equal: f may be constant, and then every point is a minimiser"
        )
    else:
        remarks += filter(None, [_at_an_end(ends, bracket), _not_unimodal(points), _rounding(points, tol)])
    return "; ".join(remarks)


def _at_an_end(ends, bracket) -> str:
    if ends is None:
        return ""
    (a, b), (last_a, last_b) = ends, bracket
    if last_a == a and last_b == b:
        return "nothing was cut off, since tol allows for the whole interval"
    if last_a == a:
        return f"the minimiser is at, or within the bracket's width of, the end a = {a}"
    if last_b == b:
        return f"the minimiser is at, or within the bracket's width of, the end b = {b}"
    return ""


def _not_unimodal(points) -> str:
    """Name three measured points between which f rises and falls again, if there are any."""
    points = sorted(points)
    lowest = min(range(len(points)), key=lambda i: points[i][1])
    left, right = points[: lowest + 1], points[lowest:][::-1]
    for slope in (left, right):  # towards the lowest point, values must not rise
        for (x1, f1), (x2, f2) in pairwise(slope):
            if f2 - f1 > 1e3 * EPSILON * (abs(f1) + abs(f2)):
                return (
                    f"f is not unimodal (it rises from x = {float(x1):.4g} to {float(x2):.4g} and falls "
                    f"again towards {float(points[lowest][0]):.4g}), so x is the best point tried and, "
                    "at most, a local minimiser"
                )
    return ""


def _rounding(points, tol) -> str:
    """Say so when f, in double precision, cannot tell points at the distance tol apart."""
    x, fx = min(reversed(points), key=lambda point: point[1])  # of equals the latest: the run ends there
    if not isinstance(fx, float):
        return ""
    told_apart = [abs(p - x) for p, value in points if abs(value - fx) > EPSILON * abs(fx)]
    radius = min(told_apart, default=float("inf"))
    alike = sum(abs(p - x) < radius for p, _ in points)
    if radius <= tol or alike < 3:
        return ""
    return (
        f"values of f within about {radius:.1e} of x are equal up to rounding, so x is not known better "
        f"than that (attainable accuracy)"
    )
