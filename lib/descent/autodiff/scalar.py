"""Scalar: the Variable of a number, with the operators that a loop over numbers spends its time in.

What an operator does here is all that a tracer does: it computes the value, and writes a row with
the operands' places and the local partial derivatives.  Everything else (arrays, numbers of another type, an
outer derivative, a division by zero) is left to the same operator of `Variable`.
"""

from descent.autodiff import tape as tapes
from descent.autodiff.primitives import TABLE
from descent.autodiff.rules.arithmetic import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from descent.autodiff.tape import unary_row, write
from descent.autodiff.variable import Variable

NUMBERS = frozenset({float, int})


class Scalar(Variable):
    """A traced float.

    >>> from descent.autodiff import grad
    >>> grad(lambda x: 2 / x + 3 * x * x)(1.0)
    4.0
    """

    __slots__ = ()
    __init__ = object.__init__  # made empty, and filled by `write`: half the time

    def __add__(self, other):
        if type(other) is Scalar:
            if other.tape is self.tape:
                row = ADD, self.value + other.value, None, self.index, 1.0, other.index, 1.0
                return write(self.tape, row, Scalar())
        elif type(other) in NUMBERS:
            return write(self.tape, (ADD, self.value + other, other, self.index, 1.0, None, None), Scalar())
        return Variable.__add__(self, other)

    def __radd__(self, other):
        if type(other) in NUMBERS:
            return write(self.tape, (ADD, other + self.value, other, None, None, self.index, 1.0), Scalar())
        return Variable.__radd__(self, other)

    def __sub__(self, other):
        if type(other) is Scalar:
            if other.tape is self.tape:
                row = SUBTRACT, self.value - other.value, None, self.index, 1.0, other.index, -1.0
                return write(self.tape, row, Scalar())
        elif type(other) in NUMBERS:
            row = SUBTRACT, self.value - other, other, self.index, 1.0, None, None
            return write(self.tape, row, Scalar())
        return Variable.__sub__(self, other)

    def __rsub__(self, other):
        if type(other) in NUMBERS:
            row = SUBTRACT, other - self.value, other, None, None, self.index, -1.0
            return write(self.tape, row, Scalar())
        return Variable.__rsub__(self, other)

    def __mul__(self, other):
        a = self.value
        if type(other) is Scalar:
            if other.tape is self.tape:
                b = other.value
                return write(self.tape, (MULTIPLY, a * b, None, self.index, b, other.index, a), Scalar())
        elif type(other) in NUMBERS:
            return write(self.tape, (MULTIPLY, a * other, other, self.index, other, None, None), Scalar())
        return Variable.__mul__(self, other)

    def __rmul__(self, other):
        if type(other) in NUMBERS:
            row = MULTIPLY, other * self.value, other, None, None, self.index, other
            return write(self.tape, row, Scalar())
        return Variable.__rmul__(self, other)

    def __truediv__(self, other):
        a = self.value
        if type(other) is Scalar:
            b = other.value
            if b and other.tape is self.tape:
                y = a / b
                row = DIVIDE, y, None, self.index, 1.0 / b, other.index, -y / b
                return write(self.tape, row, Scalar())
        elif type(other) in NUMBERS and other:
            row = DIVIDE, a / other, other, self.index, 1.0 / other, None, None
            return write(self.tape, row, Scalar())
        return Variable.__truediv__(self, other)

    def __rtruediv__(self, other):
        a = self.value
        if a and type(other) in NUMBERS:
            y = other / a
            return write(self.tape, (DIVIDE, y, other, None, None, self.index, -y / a), Scalar())
        return Variable.__rtruediv__(self, other)

    def __pow__(self, other):
        a = self.value
        if type(other) in NUMBERS:
            if other == 2:
                return write(self.tape, (POWER, a * a, other, self.index, a + a, None, None), Scalar())
            if a > 0.0 and -64 < other < 64 and 1e-4 < a < 1e4:  # no overflow, no complex root
                slope = other * a ** (other - 1)
                return write(self.tape, (POWER, a**other, other, self.index, slope, None, None), Scalar())
        return Variable.__pow__(self, other)

    def __neg__(self):
        return write(self.tape, (NEGATIVE, -self.value, None, self.index, -1.0, None, None), Scalar())

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if len(inputs) == 1 and method == "__call__" and not kwargs and ufunc in TABLE:
            row = unary_row(TABLE[ufunc], self.value, self.index)
            if row is not None:
                return write(self.tape, row, Scalar())
        return Variable.__array_ufunc__(self, ufunc, method, *inputs, **kwargs)


tapes.Scalar = Scalar
