"""From a call of NumPy to a row of the table, and what is said where there is none."""

import dis
import inspect
import linecache

import numpy as np

from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE, NoRuleError, Primitive
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


OPERANDS = (Traced, np.ndarray, float, int, np.generic)


def binary(operation: Primitive, a, b):
    """Carry out an operator; other types get their own turn."""
    if isinstance(a, OPERANDS) and isinstance(b, OPERANDS):
        return apply(operation, (a, b), {})
    other = b if isinstance(a, Traced) else a
    if not isinstance(other, (list, tuple)):
        return NotImplemented
    return operation.function(np.asarray(a) if other is a else a, np.asarray(b) if other is b else b)


def call(primitive: Primitive, args: tuple, kwargs: dict):
    """Carry out a NumPy function; a traced value among the keywords takes its position."""
    if not kwargs:
        return apply(primitive, args, kwargs)
    if any(isinstance(value, Traced) for value in kwargs.values()):
        bound = inspect.signature(primitive.function).bind(*args, **kwargs)
        args, kwargs = _by_position(bound)
    elif not args:
        bound = inspect.signature(primitive.function).bind(**kwargs)
        args, kwargs = bound.args, bound.kwargs
    if kwargs.get("out") is not None:
        raise TypeError(f"np.{primitive.name}(..., out=...) writes in place: use the value that it returns")
    kwargs = {key: value for key, value in kwargs.items() if key != "out" and value is not np._NoValue}
    return apply(primitive, args, kwargs)


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
