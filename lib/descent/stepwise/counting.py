"""Functions that count their calls, and say clearly what went wrong inside them."""

import copy
import functools
import inspect
import linecache
import math
import numbers
import traceback
from collections.abc import Callable

import numpy as np

from descent.stepwise.table import short

# The argument's name says what a call of it counts as, and whether it returns a number.
COUNTED_AS = {
    "f": "nfev",
    "phi": "nfev",
    "residual": "nfev",
    "grad": "njev",
    "dphi": "njev",
    "jac": "njev",
    "hess": "nhev",
}
RETURNS_NUMBER = {"f", "phi", "dphi"}


class LearnerError(Exception):
    """The learner's function raised an exception, or returned something that is not finite."""

    def __init__(self, message: str, error: BaseException | None = None):
        super().__init__(message)
        self.error = error


class IterationsUsedUpError(LearnerError):
    """The run has used up its `maxiter` iterations and asks for one more value."""


class ReturnTypeError(TypeError):
    """The learner's function returned something other than a number."""


class Counted:
    """A function that counts its calls.

    Parameters
    ----------
    f : callable
        The function.

    Attributes
    ----------
    calls : int
        How often it was called.

    Examples
    --------
    >>> square = Counted(lambda x: x * x)
    >>> square(3), square(4), square.calls
    (9, 16, 2)
    """

    def __init__(self, f: Callable):
        if not callable(f):
            raise TypeError(f"f must be callable, got {f!r}")
        self.function = f
        self.calls = 0
        functools.update_wrapper(self, f, updated=())

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.function(*args, **kwargs)

    def __repr__(self):
        return f"Counted({self.function!r}, calls={self.calls})"


class Oracle(Counted):
    """A counted function of a run: its exceptions and its NaNs end the run that asks it.

    `uncounted(x)` asks with the same care and does not count.
    """

    def __init__(self, f: Callable, name: str, allow_nonfinite: bool = False):
        if not callable(f):
            raise TypeError(f"{name} must be callable, got {f!r}")
        super().__init__(f)
        self.name = name
        self.allow_nonfinite = allow_nonfinite
        self.refusal = None  # why no more values are to be had
        self.compares = name in RETURNS_NUMBER  # until the run's first step, which names the best point
        self.lowest = None  # (point, value) of the lowest value so far

    def __call__(self, *args):
        if self.refusal:
            raise IterationsUsedUpError(self.refusal)
        self.calls += 1
        value = self.uncounted(*args)
        if self.compares and is_finite(value) and (self.lowest is None or value < self.lowest[1]):
            self.lowest = copy.copy(args[0]), value
        return value

    def uncounted(self, *args):
        try:
            value = self.function(*args)
        except LearnerError:
            raise
        except Exception as error:
            raise LearnerError(_describe_error(self, args, error), error) from error
        if self.name in RETURNS_NUMBER:
            value = self._number(value, args)
            finite = is_finite(value)
        else:
            value = np.asarray(value)
            finite = value.dtype == object or np.all(np.isfinite(value))
        if not (finite or self.allow_nonfinite):
            raise LearnerError(
                f"{self.name}({_brief(args)}) is {short(value)}: try a start or an interval "
                f"on which {self.name} is finite"
            )
        return value

    def _number(self, value, args):
        if np.ndim(value) != 0:
            shape = np.shape(value)
            raise ReturnTypeError(
                f"{self.name} must return a number, but {self.name}({_brief(args)}) returned "
                f"an array of shape {shape}"
            )
        if isinstance(value, np.ndarray):
            value = value[()]
        if isinstance(value, np.bool_):
            value = int(value)  # NumPy's truth values have no minus, Python's have
        if not is_real(value):
            raise ReturnTypeError(
                f"{self.name} must return a real number, but {self.name}({_brief(args)}) returned {value!r}"
            )
        return value


def is_real(value) -> bool:
    """Return whether a value is a real number of some arithmetic, mpmath's and decimal's included."""
    unordered = isinstance(value, numbers.Complex) and not isinstance(value, numbers.Real)
    return not unordered and not isinstance(value, (str, bytes)) and hasattr(value, "__sub__")


def is_finite(value) -> bool:
    """Return whether a number of any arithmetic is neither NaN nor infinite."""
    if isinstance(value, float):
        return math.isfinite(value)
    with np.errstate(invalid="ignore"):  # infinity minus itself is NaN, in every arithmetic
        return bool(value - value == 0)


def _brief(args) -> str:
    return ", ".join(short(arg) for arg in args)


def _describe_error(oracle: Oracle, args, error: BaseException) -> str:
    """Say what the learner's function raised and on which of its lines."""
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(inspect.unwrap(oracle.function), "__code__", None)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    where = ""
    if own:
        line = own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno).strip()
        where = f" in line {own[-1].lineno} of {own[-1].name}" + (f": {line}" if line else "")
    return f"{oracle.name}({_brief(args)}) raised {type(error).__name__}: {error}{where}"
