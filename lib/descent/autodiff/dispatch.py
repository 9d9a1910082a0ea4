"""From a call of NumPy to a row of the table, and what is said where there is none."""

import dis
import functools
import inspect
import linecache

import numpy as np

from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE, NoRuleError, Primitive, in_place
from descent.autodiff.tape import Traced, apply

ITEM_ASSIGNMENT = (
    "item assignment into an array (y[0] = v) is not differentiable: collect the entries in a list and "
    "join them with np.stack, or choose entries with np.where"
)
TO_ARRAY = (
    "np.array or np.asarray of a traced value would lose its derivative: use np.stack([v, w]) to make an "
    "array of traced values, and NumPy's own functions on them"
)
TO_NUMBER = (
    "float() of a traced value would lose its derivative: use NumPy's function (np.sin, not math.sin), "
    "or v.value if you want the plain number"
)


def binary(operation: Primitive, a, b):
    """Carry out an operator; other types get their own turn."""
    for x in (a, b):
        if not isinstance(x, (Traced, float, int, np.ndarray, np.generic)):
            if not isinstance(x, (list, tuple)):
                return NotImplemented
            return operation.function(np.asarray(a) if x is a else a, np.asarray(b) if x is b else b)
    return apply(operation, (a, b), {})


def call(primitive: Primitive, args: tuple, kwargs: dict):
    """Carry out a NumPy function; a traced value among the keywords takes its position."""
    if any(isinstance(value, Traced) for value in kwargs.values()):
        bound = inspect.signature(primitive.function).bind(*args, **kwargs)
        args, kwargs = _by_position(bound)
    elif not args:
        bound = inspect.signature(primitive.function).bind(**kwargs)
        args, kwargs = bound.args, bound.kwargs
    if kwargs.get("out") is not None or (len(args) > 2 and _gives_out(primitive.function, args)):
        raise TypeError(in_place(primitive.name, "out"))
    kwargs = {key: value for key, value in kwargs.items() if key != "out" and value is not np._NoValue}
    return apply(primitive, args, kwargs)


@functools.cache
def _place_of_out(function):
    """Return the position of the argument `out`, None where there is none."""
    try:
        names = list(inspect.signature(function).parameters)
    except ValueError:
        return None
    return names.index("out") if "out" in names else None


def _gives_out(function, args) -> bool:
    place = _place_of_out(function)
    return place is not None and place < len(args) and args[place] is not None


def _by_position(bound):
    """Give leading arguments by position as far as a traced value is among them."""
    names = list(bound.arguments)
    last = max(k for k, name in enumerate(names) if isinstance(bound.arguments[name], Traced))
    args = tuple(bound.arguments[name] for name in names[: last + 1])
    return args, {name: bound.arguments[name] for name in names[last + 1 :]}


UFUNC_REDUCTIONS = {"add": np.sum, "multiply": np.prod, "maximum": np.max, "minimum": np.min}
UFUNC_ACCUMULATIONS = {"add": np.cumsum, "multiply": np.cumprod}


def other_ufunc(ufunc, method, inputs, kwargs, frame):
    """Carry out a ufunc that is not a plain call of an operation in the table."""
    if method == "__call__" and not (kwargs.keys() - {"casting", "order", "subok"}):
        if ufunc in COMPOSITES:
            return COMPOSITES[ufunc](*inputs)
        if ufunc in TABLE:
            return apply(TABLE[ufunc], inputs, {})
        if ufunc in CONSTANTS:
            tape = next(x.tape for x in inputs if isinstance(x, Traced))
            return tape.constant(ufunc, inputs, kwargs)
    if method == "__call__" and "out" in kwargs:
        raise TypeError(
            f"np.{ufunc.__name__} would write a traced value into an array in place (a += v): "
            f"write a = a + v" + where(frame)
        )
    if method == "__call__" and ufunc in TABLE:
        raise TypeError(
            f"np.{ufunc.__name__} with {', '.join(kwargs)} has no derivative rule: use np.where"
            + where(frame)
        )
    if method == "reduce" and ufunc.__name__ in UFUNC_REDUCTIONS:
        kwargs = {
            "axis": 0,
            **{key: value for key, value in kwargs.items() if value is not None or key == "axis"},
        }
        return UFUNC_REDUCTIONS[ufunc.__name__](*inputs, **kwargs)
    if method == "accumulate" and ufunc.__name__ in UFUNC_ACCUMULATIONS:
        return UFUNC_ACCUMULATIONS[ufunc.__name__](*inputs, **{"axis": 0, **kwargs})
    if method == "outer" and not kwargs:
        a, b = inputs
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
    raise NoRuleError(no_rule(ufunc, name) + where(frame))


def no_rule(function, name=""):
    module = (getattr(function, "__module__", "") or "").replace("numpy", "np")
    module = module if module.startswith("np") else "np" if isinstance(function, np.ufunc) else module
    return (
        f"there is no rule for {module}.{name or function.__name__}: write it with operations that have one, "
        f"or wrap it with @primitive and give it defjvp and defvjp"
    )


def assigns_item(frame) -> bool:
    return frame.f_code.co_code[frame.f_lasti] == dis.opmap["STORE_SUBSCR"]


def where(frame) -> str:
    """Name the line of the learner's code."""
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = linecache.getline(name, number).strip()
    return f" (line {number} of {frame.f_code.co_name}{': ' + line if line else ''})"
