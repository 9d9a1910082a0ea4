"""Least-squares problems by name: NIST's data sets with their models, and the test functions."""

import numpy as np

from descent.problems.more_garbow_hillstrom import RESIDUALS, ResidualProblem
from descent.problems.nist import FOLDER, load_nist
from descent.problems.problem import Problem, by_name


def two_bells(b, x):
    """Return two Gaussian bells on a decaying exponential."""
    first = b[2] * np.exp(-((x - b[3]) ** 2) / b[4] ** 2)
    second = b[5] * np.exp(-((x - b[6]) ** 2) / b[7] ** 2)
    return b[0] * np.exp(-b[1] * x) + first + second


def three_cycles(b, x):
    """Return the annual cycle and two more, whose periods are parameters."""

    def cycle(period, c, s):
        return c * np.cos(2 * np.pi * x / period) + s * np.sin(2 * np.pi * x / period)

    return b[0] + cycle(12, b[1], b[2]) + cycle(b[3], b[4], b[5]) + cycle(b[6], b[7], b[8])


def cubic_over_cubic(b, x):
    above = b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3
    return above / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


MODELS = {
    "Misra1a": lambda b, x: b[0] * (1 - np.exp(-b[1] * x)),
    "Chwirut2": lambda b, x: np.exp(-b[0] * x) / (b[1] + b[2] * x),
    "Gauss1": two_bells,
    "DanWood": lambda b, x: b[0] * x ** b[1],
    "Kirby2": lambda b, x: (b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2),
    "MGH17": lambda b, x: b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4]),
    "ENSO": three_cycles,
    "MGH09": lambda b, x: b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3]),
    "Thurber": cubic_over_cubic,
}


def half_sum_of_squares(problem: ResidualProblem) -> Problem:
    residual, jac = problem.residual, problem.jac

    def f(x):
        r = residual(x)
        return r @ r / 2

    return Problem(
        problem.name,
        f,
        grad=lambda x: jac(x).T @ residual(x),
        residual=residual,
        jac=jac,
        x0=problem.x0,
        starts=(problem.x0,),
        x_star=problem.x_star,
        f_star=problem.f_star / 2,
        reference=problem.reference,
    )


least_squares = by_name(
    *(load_nist(FOLDER / f"{name}.dat", model) for name, model in MODELS.items()),
    *(half_sum_of_squares(problem) for problem in RESIDUALS),
)
