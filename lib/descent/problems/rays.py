"""Named functions phi(alpha) = f(x + alpha d) on a ray, with their slopes.

Each is a `Problem` of one variable: f is phi, grad its slope, and the bracket (0, x, reach)
says how far a picture of it goes.
"""

import numpy as np

from descent.problems.logistic import o_rings
from descent.problems.problem import Problem, by_name
from descent.problems.several_variables import multivariate

MORE_THUENTE = "More and Thuente, ACM TOMS 20 (1994)"


def steepest_ray(problem: Problem, reach: float, name: str, x_star: float | None = None) -> Problem:
    """Return phi(alpha) = f(x0 - alpha grad f(x0)) of a problem of several variables.

    >>> ray = steepest_ray(multivariate["Rosenbrock"], 0.01, "Rosenbrock")
    >>> round(ray.f(0.0), 1), bool(ray.grad(0.0) < 0)
    (24.2, True)
    """
    x0, d = problem.x0, -problem.grad(problem.x0)
    return Problem(
        name,
        lambda alpha: float(problem.f(x0 + alpha * d)),
        grad=lambda alpha: float(problem.grad(x0 + alpha * d) @ d),
        bracket=(0.0, reach / 2 if x_star is None else x_star, reach),
        x_star=x_star,
        reference=problem.reference,
        label=r"$f(x_0 - \alpha \nabla f(x_0))$",
    )


@np.errstate(all="ignore")
def barrier(alpha):
    """Return -2 alpha - ln(1 - alpha), which ends at alpha = 1.

    >>> round(float(barrier(0.5)), 4), float(barrier(2.0))
    (-0.3069, nan)
    """
    return -2 * alpha - np.log(np.subtract(1.0, alpha))


def more_thuente_2(beta: float = 0.004) -> tuple:
    """Return phi and its slope for function 2 of the paper: a deep flat start, then a valley.

    >>> phi, dphi = more_thuente_2()
    >>> round(dphi(1.596), 9)
    0.0
    """
    return (
        lambda a: (a + beta) ** 5 - 2 * (a + beta) ** 4,
        lambda a: 5 * (a + beta) ** 4 - 8 * (a + beta) ** 3,
    )


def more_thuente_3(beta: float = 0.01, waves: int = 39) -> tuple:
    """Return phi and its slope for function 3 of the paper: a tent with waves on it.

    >>> phi, dphi = more_thuente_3()
    >>> round(float(phi(1.0)), 4), abs(round(float(dphi(1.0)), 9))
    (-0.0112, 0.0)
    """
    k = waves * np.pi / 2

    def phi(a):
        near = (a - 1) ** 2 / (2 * beta) + beta / 2
        tent = np.where(np.abs(a - 1) <= beta, near, np.abs(a - 1))
        return tent + (1 - beta) / k * np.sin(k * a)

    def dphi(a):
        return np.clip((a - 1) / beta, -1, 1) + (1 - beta) * np.cos(k * a)

    return phi, dphi


rays = by_name(
    Problem(
        "quadratic",
        lambda a: (a - 1) ** 2,
        grad=lambda a: 2 * (a - 1),
        bracket=(0.0, 1.0, 2.5),
        x_star=1.0,
        f_star=0.0,
        reference="what every smooth function looks like near its minimiser",
        label=r"$(\alpha - 1)^2$",
    ),
    Problem(
        "two valleys",
        lambda a: 0.12 * (a - 2.5) ** 2 - np.sin(2.5 * a),
        grad=lambda a: 0.24 * (a - 2.5) - 2.5 * np.cos(2.5 * a),
        bracket=(0.0, 0.67, 4.2),
        reference="the accepted set is a union of intervals",
        label=r"$0.12(\alpha - 2.5)^2 - \sin 2.5\alpha$",
    ),
    Problem(
        "steep wall",
        lambda a: a**6 - a,
        grad=lambda a: 6 * a**5 - 1,
        bracket=(0.0, 6**-0.2, 1.15),
        x_star=6**-0.2,
        f_star=6**-1.2 - 6**-0.2,
        reference="Goldstein's conditions with rho = 0.25 exclude its minimiser",
        label=r"$-\alpha + \alpha^6$",
    ),
    Problem(
        "decay",
        lambda a: np.exp(-a),
        grad=lambda a: -np.exp(-a),
        bracket=(0.0, 4.0, 8.0),
        reference="no minimiser: each longer step is lower",
        label=r"$e^{-\alpha}$",
    ),
    Problem(
        "barrier",
        barrier,
        grad=lambda a: -2 + 1 / (1 - a) if a < 1 else np.nan,
        bracket=(0.0, 0.5, 1.3),
        x_star=0.5,
        f_star=-1 + np.log(2),
        reference="ends at a wall: beyond alpha = 1 there is no value",
        label=r"$-2\alpha - \ln(1 - \alpha)$",
    ),
    steepest_ray(multivariate["Rosenbrock"], 0.0016, "Rosenbrock"),
    steepest_ray(o_rings(), 1.0, "O-rings"),
    Problem(
        "More-Thuente 1",
        lambda a: -a / (a * a + 2),
        grad=lambda a: (a * a - 2) / (a * a + 2) ** 2,
        bracket=(0.0, 2**0.5, 16.0),
        x_star=2**0.5,
        f_star=-(2**0.5) / 4,
        reference=f"{MORE_THUENTE}, function 1",
        label=r"$-\alpha / (\alpha^2 + 2)$",
    ),
    Problem(
        "More-Thuente 2",
        more_thuente_2()[0],
        grad=more_thuente_2()[1],
        bracket=(0.0, 1.596, 2.0),
        x_star=1.596,
        f_star=1.6**5 - 2 * 1.6**4,
        reference=f"{MORE_THUENTE}, function 2",
        label=r"$(\alpha + 0.004)^5 - 2(\alpha + 0.004)^4$",
    ),
    Problem(
        "More-Thuente 3",
        more_thuente_3()[0],
        grad=more_thuente_3()[1],
        bracket=(0.0, 1.0, 2.0),
        x_star=1.0,
        f_star=float(more_thuente_3()[0](1.0)),
        reference=f"{MORE_THUENTE}, function 3",
        label="a tent with 39 waves",
    ),
)
