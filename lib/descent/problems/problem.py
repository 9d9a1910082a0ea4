"""What a test problem is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Problem:
    """A named test problem with its known answer.

    Parameters
    ----------
    name : str
        The key under which the collection lists it.
    f : callable
        The function, of a number or of a 1-D array.
    grad, hess : callable, optional
        Its gradient, shape (n,), and Hessian, shape (n, n).
    residual, jac : callable, optional
        Of a least-squares problem, f = sum(residual**2) / 2: shapes (m,) and (m, n).
    x0 : float or array, optional
        The customary start.
    bracket : tuple of three floats, optional
        a < b < c with f(b) < f(a) and f(b) < f(c).
    x_star, f_star : optional
        Minimiser and minimum, None where they are not known.
    reference : str
        Where the problem comes from.
    label : str
        The formula as Matplotlib's mathtext.
    starts : tuple of arrays
        All customary starts, x0 first, where there are several.
    """

    name: str
    f: Callable
    grad: Callable | None = None
    hess: Callable | None = None
    residual: Callable | None = None
    jac: Callable | None = None
    x0: float | np.ndarray | None = None
    bracket: tuple | None = None
    x_star: float | np.ndarray | None = None
    f_star: float | None = None
    reference: str = ""
    label: str = ""
    starts: tuple = ()


def by_name(*problems: Problem) -> dict:
    """Return the problems as a dict by name."""
    return {problem.name: problem for problem in problems}
