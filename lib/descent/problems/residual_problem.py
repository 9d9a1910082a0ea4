"""What a problem in residuals is: f = sum r_i(x)^2.

Residuals and Jacobians also take complex arguments, so that a complex step can differentiate them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PAPER = "More, Garbow and Hillstrom, Testing unconstrained optimization software, ACM TOMS 7 (1981)"


@dataclass(frozen=True)
class ResidualProblem:
    """Residuals r(x), shape (m,), and their Jacobian, shape (m, n); f = sum r_i^2."""

    name: str
    residual: Callable
    jac: Callable
    x0: np.ndarray
    x_star: np.ndarray | None
    f_star: float | None
    reference: str
    label: str = ""


def problem(number, name, residual, jac, x0, x_star=None, f_star=0.0, label=""):
    x_star = None if x_star is None else np.array(x_star, dtype=float)
    source = f"{PAPER}, problem {number}" if number else "Rosenbrock's valley, chained through n variables"
    return ResidualProblem(name, residual, jac, np.array(x0, dtype=float), x_star, f_star, source, label)


def rows(*rows):
    """Return the matrix with these rows."""
    return np.stack([np.stack([0 * sum(row) + entry for entry in row]) for row in rows])
