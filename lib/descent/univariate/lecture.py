"""What the lecture shows about the searches: the key property, one measurement at a time, the race."""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent.stepwise import Run, Step, converged, stepwise
from descent.stepwise.checks import check_positive, check_real
from descent.univariate.evidence import check_interval
from descent.univariate.interpolation import brent, parabolic
from descent.univariate.sections import dichotomy, golden_section


@dataclass(frozen=True)
class Comparison(Step):
    """Two measured points of a unimodal function, and the part [kept_a, kept_b] that they leave."""

    f: Callable
    a: float
    b: float
    x1: float
    x2: float
    f1: float
    f2: float
    kept_a: float
    kept_b: float
    hidden: bool


def compare(f: Callable, a: float, b: float, s: float, t: float, hidden: bool = False) -> Comparison:
    """Apply the key property of unimodal functions to two points.

    If f(x1) <= f(x2), no minimiser lies beyond x2; if f(x1) >= f(x2), none lies before x1.

    Parameters
    ----------
    f : callable
        Unimodal on [a, b].
    a, b : float
        Ends of the interval.
    s, t : float
        Where the points are, as fractions of the interval, in [0, 1].
    hidden : bool
        Whether a picture should hide the curve, so that only the two values decide.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If a >= b, a fraction lies outside [0, 1], or f is not finite at a point.

    References
    ----------
    Merkulov, Line search (lecture notes), key property.

    Examples
    --------
    >>> kept = compare(lambda x: (x - 2) ** 2, 0, 5, 0.3, 0.6)
    >>> kept.kept_a, kept.kept_b
    (0, 3.0)
    """
    check_interval(a, b)
    check_real(s=s, t=t)
    for name, fraction in (("s", s), ("t", t)):
        if not 0 <= fraction <= 1:
            raise ValueError(f"{name} must be between 0 and 1, got {name} = {fraction}")
    x1, x2 = (float(a + fraction * (b - a)) for fraction in sorted((s, t)))
    f1, f2 = (_finite_value(f, x) for x in (x1, x2))
    kept_a = x1 if f1 >= f2 and x1 < x2 else a
    kept_b = x2 if f1 <= f2 and x1 < x2 else b
    return Comparison(f, a, b, x1, x2, f1, f2, kept_a, kept_b, hidden)


def _finite_value(f: Callable, x: float) -> float:
    value = float(f(x))
    if not math.isfinite(value):
        raise ValueError(f"f({x:.6g}) is {value}: try an interval on which f is finite")
    return value


@stepwise
def slow_motion(run: Run):
    """Show a run of brackets one measurement at a time, as the lecture's Figures 2-11 do.

    Parameters
    ----------
    run : Run of Bracket
        From `dichotomy`, `golden_section`, `parabolic` or `brent`.

    Returns
    -------
    Run of Bracket
        The untouched interval, then for each iteration a step for each measurement and
        one for the cut.

    Examples
    --------
    >>> film = slow_motion(golden_section(lambda x: (x - 2) ** 2, 0, 5, tol=4))
    >>> [step.rule for step in film]
    ['the interval', 'measure', 'measure', 'measure', 'keep the left part']
    """
    before = next(iter(run), None)
    if before is None:
        return run.outcome
    yield replace(before, measured=(), rule="the interval", nfev=0)
    best = before.measured[0]
    for step in run:
        first_call = step.nfev - len(step.measured) + 1
        for call, point in enumerate(step.measured, first_call):
            best = point if point[1] <= best[1] else best
            yield replace(before, x=best[0], fun=best[1], measured=(point,), rule="measure", nfev=call)
        if step is not before:
            yield replace(step, measured=())
        before = step
    return converged(run.message) if run.success else run.outcome


@dataclass(frozen=True)
class Race(Step):
    """The errors of several methods against their calls of f.

    `errors` maps a method's name to two arrays: calls of f, and |x - x_star| after them.
    """

    errors: dict
    runs: dict
    a: float
    b: float
    x_star: float
    calls: int


def race(
    f: Callable, bracket: tuple, x_star: float | None = None, *, tol: float = 1e-8, calls: int = 20
) -> Race:
    """Run all methods on one function.

    Parameters
    ----------
    f : callable
        Unimodal between the ends of the bracket.
    bracket : tuple of three floats
        a < b < c; only `parabolic` uses b.
    x_star : float, optional
        The minimiser; the best point of all runs where it is not known.
    tol : float
        Tolerance of every method.
    calls : int
        The number of calls at which a reader compares the methods.

    Returns
    -------
    Race

    Examples
    --------
    >>> result = race(lambda x: (x - 2) ** 2, (0.0, 1.5, 5.0), 2.0, tol=1e-4)
    >>> {name: run.nfev for name, run in result.runs.items()}
    {'dichotomy': 29, 'golden section': 25, 'Brent': 6, 'parabolic, guarded': 6}
    """
    a, b, c = bracket
    runs = {
        "dichotomy": dichotomy(f, a, c, tol=tol),
        "golden section": golden_section(f, a, c, tol=tol),
        "Brent": brent(f, a, c, tol=tol),
    }
    with contextlib.suppress(ValueError):  # b is not below both ends
        runs["parabolic, guarded"] = parabolic(f, a, b, c, tol=tol)
    message = runs["dichotomy"].message
    runs = {name: run for name, run in runs.items() if len(run)}  # f may have no value at its first point
    if not runs:
        raise ValueError(message)
    if x_star is None:
        x_star = min(runs.values(), key=lambda run: run.fun).x
    errors = {
        name: (np.array([step.nfev for step in run]), np.array([abs(step.x - x_star) for step in run], float))
        for name, run in runs.items()
    }
    return Race(errors, runs, a, c, x_star, calls)


@dataclass(frozen=True)
class Magnified(Step):
    """Values of f near a point: x + offsets, f there minus f(x), and how many values differ."""

    x: float
    fun: float
    radius: float
    offsets: np.ndarray
    differences: np.ndarray
    distinct: int


def magnify(f: Callable, x: float, radius: float, points: int = 401) -> Magnified:
    """Measure f at equally spaced points within a radius of x.

    Parameters
    ----------
    f : callable
        Takes and returns a float.
    x : float
        The centre, for instance a minimiser.
    radius : float
        Positive.
    points : int
        How many points to measure.

    Returns
    -------
    Magnified

    Raises
    ------
    ValueError
        If the radius is not positive, or x or f(x) is not finite.

    Examples
    --------
    >>> magnify(lambda x: 1e6 + (x - 1) ** 2, 1.0, 1e-5).distinct
    2
    """
    check_positive(radius=radius)
    if not math.isfinite(x):
        raise ValueError(f"x must be finite, got x = {x}: try a function or an interval that has a minimiser")
    offsets = np.linspace(-radius, radius, points)
    values = np.array([float(f(x + offset)) for offset in offsets])
    fun = _finite_value(f, x)
    return Magnified(x, fun, radius, offsets, values - fun, len(np.unique(values)))
