"""Functions that count their calls, and say clearly what went wrong inside them."""

import copy
import functools
import inspect
import linecache
import traceback
from collections.abc import Callable

import numpy as np

from descent.stepwise.checks import check_callable, is_finite, is_real
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
    "hvp": "nhev",  # products with the Hessian, or with another matrix
    "product": "nhev",
}
RETURNS_NUMBER = {"f", "phi", "dphi"}


class LearnerError(Exception):
    """The learner's function raised an exception, or returned something that is not finite."""

    def __init__(self, message: str, error: BaseException | None = None):
        super().__init__(message)
        self.error = error


class IterationsUsedUpError(LearnerError):
    """The run has used up its `maxiter` iterations and asks for one more value."""


class ReturnError(Exception):
    """The learner's function returned what cannot be used: raised at the call, later the run's end."""


class ReturnTypeError(ReturnError, TypeError):
    """It returned something other than a number, or than an array of numbers."""


class ReturnValueError(ReturnError, ValueError):
    """It returned an array of the wrong shape, or one that is not finite."""


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
        check_callable(f=f)
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

    What it is given and what it returns are copied: it may write into its argument, or use one
    buffer for all its results.  `uncounted(x)` asks with the same care and does not count.
    """

    def __init__(self, f: Callable, name: str, allow_nonfinite: bool = False):
        check_callable(**{name: f})
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
            value = self.function(*[arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args])
        except (LearnerError, ReturnError):
            raise
        except Exception as error:
            raise LearnerError(_describe_error(self, args, error), error) from error
        if self.name in RETURNS_NUMBER:
            value = self._number(value, args)
            finite = is_finite(value)
        else:
            value = self._array(value, args)
            finite = np.all(np.isfinite(value))
        if not (finite or self.allow_nonfinite):
            raise LearnerError(
                f"{self.name}({_brief(args)}) is {short(value)}: try a start or an interval "
                f"on which {self.name} is finite"
            )
        return value

    def _number(self, value, args):
        if isinstance(value, float):
            return value
        array = _as_array(value) if isinstance(value, (np.ndarray, list, tuple)) else None
        if array is not None and array.ndim == 0:
            value = array[()]
        if isinstance(value, np.bool_):
            value = int(value)  # NumPy's truth values have no minus, Python's have
        if isinstance(value, (np.ndarray, list, tuple)):
            raise ReturnTypeError(f"{self.name} must return a number, but {self._returned(value, args)}")
        if not is_real(value) or getattr(value, "ndim", 0) != 0:
            raise ReturnTypeError(f"{self.name} must return a real number, but {self._returned(value, args)}")
        return value

    def _array(self, value, args):
        array = _as_array(value)
        if array is None:
            wanted = "an array of real numbers"
            raise ReturnTypeError(f"{self.name} must return {wanted}, but {self._returned(value, args)}")
        return array

    def _returned(self, value, args) -> str:
        kind = "None: is a return missing?" if value is None else repr(value)
        if isinstance(value, (np.ndarray, list, tuple)) and _as_array(value) is not None:
            kind = f"an array of shape {np.shape(value)}"
        return f"{self.name}({_brief(args)}) returned {kind}"


def _as_array(value) -> np.ndarray | None:
    """Return a copy of an array of real numbers, None of anything else."""
    try:
        array = np.array(value)
        if array.dtype == object and value is not None:
            array = array.astype(float)
    except (TypeError, ValueError):  # rows of different lengths, or what is no number
        return None
    return array if array.dtype.kind in "biuf" else None


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
