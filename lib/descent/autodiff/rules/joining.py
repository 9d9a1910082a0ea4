"""Joining arrays, cutting them, and putting their entries in order."""

import itertools

import numpy as np

from descent.autodiff.primitives import composite, ndim_of, shape_of, variadic
from descent.autodiff.tape import apply, raw


def concatenate(*arrays, axis=0):
    """Join arrays along an axis."""
    return np.concatenate(arrays, axis=axis)


def stack(*arrays, axis=0):
    """Join arrays along a new axis."""
    return np.stack(arrays, axis=axis)


def _joined_tangents(function):
    def joint_jvp(tangents, y, args, kwargs):
        parts = [tangents[k] if k in tangents else np.zeros(shape_of(x)) for k, x in enumerate(args)]
        return function(*parts, **kwargs)

    return joint_jvp


def _concatenate_vjp(k, g, y, *arrays, axis=0):
    if axis is None:
        start = sum(np.size(x) for x in arrays[:k])
        return np.reshape(g[start : start + np.size(arrays[k])], shape_of(arrays[k]))
    start = sum(shape_of(x)[axis] for x in arrays[:k])
    before = (slice(None),) * (axis % ndim_of(y))
    return g[(*before, slice(start, start + shape_of(arrays[k])[axis]))]


def _stack_vjp(k, g, y, *arrays, axis=0):
    return g[(*(slice(None),) * (axis % ndim_of(y)), k)]


CONCATENATE = variadic(concatenate, _joined_tangents(concatenate), _concatenate_vjp)
STACK = variadic(stack, _joined_tangents(stack), _stack_vjp)
CONCATENATE.keeps = STACK.keeps = False


@composite(np.concatenate)
def concatenate_list(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    return of_type(apply(CONCATENATE, tuple(arrays), {"axis": axis}), dtype)


@composite(np.stack)
def stack_list(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    return of_type(apply(STACK, tuple(arrays), {"axis": axis}), dtype)


def of_type(x, dtype):
    """Return a traced value in a type that was asked for."""
    return x if dtype is None else x.astype(dtype)


@composite(np.vstack)
def vstack(tup, *, dtype=None, casting="same_kind"):
    return of_type(np.concatenate([np.atleast_2d(x) for x in tup]), dtype)


@composite(np.hstack)
def hstack(tup, *, dtype=None, casting="same_kind"):
    arrays = [np.atleast_1d(x) for x in tup]
    return of_type(np.concatenate(arrays, axis=0 if ndim_of(arrays[0]) == 1 else 1), dtype)


@composite(np.dstack)
def dstack(tup):
    return np.concatenate([np.atleast_3d(x) for x in tup], axis=2)


@composite(np.column_stack)
def column_stack(tup):
    return np.concatenate([x if ndim_of(x) > 1 else np.reshape(x, (-1, 1)) for x in tup], axis=1)


@composite(np.append)
def append(arr, values, axis=None):
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)])
    return np.concatenate([arr, values], axis=axis)


@composite(np.block)
def block(arrays):
    """Join nested lists: the innermost along the last axis, the next along the last but one, ..."""
    depth, probe = 0, arrays
    while isinstance(probe, list):
        depth, probe = depth + 1, probe[0]
    dims = max(depth, *(ndim_of(x) for x in _leaves(arrays)))
    for level in range(depth, 0, -1):
        arrays = _join_level(arrays, level - 1, dims, depth - level)
    return arrays


def _leaves(nested):
    pending, leaves = [nested], []
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item)
        else:
            leaves.append(item)
    return leaves


def _join_level(nested, level, dims, done):
    if level:
        return [_join_level(item, level - 1, dims, done) for item in nested]
    parts = [np.reshape(x, (1,) * (dims - ndim_of(x)) + shape_of(x)) for x in nested]
    return np.concatenate(parts, axis=dims - 1 - done)


@composite(np.atleast_1d)
def atleast_1d(*arrays):
    results = [x if ndim_of(x) else np.reshape(x, (1,)) for x in arrays]
    return results[0] if len(results) == 1 else tuple(results)


@composite(np.atleast_2d)
def atleast_2d(*arrays):
    results = [x if ndim_of(x) > 1 else np.reshape(x, (1, -1)) for x in arrays]
    return results[0] if len(results) == 1 else tuple(results)


@composite(np.atleast_3d)
def atleast_3d(*arrays):
    shape = {0: (1, 1, 1), 1: (1, -1, 1)}
    results = [
        x if ndim_of(x) > 2 else np.reshape(x, shape.get(ndim_of(x)) or (*shape_of(x), 1)) for x in arrays
    ]
    return results[0] if len(results) == 1 else tuple(results)


# -- cutting ---------------------------------------------------------------------------------


@composite(np.array_split)
def array_split(x, parts, axis=0):
    n = shape_of(x)[axis]
    if ndim_of(parts) == 0:
        sizes = [n // parts + (k < n % parts) for k in range(parts)]
        parts = np.cumsum(sizes)[:-1]
    before = (slice(None),) * (axis % ndim_of(x))
    ends = [0, *parts, n]
    return [x[(*before, slice(a, b))] for a, b in itertools.pairwise(ends)]


@composite(np.split)
def split(x, parts, axis=0):
    if ndim_of(parts) == 0 and shape_of(x)[axis] % parts:
        raise ValueError("array split does not result in an equal division")
    return np.array_split(x, parts, axis)


@composite(np.hsplit)
def hsplit(x, parts):
    return np.split(x, parts, axis=1 if ndim_of(x) > 1 else 0)


@composite(np.vsplit)
def vsplit(x, parts):
    return np.split(x, parts, axis=0)


@composite(np.dsplit)
def dsplit(x, parts):
    return np.split(x, parts, axis=2)


@composite(np.take)
def take(x, indices, axis=None, out=None, mode="raise"):
    indices = raw(indices)
    n = np.size(x) if axis is None else shape_of(x)[axis]
    if mode == "wrap":
        indices = np.mod(indices, n)
    elif mode == "clip":
        indices = np.clip(indices, 0, n - 1)
    if axis is None:
        return np.ravel(x)[indices]
    return x[(*(slice(None),) * (axis % ndim_of(x)), indices)]


@composite(np.take_along_axis)
def take_along_axis(x, indices, axis=-1):
    indices = raw(indices)
    if axis is None:
        return np.ravel(x)[indices]
    grid = list(np.ogrid[tuple(slice(n) for n in shape_of(indices))])
    grid[axis] = indices
    return x[tuple(grid)]


@composite(np.delete)
def delete(x, obj, axis=None):
    if axis is None:
        x, axis = np.ravel(x), 0
    keep = np.delete(np.arange(shape_of(x)[axis]), obj)
    return np.take(x, keep, axis=axis)


# -- order -----------------------------------------------------------------------------------


@composite(np.sort)
def sort(x, axis=-1, kind=None, order=None, *, stable=None):
    if axis is None:
        x, axis = np.ravel(x), 0
    return np.take_along_axis(x, np.argsort(x, axis=axis, kind="stable"), axis=axis)


@composite(np.partition)
def partition(x, kth, axis=-1, kind="introselect", order=None):
    if axis is None:
        x, axis = np.ravel(x), 0
    return np.take_along_axis(x, np.argpartition(x, kth, axis=axis), axis=axis)
