"""The Wengert list while it is written: a tape of rows, and `apply`, which writes one.

A row is a flat tuple

    (operation, value, call, p, dp, q, dq)

of one of three kinds.  In a scalar row, v = operation(v_p, v_q) is a number with the local
partial derivatives dp and dq; p or q is None where that operand is a constant, which then
stands in `call`.  In a general row p and q are None and `call` is a `Call` with everything that the
rules ask for.  An input has neither.  Rows are in order of execution: a row's parents
stand before it, so no sweep needs a sort or a recursion.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from descent.autodiff.primitives import Primitive

NUMBERS = {float, int}
FOREIGN = (np.matrix, np.ma.MaskedArray)  # arrays whose operators mean something else

new = object.__new__
quick = tuple.__new__  # a NamedTuple's own constructor takes twice as long
levels = itertools.count(1)

INPUT = Primitive("input", None)


CHANGED = (
    "an array was changed in place after it was used with a traced value, and the derivative needs what it "
    "was: write w = w + 1 for w += 1, or use a copy, w.copy()"
)


class LostDerivativeError(TypeError):
    """A traced value was turned into something that carries no derivative."""


class Call(NamedTuple):
    """What a general row was called with."""

    operands: tuple  # plain arrays, or traced values of an outer derivative
    kwargs: dict
    parents: tuple  # pairs (position among the operands, row)


class Closed(list):
    """The rows of a tape whose function has returned."""

    def append(self, row):
        raise LostDerivativeError(
            f"{row[0].name} met a traced value whose function has already returned: return the value "
            f"from the function instead of keeping it in a variable outside, or keep its number, .value"
        )


class Tape:
    """The rows of one evaluation.

    Of two traced values that meet, the one on the tape of the higher level, the inner
    derivative, is traced, and the other is a constant to it.  So the perturbations of
    nested derivatives cannot be confused.
    """

    __slots__ = ("__weakref__", "level", "rows", "used")

    def __init__(self):
        self.rows, self.used = [], {}  # used: plain arrays that the sweeps will read again, and how they were
        self.level = next(levels)

    def variable(self, value) -> "Variable":
        """Write an input row."""
        return append(self, (INPUT, value, None, None, None, None, None))

    def constant(self, function, args, kwargs):
        """Evaluate a function that has no derivative (a comparison, a shape) on plain values."""
        return function(*_strip(args), **{key: _strip(value) for key, value in kwargs.items()})

    def truth(self, variable) -> bool:
        """Decide a branch."""
        return bool(raw(variable))

    def close(self) -> list:
        """Take the rows; the tape accepts no more.

        Raises
        ------
        LostDerivativeError
            If an array that the sweeps will read again is no longer what it was.
        """
        rows, self.rows = self.rows, Closed()
        for array, print_ in self.used.values():
            if fingerprint(array) != print_:
                raise LostDerivativeError(CHANGED)
        return rows


def fingerprint(array: np.ndarray) -> bytes:
    """Return the entries of a small array, and some of a large one."""
    return (array if array.size < 64 else array.flat[:: array.size // 32]).tobytes()


class Traced:
    """Base of Variable: what the tape needs to know of it."""

    __slots__ = ("index", "tape", "value")


class Symbolic:
    """Base of Expression, which writes a program instead of a list: see `descent.autodiff.program`."""

    __slots__ = ()


Variable = Scalar = Traced  # what rows are handed out as; descent.autodiff.variable and .scalar set it


def append(tape: Tape, row: tuple):
    """Write a row and return its variable."""
    if type(row[1]) is float:
        return write(tape, row, Scalar())
    variable = new(Variable)
    variable.entries = {}
    return write(tape, row, variable)


def write(tape: Tape, row: tuple, variable):
    """Write a row and make a new variable stand for it."""
    rows = tape.rows
    variable.value = row[1]
    variable.tape = tape
    variable.index = len(rows)
    rows.append(row)
    return variable


def raw(x):
    """Return the plain number or array inside a traced value, whatever its level."""
    while isinstance(x, Traced):
        x = x.value
    return x


def _strip(x):
    if type(x) in (tuple, list):
        return type(x)(_strip(item) for item in x)
    return raw(x)


def apply(operation: Primitive, args: tuple, kwargs: dict):
    """Carry out an operation and write its row on the highest tape among its arguments."""
    tape, level = None, 0
    for arg in args:
        if isinstance(arg, Traced) and arg.tape.level > level:
            tape, level = arg.tape, arg.tape.level
    if tape is None:
        for arg in args:
            if isinstance(arg, Symbolic):
                return arg.graph.record(operation, args, kwargs)
        return operation.function(*args, **kwargs)
    operands, parents, outer = [], [], False
    for k, arg in enumerate(args):
        if isinstance(arg, Traced):
            if arg.tape is tape:
                parents.append((k, arg.index))
                arg = arg.value
            outer = outer or isinstance(arg, Traced)
        elif type(arg) is np.ndarray and operation.keeps and id(arg) not in tape.used:
            tape.used[id(arg)] = arg, fingerprint(arg)
        operands.append(arg)
    if operation.partials is not None and not kwargs:
        row = None if outer else scalar_row(operation, operands, parents)
        if row is not None:
            return append(tape, row)
    if operation.check is not None:
        operation.check(*operands, **kwargs)
    # An outer derivative records the operation as well.
    value = _outer(operation, operands, kwargs) if outer else operation.function(*operands, **kwargs)
    if operation.partials is None:
        value = plain(value)
    elif not kwargs and NUMBERS & set(map(type, operands)):  # NumPy's numbers divide by zero, Python's do not
        kind = np.float64 if outer else value.dtype.type
        operands = [kind(x) if type(x) is float or (type(x) is int and not x) else x for x in operands]
    call = quick(Call, (tuple(operands), kwargs, tuple(parents)))
    return append(tape, (operation, value, call, None, None, None, None))


def _only(g, y, results, k):
    return tuple(g if j == k else None for j in range(len(results)))


COMPONENT = Primitive(
    "component", lambda results, k: results[k], {0: lambda g, y, results, k: g[k]}, {0: _only}
)


def _outer(operation, operands, kwargs):
    """Carry out an operation on an outer tape; return a traced tuple as a tuple of traced values."""
    variable = apply(operation, operands, kwargs)
    if type(variable.value) is not tuple:
        return variable
    return tuple(apply(COMPONENT, (variable, k), {}) for k in range(len(variable.value)))


def plain(value):
    """Return a 0-d result as a Python float where its type is double."""
    if type(value) is np.ndarray and value.ndim == 0:
        value = value[()]
    return float(value) if type(value) is np.float64 else value


def foreign(value) -> str:
    return f"a {type(value).__name__} has operators of its own: use np.asarray(A) for its plain array"


def real(value, name: str):
    """Return a value as a float or an array of floats.

    Raises
    ------
    TypeError
        If it is complex, text or an array of objects.
    """
    if type(value) is float or isinstance(value, Traced):
        return value
    if type(value) is np.ndarray and value.dtype.char == "d" and value.ndim:
        return value
    if isinstance(value, FOREIGN):
        raise TypeError(foreign(value))
    array = np.asarray(float(value) if type(value) is int else value)
    kind = array.dtype.kind
    if kind == "f":
        return plain(array)
    if kind in "iub":
        return plain(array.astype(float))
    raise TypeError(
        f"{name} must be real numbers, got {value!r} of dtype {array.dtype}"
        + ("; for complex points use complex_step" if kind == "c" else "")
    )


def scalar_row(operation, operands: list, parents: list):
    """Return the row of an entrywise operation on numbers, None where NumPy's infinities are needed."""
    for x in operands:
        if type(x) is not float and type(x) is not int and type(x) is not np.float64:
            return None
    operands, parents = [float(x) for x in operands], dict(parents)
    try:
        value = float((operation.on_floats or operation.function)(*operands))
        if not math.isfinite(value):
            return None
        slopes = [None] * len(operands)
        for k in parents:
            partial = operation.partials[k]
            slopes[k] = 0.0 if partial is None else float(partial(value, *operands))
    except (ArithmeticError, ValueError):
        return None
    if len(operands) == 1:
        return operation, value, None, parents[0], slopes[0], None, None
    constant = None if len(parents) == 2 else operands[0] if 1 in parents else operands[1]
    return operation, value, constant, parents.get(0), slopes[0], parents.get(1), slopes[1]


def unary_row(operation, x: float, index: int):
    """Return the row of an entrywise operation of one number, None where `scalar_row` would."""
    try:
        value = float(operation.function(x))
        if not math.isfinite(value):
            return None
        return operation, value, None, index, float(operation.partials[0](value, x)), None, None
    except (ArithmeticError, ValueError):
        return None
