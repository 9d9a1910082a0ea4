"""What is made of the two modes: Jacobians, Hessians and curvature products."""

import functools
import types
from collections.abc import Callable

import numpy as np

from descent.autodiff.containers import flatten
from descent.autodiff.modes import grad, jvp, vjp
from descent.autodiff.recording import check_argnum, chosen, record
from descent.autodiff.sweeps import NOTHING, forward_sweep, reverse_sweep
from descent.autodiff.tape import Traced


def jacobian(f: Callable, argnum: int | tuple = 0, mode: str = "reverse") -> Callable:
    """Return the Jacobian of f as a function, J_ij = df_i / dx_j.

    Parameters
    ----------
    f : callable
        Returns a number or an array.
    argnum : int or tuple of int
        The positional arguments to differentiate.
    mode : {"reverse", "forward"}
        One reverse sweep for each entry of f, or one forward sweep for each entry of x.

    Returns
    -------
    callable
        With f's arguments; returns an array of shape y.shape + x.shape (a tuple of them for a
        tuple argnum, a container of them for a container).

    Raises
    ------
    ValueError
        If mode is neither.
    TypeError
        If f returns a container, or as `grad`.

    References
    ----------
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), chapter 3.

    Examples
    --------
    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0] + x[1]]))(np.array([2.0, 5.0]))
    array([[5., 2.],
           [1., 1.]])
    """
    numbers = check_argnum(f, argnum)
    single = isinstance(argnum, (int, np.integer))
    if mode not in ("reverse", "forward"):
        raise ValueError(f"mode must be 'reverse' or 'forward', got {mode!r}")
    columns = _by_columns if mode == "forward" else _by_rows

    @functools.wraps(f, updated=())
    def jacobian_of_f(*args, **kwargs):
        arguments, of_leaves = chosen(f, numbers, args, kwargs)
        trace = record(of_leaves, arguments.leaves)
        if trace.structure is not None:
            raise TypeError(
                "jacobian needs a function that returns one array: join its results with np.stack"
            )
        packed = arguments.pack([arguments.result(part) for part in columns(trace, arguments)])
        return packed[0] if single else packed

    return jacobian_of_f


def basis(x):
    """Yield the unit directions of a number or an array."""
    shape = np.shape(x)
    if not shape:
        yield 1.0
        return
    for k in range(int(np.prod(shape))):
        direction = np.zeros(shape)
        direction.flat[k] = 1.0
        yield direction


def _by_rows(trace, arguments) -> list:
    """Return the Jacobians of all leaves, one reverse sweep for each entry of the result."""
    row, value = trace.outputs[0], trace.values[0]
    sweeps = [{} if row is None else reverse_sweep(trace.rows, {row: e}) for e in basis(value)]
    gradients = [
        [_full(sweep.get(k, NOTHING), leaf) for sweep in sweeps] for k, leaf in enumerate(arguments.leaves)
    ]
    return [
        _joined(parts, np.shape(value) + np.shape(leaf))
        for parts, leaf in zip(gradients, arguments.leaves, strict=True)
    ]


def _by_columns(trace, arguments) -> list:
    """Return the Jacobians of all leaves, one forward sweep for each entry of the leaf."""
    row, value = trace.outputs[0], trace.values[0]
    jacobians = []
    for k, leaf in enumerate(arguments.leaves):
        swept = [NOTHING if row is None else forward_sweep(trace.rows, {k: e})[row] for e in basis(leaf)]
        joined = _joined([_full(part, value) for part in swept], np.shape(leaf) + np.shape(value))
        if np.ndim(joined):
            joined = np.moveaxis(joined, tuple(range(np.ndim(leaf))), tuple(range(-np.ndim(leaf), 0)))
        jacobians.append(joined)
    return jacobians


def _full(part, like):
    return np.zeros(np.shape(like)) if part is NOTHING else part


def _joined(parts, shape):
    if not shape:
        return parts[0] if isinstance(parts[0], Traced) else float(parts[0])
    return np.reshape(np.stack(parts), shape) if parts else np.zeros(shape)


def hessian(f: Callable, argnum: int = 0) -> Callable:
    """Return the Hessian of f as a function: the Jacobian of the gradient, forward over reverse.

    Parameters
    ----------
    f : callable
        Returns a number.
    argnum : int
        The positional argument to differentiate.

    Returns
    -------
    callable
        With f's arguments; returns an array of shape x.shape + x.shape.

    Raises
    ------
    TypeError
        As `grad`.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnum), argnum, mode="forward")


def hvp(f: Callable, x, v):
    """Return the Hessian of f at x times v, forward over reverse, without the Hessian.

    From the second call with the same f on large arrays a program does it (`compile_hvp`).

    Parameters
    ----------
    f : callable
        Returns a number.
    x : float, array or container
        The point.
    v : the same
        The direction, in the shape of x.

    Returns
    -------
    float, array or container
        In the shape of x.

    Raises
    ------
    TypeError, ValueError
        As `grad` and `jvp`.

    References
    ----------
    B. A. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994), 147.

    Examples
    --------
    >>> hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    if type(f) is types.FunctionType and _size(x) >= LARGE:
        product = _repeated(f)
        product.calls += 1
        if product.calls > 1:
            return product.program(x, v)
    return listed_hvp(f, x, v)


def listed_hvp(f: Callable, x, v):
    """Return the Hessian times v by two lists, the tangents of a gradient.

    >>> listed_hvp(lambda x: x**3, 1.0, 1.0)
    6.0
    """
    return jvp(grad(f), (x,), (v,))[1]


LARGE = 1000  # entries of x from which a program is worth being written
ROWS = 2000  # and the longest that is: a loop over entries gains too little


class _Repeated:
    """How often a product with the Hessian of f was asked for, and its program."""

    def __init__(self, f):
        from descent.autodiff.program.compiled import product

        self.calls, self.program = 0, product(f, ROWS)


_repeated = functools.lru_cache(maxsize=4)(_Repeated)


def _size(x) -> int:
    """Return how many entries the plain arrays of an argument have."""
    return sum(part.size for part in flatten(x)[0] if type(part) is np.ndarray)


def ggnvp(model: Callable, loss: Callable, w, v):
    """Return the Gauss-Newton matrix of loss(model(w)) times v: J' H J v.

    Parameters
    ----------
    model : callable
        From the weights to predictions, a number or an array.
    loss : callable
        From predictions to a number.
    w : float, array or container
        The weights.
    v : the same
        The direction, in the shape of w.

    Returns
    -------
    float, array or container
        In the shape of w.

    Raises
    ------
    TypeError, ValueError
        As `grad` and `jvp`.

    References
    ----------
    N. N. Schraudolph, Fast curvature matrix-vector products for second-order gradient descent,
    Neural Computation 14 (2002), 1723.

    Examples
    --------
    >>> A = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> ggnvp(lambda w: A @ w, lambda y: np.sum(y**2) / 2, np.ones(2), np.array([1.0, 0.0]))
    array([10., 14.])
    """
    predictions, moved = jvp(model, (w,), (v,))
    curved = hvp(loss, predictions, moved)
    return vjp(model, w)[1](curved)[0]
