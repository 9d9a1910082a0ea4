"""Checkers for the exercises on exact line search."""

from collections.abc import Callable
from math import ceil, floor, log, log2, log10

import numpy as np

from descent.exercises.diagnosis import Diagnosis, diagnose
from descent.univariate import vertex


def check_most_calls(answer: Callable) -> Diagnosis:
    """Check `most_calls(a, b, tol)`: the most calls that dichotomy needs until b - a <= tol.

    >>> check_most_calls(lambda a, b, tol: 2 * ceil(log2((b - a) / tol)))
    Not yet. For input (0, 1, 0.3) you return 4, the truth is 5: the first midpoint costs one call more.
    """

    def halvings(a, b, tol):
        return ceil(log2((b - a) / tol))

    def truth(a, b, tol):
        return 2 * halvings(a, b, tol) + 1

    def counted(a, b, tol):
        return log2((b - a) / tol)

    slips = {
        "the first midpoint costs one call more": lambda a, b, tol: 2 * halvings(a, b, tol),
        "these are halvings; each may cost two calls": halvings,
        "this counts one call a halving; it may be two": lambda a, b, tol: halvings(a, b, tol) + 1,
        "the error is within half the width, but the search stops when the width is at most tol": (
            lambda a, b, tol: 2 * (halvings(a, b, tol) - 1) + 1
        ),
        "this is the lecture's K: halvings until the error, not the width, is at most tol": (
            lambda a, b, tol: halvings(a, b, tol) - 1
        ),
        "this calls f four times a halving, as the printed code does; keep f(c), and it is at most two": (
            lambda a, b, tol: 4 * halvings(a, b, tol)
        ),
        "a halving makes 1/2 of the width, so use the logarithm to base 2": (
            lambda a, b, tol: 2 * ceil(log((b - a) / tol)) + 1
        ),
        "a halving makes 1/2 of the width, so use the logarithm to base 2, not 10": (
            lambda a, b, tol: 2 * ceil(log10((b - a) / tol)) + 1
        ),
        "the fraction is upside down: it is (b - a) / tol": lambda a, b, tol: (
            2 * ceil(-counted(a, b, tol)) + 1
        ),
        "a halving count is a whole number: round up": lambda a, b, tol: 2 * counted(a, b, tol) + 1,
        "a halving count is a whole number: round up, and count the first midpoint": (
            lambda a, b, tol: 2 * counted(a, b, tol)
        ),
        "round the number of halvings up before you double it": lambda a, b, tol: (
            ceil(2 * counted(a, b, tol)) + 1
        ),
        "round up, not down": lambda a, b, tol: 2 * floor(counted(a, b, tol)) + 1,
        "round up, not to the nearest": lambda a, b, tol: 2 * round(counted(a, b, tol)) + 1,
        "with a width of exactly tol the search has ended: one halving less": (
            lambda a, b, tol: 2 * (floor(counted(a, b, tol)) + 1) + 1
        ),
    }
    cases = [
        (0, 1, 0.3),
        (0, 1, 0.25),
        (0, 1, 0.01),
        (-20, 0, 1e-3),
        (0, 2, 1e-8),
        (-1, 3, 0.7),
        (5, 6, 1e-5),
    ]
    return diagnose(answer, truth, cases, slips)


def check_keep(answer: Callable) -> Diagnosis:
    """Check `keep(a, b, y, z, fy, fz)`: the ends that a comparison of two inner points leaves.

    >>> check_keep(lambda a, b, y, z, fy, fz: (a, z) if fy <= fz else (y, b)).passed
    True
    """

    def truth(a, b, y, z, fy, fz):
        return (a, z) if fy <= fz else (y, b)

    slips = {
        "this keeps the part with the larger value": lambda a, b, y, z, fy, fz: (
            (y, b) if fy <= fz else (a, z)
        ),
        "this cuts at the other point: the minimiser may lie between y and z": (
            lambda a, b, y, z, fy, fz: (a, y) if fy <= fz else (z, b)
        ),
        "this returns the part that may go": lambda a, b, y, z, fy, fz: (z, b) if fy <= fz else (a, y),
        "this keeps the left part whatever the values are: compare fy with fz": (
            lambda a, b, y, z, fy, fz: (a, z)
        ),
        "this keeps the right part whatever the values are: compare fy with fz": (
            lambda a, b, y, z, fy, fz: (y, b)
        ),
        "this compares sizes: a lower value may be negative": (
            lambda a, b, y, z, fy, fz: (a, z) if abs(fy) <= abs(fz) else (y, b)
        ),
        "a minimiser may lie outside [y, z]": lambda a, b, y, z, fy, fz: (y, z),
        "this never cuts anything off": lambda a, b, y, z, fy, fz: (a, b),
    }
    rng = np.random.default_rng(1)
    cases = [
        tuple(
            round(float(v), 2) for v in (*np.sort(rng.uniform(-5, 5, 4))[[0, 3, 1, 2]], *rng.normal(size=2))
        )
        for _ in range(20)
    ]
    return diagnose(answer, truth, cases, slips)


def check_vertex(answer: Callable) -> Diagnosis:
    """Check `vertex(x1, x2, x3, f1, f2, f3)`: where the parabola through three points has its vertex.

    >>> def right(x1, x2, x3, f1, f2, f3):
    ...     a, b, c = np.polyfit([x1, x2, x3], [f1, f2, f3], 2)
    ...     return -b / (2 * a)
    >>> check_vertex(right).passed
    True
    """

    def truth(x1, x2, x3, f1, f2, f3):
        return vertex((x1, f1), (x2, f2), (x3, f3))

    def correction(*args):
        return truth(*args) - args[1]

    def first(x1, x2, x3, f1, f2, f3):
        return (x2 - x1) * (f2 - f3)

    def bracket(x1, x2, x3, f1, f2, f3):
        return first(x1, x2, x3, f1, f2, f3) - (x2 - x3) * (f2 - f1)

    slips = {
        "the sign of the correction is flipped": lambda *args: args[1] - correction(*args),
        "the 2 in the denominator is missing": lambda *args: args[1] + 2 * correction(*args),
        "this is the correction only: add x2": correction,
        "all of 2 [...] belongs into the denominator: put brackets around it": (
            lambda *args: args[1] + correction(*args) * bracket(*args) ** 2
        ),
        "the 2 in the denominator multiplies both products: mind the brackets": (
            lambda *args: args[1] + correction(*args) * 2 * bracket(*args) / (bracket(*args) + first(*args))
        ),
        "the differences of x in the numerator are squared": lambda *args: args[1] - 0.5,
        "this is the best of the three points, not the vertex": lambda *args: args[int(np.argmin(args[3:]))],
        "this is the middle of the interval": lambda *args: (args[0] + args[2]) / 2,
    }
    rng = np.random.default_rng(2)
    cases = []
    for _ in range(20):
        x1, x2, x3 = np.cumsum(rng.uniform(0.3, 1.5, 3)) - 2
        f2 = rng.normal()
        case = (x1, x2, x3, f2 + rng.uniform(0.1, 2), f2, f2 + rng.uniform(0.1, 2))
        cases.append(tuple(round(float(v), 2) for v in case))
    return diagnose(answer, truth, cases, slips, rtol=1e-7)
