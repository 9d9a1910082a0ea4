"""Elementary functions: each by its derivative."""

import functools
import math

import numpy as np

from descent.autodiff.primitives import composite, elementwise, rule, shape_of
from descent.autodiff.rules.arithmetic import GETITEM
from descent.autodiff.tape import apply, raw

LN2, LN10 = math.log(2.0), math.log(10.0)

elementwise(np.exp, lambda y, x: y)
elementwise(np.exp2, lambda y, x: y * LN2)
elementwise(np.expm1, lambda y, x: y + 1)
elementwise(np.log, lambda y, x: 1 / x)
elementwise(np.log1p, lambda y, x: 1 / (1 + x))
elementwise(np.log2, lambda y, x: 1 / (x * LN2))
elementwise(np.log10, lambda y, x: 1 / (x * LN10))
elementwise(np.logaddexp, lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y))
elementwise(np.logaddexp2, lambda y, a, b: 2.0 ** (a - y), lambda y, a, b: 2.0 ** (b - y))

elementwise(np.sqrt, lambda y, x: 0.5 / y, on_floats=math.sqrt)
elementwise(np.cbrt, lambda y, x: 1 / (3 * y * y))
elementwise(np.square, lambda y, x: 2 * x)
elementwise(np.reciprocal, lambda y, x: -y * y)
elementwise(np.hypot, lambda y, a, b: a / y, lambda y, a, b: b / y)

elementwise(np.sin, lambda y, x: np.cos(x))
elementwise(np.cos, lambda y, x: -np.sin(x))
elementwise(np.tan, lambda y, x: 1 + y * y)
elementwise(np.arcsin, lambda y, x: 1 / np.sqrt(1 - x * x))
elementwise(np.arccos, lambda y, x: -1 / np.sqrt(1 - x * x))
elementwise(np.arctan, lambda y, x: 1 / (1 + x * x))
elementwise(
    np.arctan2,
    lambda y, a, b: b / (a * a + b * b),
    lambda y, a, b: -a / (a * a + b * b),
)
elementwise(np.deg2rad, lambda y, x: math.pi / 180)
elementwise(np.rad2deg, lambda y, x: 180 / math.pi)
elementwise(np.radians, lambda y, x: math.pi / 180)
elementwise(np.degrees, lambda y, x: 180 / math.pi)

elementwise(np.sinh, lambda y, x: np.cosh(x))
elementwise(np.cosh, lambda y, x: np.sinh(x))
elementwise(np.tanh, lambda y, x: 1 - y * y)
elementwise(np.arcsinh, lambda y, x: 1 / np.sqrt(x * x + 1))
elementwise(np.arccosh, lambda y, x: 1 / np.sqrt(x * x - 1))
elementwise(np.arctanh, lambda y, x: 1 / (1 - x * x))

NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2


def sinc_derivative(x, order):
    """Return the derivative of sin(pi x) / (pi x) of any order, also at 0.

    Near 0 from sinc x = integral of cos(pi t x) over t in [0, 1], by Gauss's quadrature; away
    from it from x s^(k) + k s^(k-1) = (sin(pi x) / pi)^(k).
    """
    x = np.asarray(x, float)
    near = np.abs(x) < 2 + order
    angles = np.pi * np.multiply.outer(np.where(near, x, 0.0), NODES) + order * np.pi / 2
    by_quadrature = ((np.pi * NODES) ** order * np.cos(angles)) @ WEIGHTS
    far = np.where(near, 1.0, x)
    by_recursion = np.sin(np.pi * far) / (np.pi * far)
    for k in range(1, order + 1):
        by_recursion = (np.pi ** (k - 1) * np.sin(np.pi * far + k * np.pi / 2) - k * by_recursion) / far
    return np.where(near, by_quadrature, by_recursion)[()]


SINC = rule(
    sinc_derivative,
    lambda g, y, x, order: g * _next_sinc(x, order),
    lambda g, y, x, order: g * _next_sinc(x, order),
)
elementwise(np.sinc, lambda y, x: _next_sinc(x, 0))


def _next_sinc(x, order):
    return apply(SINC, (x, order + 1), {})


@composite(np.interp)
def interp(x, xp, fp, left=None, right=None, period=None):
    """Return the line between the neighbours of x; at a knot the derivative is that to its right."""
    if period is not None:
        raise ValueError("np.interp is differentiated without period")
    xp, fp = (z if hasattr(z, "shape") else np.asarray(z, float) for z in (xp, fp))
    at = functools.partial(
        _entry, np.clip(np.searchsorted(raw(xp), raw(x), side="right"), 1, shape_of(xp)[0] - 1)
    )
    inside = at(fp, -1) + (at(fp) - at(fp, -1)) * ((x - at(xp, -1)) / (at(xp) - at(xp, -1)))
    below, above = raw(x) < raw(xp[0]), raw(x) > raw(xp[-1])
    beyond = np.where(below, fp[0] if left is None else left, fp[-1] if right is None else right)
    return np.where(below | above, beyond, inside)


def _entry(k, x, shift=0):
    """Return x[k + shift], also where only k is traced."""
    return apply(GETITEM, (x, k + shift), {})
