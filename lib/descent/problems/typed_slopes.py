"""A learner's own function with a slope: functions of a step size, and of two variables.

The slopes are differences of values, good to about eleven digits where the function is smooth.
"""

from collections.abc import Callable

import numpy as np

from descent.problems.problem import Problem
from descent.problems.typed import typed_function
from descent.stepwise.checks import check_positive_finite

SHARE = 1e-4  # of the scale: balances the formula's error, h^4, and rounding, epsilon / h


def measured_slope(phi: Callable, scale: float = 1.0) -> Callable:
    """Return the slope of a function of one variable, by differences of its values.

    phi'(a) = [8 (phi(a + h) - phi(a - h)) - (phi(a + 2h) - phi(a - 2h))] / 12h + O(h^4), and
    a formula with points on the right only where phi ends on the left of a.

    Parameters
    ----------
    phi : callable
        Of a float or an array.
    scale : float
        The length on which phi changes, positive.

    Returns
    -------
    callable
        Of a float or an array.

    References
    ----------
    Abramowitz and Stegun, Handbook of Mathematical Functions (1964), formula 25.3.6.

    Examples
    --------
    >>> slope = measured_slope(np.exp)
    >>> round(float(slope(1.0)), 9), round(float(measured_slope(np.sqrt)(0.25)), 9)
    (2.718281828, 1.0)
    """
    h = SHARE * scale

    @np.errstate(all="ignore")  # the caller looks for NaN
    def dphi(alpha):
        near = phi(alpha + h) - phi(alpha - h)
        far = phi(alpha + 2 * h) - phi(alpha - 2 * h)
        central = (8 * near - far) / (12 * h)
        if np.all(np.isfinite(central)):
            return central
        right = (4 * phi(alpha + h) - phi(alpha + 2 * h) - 3 * phi(alpha)) / (2 * h)
        return np.where(np.isfinite(central), central, right)[()]

    return dphi


def measured_gradient(f: Callable, scale: float = 1.0) -> Callable:
    """Return the gradient of a function of an array, coordinate by coordinate.

    >>> measured_gradient(lambda x: x[0] * x[1])(np.array([2.0, 3.0])).round(9).tolist()
    [3.0, 2.0]
    """

    def grad(x):
        units = np.eye(len(x))
        return np.array([measured_slope(lambda t, u=u: f(x + t * u), scale)(0.0) for u in units])

    return grad


def typed_ray(text: str, reach: float) -> Problem:
    """Return a learner's own phi(alpha), on 0 <= alpha <= reach.

    The variable may be written alpha, a or x.

    Raises
    ------
    ValueError
        If the text is not a formula, reach is not positive, or phi does not fall at 0.

    Examples
    --------
    >>> ray = typed_ray("(alpha - 1)^2", reach=2)
    >>> float(ray.f(3.0)), round(float(ray.grad(3.0)), 9)
    (4.0, 4.0)
    >>> typed_ray("alpha^2 + alpha", reach=2)
    Traceback (most recent call last):
    ValueError: phi must fall at alpha = 0, but its slope there is 1: try - in front of it
    """
    check_positive_finite(reach=reach)
    named = typed_function(text, "alpha", "a", "x")

    def phi(alpha):
        return named(alpha, alpha, alpha)

    dphi = measured_slope(phi, reach)
    slope = dphi(0.0)
    if not np.isfinite(phi(0.0)):
        raise ValueError(f"phi must be finite at alpha = 0, but it is {phi(0.0)} there")
    if not slope < 0:
        hint = "try - in front of it" if slope > 0 else "try - alpha behind it"
        raise ValueError(f"phi must fall at alpha = 0, but its slope there is {slope:.4g}: {hint}")
    return Problem("your own", phi, grad=dphi, bracket=(0.0, reach / 2, reach), reference="typed", label=text)


def typed_plane(text: str, x: float, y: float) -> Problem:
    """Return a learner's own f(x, y) and a start; its minimum is not known.

    Raises
    ------
    ValueError
        If the text is not a formula, or f is not finite at the start.

    Examples
    --------
    >>> problem = typed_plane("x^2 + 3*y^2", 1, 2)
    >>> float(problem.f(problem.x0)), problem.grad(problem.x0).round(9).tolist()
    (13.0, [2.0, 12.0])
    """
    named = typed_function(text, "x", "y")

    def f(point):
        return named(point[0], point[1])

    f.entrywise = named  # of arrays of x and y: a grid in one call
    start = np.array([x, y], dtype=float)
    if not np.isfinite(f(start)):
        raise ValueError(f"f must be finite at the start, but f({x:g}, {y:g}) is {f(start)}: start elsewhere")
    return Problem("your own", f, grad=measured_gradient(f), x0=start, reference="typed", label=text)
