"""Functions that are a single row of the list: checkpoints, and primitives of one's own."""

import functools
from collections.abc import Callable

from descent.autodiff.containers import flatten, rebuild
from descent.autodiff.dispatch import call
from descent.autodiff.modes import jvp, vjp
from descent.autodiff.primitives import Primitive, with_zeros
from descent.autodiff.tape import COMPONENT, Traced, apply


def checkpoint(f: Callable) -> Callable:
    """Return f as a single row of the list: its inside is recorded again when the sweep comes by.

    Memory for time: the rows inside f are not kept, and f runs once more in each sweep.

    Parameters
    ----------
    f : callable
        Of numbers or arrays (or containers of them).  It must get what it differentiates as
        arguments, not from a closure.

    Returns
    -------
    callable
        With f's arguments.

    Raises
    ------
    TypeError
        If f uses a traced value that is not among its arguments.

    References
    ----------
    A. Griewank, Achieving logarithmic growth of temporal and spatial complexity in reverse
    automatic differentiation, Optimization Methods and Software 1 (1992), 35.

    Examples
    --------
    >>> import numpy as np
    >>> from descent.autodiff import grad
    >>> grad(checkpoint(lambda x: np.sin(x) * x))(0.0)
    0.0
    """
    if not callable(f):
        raise TypeError(f"f must be callable, got {f!r}")

    @functools.wraps(f, updated=())
    def checkpointed(*args, **kwargs):
        leaves, structure = flatten((args, kwargs))
        if not any(isinstance(leaf, Traced) for leaf in leaves):
            return f(*args, **kwargs)
        shape_of_result = []

        def of_leaves(*parts):
            positional, named = rebuild(structure, list(parts))
            result = f(*positional, **named)
            outputs, shape = flatten(result)
            shape_of_result[:] = [shape, len(outputs)]
            return outputs[0] if shape is None else tuple(outputs)

        outer = apply(_one_row(of_leaves, f), tuple(leaves), {})
        shape, count = shape_of_result
        return outer if shape is None else rebuild(shape, _split(outer, count))

    return checkpointed


def _one_row(of_leaves, f) -> Primitive:
    """Return a primitive whose rules record f again."""

    def value(*parts):
        result = of_leaves(*parts)
        if any(isinstance(leaf, Traced) for leaf in flatten(result)[0]) and not any(
            isinstance(part, Traced) for part in parts
        ):
            raise TypeError(
                "checkpoint: f uses a traced value that is not among its arguments: "
                "pass it to f as an argument"
            )
        return result

    def moving(positions, parts):
        """Return f as a function of some of its leaves, and these."""

        def of_moving(*some):
            full = list(parts)
            for k, part in zip(positions, some, strict=True):
                full[k] = part
            return of_leaves(*full)

        return of_moving, tuple(parts[k] for k in positions)

    def joint_jvp(tangents, y, parts, kwargs):
        of_moving, some = moving(tangents, parts)
        return jvp(of_moving, some, tuple(tangents.values()))[1]

    def pull_all(positions, g, y, parts):
        of_moving, some = moving(positions, parts)
        return vjp(of_moving, *some)[1](with_zeros(g, y))

    name = f"checkpoint {getattr(f, '__name__', 'f')}"
    return Primitive(name, value, joint_jvp=joint_jvp, pull_all=pull_all)


def _split(outer, count):
    return [apply(COMPONENT, (outer, k), {}) for k in range(count)]


def primitive(f: Callable) -> Callable:
    """Make f a single row of the list, with rules of its own.

    Parameters
    ----------
    f : callable
        Called with plain numbers and arrays; may return a tuple of them.  Give it rules with `defjvp`
        and `defvjp`; the tangent and the adjoint of a tuple are tuples.

    Returns
    -------
    callable
        With f's arguments.

    Raises
    ------
    TypeError
        If f is not callable.

    Examples
    --------
    >>> import numpy as np
    >>> from descent.autodiff import defvjp, grad
    >>> softplus = primitive(lambda x: np.logaddexp(0.0, x))
    >>> defvjp(softplus, lambda y, x: lambda g: g / (1 + np.exp(-x)))
    >>> grad(softplus)(0.0)
    0.5
    """
    if not callable(f):
        raise TypeError(f"f must be callable, got {f!r}")
    entry = Primitive(getattr(f, "__name__", "f"), f)

    @functools.wraps(f, updated=())
    def traceable(*args, **kwargs):
        if not any(isinstance(arg, Traced) for arg in (*args, *kwargs.values())):
            return f(*args, **kwargs)
        result = call(entry, args, kwargs)
        several = type(result.value) is tuple
        return tuple(_split(result, len(result.value))) if several else result

    traceable.primitive = entry
    return traceable
