"""Test functions of several variables, each a sum of squares f(x) = sum r_i(x)^2."""

import numpy as np

from descent.problems.derivatives import complex_step_jacobian
from descent.problems.more_garbow_hillstrom import RESIDUALS, ResidualProblem
from descent.problems.problem import Problem, by_name
from descent.stepwise.checks import check_count, check_number


def quadratic(condition: float = 10.0, n: int = 2, *, angle: float = 0.0) -> Problem:
    """Return f(x) = sum lambda_i x_i^2 with a chosen condition number.

    The eigenvalues lambda_i go from 1 to `condition` in equal ratios; in two variables f is
    x^2 + condition y^2, and its start (condition, 1) is the worst for steepest descent with
    exact search: f shrinks by ((condition - 1) / (condition + 1))^2 a step.

    Parameters
    ----------
    condition : float
        At least 1.
    n : int
        Number of variables, at least 2.
    angle : float
        Radians by which the first and the last axis are turned in their plane.

    Returns
    -------
    Problem

    Raises
    ------
    ValueError, TypeError
        If condition < 1 or n < 2.

    References
    ----------
    Luenberger and Ye, Linear and Nonlinear Programming (2008), section 8.2.

    Examples
    --------
    >>> problem = quadratic(100)
    >>> float(problem.f(problem.x0)), problem.hess(problem.x0).tolist()
    (10100.0, [[2.0, 0.0], [0.0, 200.0]])
    """
    check_number("condition", condition)
    if not condition >= 1:
        raise ValueError(f"condition must be at least 1, got condition = {condition}")
    check_count(2, n=n)
    eigenvalues = np.geomspace(1.0, condition, n)
    turn = np.eye(n)
    turn[0, 0] = turn[-1, -1] = np.cos(angle)
    turn[-1, 0], turn[0, -1] = np.sin(angle), -np.sin(angle)
    A = turn @ np.diag(eigenvalues) @ turn.T if angle else np.diag(eigenvalues)
    start = turn @ (condition / eigenvalues)
    return Problem(
        f"Quadratic {condition:g}",
        lambda x: x @ (A @ x),
        grad=lambda x: 2 * (A @ x),
        hess=lambda x: 2 * A,
        x0=start,
        x_star=np.zeros(n),
        f_star=0.0,
        reference="a bowl whose axes are as sqrt(condition) to 1",
        label=rf"$x^2 + {condition:g}\,y^2$" if n == 2 and not angle else "",
    )


def sum_of_squares(problem: ResidualProblem) -> Problem:
    """Return f = sum r_i^2, its gradient 2 J'r and its Hessian.

    The Hessian is the derivative of the gradient by a complex step, which is exact to rounding.
    """
    residual, jac = problem.residual, problem.jac

    def f(x):
        r = residual(x)
        return r @ r

    def grad(x):
        return 2 * (jac(x).T @ residual(x))

    def hess(x):
        H = complex_step_jacobian(grad, x)
        return (H + H.T) / 2

    return Problem(
        problem.name,
        f,
        grad=grad,
        hess=hess,
        x0=problem.x0,
        x_star=problem.x_star,
        f_star=problem.f_star,
        reference=problem.reference,
        label=problem.label,
    )


multivariate = by_name(quadratic(), *(sum_of_squares(problem) for problem in RESIDUALS))
