"""From a call of NumPy to a row of the table, and what is said where there is none."""

import dis
import functools
import inspect
import itertools
import linecache
import numbers

import numpy as np

from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE, NoRuleError, Primitive, in_place
from descent.autodiff.tape import FOREIGN, Traced, apply, foreign

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
        if type(x) is np.ndarray or isinstance(x, (Traced, float, int, np.generic)):
            continue
        if isinstance(x, FOREIGN):
            raise TypeError(foreign(x))
        if isinstance(x, (list, tuple)):
            return operation.function(np.asarray(a) if x is a else a, np.asarray(b) if x is b else b)
        if isinstance(x, numbers.Rational):
            return apply(operation, (float(a) if x is a else a, float(b) if x is b else b), {})
        if not isinstance(x, np.ndarray):
            return NotImplemented
    return apply(operation, (a, b), {})


def call(primitive: Primitive, args: tuple, kwargs: dict):
    """Carry out a NumPy function; a traced value among the keywords takes its position."""
    if not kwargs and len(args) <= 2:
        return apply(primitive, args, kwargs)
    if any(isinstance(value, Traced) for value in kwargs.values()):
        bound = inspect.signature(primitive.function).bind(*args, **kwargs)
        args, kwargs = _by_position(bound, primitive.name)
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


def _by_position(bound, name):
    """Give leading arguments by position as far as a traced value is among them."""
    for key, value in bound.kwargs.items():
        if isinstance(value, Traced):
            raise NoRuleError(f"the option {key} of np.{name} must not be a traced value: use {key}.value")
    names = list(bound.arguments)
    last = max(k for k, name in enumerate(names) if isinstance(bound.arguments[name], Traced))
    args = tuple(bound.arguments[name] for name in names[: last + 1])
    return args, {name: bound.arguments[name] for name in names[last + 1 :]}


UFUNC_REDUCTIONS = {"add": np.sum, "multiply": np.prod, "maximum": np.max, "minimum": np.min}
UFUNC_ACCUMULATIONS = {"add": np.cumsum, "multiply": np.cumprod}
HARMLESS = {
    "casting",
    "order",
    "subok",
    "dtype",
}  # options of ufuncs that change no number, or its type alone


def other_ufunc(ufunc, method, inputs, kwargs, frame):
    """Carry out a ufunc that is not a plain call of an operation in the table."""
    if kwargs.get("out") is not None or method == "at":
        raise TypeError(
            f"np.{ufunc.__name__} would write a traced value into an array in place (a += v): "
            f"write a = a + v" + where(frame)
        )
    if kwargs.get("where", True) is True or method != "__call__":
        result = _with_method(ufunc, method, inputs, kwargs)
        if result is not NotImplemented:
            return result
    elif ufunc in TABLE:
        raise TypeError(f"np.{ufunc.__name__} with where has no derivative rule: use np.where" + where(frame))
    name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
    raise NoRuleError(no_rule(ufunc, name) + where(frame))


def _with_method(ufunc, method, inputs, kwargs):
    """Carry out a ufunc in one of its ways; NotImplemented where there is no rule."""
    if method == "__call__":
        return _called(ufunc, inputs, kwargs)
    if method == "outer" and not kwargs:
        a, b = inputs
        return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b)
    given = {key: v for key, v in kwargs.items() if v is not None or key == "axis"}
    if method == "reduce" and ufunc.__name__ in UFUNC_REDUCTIONS:
        return UFUNC_REDUCTIONS[ufunc.__name__](*inputs, **{"axis": 0, **given})
    if method == "accumulate" and ufunc.__name__ in UFUNC_ACCUMULATIONS:
        return UFUNC_ACCUMULATIONS[ufunc.__name__](*inputs, **{"axis": 0, **given})
    pairwise = ufunc in TABLE and ufunc.nin == 2 and given.keys() <= {"axis"} and len(inputs) == 1
    if pairwise and type(axis := given.get("axis", 0)) is int and method in ("reduce", "accumulate"):
        steps = list(itertools.accumulate(np.moveaxis(inputs[0], axis, 0), ufunc))
        return steps[-1] if method == "reduce" else np.stack(steps, axis)
    return NotImplemented


def _called(ufunc, inputs, kwargs):
    options = kwargs.keys() - {"where"}
    if options - HARMLESS:
        return NotImplemented
    if ufunc in COMPOSITES:
        return COMPOSITES[ufunc](*inputs)
    if ufunc in TABLE:
        result = apply(TABLE[ufunc], inputs, {})
        return result if kwargs.get("dtype") is None else result.astype(kwargs["dtype"])
    if ufunc in CONSTANTS:
        tape = next(x.tape for x in inputs if isinstance(x, Traced))
        return tape.constant(ufunc, inputs, kwargs)
    return NotImplemented


def no_rule(function, name=""):
    module = (getattr(function, "__module__", "") or "").replace("numpy", "np")
    module = module if module.startswith("np") else "np" if isinstance(function, np.ufunc) else module
    return (
        f"there is no rule for {module}.{name or function.__name__}: write it with operations that have one, "
        f"or wrap it with @primitive and give it defjvp and defvjp"
    )


def assigns_item(frame) -> bool:
    stores = {dis.opmap["STORE_SUBSCR"], dis.opmap.get("STORE_SLICE")}  # the second from Python 3.12 on
    return frame.f_code.co_code[frame.f_lasti] in stores


def where(frame) -> str:
    """Name the line of the learner's code."""
    name, number = frame.f_code.co_filename, frame.f_lineno
    line = linecache.getline(name, number).strip()
    return f" (line {number} of {frame.f_code.co_name}{': ' + line if line else ''})"
