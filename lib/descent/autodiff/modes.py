"""From the list to derivatives: the JVP, the VJP and the gradient."""

import functools
from collections.abc import Callable

import numpy as np

from descent.autodiff.containers import flatten, pack
from descent.autodiff.recording import Arguments, Trace, check_argnum, chosen, like, record
from descent.autodiff.sweeps import NOTHING, forward_sweep, reverse_sweep
from descent.autodiff.tape import Traced, raw


def jvp(f: Callable, primals: tuple, tangents: tuple) -> tuple:
    """Return f and its derivative along a direction, J v, by one forward sweep.

    Parameters
    ----------
    f : callable
        Of numbers or arrays (or tuples, lists, dicts of them), in plain NumPy.
    primals : tuple
        The arguments of f; integers become floats.
    tangents : tuple
        Their directions, in the same shapes.

    Returns
    -------
    tuple
        (y, ydot), both in the shape of f's result.

    Raises
    ------
    TypeError
        If primals or tangents is no tuple, or an argument is not real.
    ValueError
        If shapes do not match.

    References
    ----------
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), section 3.1.

    Examples
    --------
    >>> jvp(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), (2.0, 5.0), (1.0, 0.0))[1]
    5.5
    """
    for name, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, (tuple, list)):
            raise TypeError(f"{name} must be a tuple, one entry for each argument of f, got {value!r}")
    arguments = Arguments(tuple(primals), "primals")
    seeds = arguments.unpack(tuple(tangents), "tangents")
    trace = record(lambda leaves: f(*arguments.pack(leaves)), arguments.leaves)
    return results(trace, arguments), push(trace, seeds, arguments)


def results(trace: Trace, arguments: Arguments):
    """Return the value of f, in arrays that the list does not need again."""
    values = [arguments.result(v.copy() if type(v) is np.ndarray else v) for v in trace.values]
    return pack(values, [(trace.structure, len(values))])[0]


def push(trace: Trace, seeds: dict, arguments: Arguments):
    """Return the tangent of f's result."""
    swept = forward_sweep(trace.rows, seeds)
    tangents = []
    for row, value in zip(trace.outputs, trace.values, strict=True):
        tangent = NOTHING if row is None else swept[row]
        if tangent is NOTHING and np.ndim(value):
            tangent = np.zeros(np.shape(value))
        elif np.shape(tangent) != np.shape(value):
            tangent = np.broadcast_to(tangent, np.shape(value))
        if hasattr(value, "dtype") and not isinstance(tangent, Traced):
            tangent = np.array(tangent, value.dtype)[()]
        tangents.append(arguments.result(tangent))
    return pack(tangents, [(trace.structure, len(tangents))])[0]


def linearize(f: Callable, *primals) -> tuple:
    """Return f at a point and its linear part there, v -> J v, from one recording.

    Parameters
    ----------
    f : callable
        As for `jvp`.
    *primals
        The arguments of f; integers become floats.

    Returns
    -------
    tuple
        (y, push); push(*tangents) returns the tangent of y.  Arrays that f took from outside must not
        change before it is called.

    Raises
    ------
    TypeError, ValueError
        As `jvp`.

    Examples
    --------
    >>> y, push = linearize(lambda x: x * x, 3.0)
    >>> y, push(1.0), push(2.0)
    (9.0, 6.0, 12.0)
    """
    arguments = Arguments(primals, "primals", copy=True)
    trace = record(lambda leaves: f(*arguments.pack(leaves)), arguments.leaves)

    def pushforward(*tangents):
        return push(trace, arguments.unpack(tangents, "tangents"), arguments)

    return results(trace, arguments), pushforward


def vjp(f: Callable, *primals) -> tuple:
    """Return f at a point and its pullback, w -> J' w, a reverse sweep for each call.

    Parameters
    ----------
    f : callable
        As for `jvp`.
    *primals
        The arguments of f; integers become floats.

    Returns
    -------
    tuple
        (y, pullback); pullback(ybar) returns a tuple with the adjoint of each argument.  Arrays that f
        took from outside must not change before it is called.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        By the pullback, if the shape of ybar is not that of y.

    References
    ----------
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), section 3.2.

    Examples
    --------
    >>> y, pullback = vjp(lambda x1, x2: np.log(x1) + x1 * x2, 2.0, 5.0)
    >>> pullback(1.0)
    (5.5, 2.0)
    """
    arguments = Arguments(primals, "primals", copy=True)
    trace = record(lambda leaves: f(*arguments.pack(leaves)), arguments.leaves)

    def pullback(ybar):
        parts, structure = flatten(ybar) if trace.structure is not None else ([ybar], None)
        if structure != trace.structure:
            raise ValueError(f"ybar must be put together as the result of f is, got {ybar!r}")
        seeds = {}
        for row, value, part in zip(trace.outputs, trace.values, parts, strict=True):
            part = like(part, value, "ybar", "the result of f")
            if row is not None:
                seeds[row] = seeds[row] + part if row in seeds else part
        return arguments.pack(arguments.gradients(reverse_sweep(trace.rows, seeds), tuple(seeds.values())))

    return results(trace, arguments), pullback


def value_and_grad(f: Callable, argnum: int | tuple = 0) -> Callable:
    """Return the function that computes f and its gradient together.

    Parameters
    ----------
    f : callable
        Returns a number.
    argnum : int or tuple of int
        The positional arguments to differentiate.

    Returns
    -------
    callable
        With f's arguments; returns (y, gradient), the gradient as `grad` gives it.

    Raises
    ------
    TypeError
        As `grad`.

    Examples
    --------
    >>> value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """
    numbers = check_argnum(f, argnum)
    single = isinstance(argnum, (int, np.integer))

    @functools.wraps(f, updated=())
    def value_and_gradient(*args, **kwargs):
        arguments, of_leaves = chosen(f, numbers, args, kwargs)
        trace = record(of_leaves, arguments.leaves)
        if trace.structure is not None:
            raise TypeError(_not_scalar(trace))
        row, value = trace.outputs[0], trace.values[0]
        if type(value) is not float and np.size(value) != 1:
            raise TypeError(_not_scalar(trace))
        one = (
            1.0 if type(value) is float else np.ones_like(raw(value))[()]
        )  # an array of one entry is a number
        adjoints = {} if row is None else reverse_sweep(trace.rows, {row: one})
        packed = arguments.pack(arguments.gradients(adjoints))
        return arguments.result(value), packed[0] if single else packed

    return value_and_gradient


def _not_scalar(trace):
    if trace.structure is not None:
        return (
            f"grad needs a function that returns one number, and this one returns a "
            f"{trace.structure[0].__name__} of {len(trace.values)}: return the loss alone, or use vjp"
        )
    return (
        f"grad needs a function that returns one number, and this one returns shape "
        f"{np.shape(trace.values[0])}: reduce it (np.sum, np.mean, y[0]), or use jacobian for all "
        f"derivatives, vjp for a weighted sum of them"
    )


def grad(f: Callable, argnum: int | tuple = 0) -> Callable:
    """Return the gradient of f as a function, by one reverse sweep.

    Parameters
    ----------
    f : callable
        Of numbers or arrays (or tuples, lists, dicts of them), in plain NumPy; returns a number.
    argnum : int or tuple of int
        The positional arguments to differentiate.

    Returns
    -------
    callable
        With f's arguments.  The gradient has the shape (and for containers the structure) of its
        argument; for a tuple argnum it is a tuple.

    Raises
    ------
    TypeError
        If f is not callable, argnum no int or beyond the arguments, an argument not real, or the
        result of f not a number.

    References
    ----------
    A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (2008), section 3.2.

    Examples
    --------
    >>> f = lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2)
    >>> [round(g, 3) for g in grad(f, (0, 1))(2.0, 5.0)]
    [5.5, 1.716]
    >>> grad(lambda x: np.sum(x**2))(np.array([1, 2]))
    array([2., 4.])
    """
    with_value = value_and_grad(f, argnum)

    @functools.wraps(f, updated=())
    def gradient(*args, **kwargs):
        return with_value(*args, **kwargs)[1]

    return gradient
