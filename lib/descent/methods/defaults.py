"""Derivatives that the caller left out."""

import functools
import inspect
from collections.abc import Callable

# argument: the function that it differentiates, and the operation of descent.autodiff
DERIVED = {"grad": ("f", "grad"), "hess": ("f", "hessian"), "jac": ("residual", "jacobian")}


def derivatives_by_autodiff(method: Callable) -> Callable:
    """Let grad=None, hess=None and jac=None mean automatic differentiation.

    >>> @derivatives_by_autodiff
    ... def slope(f, grad, x):
    ...     return grad(x)
    >>> slope(None, lambda x: 2 * x, 3.0)
    6.0
    """
    signature = inspect.signature(method)

    @functools.wraps(method)
    def start(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        for name, (function, operation) in DERIVED.items():
            if name in bound.arguments and bound.arguments[name] is None:
                import descent.autodiff

                differentiate = getattr(descent.autodiff, operation)
                bound.arguments[name] = differentiate(bound.arguments[function])
        return method(*bound.args, **bound.kwargs)

    return start
