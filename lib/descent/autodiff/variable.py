"""Variable: a value that writes down what is done to it, in plain NumPy code.

Operators on numbers come first in each method, because a loop over numbers spends its time
there; everything else goes through `apply`.
"""

import sys
import weakref

import numpy as np

from descent.autodiff import tape as tapes
from descent.autodiff.array_methods import ArrayMethods
from descent.autodiff.dispatch import (
    FOREIGN,
    ITEM_ASSIGNMENT,
    TO_ARRAY,
    TO_NUMBER,
    assigns_item,
    binary,
    call,
    foreign,
    no_rule,
    other_ufunc,
    where,
)
from descent.autodiff.primitives import COMPOSITES, CONSTANTS, TABLE, NoRuleError
from descent.autodiff.rules import arithmetic
from descent.autodiff.rules.arithmetic import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from descent.autodiff.tape import (
    Call,
    LostDerivativeError,
    Tape,
    Traced,
    append,
    apply,
    plain,
    raw,
    unary_row,
)

NUMBERS = frozenset({float, int})
DOUBLE = np.dtype(float)
_quick_call = tuple.__new__  # a NamedTuple's own constructor takes twice as long

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

    __slots__ = ()

    def __init__(self, value):
        global _common
        if isinstance(value, Traced):
            raise TypeError(f"value is traced already: {value!r}; use it as it is")
        tape = None if _common is None else _common()
        if tape is None:
            tape = Tape()
            _common = weakref.ref(tape)
        self.value = real(value, "value")
        self.tape = tape
        self.index = len(tape.rows)
        tape.rows.append((tapes.INPUT, self.value, None, None, None, None, None))

    # -- arithmetic ------------------------------------------------------------------------

    def __add__(self, other):
        a = self.value
        if type(a) is float:
            if type(other) is Variable:
                b = other.value
                if type(b) is float and other.tape is self.tape:
                    return append(self.tape, (ADD, a + b, None, self.index, 1.0, other.index, 1.0))
            elif type(other) in NUMBERS:
                return append(self.tape, (ADD, a + other, other, self.index, 1.0, None, None))
        return binary(ADD, self, other)

    def __radd__(self, other):
        a = self.value
        if type(a) is float and type(other) in NUMBERS:
            return append(self.tape, (ADD, other + a, other, None, None, self.index, 1.0))
        return binary(ADD, other, self)

    def __sub__(self, other):
        a = self.value
        if type(a) is float:
            if type(other) is Variable:
                b = other.value
                if type(b) is float and other.tape is self.tape:
                    return append(self.tape, (SUBTRACT, a - b, None, self.index, 1.0, other.index, -1.0))
            elif type(other) in NUMBERS:
                return append(self.tape, (SUBTRACT, a - other, other, self.index, 1.0, None, None))
        return binary(SUBTRACT, self, other)

    def __rsub__(self, other):
        a = self.value
        if type(a) is float and type(other) in NUMBERS:
            return append(self.tape, (SUBTRACT, other - a, other, None, None, self.index, -1.0))
        return binary(SUBTRACT, other, self)

    def __mul__(self, other):
        a = self.value
        if type(a) is float:
            if type(other) is Variable:
                b = other.value
                if type(b) is float and other.tape is self.tape:
                    return append(self.tape, (MULTIPLY, a * b, None, self.index, b, other.index, a))
            elif type(other) in NUMBERS:
                return append(self.tape, (MULTIPLY, a * other, other, self.index, other, None, None))
        return binary(MULTIPLY, self, other)

    def __rmul__(self, other):
        a = self.value
        if type(a) is float and type(other) in NUMBERS:
            return append(self.tape, (MULTIPLY, other * a, other, None, None, self.index, other))
        return binary(MULTIPLY, other, self)

    def __truediv__(self, other):
        a = self.value
        if type(a) is float:
            if type(other) is Variable:
                b = other.value
                if type(b) is float and b and other.tape is self.tape:
                    y = a / b
                    return append(self.tape, (DIVIDE, y, None, self.index, 1.0 / b, other.index, -y / b))
            elif type(other) in NUMBERS and other:
                return append(self.tape, (DIVIDE, a / other, other, self.index, 1.0 / other, None, None))
        return binary(DIVIDE, self, other)

    def __rtruediv__(self, other):
        a = self.value
        if type(a) is float and a and type(other) in NUMBERS:
            y = other / a
            return append(self.tape, (DIVIDE, y, other, None, None, self.index, -y / a))
        return binary(DIVIDE, other, self)

    def __pow__(self, other):
        a = self.value
        if type(a) is float and type(other) in NUMBERS:
            if other == 2:
                return append(self.tape, (POWER, a * a, other, self.index, a + a, None, None))
            if a > 0.0 and -64 < other < 64 and 1e-4 < a < 1e4:  # no overflow, no complex root
                slope = other * a ** (other - 1)
                return append(self.tape, (POWER, a**other, other, self.index, slope, None, None))
        return binary(POWER, self, other)

    def __rpow__(self, other):
        return binary(POWER, other, self)

    def __neg__(self):
        a = self.value
        if type(a) is float:
            return append(self.tape, (NEGATIVE, -a, None, self.index, -1.0, None, None))
        return apply(NEGATIVE, (self,), {})

    def __pos__(self):
        return self

    def __abs__(self):
        return np.abs(self)

    def __matmul__(self, other):
        return np.matmul(self, other)

    def __rmatmul__(self, other):
        return np.matmul(other, self)

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
        x = self.value
        if type(index) is int and type(x) is np.ndarray and x.ndim == 1 and x.dtype == DOUBLE:
            entry, call = x.item(index), _quick_call(Call, ((x, index), {}, ((0, self.index),)))
            return append(self.tape, (arithmetic.GETITEM, entry, call, None, None, None, None))
        return apply(arithmetic.GETITEM, (self, index), {})

    def __setitem__(self, index, value):
        raise LostDerivativeError(ITEM_ASSIGNMENT + where(sys._getframe(1)))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__" and not kwargs and ufunc in TABLE:
            operation = TABLE[ufunc]
            if len(inputs) == 1 and type(self.value) is float:
                row = unary_row(operation, self.value, self.index)
                if row is not None:
                    return append(self.tape, row)
            return apply(operation, inputs, kwargs)
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
        return apply(arithmetic.ASTYPE, (self,), {"dtype": np.dtype(dtype)})


tapes.Variable = Variable


def real(value, name: str):
    """Return a value as a float or an array of floats.

    Raises
    ------
    TypeError
        If it is complex, text or an array of objects.
    """
    if type(value) is float or isinstance(value, Traced):
        return value
    if isinstance(value, FOREIGN):
        raise TypeError(foreign(value))
    array = np.asarray(float(value) if type(value) is int else value)
    if array.dtype.kind in "iub":
        array = array.astype(float)
    elif array.dtype.kind != "f":
        raise TypeError(
            f"{name} must be real numbers, got {value!r} of dtype {array.dtype}"
            + ("; for complex points use complex_step" if array.dtype.kind == "c" else "")
        )
    return plain(array)
