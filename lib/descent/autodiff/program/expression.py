"""Expression: a value that a program computes, written down while f runs on it once.

It does for a program what `Variable` does for a list: operators and NumPy's functions, called
with it, add a node to a graph.  But nothing of it is fixed: a comparison, a position, the plain
`value` are nodes as well, and a branch becomes a guard.  What would take a plain number out of
the graph is refused, and the caller goes back to the list.
"""

import numpy as np

from descent.autodiff.array_methods import ArrayMethods
from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE
from descent.autodiff.rules.arithmetic import (
    ADD,
    ASTYPE,
    DIVIDE,
    GETITEM,
    MULTIPLY,
    NEGATIVE,
    POWER,
    SUBTRACT,
)
from descent.autodiff.tape import Symbolic

DOUBLE = np.dtype(float)
NUMBERS = (bool, int, float, np.bool_, np.integer, np.float64)


class RefusedError(Exception):
    """f does something that a program must not repeat: the list takes over."""


class Expression(ArrayMethods, Symbolic):
    """A node of the graph: an operation on others, with the value that it had while f ran.

    Attributes
    ----------
    graph : Graph
    index : int
        Its place in the order of execution.
    operation : Primitive or None
        None for what comes from outside: an argument, a captured array, a constant.
    args, kwargs : tuple, dict
        Expressions, numbers, and whatever else the operation takes.
    example : float or ndarray
        The value during the recording: shapes and types are read from it.
    moving : bool
        Whether it depends on an argument in a differentiable way.
    shape, ndim, size, dtype
        Those of the example.
    """

    __slots__ = (
        "args",
        "dtype",
        "example",
        "graph",
        "index",
        "kwargs",
        "moving",
        "ndim",
        "operation",
        "shape",
    )

    def __init__(self, graph, operation, args, kwargs, example, moving):
        self.graph, self.operation, self.args, self.kwargs = graph, operation, args, kwargs
        self.example, self.moving, self.index = example, moving, len(graph.nodes)
        if type(example) is float:
            self.shape, self.ndim, self.dtype = (), 0, DOUBLE
        else:
            self.shape, self.ndim, self.dtype = np.shape(example), np.ndim(example), np.asarray(example).dtype
        graph.nodes.append(self)

    # -- what is known without looking at numbers --------------------------------------------

    @property
    def size(self) -> int:
        return np.size(self.example)

    @property
    def value(self):
        """The same number without its derivative, as a node: it is read anew at each call."""
        if not self.moving:  # for the list this is a plain number or array, which has no value
            raise AttributeError("value")
        return self.graph.held(self)

    def __len__(self):
        return len(self.example)

    def __iter__(self):
        return (self[k] for k in range(len(self)))

    # -- operators ---------------------------------------------------------------------------

    def _binary(self, operation, a, b):
        for other in (a, b):
            if not isinstance(other, (Expression, np.ndarray, *NUMBERS)):
                self.graph.refuse(f"it computes with {type(other).__name__}")
        return self.graph.record(operation, (a, b), {})

    def __add__(self, other):
        return self._binary(ADD, self, other)

    def __radd__(self, other):
        return self._binary(ADD, other, self)

    def __sub__(self, other):
        return self._binary(SUBTRACT, self, other)

    def __rsub__(self, other):
        return self._binary(SUBTRACT, other, self)

    def __mul__(self, other):
        return self._binary(MULTIPLY, self, other)

    def __rmul__(self, other):
        return self._binary(MULTIPLY, other, self)

    def __truediv__(self, other):
        return self._binary(DIVIDE, self, other)

    def __rtruediv__(self, other):
        return self._binary(DIVIDE, other, self)

    def __pow__(self, other):
        return self._binary(POWER, self, other)

    def __rpow__(self, other):
        return self._binary(POWER, other, self)

    def __matmul__(self, other):
        return self._binary(TABLE[np.matmul], self, other)

    def __rmatmul__(self, other):
        return self._binary(TABLE[np.matmul], other, self)

    def __mod__(self, other):
        return self._binary(TABLE[np.remainder], self, other)

    def __rmod__(self, other):
        return self._binary(TABLE[np.remainder], other, self)

    def __floordiv__(self, other):
        return self._binary(TABLE[np.floor_divide], self, other)

    def __rfloordiv__(self, other):
        return self._binary(TABLE[np.floor_divide], other, self)

    def __neg__(self):
        return self.graph.record(NEGATIVE, (self,), {})

    def __pos__(self):
        return self

    def __abs__(self):
        return self.graph.record(TABLE[np.absolute], (self,), {})

    def __getitem__(self, index):
        return self.graph.record(GETITEM, (self, index), {})

    def _updated(self, operation, other):
        if self.ndim and not self.moving:
            self.graph.refuse("it changes an array in place")
        return self._binary(operation, self, other)

    def __iadd__(self, other):
        return self._updated(ADD, other)

    def __isub__(self, other):
        return self._updated(SUBTRACT, other)

    def __imul__(self, other):
        return self._updated(MULTIPLY, other)

    def __itruediv__(self, other):
        return self._updated(DIVIDE, other)

    def __ipow__(self, other):
        return self._updated(POWER, other)

    def __imatmul__(self, other):
        return self._updated(TABLE[np.matmul], other)

    def __imod__(self, other):
        return self._updated(TABLE[np.remainder], other)

    def __ifloordiv__(self, other):
        return self._updated(TABLE[np.floor_divide], other)

    def astype(self, dtype, **kwargs):
        if np.dtype(dtype) != np.float64:
            self.graph.refuse(f"it asks for {np.dtype(dtype)} numbers")
        return self.graph.record(ASTYPE, (self,), {"dtype": np.dtype(dtype)})

    # -- comparisons and branches ------------------------------------------------------------

    def __lt__(self, other):
        return self.graph.observe(np.less, (self, other), {})

    def __le__(self, other):
        return self.graph.observe(np.less_equal, (self, other), {})

    def __gt__(self, other):
        return self.graph.observe(np.greater, (self, other), {})

    def __ge__(self, other):
        return self.graph.observe(np.greater_equal, (self, other), {})

    def __eq__(self, other):
        return self.graph.observe(np.equal, (self, other), {})

    def __ne__(self, other):
        return self.graph.observe(np.not_equal, (self, other), {})

    def __bool__(self):
        return self.graph.branch(self)

    def _logical(self, function, *masks):
        if any(np.result_type(getattr(x, "dtype", x)) != np.bool_ for x in masks):
            self.graph.refuse("it computes with bits")
        return self.graph.observe(function, masks, {})

    def __invert__(self):
        return self._logical(np.logical_not, self)

    def __and__(self, other):
        return self._logical(np.logical_and, self, other)

    def __or__(self, other):
        return self._logical(np.logical_or, self, other)

    def __xor__(self, other):
        return self._logical(np.logical_xor, self, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    # -- NumPy -------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__" and not kwargs:
            if ufunc in TABLE:
                return self.graph.record(TABLE[ufunc], inputs, {})
            if ufunc in COMPOSITES:
                return COMPOSITES[ufunc](*inputs)
            if ufunc in CONSTANTS:
                return self.graph.observe(ufunc, inputs, {})
        return self.graph.refuse(f"np.{ufunc.__name__} is used in a way that programs do not know")

    def __array_function__(self, function, types, args, kwargs):
        if function in COMPOSITES:
            return COMPOSITES[function](*args, **kwargs)
        if kwargs.get("out") is not None or not args:
            self.graph.refuse(f"np.{function.__name__} is called in a way that programs do not know")
        kwargs = {key: v for key, v in kwargs.items() if key != "out" and v is not np._NoValue}
        if function in TABLE:
            return self.graph.record(TABLE[function], args, kwargs)
        if function in CONSTANTS:
            return self.graph.observe(function, args, kwargs)
        return self.graph.refuse(f"there is no rule for {function.__name__}")

    # -- what would take a number out of the graph -------------------------------------------

    def _refused(self, *args, **kwargs):
        self.graph.refuse("it takes a plain number out of a traced value")

    __hash__ = __float__ = __int__ = __index__ = __array__ = item = tolist = __setitem__ = _refused
    __format__ = __str__ = __complex__ = __round__ = __divmod__ = _refused
    __iand__ = __ior__ = __ixor__ = _refused
    __copy__ = __deepcopy__ = __contains__ = __reduce__ = _refused

    def __repr__(self):
        self.graph.refused = self.graph.refused or "it writes a traced value as text"
        return f"Expression({self.index}, {self.operation}, {self.example!r})"
