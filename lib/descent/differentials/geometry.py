"""Gradient and Hessian as geometry: slopes in all directions, shapes of quadratics, mixed derivatives."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step

STEP = np.finfo(float).eps ** (1 / 3)  # balances truncation and rounding of central differences
DIRECTIONS = 32
FLAT = 1e-9  # an eigenvalue below it counts as 0


@dataclass(frozen=True)
class GradientAt(Step):
    """A function of two variables at a point, its gradient, and slopes measured in many directions.

    Attributes
    ----------
    f : callable
        Of two numbers or arrays.
    x, y, value : float
        The point and f there.
    gradient : array, shape (2,)
    length : float
        Of the gradient.
    angles, slopes : arrays, shape (32,)
        Directions in radians, and the slope of f measured in each.
    """

    f: Callable
    x: float
    y: float
    value: float
    gradient: np.ndarray
    length: float
    angles: np.ndarray
    slopes: np.ndarray


def gradient_at(f: Callable, x: float, y: float, *, step: float = STEP) -> GradientAt:
    """Measure the gradient of f at a point, and its slope in 32 directions.

    The gradient is measured by central differences along the axes; the slopes by differences in
    each direction, so that nothing assumes that the slope is <grad f, u>.

    Parameters
    ----------
    f : callable
        f(x, y), a number.
    x, y : float
        The point.
    step : float
        Positive, relative to max(1, |x|, |y|).

    Returns
    -------
    GradientAt

    Raises
    ------
    ValueError
        If f is not finite at the point or beside it.

    References
    ----------
    Merkulov, Matrix calculus (lecture notes), "Gradient".

    Examples
    --------
    >>> at = gradient_at(lambda x, y: x**2 + y**2, 3.0, 4.0)
    >>> at.gradient.round(6).tolist(), round(at.length, 6)
    ([6.0, 8.0], 10.0)
    """
    if not step > 0:
        raise ValueError(f"step must be positive, got step = {step}")
    h = step * max(1.0, abs(x), abs(y))

    def at(dx, dy):
        with np.errstate(all="ignore"):
            value = float(f(x + dx, y + dy))
        if not np.isfinite(value):
            raise ValueError(f"f has no finite value at or near ({x:.3g}, {y:.3g}): move the point")
        return value

    value = at(0.0, 0.0)
    gradient = np.array([at(h, 0) - at(-h, 0), at(0, h) - at(0, -h)]) / (2 * h)
    angles = np.linspace(-np.pi, np.pi, DIRECTIONS + 1)[1:]
    slopes = np.array(
        [(at(h * c, h * s) - value) / h for c, s in zip(np.cos(angles), np.sin(angles), strict=True)]
    )
    return GradientAt(f, x, y, value, gradient, float(np.linalg.norm(gradient)), angles, slopes)


@dataclass(frozen=True)
class Quadratic(Step):
    """The function x'Hx/2 of two variables and its shape.

    Attributes
    ----------
    hessian : array, shape (2, 2)
    eigenvalues : array, shape (2,)
    eigenvectors : array, shape (2, 2)
        Unit vectors, in columns.
    kind : str
        "bowl", "hill", "saddle", "valley", "ridge" or "plane".
    """

    hessian: np.ndarray
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    kind: str


def quadratic(first: float, second: float, degrees: float = 0.0) -> Quadratic:
    """Return the quadratic whose Hessian has two given eigenvalues.

    Parameters
    ----------
    first, second : float
        Eigenvalues: the curvatures along the eigenvectors.
    degrees : float
        Direction of the first eigenvector.

    Returns
    -------
    Quadratic

    References
    ----------
    Merkulov, Matrix calculus (lecture notes), "Hessian".

    Examples
    --------
    >>> quadratic(2, -1).kind
    'saddle'
    >>> quadratic(2, 1, 90).hessian.round(12).tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    angle = np.deg2rad(degrees)
    vectors = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    values = np.array([first, second], float)
    up, down = int(np.sum(values > FLAT)), int(np.sum(values < -FLAT))
    kind = {
        (2, 0): "bowl",
        (0, 2): "hill",
        (1, 1): "saddle",
        (1, 0): "valley",
        (0, 1): "ridge",
        (0, 0): "plane",
    }
    hessian = vectors @ np.diag(values) @ vectors.T
    return Quadratic((hessian + hessian.T) / 2, values, vectors, kind[up, down])


def schwarz(x, y):
    """Return xy(x^2 - y^2)/(x^2 + y^2), and 0 at the origin: the lecture's counterexample.

    >>> float(schwarz(0.0, 0.0)), float(schwarz(2.0, 1.0))
    (0.0, 1.2)
    """
    r = np.asarray(x * x + y * y, float)
    return x * y * (x * x - y * y) / np.where(r == 0, 1.0, r)


def mixed_derivatives(
    f: Callable, x: float, y: float, *, inner: float = 1e-6, outer: float = 1e-3
) -> tuple[float, float, float]:
    """Measure d/dy (df/dx), d/dx (df/dy), and what the four-point stencil says of both.

    Each mixed derivative is a central difference of central differences.  The inner step has
    to be much the smaller one: first the inner limit, then the outer.  With equal steps both
    become the same four-point stencil, which is symmetric whatever f is.

    Parameters
    ----------
    f : callable
        f(x, y), a number.
    x, y : float
        The point.
    inner, outer : float
        Steps of the first and of the second derivative; positive.

    Returns
    -------
    tuple of three floats
        d/dy (df/dx), d/dx (df/dy), and the stencil with the outer step.

    Raises
    ------
    ValueError
        If a step is not positive.

    Examples
    --------
    >>> [round(value, 4) for value in mixed_derivatives(schwarz, 0.0, 0.0)]
    [-1.0, 1.0, 0.0]
    """
    for name, step in (("inner", inner), ("outer", outer)):
        if not step > 0:
            raise ValueError(f"{name} must be positive, got {name} = {step}")

    def slope_x(y, h):
        return (f(x + h, y) - f(x - h, y)) / (2 * h)

    def slope_y(x, h):
        return (f(x, y + h) - f(x, y - h)) / (2 * h)

    k = outer
    first_x = (slope_x(y + k, inner) - slope_x(y - k, inner)) / (2 * k)
    first_y = (slope_y(x + k, inner) - slope_y(x - k, inner)) / (2 * k)
    stencil = (slope_x(y + k, k) - slope_x(y - k, k)) / (2 * k)
    return float(first_x), float(first_y), float(stencil)
