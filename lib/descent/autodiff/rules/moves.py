"""Functions that only move entries, and pieces: NumPy moves their positions, and indexing does the rest."""

import numpy as np

from descent.autodiff.dispatch import ITEM_ASSIGNMENT
from descent.autodiff.primitives import composite, ndim_of, shape_of
from descent.autodiff.rules.arithmetic import SCATTER, dtype_of
from descent.autodiff.rules.joining import of_type
from descent.autodiff.tape import LostDerivativeError, apply, raw


def positions(x, start=0):
    """Return the numbers of the entries, in the shape of x."""
    return start + np.reshape(np.arange(np.size(raw(x))), shape_of(x))


def moved(x, places):
    """Return the entries at places that count through the whole array."""
    return np.ravel(x)[places]


@composite(np.resize)
def resize(a, new_shape):
    return moved(a, np.resize(positions(a), new_shape))


@composite(np.compress)
def compress(condition, a, axis=None, out=None):
    return moved(a, np.compress(raw(condition), positions(a), axis))


@composite(np.extract)
def extract(condition, arr):
    return moved(arr, np.extract(raw(condition), positions(arr)))


@composite(np.insert)
def insert(arr, obj, values, axis=None):
    places = np.insert(positions(arr), obj, positions(values, np.size(raw(arr))), axis)
    return moved(np.concatenate([np.ravel(arr), np.ravel(values)]), places)


@composite(*(getattr(np, name) for name in ("unstack",) if hasattr(np, name)))
def unstack(x, /, *, axis=0):
    return tuple(np.moveaxis(x, axis, 0))


@composite(np.diagflat)
def diagflat(v, k=0):
    return np.diag(np.ravel(v), k)


@composite(np.choose)
def choose(a, choices, out=None, mode="raise"):
    """Return choices[a[i]][i] for each i."""
    index = np.choose(raw(a), np.arange(len(choices)), mode=mode)
    return np.select([index == k for k in range(len(choices))], list(choices))


@composite(np.piecewise)
def piecewise(x, condlist, funclist, *args, **kwargs):
    """Call each function on the entries where its condition is the last that holds, and nowhere else."""
    conditions = condlist if np.ndim(raw(condlist[0])) or not ndim_of(x) else [condlist]
    conditions = [np.broadcast_to(raw(c), shape_of(x)) for c in conditions]
    if len(funclist) == len(conditions) + 1:
        conditions.insert(0, ~np.any(conditions, axis=0))
        funclist = [funclist[-1], *funclist[:-1]]
    taken, total = np.zeros(shape_of(x), bool), 0.0 * raw(x)
    for condition, function in zip(reversed(conditions), reversed(funclist), strict=True):
        here = np.asarray(condition & ~taken)
        taken = taken | here
        if np.any(here):
            part = function(x[here], *args, **kwargs) if callable(function) else function
            total = total + apply(SCATTER, (part, here, shape_of(x)), {})
    return total


@composite(np.apply_along_axis)
def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    lines = np.moveaxis(arr, axis, -1)
    outer = shape_of(lines)[:-1]
    parts = [func1d(lines[index], *args, **kwargs) for index in np.ndindex(*outer)]
    inner = shape_of(parts[0])
    whole = np.reshape(np.stack(parts), outer + inner)
    ends = tuple(range(len(outer), len(outer) + len(inner)))
    return np.moveaxis(whole, ends, tuple(axis % ndim_of(arr) + k for k in range(len(inner))))


@composite(*(getattr(np, name) for name in ("astype",) if hasattr(np, name)))
def astype(x, dtype, /, *, copy=True, device=None):
    return of_type(x, dtype)


@composite(np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis)
def writes(*args, **kwargs):
    """Refuse what writes into an array."""
    raise LostDerivativeError(ITEM_ASSIGNMENT)


# -- products of polynomials ---------------------------------------------------------------------------


@composite(np.polyval)
def polyval(p, x):
    """Return the polynomial by Horner's rule, the highest power first."""
    y = 0.0 * raw(x)
    for k in range(shape_of(p)[0]):
        y = y * x + p[k]
    return y


@composite(np.convolve)
def convolve(a, v, mode="full"):
    """Return the sums of a[i] v[k - i]: a matrix whose diagonals are v, times a."""
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    (n,), (m,) = shape_of(a), shape_of(v)
    if not n or not m:
        raise ValueError(f"a and v must not be empty, got {n} and {m} entries")
    if m > n:
        a, v, n, m = v, a, m, n
    lag = np.arange(n + m - 1)[:, None] - np.arange(n)
    outside = (lag < 0) | (lag >= m)
    full = np.matmul(np.append(v, dtype_of(v).type(0))[np.where(outside, m, lag)], a)
    start, length = {"full": (0, n + m - 1), "same": ((m - 1) // 2, n), "valid": (m - 1, n - m + 1)}[mode]
    return full[start : start + length]


@composite(np.correlate)
def correlate(a, v, mode="valid"):
    if shape_of(v)[0] > shape_of(a)[0]:
        return np.flip(np.convolve(np.flip(a), v, mode))
    return np.convolve(a, np.flip(v), mode)
