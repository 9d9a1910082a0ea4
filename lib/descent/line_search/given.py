"""Searches made from a number or from a method of one variable."""

import math
import sys
from collections.abc import Callable

from descent.line_search.cubic import secant
from descent.line_search.ray import Trial, slope_at_zero, value_at_zero
from descent.stepwise import converged, stepwise, stopped
from descent.stepwise.checks import check_callable, check_positive, check_positive_finite, is_finite
from descent.univariate import bracket

EPSILON = sys.float_info.epsilon
WALL = 1e150  # stands for NaN and infinity: higher than any value, and its square is finite


def fixed(alpha: float) -> Callable:
    """Return the search that always answers alpha.

    Parameters
    ----------
    alpha : float
        The step size, positive.

    Returns
    -------
    callable
        A line search, which measures phi once.

    Raises
    ------
    ValueError, TypeError
        If alpha is not positive and finite.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 10.

    Examples
    --------
    >>> fixed(0.1)(lambda a: (a - 1) ** 2, None, 1.0).alpha
    0.1
    """
    check_positive_finite(alpha=alpha)

    @stepwise(allow_nonfinite=True)
    def fixed_step(phi, dphi=None, alpha0=1.0, *, phi0=None, dphi0=None):
        phi0 = value_at_zero(phi, phi0)
        yield Trial(0.0, phi0, (alpha, alpha), 0.0, phi0, dphi0, "start")
        value = phi(alpha)
        if not is_finite(value):
            yield Trial(0.0, phi0, (alpha, alpha), alpha, value, None, "not finite")
            return stopped(f"phi({alpha}) is {value}: try a smaller step")
        yield Trial(alpha, value, (alpha, alpha), alpha, value, None, "accepted")
        return converged("the step is fixed")

    return fixed_step


def exact(method: Callable, *, tol: float = 1e-8) -> Callable:
    """Return the search for a minimiser on the ray: bracket it, then shrink the bracket.

    Values of phi cannot locate a minimiser better than about the square root of the machine
    precision.  Its slope can, so a search that is given one ends with secant steps on it,
    as long as they make it smaller.

    Parameters
    ----------
    method : callable
        A method of `descent.univariate`, method(f, a, b, *, tol).
    tol : float
        Its tolerance, as a share of the bracket: a step size has no scale of its own.

    Returns
    -------
    callable
        A line search.

    Raises
    ------
    ValueError, TypeError
        If tol is not positive, or method cannot be called.

    References
    ----------
    Merkulov, Line search (lecture notes), Figure 18.

    Examples
    --------
    >>> from descent.univariate import brent
    >>> run = exact(brent)(lambda a: (a - 3) ** 2, lambda a: 2 * (a - 3), 1.0)
    >>> run.alpha, run.success
    (3.0, True)
    """
    check_callable(method=method)
    check_positive(tol=tol)

    @stepwise(allow_nonfinite=True)
    def exact_search(phi, dphi=None, alpha0=1.0, *, phi0=None, dphi0=None):
        check_positive_finite(alpha0=alpha0)
        alpha0, phi0 = float(alpha0), value_at_zero(phi, phi0)
        if not (dphi is None and dphi0 is None):
            dphi0 = slope_at_zero(dphi, dphi0)
        phi = _Remembered(phi, phi0)
        yield Trial(0.0, phi0, (0.0, alpha0), 0.0, phi0, dphi0, "start")
        while phi(alpha0) == WALL and alpha0 > EPSILON**2:
            alpha0 = alpha0 / 2
        ends = (0.0, alpha0)
        if phi(alpha0) < phi0:
            run = bracket(phi, 0.0, alpha0)
            yield from _frames(run, "bracket")
            if not run.success:
                return (yield from _give_up(phi, ends, run))
            ends = (run.last.a, run.last.c)
        run, ends = yield from _shrink(method, phi, ends, tol, phi0, dphi0)
        if run.error:
            return (yield from _give_up(phi, ends, run))
        alpha, fun = min((run.x, run.fun), phi.best(), key=lambda point: point[1])
        if not fun < phi0:
            yield Trial(0.0, phi0, ends, alpha, fun, None, "not lower than phi(0)")
            return stopped(
                "no value below phi(0) was found, though the slope is negative: check the gradient"
            )
        slope = None
        if dphi is not None:
            alpha, slope = yield from _by_slope(phi, dphi, ends, alpha, dphi0)
        yield Trial(alpha, phi(alpha), ends, alpha, phi(alpha), slope, "accepted")
        if not run.success:
            return stopped(run.message)
        return converged(f"{run.name}: {run.message}")

    return exact_search


class _Remembered:
    """phi with a memory, and a high wall where it is not finite."""

    def __init__(self, phi, phi0):
        self.phi, self.known = phi, {0.0: phi0}

    def __call__(self, alpha):
        if alpha not in self.known:
            value = self.phi(alpha)
            self.known[alpha] = value if is_finite(value) else WALL
        return self.known[alpha]

    def best(self) -> tuple:
        return min(self.known.items(), key=lambda point: point[1])


def _give_up(phi, ends, run):
    """End with the message of a run inside this one, at the best step size tried."""
    best = phi.best()
    yield Trial(*best, ends, *best, None, "best of all trials")
    return stopped(run.message, run.error)


def _shrink(method, phi, ends, tol, phi0, dphi0):
    """Run the method; return its run, and the ends between which it found a value below phi(0).

    Where it found none, the minimiser is nearer to 0 than all that was measured: look there again,
    down to steps whose decrease is lost in the rounding of phi.
    """
    least = EPSILON**2 * ends[1] if dphi0 is None else 16 * EPSILON * abs(phi0 / dphi0)
    while True:
        run = method(phi, *ends, tol=tol * (ends[1] - ends[0]))
        yield from _frames(run, "")
        if run.error or run.fun < phi0 or not least < run.x < ends[1] / 2:
            return run, ends
        ends = (0.0, run.x)


def _frames(run, rule):
    for step in run:
        interval = (step.a, getattr(step, "c", step.b))
        yield Trial(step.x, step.fun, interval, *step.measured[-1], None, rule or step.rule)


def _by_slope(phi, dphi, ends, alpha, dphi0):
    """Go on from a minimiser of the values by secants, while the slope gets smaller."""
    before, here = (0.0, dphi0), (alpha, dphi(alpha))
    while abs(here[1]) > EPSILON * abs(dphi0):
        trial = secant(*before, *here)
        slope = dphi(trial) if ends[0] < trial < ends[1] else math.inf
        if trial == here[0] or not abs(slope) < abs(here[1]) or phi(trial) == WALL:
            break
        before, here = here, (trial, slope)
        yield Trial(trial, phi(trial), ends, trial, phi(trial), slope, "secant on the slope")
    return here
