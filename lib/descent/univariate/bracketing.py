"""Finding a bracket: three points that enclose a minimum."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step, converged, stepwise, stopped
from descent.stepwise.checks import check_number, is_finite
from descent.univariate.evidence import Measured

TAU = (1 + 5**0.5) / 2


@dataclass(frozen=True)
class Triple(Step):
    """Three points a, b, c in the order of the line, and what was done to get them.

    Attributes
    ----------
    a, b, c : number
        The points.
    fa, fb, fc : number
        The values there.
    x, fun : number
        Best point measured so far and the value there.
    measured : tuple of (point, value)
        What this step measured, in order.
    nfev : int
        Calls of f up to and including this step.
    """

    a: float
    b: float
    c: float
    fa: float
    fb: float
    fc: float
    x: float
    fun: float
    measured: tuple
    nfev: int


@stepwise
def bracket(f: Callable, x0: float, step: float = 1.0, *, maxiter: int = 100):
    """Walk downhill with growing steps until f rises again.

    Each step is tau = 1.618 times the one before, so that the last three points divide
    their interval as a golden section does.

    Parameters
    ----------
    f : callable
        Takes and returns a number.
    x0 : number
        Where to start.
    step : number
        First step; not 0, of either sign.
    maxiter : int
        Most enlargements: 100 of them reach 1e21 times the first step.

    Returns
    -------
    Run of Triple
        On success the last step has a < b < c, f(b) <= f(a) and f(b) <= f(c).

    Raises
    ------
    ValueError, TypeError
        If x0 or step is not finite or too large, step is 0, or f does not return a number.

    References
    ----------
    Brent, Algorithms for minimization without derivatives (1973), chapter 5; Press et al.,
    Numerical Recipes, section 10.1.

    Examples
    --------
    >>> last = bracket(lambda x: (x - 5) ** 2, 0.0).last
    >>> round(last.a, 2), round(last.b, 2), round(last.c, 2)
    (2.62, 5.24, 9.47)
    """
    check_number("x0", x0)
    check_number("step", step)
    if step == 0:
        raise ValueError(f"step must not be 0, got step = {step}")
    f = Measured(f)
    a, b = x0, x0 + step
    if a == b:
        raise ValueError(
            f"step must change x0 = {x0}, got step = {step}, which is below the spacing of numbers"
        )
    if not (is_finite(_beyond(a, b)) and is_finite(_beyond(b, a))):
        raise ValueError(f"x0 and step must leave room to walk, got x0 = {x0}, step = {step}")
    fa, fb = f(a), f(b)
    if fb > fa:  # downhill is the other way
        a, b, fa, fb = b, a, fb, fa
    c = _beyond(a, b)
    fc = f(c)
    yield _triple((a, fa), (b, fb), (c, fc), f)
    while fc < fb:
        a, b, fa, fb = b, c, fb, fc
        c = _beyond(a, b)
        if f.calls > maxiter + 2 or not is_finite(c):
            return stopped(
                f"f still falls at x = {b}: it may have no minimum in this direction, try another x0 or step"
            )
        fc = f(c)
        yield _triple((a, fa), (b, fb), (c, fc), f)
    if fb < min(fa, fc):
        return converged("f rises on both sides of b")
    return converged("f does not fall on either side of b, but two values are equal: it may be flat here")


def _beyond(a, b):
    """Return the next point of a walk from a to b, infinite where there is none."""
    with np.errstate(over="ignore"):
        return b + TAU * (b - a)


def _triple(p, q, r, f) -> Triple:
    (a, fa), (b, fb), (c, fc) = sorted((p, q, r))
    x, fun = min((p, q, r), key=lambda point: point[1])
    return Triple(a, b, c, fa, fb, fc, x, fun, f.new(), f.calls)
