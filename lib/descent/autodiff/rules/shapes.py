"""Shapes: rearranging and repeating arrays."""

import numpy as np

from descent.autodiff.primitives import composite, linear, ndim_of, rule, shape_of, unbroadcast
from descent.autodiff.rules.arithmetic import SCATTER, dtype_of
from descent.autodiff.tape import apply, raw


def _back(g, y, x, *args, **kwargs):
    """Return the adjoint in the shape of the argument."""
    return np.reshape(g, shape_of(x))


linear(
    np.transpose,
    lambda g, y, x, axes=None: np.transpose(g, None if axes is None else np.argsort(_normal(axes, x))),
)
linear(np.swapaxes, lambda g, y, x, axis1, axis2: np.swapaxes(g, axis1, axis2))
linear(np.moveaxis, lambda g, y, x, source, destination: np.moveaxis(g, destination, source))
linear(
    np.reshape,
    lambda g, y, x, shape, order="C", **kwargs: np.reshape(g, shape_of(x), order=order),
)
linear(np.ravel, lambda g, y, x, order="C": np.reshape(g, shape_of(x), order=order))
linear(np.squeeze, _back)
linear(np.expand_dims, _back)
linear(np.broadcast_to, lambda g, y, x, shape, subok=False: unbroadcast(g, x))
linear(np.flip, lambda g, y, x, axis=None: np.flip(g, axis))
linear(np.rot90, lambda g, y, x, k=1, axes=(0, 1): np.rot90(g, -k, axes))
linear(np.triu, lambda g, y, x, k=0: np.triu(g, k))
linear(np.tril, lambda g, y, x, k=0: np.tril(g, k))


def _normal(axes, x):
    return [k % ndim_of(x) for k in axes]


def _roll_back(g, y, x, shift, axis=None):
    return np.roll(g, tuple(-s for s in shift) if isinstance(shift, (tuple, list)) else -shift, axis)


linear(np.roll, _roll_back)


def _tile_vjp(g, y, x, reps):
    """Add up the copies."""
    reps = np.atleast_1d(reps)
    dims = max(len(reps), ndim_of(x))
    reps = (*[1] * (dims - len(reps)), *reps)
    shape = (*[1] * (dims - ndim_of(x)), *shape_of(x))
    g = np.reshape(g, [int(n) for pair in zip(reps, shape, strict=True) for n in pair])
    return np.reshape(np.sum(g, axis=tuple(range(0, 2 * dims, 2))), shape_of(x))


linear(np.tile, _tile_vjp)


def _repeat_index(x, repeats, axis):
    return np.repeat(np.arange(np.size(x) if axis is None else shape_of(x)[axis]), raw(repeats))


def _repeat_vjp(g, y, x, repeats, axis=None):
    index = _repeat_index(x, repeats, axis)
    if axis is None:
        return np.reshape(_added(g, index, (np.size(x),)), shape_of(x))
    moved = np.moveaxis(g, axis, 0)
    total = _added(moved, index, (shape_of(x)[axis], *shape_of(moved)[1:]))
    return np.moveaxis(total, 0, axis)


def _added(g, index, shape):
    return apply(SCATTER, (g, index, shape), {})


linear(np.repeat, _repeat_vjp)


def _diag_vjp(g, y, x, k=0):
    """Return the diagonal again, or the diagonal in zeros of the shape of x."""
    if ndim_of(x) == 1:
        return np.diagonal(g, k)
    rows, columns = _diagonal_index(shape_of(x), k)
    return _added(g, (rows, columns), shape_of(x))


def _diagonal_index(shape, offset):
    n, m = shape[-2:]
    rows = np.arange(max(0, -offset), min(n, m - offset))
    return rows, rows + offset


linear(np.diag, _diag_vjp)


def _diagonal_vjp(g, y, x, offset=0, axis1=0, axis2=1):
    moved = [n for k, n in enumerate(shape_of(x)) if k not in (axis1 % ndim_of(x), axis2 % ndim_of(x))]
    moved += [shape_of(x)[axis1], shape_of(x)[axis2]]
    total = _added(g, (..., *_diagonal_index(moved, offset)), tuple(moved))
    return np.moveaxis(total, (-2, -1), (axis1, axis2))


linear(np.diagonal, _diagonal_vjp)


def _trace_vjp(g, y, x, offset=0, axis1=0, axis2=1):
    length = len(_diagonal_index((shape_of(x)[axis1], shape_of(x)[axis2]), offset)[0])
    return _diagonal_vjp(np.expand_dims(g, -1) * np.ones(length), y, x, offset, axis1, axis2)


linear(np.trace, _trace_vjp)


@composite(np.rollaxis)
def rollaxis(x, axis, start=0):
    axis, start = axis % ndim_of(x), start + ndim_of(x) if start < 0 else start
    return np.moveaxis(x, axis, start - (start > axis))


@composite(np.fliplr)
def fliplr(x):
    return np.flip(x, 1)


@composite(np.flipud)
def flipud(x):
    return np.flip(x, 0)


@composite(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x):
    return np.swapaxes(x, -1, -2)


@composite(np.broadcast_arrays)
def broadcast_arrays(*arrays, subok=False):
    shape = np.broadcast_shapes(*(shape_of(x) for x in arrays))
    return tuple(np.broadcast_to(x, shape) for x in arrays)


@composite(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    n = len(xi)
    grids = [np.reshape(x, (1,) * k + (-1,) + (1,) * (n - 1 - k)) for k, x in enumerate(xi)]
    if indexing == "xy" and n > 1:
        grids = [np.swapaxes(x, 0, 1) for x in grids]
    return tuple(grids) if sparse else np.broadcast_arrays(*grids)


@composite(np.full_like)
def full_like(x, fill_value, dtype=None, order="K", subok=True, shape=None):
    full = np.broadcast_to(fill_value, shape_of(x) if shape is None else shape)
    return full.astype(dtype_of(x) if dtype is None else dtype)


@composite(np.linspace)
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    kind = np.result_type(*(getattr(x, "dtype", x) for x in (start, stop, 1.0))) if dtype is None else dtype
    fractions = np.linspace(0.0, 1.0, num, endpoint=endpoint, dtype=kind)
    dims = max(ndim_of(start), ndim_of(stop))
    fractions = np.reshape(fractions, (-1,) + (1,) * dims)
    line = np.moveaxis(start + (stop - start) * fractions, 0, axis)
    return (line, (stop - start) / (num - bool(endpoint))) if retstep else line


@composite(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    return np.power(base, np.linspace(start, stop, num, endpoint, dtype=dtype, axis=axis))


@composite(np.geomspace)
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    share = np.linspace(0.0, 1.0, num, endpoint=endpoint)
    share = np.reshape(share, (-1,) + (1,) * max(ndim_of(start), ndim_of(stop)))
    return np.moveaxis(start * (stop / start) ** share, 0, axis)


def _pad_vjp(g, y, x, pad_width, **kwargs):
    widths = np.broadcast_to(pad_width, (ndim_of(x), 2))
    return g[tuple(slice(a, a + n) for (a, _), n in zip(widths, shape_of(x), strict=True))]


def pad(x, pad_width, **kwargs):
    """Return np.pad with constant values."""
    return np.pad(x, pad_width, **kwargs)


PAD = rule(pad, lambda g, y, x, pad_width, **kwargs: apply(PAD, (g, pad_width), {}), _pad_vjp)


@composite(np.pad)
def pad_call(x, pad_width, mode="constant", **kwargs):
    """Write constants around x, or entries of x again, as NumPy puts their positions."""
    if mode == "constant":
        return apply(PAD, (x, pad_width), kwargs)
    if mode not in ("edge", "reflect", "symmetric", "wrap") or kwargs.get("reflect_type", "even") != "even":
        raise ValueError(
            f"mode={mode!r} has no derivative rule: use constant, edge, reflect, symmetric or wrap"
        )
    places = np.reshape(np.arange(np.size(raw(x))), shape_of(x))
    return np.ravel(x)[np.pad(places, pad_width, mode)]
