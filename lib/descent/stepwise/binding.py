"""Which argument is which: the names of a call's arguments, without asking `inspect` at every call."""

import functools
import inspect
from collections.abc import Callable


def binder(function: Callable) -> tuple:
    """Return what gives the arguments of a call their names, defaults included, and what calls with them.

    `inspect.Signature.bind` takes longer than many a step, so it is asked once for each way to call.

    Parameters
    ----------
    function : callable

    Returns
    -------
    bind : callable
        bind(args, kwargs) -> dict; a TypeError says that the call does not fit the function.
    call : callable
        call(bind(args, kwargs)) is function(*args, **kwargs).

    Examples
    --------
    >>> bind, call = binder(lambda f, a=0, *, tol=0.1: (f, a, tol))
    >>> sorted(bind((1,), {"tol": 0.2}).items())
    [('a', 0), ('f', 1), ('tol', 0.2)]
    >>> call(bind((1,), {"tol": 0.2}))
    (1, 0, 0.2)
    """
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    if not all(p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in parameters):
        return _slow_binder(function, signature)
    defaults = {p.name: p.default for p in parameters if p.default is not p.empty}

    @functools.lru_cache(maxsize=64)
    def names(count: int, keywords: tuple) -> tuple:
        return tuple(signature.bind(*range(count), **dict.fromkeys(keywords)).arguments)[:count]

    def bind(args: tuple, kwargs: dict) -> dict:
        given = names(len(args), tuple(kwargs))
        return {**defaults, **dict(zip(given, args, strict=True)), **kwargs}

    return bind, lambda arguments: function(**arguments)


def _slow_binder(function: Callable, signature: inspect.Signature) -> tuple:
    """Bind where a function takes arguments without names, or any names."""

    def bind(args: tuple, kwargs: dict) -> dict:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def call(arguments: dict):
        bound = inspect.BoundArguments(signature, arguments)
        return function(*bound.args, **bound.kwargs)

    return bind, call
