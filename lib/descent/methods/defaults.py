"""Derivatives that the caller left out."""

import functools
from collections.abc import Callable

import numpy as np

from descent.stepwise.binding import binder
from descent.stepwise.checks import check_callable

# argument: the function that it differentiates, and how, with descent.autodiff
DERIVED = {
    "grad": ("f", lambda autodiff, f: autodiff.grad(f)),
    "hess": ("f", lambda autodiff, f: autodiff.hessian(f)),
    "jac": ("residual", lambda autodiff, residual: autodiff.jacobian(residual)),
    "hvp": ("f", lambda autodiff, f: hessian_products(autodiff, f)),
}


def hessian_products(autodiff, f: Callable) -> Callable:
    """Return hvp(x, v) -> H(x) v; the gradient is listed once for all products at a point.

    >>> from descent import autodiff
    >>> hvp = hessian_products(autodiff, lambda x: x @ x)
    >>> x = np.ones(2)
    >>> hvp(x, np.array([1.0, 0.0])).tolist(), hvp(x, np.array([0.0, 3.0])).tolist()
    ([2.0, 0.0], [0.0, 6.0])
    """
    slope, at, push = autodiff.grad(f), None, None

    def hvp(x, v):
        nonlocal at, push
        if not np.array_equal(x, at):
            at, push = x.copy(), autodiff.linearize(slope, x)[1]
        return push(v)

    return hvp


def derivatives_by_autodiff(method: Callable) -> Callable:
    """Let grad=None, hess=None, jac=None and hvp=None mean automatic differentiation.

    >>> @derivatives_by_autodiff
    ... def slope(f, grad, x):
    ...     return grad(x)
    >>> slope(None, lambda x: 2 * x, 3.0)
    6.0
    """
    bind, call = binder(method)

    @functools.wraps(method)
    def start(*args, **kwargs):
        arguments = bind(args, kwargs)
        for name, (function, derive) in DERIVED.items():
            if name in arguments and arguments[name] is None:
                from descent import autodiff

                check_callable(**{function: arguments[function]})
                arguments[name] = derive(autodiff, arguments[function])
        return call(arguments)

    return start
