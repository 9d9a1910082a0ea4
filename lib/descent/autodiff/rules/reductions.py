"""Reductions over axes, and running sums and products."""

import math

import numpy as np

from descent.autodiff.primitives import TABLE, NoRuleError, composite, linear, ndim_of, rule, shape_of
from descent.autodiff.rules.arithmetic import dtype_of
from descent.autodiff.tape import raw


def axes_of(x, axis) -> tuple:
    """Return the axes of a reduction as non-negative numbers."""
    if axis is None:
        return tuple(range(ndim_of(x)))
    axes, n = axis if isinstance(axis, (tuple, list)) else (axis,), ndim_of(x)
    return tuple([k % n if n else 0 for k in axes])


def count(x, axis, where=True, keepdims=True):
    """Return how many entries each result of a reduction is made of; an array where some are left out."""
    if axis is None and where is True and hasattr(x, "size"):
        return x.size
    shape = shape_of(x)
    if where is not True:
        return np.sum(np.broadcast_to(raw(where), shape), axis=axis, keepdims=keepdims)
    return math.prod(shape[k] for k in axes_of(x, axis)) if shape else 1


def expand(g, x, axis):
    """Give a reduced array its axes back, with length 1, so that it broadcasts against x."""
    axes = axes_of(x, axis)
    shape = tuple([1 if k in axes else n for k, n in enumerate(shape_of(x))])
    return g.reshape(shape) if isinstance(g, np.ndarray) else np.reshape(g, shape)


def not_empty(x, axis=None, *args, initial=None, mean=None, **kwargs):
    if count(x, axis) == 0 and initial is None:
        raise ValueError(f"x has no entries to reduce: shape {shape_of(x)}, axis={axis}")
    if mean is not None:
        raise NoRuleError("there is no rule for the option mean=...: leave it out, it only saves time")


def kept(g, where):
    """Return g with 0 for what a reduction leaves out."""
    return g if where is True else g * np.where(where, 1.0, 0.0)


linear(
    np.sum,
    lambda g, y, x, axis=None, dtype=None, keepdims=False, initial=0, where=True: kept(
        _over(g, x, axis), where
    ),
).jvps[0] = lambda g, y, x, axis=None, dtype=None, keepdims=False, initial=0, where=True: np.sum(
    kept(g, where), axis=axis, keepdims=keepdims
)


def _over(g, x, axis):
    """Give every entry the adjoint of the reduction it went into."""
    return np.broadcast_to(g if axis is None and ndim_of(g) == 0 else expand(g, x, axis), shape_of(x))


MEAN = linear(
    np.mean,
    lambda g, y, x, axis=None, dtype=None, keepdims=False, where=True: (
        _over(g / count(x, axis), x, axis)
        if where is True
        else kept(_over(expand(g, x, axis) / count(x, axis, where), x, axis), where)
    ),
    check=not_empty,
)


def _centred(x, axis, where):
    return kept(x - np.mean(x, axis=axis, keepdims=True, where=where), where)


def _free(x, axis, ddof, where, keepdims=True):
    """Return how many entries are free, as a number by which NumPy divides though it be 0."""
    return np.maximum(count(x, axis, where, keepdims) - ddof, 0)


def _spread_jvp(x, g, axis, keepdims, ddof, where):
    """Return the tangent of the variance, 2 sum (x - mean) xdot / (n - ddof)."""
    total = np.sum(_centred(x, axis, where) * g, axis=axis, keepdims=keepdims)
    return 2 * total / _free(x, axis, ddof, where, keepdims)


def _spread_vjp(x, g, axis, ddof, where):
    return 2 * _centred(x, axis, where) * expand(g, x, axis) / _free(x, axis, ddof, where)


def nonzero(y):
    """Return y with 1 for 0, so that a zero over y is the subgradient 0 and never NaN."""
    return np.where(raw(y) == 0, 1.0, y)


rule(
    np.var,
    lambda g, y, x, axis=None, dtype=None, ddof=0, keepdims=False, correction=0, where=True: _spread_jvp(
        x, g, axis, keepdims, ddof or correction, where
    ),
    lambda g, y, x, axis=None, dtype=None, ddof=0, keepdims=False, correction=0, where=True: _spread_vjp(
        x, g, axis, ddof or correction, where
    ),
    check=not_empty,
)
rule(
    np.std,
    lambda g, y, x, axis=None, dtype=None, ddof=0, keepdims=False, correction=0, where=True: (
        _spread_jvp(x, g, axis, keepdims, ddof or correction, where) / (2 * nonzero(y))
    ),
    lambda g, y, x, axis=None, dtype=None, ddof=0, keepdims=False, correction=0, where=True: _spread_vjp(
        x, g / (2 * nonzero(y)), axis, ddof or correction, where
    ),
    check=not_empty,
)


def _shares(y, x, axis, initial=None, where=True):
    """Return 1/k at each of the k entries that attain an extreme, 0 elsewhere; `initial` is one of them."""
    y = expand(raw(y), x, axis)
    hits = (raw(x) == y) if where is True else (raw(x) == y) & where
    total = np.sum(hits, axis=axis, keepdims=True)
    return hits / (total if initial is None else np.maximum(total + (y == initial), 1))


for _extreme in (np.max, np.min):
    TABLE[{np.max: np.amax, np.min: np.amin}[_extreme]] = rule(
        _extreme,
        lambda g, y, x, axis=None, keepdims=False, initial=None, where=True: np.sum(
            g * _shares(y, x, axis, initial, where), axis=axis, keepdims=keepdims
        ),
        lambda g, y, x, axis=None, keepdims=False, initial=None, where=True: (
            expand(g, x, axis) * _shares(y, x, axis, initial, where)
        ),
        check=not_empty,
    )


def others(y, x, axis, initial=1, where=True):
    """Return the product of the other entries: y / x, or by running products where x has zeros."""
    if where is not True:
        return kept(others(y, np.where(where, x, 1.0), axis, initial), where)
    if np.all(raw(x) != 0):
        return expand(y, x, axis) / x
    axes = axes_of(x, axis)
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, last)
    flat = np.reshape(moved, (*shape_of(moved)[: ndim_of(x) - len(axes)], -1))
    ones = np.ones((*shape_of(flat)[:-1], 1))
    before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([ones, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    product = before * after if initial == 1 else initial * before * after
    return np.moveaxis(np.reshape(product, shape_of(moved)), last, axes)


rule(
    np.prod,
    lambda g, y, x, axis=None, dtype=None, keepdims=False, initial=1, where=True: np.sum(
        g * others(y, x, axis, initial, where), axis=axis, keepdims=keepdims
    ),
    lambda g, y, x, axis=None, dtype=None, keepdims=False, initial=1, where=True: (
        expand(g, x, axis) * others(y, x, axis, initial, where)
    ),
)


def _line(x, axis):
    return (np.ravel(x), 0) if axis is None else (x, axis)


def _backward_sum(g, axis):
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


linear(
    np.cumsum,
    lambda g, y, x, axis=None, dtype=None: np.reshape(_backward_sum(*_line(g, axis)), shape_of(x)),
)


def _cumprod_jvp(g, y, x, axis=None, dtype=None):
    """Return y cumsum(xdot / x), or the recurrence t_k = t_(k-1) x_k + y_(k-1) xdot_k where x has zeros."""
    x, axis = _line(x, axis)
    g = np.reshape(g, shape_of(x))
    if np.all(raw(x) != 0):
        return y * np.cumsum(g / x, axis=axis)
    x, g, y = (np.moveaxis(z, axis, 0) for z in (x, g, y))
    tangents = [g[0]]
    for k in range(1, len(x)):
        tangents.append(tangents[-1] * x[k] + y[k - 1] * g[k])
    return np.moveaxis(np.stack(tangents), 0, axis)


def _cumprod_vjp(g, y, x, axis=None, dtype=None):
    """Return backward sums of y g over x, or the recurrence t_k = g_k + x_(k+1) t_(k+1) where x has zeros."""
    shape = shape_of(x)
    x, axis = _line(x, axis)
    if np.all(raw(x) != 0):
        return np.reshape(_backward_sum(g * y, axis) / x, shape)
    x, g, y = (np.moveaxis(z, axis, 0) for z in (x, g, y))
    suffix = [g[len(x) - 1]]
    for k in range(len(x) - 2, -1, -1):
        suffix.append(g[k] + x[k + 1] * suffix[-1])
    before = np.concatenate([np.ones_like(raw(y[:1])), y[:-1]])
    return np.reshape(np.moveaxis(before * np.stack(suffix[::-1]), 0, axis), shape)


rule(np.cumprod, _cumprod_jvp, _cumprod_vjp)


@composite(*(getattr(np, name) for name in ("cumulative_sum",) if hasattr(np, name)))
def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    return _cumulative(np.cumsum, 0.0, x, axis, include_initial)


@composite(*(getattr(np, name) for name in ("cumulative_prod",) if hasattr(np, name)))
def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    return _cumulative(np.cumprod, 1.0, x, axis, include_initial)


def _cumulative(function, first, x, axis, include_initial):
    axis = 0 if axis is None else axis
    y = function(x, axis=axis)
    return np.concatenate([_as_end(dtype_of(y).type(first), y, axis), y], axis=axis) if include_initial else y


@composite(np.ptp)
def ptp(x, axis=None, out=None, keepdims=False):
    return np.max(x, axis=axis, keepdims=keepdims) - np.min(x, axis=axis, keepdims=keepdims)


def _as_end(end, x, axis):
    """Return what is put before or behind x, a number as one entry a line."""
    shape = [1 if k == axis % ndim_of(x) else n for k, n in enumerate(shape_of(x))]
    return end if ndim_of(end) else np.broadcast_to(end, shape)


@composite(np.diff)
def diff(x, n=1, axis=-1, prepend=None, append=None):
    parts = [
        part if part is x else _as_end(part, x, axis) for part in (prepend, x, append) if part is not None
    ]
    x = x if len(parts) == 1 else np.concatenate(parts, axis=axis)
    for _ in range(n):
        x = np.moveaxis(x, axis, -1)
        x = np.moveaxis(x[..., 1:] - x[..., :-1], -1, axis)
    return x


@composite(np.gradient)
def gradient(f, *spacing, axis=None, edge_order=1):
    """Return central differences, one-sided at the ends, for uniform spacing."""
    axes = axes_of(f, axis)
    steps = spacing * len(axes) if len(spacing) == 1 else spacing or (1.0,) * len(axes)
    if len(steps) != len(axes) or any(ndim_of(h) for h in steps) or edge_order != 1:
        raise ValueError(
            "np.gradient is differentiated for uniform spacing, a number for each axis, edge_order=1"
        )
    results = []
    for k, h in zip(axes, steps, strict=True):
        x = np.moveaxis(f, k, 0)
        parts = [x[1:2] - x[:1], (x[2:] - x[:-2]) / 2, x[-1:] - x[-2:-1]]
        results.append(np.moveaxis(np.concatenate(parts) / h, 0, k))
    return results[0] if len(results) == 1 else tuple(results)


@composite(np.trapezoid)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = np.moveaxis(y, axis, -1)
    if x is not None:
        x = x if ndim_of(x) == 1 else np.moveaxis(x, axis, -1)
        dx = np.diff(x, axis=-1)
    return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
