"""Steps and outcomes: what an algorithm yields, and how it says that it ended."""

import functools
from dataclasses import dataclass, fields

import numpy as np


class Step:
    """Base of all steps: a frozen dataclass whose arrays are read-only copies.

    >>> @dataclass(frozen=True)
    ... class Point(Step):
    ...     x: np.ndarray
    >>> Point(np.zeros(2)).x.flags.writeable
    False
    """

    def __post_init__(self):
        keep_copies(self)


def keep_copies(step) -> None:
    """Replace the arrays of a dataclass by read-only copies, where they are not that already."""
    for name in _names_of_fields(type(step)):
        value = getattr(step, name)
        if isinstance(value, np.ndarray) and (value.flags.writeable or value.base is not None):
            object.__setattr__(step, name, read_only(value))


@functools.lru_cache(maxsize=256)
def _names_of_fields(kind: type) -> tuple:
    return tuple(field.name for field in fields(kind))


def read_only(array: np.ndarray) -> np.ndarray:
    """Return a copy of an array that cannot be written to.

    Parameters
    ----------
    array : array
        Of any shape.

    Returns
    -------
    array
        Of the same shape and type.

    Examples
    --------
    >>> read_only(np.zeros(2))[0] = 1
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    copy = np.array(array)
    copy.flags.writeable = False
    return copy


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes
    ----------
    success : bool
        Whether the stopping measure met its tolerance.
    message : str
        Why the run ended, and what to try if it failed.
    measures : dict
        From the name of a stopping measure to (value, tolerance).
    error : exception or None
        What the learner's function raised.
    """

    success: bool
    message: str
    measures: dict
    error: BaseException | None = None


def converged(message: str, **measures: tuple) -> Outcome:
    """Return the outcome of a run whose stopping measure met its tolerance.

    Parameters
    ----------
    message : str
        Why the run ended.
    **measures : tuple
        Each stopping measure by its name, as (value, tolerance).

    Returns
    -------
    Outcome
        With success=True.

    Examples
    --------
    >>> converged("the bracket is shorter than tol", width=(0.5, 1.0)).success
    True
    """
    return Outcome(True, message, measures)


def stopped(message: str, error: BaseException | None = None, **measures: tuple) -> Outcome:
    """Return the outcome of a run that ended without meeting its tolerance.

    Parameters
    ----------
    message : str
        Why the run ended, and what to try.
    error : exception, optional
        What the learner's function raised.
    **measures : tuple
        Each stopping measure by its name, as (value, tolerance).

    Returns
    -------
    Outcome
        With success=False.

    Examples
    --------
    >>> stopped("no step is left: try a larger maxiter", width=(2.0, 1.0)).success
    False
    """
    return Outcome(False, message, measures, error)
