"""Guards: each refuses a bad argument by its name, its value and what is allowed."""

import math
import numbers
from collections.abc import Collection

import numpy as np


def is_real(value) -> bool:
    """Return whether a value is a real number of some arithmetic, such as mpmath's or fractions'.

    >>> is_real(1.5), is_real(1j), is_real("1")
    (True, False, False)
    """
    if isinstance(value, (float, int)):
        return True
    unordered = isinstance(value, numbers.Complex) and not isinstance(value, numbers.Real)
    return not unordered and hasattr(value, "__float__") and hasattr(value, "__sub__")


def is_finite(value) -> bool:
    """Return whether a number of any arithmetic is neither NaN nor infinite.

    >>> is_finite(1.5), is_finite(float("inf"))
    (True, False)
    """
    if isinstance(value, float):
        return math.isfinite(value)
    with np.errstate(invalid="ignore"):  # infinity minus itself is NaN, in every arithmetic
        return bool(value - value == 0)


def check_real(**values):
    """Raise unless each value is one real number; NaN and infinity are.

    >>> check_real(c1="0.1")
    Traceback (most recent call last):
    TypeError: c1 must be a real number, got '0.1'
    """
    for name, value in values.items():
        if not is_real(value) or getattr(value, "ndim", 0) != 0:
            raise TypeError(f"{name} must be a real number, got {value!r}")


def check_number(name: str, value):
    """Raise unless the value is one finite real number.

    >>> check_number("a", float("nan"))
    Traceback (most recent call last):
    ValueError: a must be finite, got a = nan
    """
    check_real(**{name: value})
    if not is_finite(value):
        raise ValueError(f"{name} must be finite, got {name} = {value}")


def check_positive(**values):
    """Raise unless all numbers are positive.

    >>> check_positive(sigma=0.0)
    Traceback (most recent call last):
    ValueError: sigma must be positive, got sigma = 0.0
    """
    check_real(**values)
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, got {name} = {value}")


def check_positive_finite(**values):
    """Raise unless all numbers are positive and finite.

    >>> check_positive_finite(alpha0=float("inf"))
    Traceback (most recent call last):
    ValueError: alpha0 must be positive and finite, got alpha0 = inf
    """
    check_real(**values)
    for name, value in values.items():
        if not (value > 0 and is_finite(value)):
            raise ValueError(f"{name} must be positive and finite, got {name} = {value}")


def check_not_negative(**values):
    """Raise unless all numbers are at least 0.

    >>> check_not_negative(gtol=-1.0)
    Traceback (most recent call last):
    ValueError: gtol must not be negative, got gtol = -1.0
    """
    check_real(**values)
    for name, value in values.items():
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, got {name} = {value}")


def check_share(**values):
    """Raise unless all numbers lie between 0 and 1.

    >>> check_share(beta=1.0)
    Traceback (most recent call last):
    ValueError: beta must be between 0 and 1, got beta = 1.0
    """
    check_real(**values)
    for name, value in values.items():
        if not 0 < value < 1:
            raise ValueError(f"{name} must be between 0 and 1, got {name} = {value}")


def check_count(least: int = 1, **values):
    """Raise unless all values are integers of at least `least`.

    >>> check_count(population=1.5)
    Traceback (most recent call last):
    ValueError: population must be an integer of at least 1, got population = 1.5
    """
    for name, value in values.items():
        if not (isinstance(value, (int, np.integer)) and value >= least):
            raise ValueError(f"{name} must be an integer of at least {least}, got {name} = {value!r}")


def check_choice(name: str, value, allowed: Collection):
    """Raise unless the value is one of those allowed.

    >>> check_choice("beta", "DY", ("HS", "FR"))
    Traceback (most recent call last):
    ValueError: beta must be one of HS, FR, got 'DY'
    """
    if not (isinstance(value, str) and value in allowed):
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")


def check_callable(**values):
    """Raise unless all values can be called.

    >>> check_callable(line_search="armijo")
    Traceback (most recent call last):
    TypeError: line_search must be callable, got 'armijo'
    """
    for name, value in values.items():
        if not callable(value):
            raise TypeError(f"{name} must be callable, got {value!r}")
