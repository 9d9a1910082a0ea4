"""Functions of the lectures and small programs, to be differentiated."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np


def notes(x1, x2):
    """Return ln x1 + x1 x2 - sin x2 (lecture 001, section 2).

    >>> round(float(notes(2.0, 5.0)), 3)
    11.652
    """
    return np.log(x1) + x1 * x2 - np.sin(x2)


def lecture(w1, w2):
    """Return w2 ln w1 + sqrt(w2 ln w1) (lecture 000, Figures 19 to 32).

    >>> float(lecture(np.e, 4.0))
    6.0
    """
    return w2 * np.log(w1) + np.sqrt(w2 * np.log(w1))


def valley(*x):
    """Return Rosenbrock's function of several numbers, in a loop.

    >>> valley(1.0, 1.0, 1.0)
    0.0
    """
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def log_sum_exp(z):
    """Return ln(sum exp z) of an array.

    >>> float(log_sum_exp(np.zeros(1)))
    0.0
    """
    return np.log(np.sum(np.exp(z)))


def bells(x):
    """Return sum exp(-x^2) + (sum x)^2 of an array: its Hessian is full.

    >>> float(bells(np.zeros(3)))
    3.0
    """
    return np.sum(np.exp(-(x**2))) + np.sum(x) ** 2


def small_step(x):
    """Return x + sin(x) / 20: one small step of a long simulation, three rows of the list.

    >>> round(float(small_step(0.5)), 3)
    0.524
    """
    return x + 0.05 * np.sin(x)


def logistic_map(x):
    """Return 4 x (1 - x).

    >>> logistic_map(0.5)
    1.0
    """
    return 4 * x * (1 - x)


def repeated(step: Callable, count: int) -> Callable:
    """Return the function that takes a step so many times.

    >>> repeated(logistic_map, 2)(0.25)
    0.75
    """

    def several(x):
        for _ in range(count):
            x = step(x)
        return x

    return several
