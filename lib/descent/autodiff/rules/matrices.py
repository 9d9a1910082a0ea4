"""Functions of matrices that are made of other operations."""

import math

import numpy as np

from descent.autodiff.primitives import composite, ndim_of, shape_of
from descent.autodiff.rules.arithmetic import dtype_of
from descent.autodiff.tape import raw


@composite(np.linalg.trace)
def trace(x, /, *, offset=0, dtype=None):
    return np.trace(x, offset, -2, -1)


@composite(np.linalg.diagonal)
def diagonal_call(x, /, *, offset=0):
    return np.diagonal(x, offset, -2, -1)


@composite(np.linalg.multi_dot)
def multi_dot(arrays, *, out=None):
    product = arrays[0]
    for factor in arrays[1:]:
        product = np.matmul(product, factor)
    return product


@composite(np.linalg.matrix_power)
def matrix_power(a, n):
    """Square and multiply."""
    if n < 0:
        a, n = np.linalg.inv(a), -n
    power = np.eye(shape_of(a)[-1]) * np.ones_like(raw(a)) if n == 0 else None
    while n:
        if n % 2:
            power = a if power is None else np.matmul(power, a)
        n //= 2
        a = np.matmul(a, a) if n else a
    return power


@composite(np.linalg.lstsq)
def lstsq(a, b, rcond=None):
    """Return the shortest solution, the residual where it is defined, the rank and the singular values."""
    n, m = shape_of(a)
    cut = max(n, m) * np.finfo(dtype_of(a)).eps if rcond is None else max(rcond, 0.0)
    values = np.linalg.svd(a, compute_uv=False)
    rank = np.sum(raw(values) > cut * raw(values)[0])
    x = np.matmul(np.linalg.pinv(a, cut), b)
    residual = np.reshape(np.sum((b - np.matmul(a, x)) ** 2, axis=0), (-1,))
    return x, residual if rank == m < n else np.zeros(0), rank, values


@composite(np.linalg.tensorsolve)
def tensorsolve(a, b, axes=None):
    if axes is not None:
        a = np.moveaxis(a, axes, tuple(range(ndim_of(a) - len(axes), ndim_of(a))))
    shape, n = shape_of(a)[ndim_of(b) :], math.prod(shape_of(b))
    return np.reshape(np.linalg.solve(np.reshape(a, (n, n)), np.ravel(b)), shape)


@composite(np.linalg.tensorinv)
def tensorinv(a, ind=2):
    shape = shape_of(a)
    n = math.prod(shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (n, n))), shape[ind:] + shape[:ind])
