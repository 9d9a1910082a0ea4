"""Averages, orders and moments, and reductions that leave NaN out: made of other operations."""

import numpy as np

from descent.autodiff.primitives import composite, ndim_of, shape_of
from descent.autodiff.rules.arithmetic import dtype_of
from descent.autodiff.rules.reductions import axes_of, count, not_empty
from descent.autodiff.tape import raw


@composite(np.average)
def average(x, axis=None, weights=None, returned=False, *, keepdims=False):
    if weights is None:
        weights = np.ones(shape_of(x), dtype_of(x))
    elif shape_of(weights) != shape_of(x):
        weights = _along(weights, axes_of(x, axis), x)
    weights = np.broadcast_to(weights, shape_of(x))
    total = np.sum(weights, axis=axis, keepdims=keepdims)
    if np.any(raw(total) == 0):
        raise ZeroDivisionError("weights sum to zero, and cannot be normalised")
    mean = np.sum(x * weights, axis=axis, keepdims=keepdims) / total
    return (mean, np.broadcast_to(total, shape_of(mean)) + 0.0) if returned else mean


def _along(weights, axes, x):
    """Give weights of some axes the other axes of x, with length 1."""
    weights = np.transpose(weights, np.argsort(axes))
    return np.reshape(weights, [n if k in axes else 1 for k, n in enumerate(shape_of(x))])


# -- orders ----------------------------------------------------------------------------------------


def _sorted_last(x, axis):
    """Return the entries that are reduced together, in order along the last axis; NaN where one is NaN."""
    not_empty(x, axis)
    axes = axes_of(x, axis)
    moved = np.moveaxis(x, axes, tuple(range(-len(axes), 0)))
    shape = (*shape_of(moved)[: ndim_of(x) - len(axes)], count(x, axis))
    lines = np.sort(np.reshape(moved, shape), axis=-1)
    return np.where(np.isnan(raw(lines[..., -1:])), np.nan, lines)


def _with_axes(y, x, axis, keepdims):
    return np.expand_dims(y, tuple(sorted(axes_of(x, axis)))) if keepdims else y


@composite(np.median)
def median(x, axis=None, out=None, overwrite_input=False, keepdims=False):
    lines = _sorted_last(x, axis)
    n = shape_of(lines)[-1]
    return _with_axes((lines[..., (n - 1) // 2] + lines[..., n // 2]) / 2, x, axis, keepdims)


@composite(np.quantile)
def quantile(
    x, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None
):
    if method != "linear" or weights is not None:
        raise ValueError("np.quantile is differentiated with method='linear' and without weights")
    lines, places = _sorted_last(x, axis), np.asarray(q, float)
    places = places * (shape_of(lines)[-1] - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, shape_of(lines)[-1] - 1)
    share = (places - low).astype(dtype_of(x))
    y = lines[..., low] + (lines[..., high] - lines[..., low]) * share
    axes_of_q = tuple(range(ndim_of(low)))
    y = np.moveaxis(y, tuple(k - ndim_of(low) for k in axes_of_q), axes_of_q)
    kept = tuple(k + ndim_of(low) for k in sorted(axes_of(x, axis)))
    return np.expand_dims(y, kept) if keepdims else y


@composite(np.percentile)
def percentile(x, q, *args, **kwargs):
    return np.quantile(x, np.asarray(q, float) / 100, *args, **kwargs)


# -- without NaN -------------------------------------------------------------------------------------


def _known(x, fill):
    """Return x with its NaN replaced, and where it was none."""
    known = ~np.isnan(raw(x))
    return np.where(known, x, fill), known


def _filled(without, function, fill):
    """Enter a reduction that takes NaN for a number that changes nothing."""

    @composite(without)
    def filled(x, axis=None, *args, **kwargs):
        return function(_known(x, fill)[0], axis, *args, **kwargs)


def _of_known(without, function):
    """Enter a mean or a spread of those entries that are numbers."""

    @composite(without)
    def of_known(x, axis=None, *args, **kwargs):
        numbers, known = _known(x, 0.0)
        return function(numbers, axis, *args, where=known, **kwargs)


def _extreme(without, function, fill):
    """Enter an extreme of those entries that are numbers, NaN where there is none."""

    @composite(without)
    def extreme(x, axis=None, out=None, keepdims=False):
        numbers, known = _known(x, fill)
        some = np.any(known, axis=axis, keepdims=keepdims)
        return np.where(some, function(numbers, axis=axis, keepdims=keepdims), np.nan)


_filled(np.nansum, np.sum, 0.0)
_filled(np.nanprod, np.prod, 1.0)
_filled(np.nancumsum, np.cumsum, 0.0)
_filled(np.nancumprod, np.cumprod, 1.0)
_of_known(np.nanmean, np.mean)
_of_known(np.nanvar, np.var)
_of_known(np.nanstd, np.std)
_extreme(np.nanmax, np.max, -np.inf)
_extreme(np.nanmin, np.min, np.inf)


# -- moments -----------------------------------------------------------------------------------------


@composite(np.cov)
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    if fweights is not None or aweights is not None:
        raise ValueError("np.cov is differentiated without fweights and aweights")
    rows = [_as_rows(z, rowvar) for z in (m, y) if z is not None]
    x = np.concatenate(rows) if len(rows) > 1 else rows[0]
    centred = x - np.mean(x, axis=1, keepdims=True)
    n = shape_of(x)[1] - ((0 if bias else 1) if ddof is None else ddof)
    return np.squeeze(np.matmul(centred, np.transpose(centred)) / max(n, 0))


def _as_rows(z, rowvar):
    return np.atleast_2d(z) if rowvar or ndim_of(z) == 1 else np.transpose(z)


@composite(np.corrcoef)
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    c = np.cov(x, y, rowvar)
    if not ndim_of(c):
        return c / c
    scale = np.sqrt(np.diagonal(c))
    return c / np.expand_dims(scale, 1) / np.expand_dims(scale, 0)
