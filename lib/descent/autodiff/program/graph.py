"""The graph of a program: its nodes in order of execution, each operation on the same operands once."""

import numpy as np

from descent.autodiff.primitives import Primitive
from descent.autodiff.program.expression import DOUBLE, NUMBERS, Expression, RefusedError
from descent.autodiff.program.simplify import simpler
from descent.autodiff.rules.arithmetic import (
    ADD,
    DIVIDE,
    GETITEM,
    MULTIPLY,
    NEGATIVE,
    POWER,
    SCATTER,
    SUBTRACT,
)
from descent.autodiff.tape import plain

ROWS = 20_000  # longer lists stay lists: Python takes too long to compile them

OBSERVED = {  # without derivative, and the shape of the result does not depend on numbers
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.logical_and,
    np.logical_or, np.logical_not, np.logical_xor, np.isnan, np.isinf, np.isfinite, np.signbit,
    np.isclose, np.allclose, np.array_equal, np.all, np.any, np.argmax, np.argmin, np.argsort,
    np.searchsorted, np.digitize, np.count_nonzero,
}  # fmt: skip
SHAPES = {np.shape, np.ndim, np.size}
LIKE = {np.zeros_like, np.ones_like}
ARITHMETIC = {ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, POWER}
INDEXED = {GETITEM, SCATTER}
HELD = Primitive("held", lambda x: x, jvps={0: lambda g, y, x: g})  # as `.value` in a nested derivative


class Graph:
    """What f did on one point, and with which branches.

    Attributes
    ----------
    nodes : list of Expression
    branches : list
        Pairs (node, the truth value that it had), in order.
    loose : bool
        Whether rules that change the last digit may be used (c1 * (c2 * x) is (c1 c2) * x): yes in
        derivatives, no in f itself.
    """

    def __init__(self, rows: int = ROWS):
        self.rows = rows
        self.nodes, self.known, self.branches = [], {}, []
        self.refused, self.loose, self.start = None, False, 0
        self.hints = {}  # what a constant array is called
        self.roles = {}  # adjoint or tangent -> the (node, "bar" or "dot") that it belongs to

    def begin_sweeps(self) -> None:
        """Say that f has returned."""
        self.loose, self.start = True, len(self.nodes)

    def refuse(self, reason: str):
        """Give up, also where f swallows the exception."""
        self.refused = self.refused or reason
        raise RefusedError(reason)

    def source(self, kind: str, example, label, moving: bool = False) -> Expression:
        """Add a node that comes from outside: an argument, a captured array, a constant."""
        return Expression(self, None, (kind, label), {}, example, moving)

    def constant(self, value):
        """Add an array, or a number that a rule asks for its shape, that never changes."""
        key = ("constant", id(value)) if np.ndim(value) else ("number", _key(value))
        if key not in self.known:
            self.known[key] = self.source("constant", value, value)
        return self.known[key]

    def record(self, operation: Primitive, args: tuple, kwargs: dict):
        """Carry out an operation with a rule, and write its node, unless a simpler one will do."""
        if operation is GETITEM and not args[0].ndim:
            self.refuse("it indexes a number")
        if operation in INDEXED:
            args = (args[0], self._index(args[1], np.shape(getattr(args[0], "example", 0))), *args[2:])
        elif operation not in ARITHMETIC and operation.name != "accumulate":
            last = None if operation.joint_vjp is not None else max(operation.vjps, default=0)
            self._look(operation.name, args, kwargs, last)
        args = tuple([self._operand(x) for x in args])
        if operation in ARITHMETIC and all(_is_bool(x) for x in args):
            self.refuse("it computes with truth values")
        if operation.check is not None:
            operation.check(*args, **kwargs)
        found = None if kwargs else simpler(self, operation, args)
        if found is not None:
            return found
        moving = False
        for x in args:
            moving = moving or (isinstance(x, Expression) and x.moving)
        return self._node(operation, args, kwargs, moving)

    def observe(self, function, args: tuple, kwargs: dict):
        """Carry out a function without derivative: its node does not move."""
        if function in SHAPES:
            return function(*(x.example if isinstance(x, Expression) else x for x in args), **kwargs)
        if function in LIKE and len(args) == 1 and not kwargs:
            value = function(args[0].example)
            return self.constant(value) if np.ndim(value) else plain(value)
        if function not in OBSERVED:
            self.refuse(f"np.{function.__name__} has no place in a program")
        self._look(function.__name__, args, kwargs, 1)  # a third could be what NumPy writes into
        args = tuple(self._operand(x) for x in args)
        return self._node(Primitive(function.__name__, function), args, kwargs, False, function)

    def held(self, x: Expression):
        """Return the node as a constant of differentiation."""
        return self._node(HELD, (x,), {}, False)

    def branch(self, condition: Expression) -> bool:
        """Decide a branch, and remember how."""
        truth = bool(condition.example)
        self.branches.append((condition, truth))
        return truth

    # -- operands ----------------------------------------------------------------------------

    def _operand(self, x):
        """Return numbers as numbers, arrays as nodes."""
        if isinstance(x, Expression):
            if x.graph is not self:
                self.refuse("it keeps a traced value from another call")
            return x.args[1] if x.operation is None and x.args[0] == "constant" and not x.ndim else x
        if type(x) is float or type(x) is int:
            return x
        if type(x) is list:
            return tuple(x)
        if isinstance(x, np.ndarray):
            if x.dtype.kind not in "fiub":
                self.refuse("it computes with an array of objects")
            return self.constant(x) if x.ndim else plain(x)
        return plain(x) if isinstance(x, np.float64) else x

    def _look(self, name, args, kwargs, last):
        """Refuse operands that could change a shape, or that hide in containers."""
        hidden = [x for x in args if isinstance(x, (tuple, list))] + list(kwargs.values())
        if any(_holds(x) for x in hidden):
            self.refuse(f"{name} gets a traced value where programs do not expect one")
        late = () if last is None else args[last + 1 :]
        if any(isinstance(x, Expression) for x in late):
            self.refuse(f"{name} gets a traced value where programs do not expect one")

    def _index(self, index, shape=()):
        """Return an index whose arrays are nodes; a mask's result has no fixed shape."""
        if type(index) is int and len(shape) == 1 and -shape[0] <= index < 0:
            return index + shape[0]
        parts = index if type(index) is tuple else (index,)
        for part in parts:
            if _is_bool(part):
                self.refuse("it chooses entries by a mask")
            if isinstance(part, slice) and any(_holds(end) for end in (part.start, part.stop, part.step)):
                self.refuse("it cuts an array at traced positions")
        parts = tuple(np.asarray(part) if isinstance(part, list) else part for part in parts)
        if any(isinstance(part, np.ndarray) and part.dtype.kind not in "iu" for part in parts):
            self.refuse("it chooses entries by a mask")
        parts = tuple(int(x) if isinstance(x, np.integer) else self._operand(x) for x in parts)
        return parts if type(index) is tuple else parts[0]

    def _node(self, operation, args, kwargs, moving, identity=None):
        if len(self.nodes) > self.rows:
            self.refuse(f"the list is longer than {self.rows} rows")
        try:
            key = (identity or operation, moving, _key(args), _key(tuple(kwargs.items())))
            found = self.known.get(key)
        except TypeError:
            return self.refuse(f"{operation.name} is called with options that programs do not know")
        if found is None:
            value = _value(operation, _examples(args), kwargs)
            if not isinstance(value, (np.ndarray, *NUMBERS)):
                self.refuse(f"{operation.name} has several results")
            if type(value) is not float:
                dtype = value.dtype if hasattr(value, "dtype") else np.dtype(type(value))
                if dtype not in (DOUBLE, np.int64, np.bool_):
                    self.refuse(f"{operation.name} returns {dtype} numbers")
            if operation.function is np.broadcast_to:
                args = (args[0], np.shape(value))
            found = self.known[key] = Expression(self, operation, args, kwargs, value, moving)
        return found


def _value(operation, examples: tuple, kwargs: dict):
    """Carry out an operation on examples; on floats quickly, but never with another number than NumPy's."""
    if operation.on_floats is not None and not kwargs and {*map(type, examples)} <= {float, int}:
        try:
            return float(operation.on_floats(*examples))
        except ArithmeticError:
            pass
    value = operation.function(*examples, **kwargs)
    return value if operation is HELD else plain(value)


def _holds(x) -> bool:
    """Return whether a container holds an expression."""
    if isinstance(x, (tuple, list)):
        return any(_holds(item) for item in x)
    return isinstance(x, Expression)


def _is_bool(x) -> bool:
    return isinstance(x, (bool, np.bool_)) or getattr(x, "dtype", None) == np.bool_


def _examples(x):
    if type(x) is tuple:
        return tuple([_examples(item) for item in x])
    return x.example if isinstance(x, Expression) else x


def _key(x):
    """Return what tells operands apart: nodes by place, numbers by type, value and sign."""
    if isinstance(x, Expression):
        return Expression, x.index
    if type(x) is tuple:
        return tuple([_key(item) for item in x])
    if isinstance(x, float):
        return float, float(x).hex()
    if isinstance(x, slice):
        return slice, x.start, x.stop, x.step
    hash(x)
    return type(x), x
