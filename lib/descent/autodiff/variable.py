"""Variable: a value that writes down what is done to it, in plain NumPy code."""

import sys
import weakref

import numpy as np

from descent.autodiff import tape as tapes
from descent.autodiff.array_methods import ArrayMethods
from descent.autodiff.dispatch import (
    ITEM_ASSIGNMENT,
    TO_ARRAY,
    TO_NUMBER,
    assigns_item,
    binary,
    call,
    no_rule,
    other_ufunc,
    where,
)
from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE, NoRuleError
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
from descent.autodiff.rules.products import MATMUL
from descent.autodiff.tape import (
    INPUT,
    Call,
    LostDerivativeError,
    Tape,
    Traced,
    append,
    apply,
    quick,
    raw,
    real,
    write,
)

DOUBLE = np.dtype(float)
_common = None  # a weak reference to the tape of variables that were made by hand


class Variable(ArrayMethods, Traced):
    """A number or array whose operations are recorded as rows of a Wengert list.

    `wengert`, `grad`, `jvp` and the others call a function with Variables; a learner meets
    them only inside that function.  A Variable made by hand records as well.

    Parameters
    ----------
    value : float or array_like
        Real; integers become floats.

    Attributes
    ----------
    value : float or ndarray
        The plain value (during a nested derivative, the outer derivative's Variable).
    shape, ndim, size, dtype, T
        As for an array.

    Raises
    ------
    TypeError
        If the value is traced already, or not real.

    References
    ----------
    R. E. Wengert, A simple automatic derivative evaluation program, Comm. ACM 7 (1964), 463.

    Examples
    --------
    >>> x = Variable(3.0)
    >>> (2 * x**2).value
    18.0
    """

    __slots__ = ("entries",)  # index -> Variable: an entry is written once, however often it is read

    def __init__(self, value):
        global _common
        if isinstance(value, Traced):
            raise TypeError(f"value is traced already: {value!r}; use it as it is")
        tape = None if _common is None else _common()
        if tape is None:
            tape = Tape()
            _common = weakref.ref(tape)
        self.entries = {}
        write(tape, (INPUT, real(value, "value"), None, None, None, None, None), self)

    # -- arithmetic ------------------------------------------------------------------------

    def __add__(self, other):
        return binary(ADD, self, other)

    def __radd__(self, other):
        return binary(ADD, other, self)

    def __sub__(self, other):
        return binary(SUBTRACT, self, other)

    def __rsub__(self, other):
        return binary(SUBTRACT, other, self)

    def __mul__(self, other):
        return binary(MULTIPLY, self, other)

    def __rmul__(self, other):
        return binary(MULTIPLY, other, self)

    def __truediv__(self, other):
        return binary(DIVIDE, self, other)

    def __rtruediv__(self, other):
        return binary(DIVIDE, other, self)

    def __pow__(self, other):
        return binary(POWER, self, other)

    def __rpow__(self, other):
        return binary(POWER, other, self)

    def __neg__(self):
        return apply(NEGATIVE, (self,), {})

    def __pos__(self):
        return self

    def __abs__(self):
        return np.abs(self)

    def __matmul__(self, other):
        return binary(MATMUL, self, other)

    def __rmatmul__(self, other):
        return binary(MATMUL, other, self)

    def __mod__(self, other):
        return np.remainder(self, other)

    def __rmod__(self, other):
        return np.remainder(other, self)

    def __floordiv__(self, other):
        return np.floor_divide(self, other)

    def __rfloordiv__(self, other):
        return np.floor_divide(other, self)

    def __divmod__(self, other):
        return np.floor_divide(self, other), np.remainder(self, other)

    def __rdivmod__(self, other):
        return np.floor_divide(other, self), np.remainder(other, self)

    def __round__(self, digits=0):
        return np.round(self, digits or 0)

    # -- comparisons and branches ----------------------------------------------------------

    def __lt__(self, other):
        return self.tape.constant(np.less, (self, other), {})

    def __le__(self, other):
        return self.tape.constant(np.less_equal, (self, other), {})

    def __gt__(self, other):
        return self.tape.constant(np.greater, (self, other), {})

    def __ge__(self, other):
        return self.tape.constant(np.greater_equal, (self, other), {})

    def __eq__(self, other):
        return self.tape.constant(np.equal, (self, other), {})

    def __ne__(self, other):
        return self.tape.constant(np.not_equal, (self, other), {})

    __hash__ = object.__hash__

    def __bool__(self):
        return self.tape.truth(self)

    # -- arrays ----------------------------------------------------------------------------

    @property
    def shape(self) -> tuple:
        return getattr(self.value, "shape", ())

    @property
    def ndim(self) -> int:
        return getattr(self.value, "ndim", 0)

    @property
    def size(self) -> int:
        return np.size(raw(self))

    @property
    def dtype(self) -> np.dtype:
        return np.asarray(raw(self)).dtype

    def __len__(self):
        return len(raw(self))

    def __iter__(self):
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self)))

    def __contains__(self, entry):
        return bool(np.any(self == entry))

    def __getitem__(self, index):
        if type(index) is not int or type(self.value) is not np.ndarray:
            return apply(GETITEM, (self, index), {})
        if index not in self.entries:
            self.entries[index] = self._entry(index)
        return self.entries[index]

    def _entry(self, index: int):
        x = self.value
        if x.ndim != 1 or x.dtype is not DOUBLE:
            return apply(GETITEM, (self, index), {})
        call = quick(Call, ((x, index), {}, ((0, self.index),)))
        return append(self.tape, (GETITEM, x.item(index), call, None, None, None, None))

    def __setitem__(self, index, value):
        raise LostDerivativeError(ITEM_ASSIGNMENT + where(sys._getframe(1)))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__" and not kwargs and ufunc in TABLE:
            return apply(TABLE[ufunc], inputs, {})
        return other_ufunc(ufunc, method, inputs, kwargs, sys._getframe(1))

    def __array_function__(self, function, types, args, kwargs):
        body = COMPOSITES.get(function)
        if body is not None:
            return body(*args, **kwargs)
        primitive = TABLE.get(function)
        if primitive is not None:
            return call(primitive, args, kwargs)
        if function in CONSTANTS:
            return self.tape.constant(function, args, kwargs)
        raise NoRuleError(no_rule(function) + where(sys._getframe(1)))

    # -- what would lose the derivative -------------------------------------------------------

    def __array__(self, dtype=None, copy=None):
        frame = sys._getframe(1)
        text = ITEM_ASSIGNMENT if assigns_item(frame) else TO_ARRAY
        raise LostDerivativeError(text + where(frame))

    def __float__(self):
        frame = sys._getframe(1)
        text = ITEM_ASSIGNMENT if assigns_item(frame) else TO_NUMBER
        raise LostDerivativeError(text + where(frame))

    def __int__(self):
        raise LostDerivativeError(TO_NUMBER.replace("float()", "int()") + where(sys._getframe(1)))

    def __index__(self):
        raise LostDerivativeError(
            "a traced value is no index: its derivative would be lost; use int(v.value)"
            + where(sys._getframe(1))
        )

    def item(self, *args):
        raise LostDerivativeError(TO_NUMBER.replace("float()", ".item()") + where(sys._getframe(1)))

    def tolist(self):
        raise LostDerivativeError(TO_NUMBER.replace("float()", ".tolist()") + where(sys._getframe(1)))

    def __repr__(self):
        return f"Variable({self.value!r})"

    def __format__(self, spec):
        return format(raw(self), spec)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def astype(self, dtype, **kwargs):
        if np.dtype(dtype).kind != "f":
            raise TypeError(
                f"dtype={np.dtype(dtype).name!r} has no derivative: a traced value stays floating point; "
                f"use .value for the plain number" + where(sys._getframe(1))
            )
        return apply(ASTYPE, (self,), {"dtype": np.dtype(dtype)})


tapes.Variable = Variable
