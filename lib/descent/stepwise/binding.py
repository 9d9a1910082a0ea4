"""Which argument is which: the names of a call's arguments, without asking `inspect` at every call."""

import functools
import inspect
from collections.abc import Callable


def binder(function: Callable) -> Callable:
    """Return what gives the arguments of a call their names, defaults included.

    `inspect.Signature.bind` takes longer than many a step, so it is asked once for each way to call.

    Parameters
    ----------
    function : callable
        Each of its arguments has a name.

    Returns
    -------
    callable
        bind(args, kwargs) -> dict, with which function(**dict) is the call.

    Raises
    ------
    TypeError
        By bind, if the call does not fit the function; at once, if the function takes arguments
        without names.

    Examples
    --------
    >>> bind = binder(lambda f, a=0, *, tol=0.1: None)
    >>> sorted(bind((1,), {"tol": 0.2}).items())
    [('a', 0), ('f', 1), ('tol', 0.2)]
    """
    signature = inspect.signature(function)
    for p in signature.parameters.values():
        if p.kind in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL):
            raise TypeError(f"{function.__name__} must have arguments with names, got {p}: leave out / and *")
    defaults = {name: p.default for name, p in signature.parameters.items() if p.default is not p.empty}

    @functools.lru_cache(maxsize=64)
    def names(count: int, keywords: tuple) -> tuple:
        return tuple(signature.bind(*range(count), **dict.fromkeys(keywords)).arguments)[:count]

    def bind(args: tuple, kwargs: dict) -> dict:
        given = names(len(args), tuple(kwargs))
        return {**defaults, **dict(zip(given, args, strict=True)), **kwargs}

    return bind
