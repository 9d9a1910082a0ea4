"""Arithmetic with broadcasting, powers, choices, and indexing."""

import operator

import numpy as np

from descent.autodiff.primitives import (
    TABLE,
    composite,
    elementwise,
    in_place,
    rule,
    shape_of,
    spread,
    unbroadcast,
)
from descent.autodiff.tape import apply, raw


def power_slope(y, a, b):
    """Return d(a^b)/da = b a^(b-1); at b = 0 it is 0, also where a = 0."""
    if isinstance(b, (int, float)):
        return b * a ** (b - 1 if b else 1.0)
    return b * a ** np.where(raw(b) == 0, 1.0, b - 1)


def power_exponent_slope(y, a, b):
    """Return d(a^b)/db = y ln a; at a = 0 its limit, 0."""
    return y * np.log(np.where(raw(a) == 0, 1.0, a))


def _first(y, a, b):
    """Return the share of the first argument in max(a, b) or min(a, b): 1/2 at a tie, as in JAX."""
    a, b, y = raw(a), raw(b), raw(y)
    return np.where(a == b, 0.5, np.where(a == y, 1.0, 0.0))


def _second(y, a, b):
    return _first(y, b, a)


def zero(y, *args):
    return 0.0


ADD = elementwise(np.add, lambda y, a, b: 1.0, lambda y, a, b: 1.0, on_floats=operator.add)
SUBTRACT = elementwise(np.subtract, lambda y, a, b: 1.0, lambda y, a, b: -1.0, on_floats=operator.sub)
MULTIPLY = elementwise(np.multiply, lambda y, a, b: b, lambda y, a, b: a, on_floats=operator.mul)
DIVIDE = elementwise(np.divide, lambda y, a, b: 1 / b, lambda y, a, b: -y / b, on_floats=operator.truediv)
POWER = elementwise(np.power, power_slope, power_exponent_slope)
NEGATIVE = elementwise(np.negative, lambda y, x: -1.0, on_floats=operator.neg)
elementwise(np.positive, lambda y, x: 1.0, on_floats=operator.pos)
elementwise(np.float_power, power_slope, power_exponent_slope)
elementwise(np.remainder, lambda y, a, b: 1.0, lambda y, a, b: -np.floor(raw(a) / raw(b)))
elementwise(np.fmod, lambda y, a, b: 1.0, lambda y, a, b: -np.trunc(raw(a) / raw(b)))
elementwise(np.floor_divide, zero, zero)

# Passing a tangent or an adjoint on unchanged needs no product.
for _entry in (ADD, SUBTRACT):
    _entry.keeps = False
    _entry.jvps[0] = lambda g, y, a, b: spread(g, y)
    _entry.vjps[0] = lambda g, y, a, b: unbroadcast(g, a)
ADD.jvps[1] = lambda g, y, a, b: spread(g, y)
ADD.vjps[1] = lambda g, y, a, b: unbroadcast(g, b)
SUBTRACT.jvps[1] = lambda g, y, a, b: spread(-g, y)
SUBTRACT.vjps[1] = lambda g, y, a, b: unbroadcast(-g, b)
NEGATIVE.jvps[0] = NEGATIVE.vjps[0] = lambda g, y, x: -g

elementwise(np.absolute, lambda y, x: np.sign(x), on_floats=abs)
elementwise(np.fabs, lambda y, x: np.sign(x), on_floats=abs)
elementwise(np.maximum, _first, _second)
elementwise(np.minimum, _first, _second)
elementwise(np.fmax, _first, _second)
elementwise(np.fmin, _first, _second)
elementwise(np.copysign, lambda y, a, b: np.where(np.signbit(raw(a)) == np.signbit(raw(y)), 1.0, -1.0), zero)
for _step in (np.sign, np.floor, np.ceil, np.trunc, np.rint):
    elementwise(_step, zero)
elementwise(np.heaviside, zero, zero)
TABLE[np.around] = rule(np.round, lambda g, y, x, decimals=0: 0.0 * g, lambda g, y, x, decimals=0: 0.0 * g)


@composite(np.fix)
def fix(x, out=None):
    return np.trunc(x)


@composite(np.divmod)
def quotient_and_rest(a, b):
    return np.floor_divide(a, b), np.remainder(a, b)


@composite(np.modf)
def fraction_and_whole(x):
    whole = np.trunc(x)
    return x - whole, whole


@composite(np.ldexp)
def ldexp(x, exponent):
    return x * np.exp2(np.asarray(exponent, dtype_of(x)))


def where(condition, x, y):
    """Return np.where of three arguments."""
    return np.where(condition, x, y)


WHERE = rule(
    where,
    (
        None,
        lambda g, z, c, x, y: np.where(c, g, spread(0.0, z)),
        lambda g, z, c, x, y: np.where(c, spread(0.0, z), g),
    ),
    (
        None,
        lambda g, z, c, x, y: unbroadcast(np.where(c, g, 0.0), x),
        lambda g, z, c, x, y: unbroadcast(np.where(c, 0.0, g), y),
    ),
)


@composite(np.where)
def choose(condition, *choices):
    if not choices:
        return np.nonzero(raw(condition))
    return apply(WHERE, (raw(condition), *choices), {})


@composite(np.select)
def select(conditions, choices, default=0):
    result = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = np.where(condition, choice, result)
    return result


@composite(np.clip)
def clip(x, a_min=None, a_max=None, out=None, *, min=None, max=None):
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


@composite(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    if not copy:
        raise TypeError(in_place("nan_to_num", "copy"))
    plain, largest = raw(x), np.finfo(dtype_of(x)).max
    high, low = largest if posinf is None else posinf, -largest if neginf is None else neginf
    return np.where(np.isfinite(plain), x, np.where(np.isnan(plain), nan, np.where(plain > 0, high, low)))


@composite(np.real, np.conj, np.copy, np.real_if_close)
def same(x, *args, **kwargs):
    """A real value is its own real part and conjugate; a traced value never changes."""
    return x


@composite(np.imag)
def imag(x):
    return 0.0 * x


@composite(np.angle)
def angle(z, deg=False):
    """Return 0 or pi: the angle of a real number."""
    return np.where(raw(z) < 0, 180.0 if deg else np.pi, 0.0) + 0.0 * z


def getitem(x, index):
    """Return x[index]: slices, integers, boolean masks and integer arrays."""
    return (np.float64(x) if type(x) is float else x)[index]


def scatter(g, index, shape):
    """Return zeros of a shape with g added at the index: the transpose of indexing."""
    total = np.zeros(shape, getattr(g, "dtype", float))
    add_at(total, index, g)
    return total


def add_at(total: np.ndarray, index, g) -> None:
    """Add g to total[index], as often as an entry is repeated in the index."""
    parts = index if type(index) is tuple else (index,)
    if any(isinstance(part, (list, np.ndarray)) and np.asarray(part).dtype != bool for part in parts):
        np.add.at(total, index, g)
    else:
        total[index] += g


SCATTER = rule(
    scatter,
    lambda g, y, x, index, shape: apply(SCATTER, (g, index, shape), {}),
    lambda g, y, x, index, shape: getitem(g, index),
)
GETITEM = rule(
    getitem,
    lambda g, y, x, index: getitem(g, index),
    lambda g, y, x, index: apply(SCATTER, (g, index, shape_of(x)), {}),
)


def astype(x, dtype):
    """Return x in another floating-point type."""
    return x.astype(dtype) if hasattr(x, "astype") else np.dtype(dtype).type(x)


ASTYPE = rule(astype, lambda g, y, x, dtype: astype(g, dtype), lambda g, y, x, dtype: astype(g, dtype_of(x)))


def dtype_of(x):
    return getattr(x, "dtype", np.dtype(float))
