"""Norms of vectors and matrices; where a norm is 0 its derivative is the subgradient 0."""

import numpy as np

from descent.autodiff.primitives import composite, ndim_of, rule, shape_of
from descent.autodiff.rules.arithmetic import dtype_of
from descent.autodiff.rules.reductions import axes_of, expand, nonzero
from descent.autodiff.tape import apply, raw


def vector_norm(x, p, axis, keepdims):
    """Return (sum |x|^p)^(1/p) over axes."""
    if p == 2:
        return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))
    return np.sum(np.abs(x) ** p, axis=axis, keepdims=keepdims) ** (1 / p)


def direction(y, x, p, axis):
    """Return the gradient of the norm; where the norm is 0 the subgradient 0, never NaN."""
    y = expand(y, x, axis)
    y, some = nonzero(y), np.where(raw(y) == 0, 0.0, 1.0)
    return some * x / y if p == 2 else some * np.sign(x) * (np.abs(x) / y) ** (p - 1)


VECTOR_NORM = rule(
    vector_norm,
    lambda g, y, x, p, axis, keepdims: np.sum(g * direction(y, x, p, axis), axis=axis, keepdims=keepdims),
    lambda g, y, x, p, axis, keepdims: expand(g, x, axis) * direction(y, x, p, axis),
    name="norm",
)


@composite(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    """Return a vector or matrix norm; at 0 its derivative is the subgradient 0."""
    axes = axes_of(x, axis)
    if axis is None and ord is not None and ndim_of(x) not in (1, 2):
        raise ValueError(f"ord={ord!r} needs a vector or a matrix, got shape {shape_of(x)}")
    if ord is None or (ord == "fro" and len(axes) == 2):
        return _vector(x, 2, axes, keepdims)
    if len(axes) == 1:
        return _vector(x, ord, axes, keepdims)
    if len(axes) == 2:
        return _matrix(x, ord, axes, keepdims)
    raise ValueError(f"axis={axis!r} must name one or two axes")


def _vector(x, p, axes, keepdims):
    if isinstance(p, str):
        raise ValueError(f"ord={p!r} is no norm of vectors")
    if p == np.inf:
        return np.max(np.abs(x), axis=axes, keepdims=keepdims)
    if p == -np.inf:
        return np.min(np.abs(x), axis=axes, keepdims=keepdims)
    if p == 0:
        return np.sum(raw(x) != 0, axis=axes, keepdims=keepdims).astype(dtype_of(x))
    if p == 1:
        return np.sum(np.abs(x), axis=axes, keepdims=keepdims)
    return apply(VECTOR_NORM, (x, p, axes, keepdims), {})


def _matrix(x, ord, axes, keepdims):
    x = np.moveaxis(x, axes, (-2, -1))
    if ord in (1, -1, np.inf, -np.inf):
        sums = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1)
        y = (np.max if ord > 0 else np.min)(sums, axis=-1)
    elif ord in (2, -2, "nuc"):
        values = np.linalg.svd(x, compute_uv=False)
        y = np.sum(values, axis=-1) if ord == "nuc" else values[..., 0 if ord == 2 else -1]
    else:
        raise ValueError(
            f"ord={ord!r} is no norm of matrices: use None, 'fro', 'nuc', 1, -1, 2, -2, inf, -inf"
        )
    return np.expand_dims(y, tuple(sorted(axes))) if keepdims else y


@composite(np.linalg.vector_norm)
def vector_norm_call(x, /, *, axis=None, keepdims=False, ord=2):
    axes = axes_of(x, axis)
    return _vector(x, ord, axes, keepdims)


@composite(np.linalg.matrix_norm)
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    return np.linalg.norm(x, ord, axis=(-2, -1), keepdims=keepdims)


@composite(np.linalg.cond)
def cond(x, p=None):
    if p in (None, 2, -2):
        values = np.linalg.svd(x, compute_uv=False)
        ratio = values[..., 0] / values[..., -1]
        return 1 / ratio if p == -2 else ratio
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))
