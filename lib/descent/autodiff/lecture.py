"""What the lecture shows about derivatives: errors of differences, kinds of numbers, a direction dial."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from descent.autodiff.differences import EPS
from descent.autodiff.dual import Dual
from descent.autodiff.modes import jvp
from descent.stepwise import Step

SHORTEST, LONGEST, A_DECADE = -20, 0, 12  # the steps of the error curve: powers of ten, and how many a decade


def derivatives(f: Callable, x: float, order: int) -> list:
    """Return f(x), f'(x), ... up to an order, by nesting forward mode.

    Parameters
    ----------
    f : callable
        Of a number, in plain NumPy.
    x : float
        The point.
    order : int
        At least 0; each order repeats the work of all orders before it.

    Examples
    --------
    >>> derivatives(lambda x: x**3, 2.0, 4)
    [8.0, 12.0, 12.0, 6.0, 0.0]
    """
    found, g = [], f
    for _ in range(order + 1):
        found.append(float(g(x)))
        g = _derivative(g)
    return found


def _derivative(g):
    return lambda x: jvp(g, (x,), (1.0,))[1]


@dataclass(frozen=True)
class DifferenceErrors(Step):
    """Errors of difference quotients against their step, and where one step stands.

    Attributes
    ----------
    f, x, exact
        The function, the point, and f'(x) by forward mode.
    step, forward_slope, central_slope, imaginary_slope
        One step, and what the quotients give there (NaN if f has no value).
    steps, forward, central, imaginary : ndarray
        All steps and the errors of the three quotients.
    truncation, central_truncation, rounding : ndarray
        |f''| h / 2, |f'''| h^2 / 6 and eps (|f| + |x f'|) / h at all steps.
    best_forward, best_central : float
        The steps at which truncation and rounding together are smallest, NaN if nothing is cut off.
    """

    f: Callable
    x: float
    exact: float
    step: float
    forward_slope: float
    central_slope: float
    imaginary_slope: float
    steps: np.ndarray
    forward: np.ndarray
    central: np.ndarray
    imaginary: np.ndarray
    truncation: np.ndarray
    central_truncation: np.ndarray
    rounding: np.ndarray
    best_forward: float
    best_central: float


def difference_errors(f: Callable, x: float, step: float) -> DifferenceErrors:
    """Measure the errors of forward and central differences and of the complex step at one point.

    Parameters
    ----------
    f : callable
        Of a number, in plain NumPy, smooth at x.
    x : float
        The point.
    step : float
        The step h > 0 to look at.

    Returns
    -------
    DifferenceErrors

    Raises
    ------
    ValueError
        If the step is not positive, or f or its derivative is not finite at x.

    References
    ----------
    J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. (2006), section 8.1.

    Examples
    --------
    >>> errors = difference_errors(np.sin, 1.0, 1e-3)
    >>> f"{errors.best_forward:.0e}", f"{errors.best_central:.0e}"
    ('3e-08', '1e-05')
    """
    if not step > 0:
        raise ValueError(f"step must be positive, got {step!r}")
    x = float(x)
    exact, steps, errors, lines, best = _error_curves(f, x)
    forward, central, imaginary = (float(s[0]) for s in slopes(f, x, np.array([step])))
    return DifferenceErrors(f, x, exact, step, forward, central, imaginary, steps, *errors, *lines, *best)


@lru_cache(maxsize=64)
def _error_curves(f, x) -> tuple:
    """Return what does not depend on the step: exact slope, all steps, errors, lines, best steps."""
    with np.errstate(all="ignore"):  # what is not finite is looked at
        value, exact, second, third = derivatives(f, x, 3)
    value, first, second, third = (abs(d) for d in (value, exact, second, third))
    if not np.isfinite(value + first):
        raise ValueError(f"f({x:g}) = {value:g} with slope {exact:g}: choose a point where both are finite")
    steps = np.logspace(SHORTEST, LONGEST, (LONGEST - SHORTEST) * A_DECADE + 1)
    errors = tuple(np.abs(slope - exact) for slope in slopes(f, x, steps))
    noise = EPS * (value + abs(x) * first)
    lines = second * steps / 2, third * steps**2 / 6, noise / steps
    best = (
        np.sqrt(2 * noise / second) if second > 0 else np.nan,
        np.cbrt(3 * noise / third) if third > 0 else np.nan,
    )
    return exact, steps, errors, lines, tuple(float(h) for h in best)


def slopes(f: Callable, x: float, steps: np.ndarray) -> tuple:
    """Return (f(x + h) - f(x)) / h, (f(x + h) - f(x - h)) / 2h and Im f(x + ih) / h for all steps h.

    Where f has no value, for instance at complex numbers, the slope is NaN.

    >>> [float(slope[0]) for slope in slopes(lambda x: x**2, 1.0, np.array([0.5]))]
    [2.5, 2.0, 2.0]
    """
    at = [_value(f, x)] * len(steps)
    ahead, back = ([_value(f, x + s * h) for h in steps.tolist()] for s in (1, -1))
    aside = [_value(f, complex(x, h)) for h in steps.tolist()]
    at, ahead, back, aside = (np.array(values) for values in (at, ahead, back, aside))
    with np.errstate(all="ignore"):
        return (ahead - at).real / steps, (ahead - back).real / (2 * steps), aside.imag / steps


def _value(f, x):
    with contextlib.suppress(Exception), np.errstate(all="ignore"):
        return complex(f(np.complex128(x) if isinstance(x, complex) else x))
    return complex(np.nan, np.nan)


@dataclass(frozen=True)
class ThreeNumbers(Step):
    """f(a + b e) for e^2 = -1, 0 and 1.

    Attributes
    ----------
    f, a, b
        The function and the number a + b e.
    exact : float
        f'(a).
    complex, dual, split : tuple
        Both parts of the three results, (real part, coefficient of e).
    widths : ndarray
        All b for which the coefficients are kept.
    coefficients : dict
        "complex", "dual", "split" -> coefficient of e divided by b, at all widths.
    """

    f: Callable
    a: float
    b: float
    exact: float
    complex: tuple
    dual: tuple
    split: tuple
    widths: np.ndarray
    coefficients: dict


def three_numbers(f: Callable, a: float, b: float) -> ThreeNumbers:
    """Evaluate f on a complex number, a dual number and a split-complex number with the same parts.

    With j^2 = 1 the numbers (1 + j)/2 and (1 - j)/2 do not mix, so f(a + bj) is
    (f(a + b) + f(a - b))/2 + j (f(a + b) - f(a - b))/2.

    Parameters
    ----------
    f : callable
        Of a number, in plain NumPy.
    a, b : float
        The real part, and the coefficient of the unit.

    Raises
    ------
    ValueError
        If f has no finite value or slope at a.

    References
    ----------
    I. M. Yaglom, Complex Numbers in Geometry (1968), chapter 1: the three kinds of numbers.

    Examples
    --------
    >>> result = three_numbers(lambda x: x**2, 3.0, 2.0)
    >>> result.complex, result.dual, result.split
    ((5.0, 12.0), (9.0, 12.0), (13.0, 12.0))
    """
    a, b = float(a), float(b)
    exact, widths, coefficients = _coefficients(f, a)
    y = f(Dual(a, b))
    dual = (y.value, y.epsilon) if isinstance(y, Dual) else (float(y), 0.0)
    z = _value(f, complex(a, b))
    right, left = _value(f, a + b).real, _value(f, a - b).real
    split = (right + left) / 2, (right - left) / 2
    return ThreeNumbers(f, a, b, exact, (z.real, z.imag), dual, split, widths, coefficients)


@lru_cache(maxsize=64)
def _coefficients(f, a) -> tuple:
    with np.errstate(all="ignore"):
        value, exact = derivatives(f, a, 1)
    if not np.isfinite(value + exact):
        raise ValueError(f"f({a:g}) = {value:g} with slope {exact:g}: choose a point where both are finite")
    widths = np.linspace(0.02, 2, 100)
    _, split, imaginary = slopes(f, a, widths)
    dual = np.array([_coefficient(f(Dual(a, b))) / b for b in widths.tolist()])
    return exact, widths, {"complex": imaginary, "dual": dual, "split": split}


def _coefficient(y) -> float:
    return y.epsilon if isinstance(y, Dual) else 0.0


@dataclass(frozen=True)
class Direction(Step):
    """The derivative of f along one direction, and along all of them.

    Attributes
    ----------
    f, point
        The function of two numbers, and where it is looked at.
    angle, direction, slope
        The angle in degrees, the unit vector r = (cos, sin), and the JVP J r there.
    angles, slopes : ndarray
        All directions, and a JVP for each.
    gradient : tuple
        The JVPs along (1, 0) and (0, 1).
    """

    f: Callable
    point: tuple
    angle: float
    direction: tuple
    slope: float
    angles: np.ndarray
    slopes: np.ndarray
    gradient: tuple


def direction_dial(f: Callable, x1: float, x2: float, angle: float) -> Direction:
    """Return the derivative of f at (x1, x2) along an angle, one forward sweep a direction.

    Parameters
    ----------
    f : callable
        Of two numbers, in plain NumPy.
    x1, x2 : float
        The point.
    angle : float
        In degrees, from the x1-axis.

    Raises
    ------
    ValueError
        If a derivative there is not finite.

    Examples
    --------
    >>> dial = direction_dial(lambda x1, x2: x1 * x2, 3.0, 4.0, 0.0)
    >>> dial.slope, dial.gradient
    (4.0, (4.0, 3.0))
    """
    point = float(x1), float(x2)
    angles, all_slopes, gradient = _all_directions(f, point)
    direction = _unit(angle)
    slope = float(jvp(f, point, direction)[1])
    return Direction(f, point, float(angle), direction, slope, angles, all_slopes, gradient)


@lru_cache(maxsize=64)
def _all_directions(f, point) -> tuple:
    angles = np.arange(0.0, 361.0, 5.0)
    with np.errstate(all="ignore"):
        found = np.array([jvp(f, point, _unit(angle)) for angle in angles.tolist()], float)
    values, found = found.T
    if not np.all(np.isfinite([found, values])):
        raise ValueError(
            f"f has no finite value or slope at ({point[0]:g}, {point[1]:g}): choose another point"
        )
    gradient = tuple(float(jvp(f, point, seed)[1]) for seed in ((1.0, 0.0), (0.0, 1.0)))
    return angles, found, gradient


def _unit(angle: float) -> tuple:
    return float(np.cos(np.radians(angle))), float(np.sin(np.radians(angle)))
