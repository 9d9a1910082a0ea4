"""Simultaneous perturbation: a gradient's worth of direction from two calls."""

from collections.abc import Callable

import numpy as np

from descent.methods.candidates import first_candidates, generator, next_candidates, value_of
from descent.methods.iterates import check_start
from descent.stepwise import converged, stepwise
from descent.stepwise.checks import check_not_negative, check_positive


@stepwise(allow_nonfinite=True)
def spsa(
    f: Callable,
    x0,
    *,
    a: float = 0.1,
    c: float = 0.1,
    stability: float = 50.0,
    tol: float = 1e-5,
    rng=None,
    maxiter: int = 2000,
):
    """Step down a difference of f along random signs: two calls a step, whatever n is.

    x <- x - a_k (f(x + c_k s) - f(x - c_k s)) / (2 c_k) s,   s random signs,
    a_k = a / (k + 1 + stability)^0.602 * (1 + stability)^0.602,   c_k = c / (k + 1)^0.101

    Parameters
    ----------
    f : callable
        The function of a 1-D array; it may be noisy.
    x0 : array, shape (n,)
        Start.
    a, c : float
        First step size and first half-width of the difference.
    stability : float
        Number of steps over which the step size hardly falls.
    tol : float
        Converged when the mean length of the last 20 steps is no larger.
    rng : numpy.random.Generator, optional
        Source of the signs.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Candidates
        pool holds the iterate; x is the best point at which f was measured; spread is c_k.

    Raises
    ------
    ValueError, TypeError
        If f(x0) is not finite, or a number is out of its range.

    References
    ----------
    Spall, IEEE Transactions on Automatic Control 37 (1992), and Implementation of the
    simultaneous perturbation algorithm, IEEE Transactions on Aerospace 34 (1998).

    Examples
    --------
    >>> run = spsa(lambda x: x @ x, np.array([2.0, 1.0]), rng=np.random.default_rng(0))
    >>> bool(run.fun < 0.05)
    True
    """
    check_positive(a=a, c=c, tol=tol)
    check_not_negative(stability=stability)
    rng, x = generator(rng), check_start(x0)
    here = first_candidates(f, [x], c)
    yield here
    lengths = []
    while len(lengths) < 20 or np.mean(lengths[-20:]) > tol:
        k = len(lengths)
        gain, width = a * ((1 + stability) / (k + 1 + stability)) ** 0.602, c / (k + 1) ** 0.101
        signs = rng.choice([-1.0, 1.0], x.size)
        pair = np.array([x + width * signs, x - width * signs])
        tried = [value_of(f, point) for point in pair]
        rise = tried[0] - tried[1]
        usable = bool(np.isfinite(rise))
        step = gain * rise / (2 * width) if usable else 0.0
        x = x - step * signs
        lengths.append(abs(step) * np.sqrt(x.size) if usable else width)
        here = next_candidates(here, f, pair, tried, [x], [min(tried)], usable, width)
        yield here
    return converged("the steps are short", mean_step=(float(np.mean(lengths[-20:])), tol))
