"""Higher-level rules: a whole algorithm as one row, differentiated by what its answer satisfies."""

from collections.abc import Callable

import numpy as np

from descent.autodiff.modes import jvp, vjp
from descent.autodiff.own_rows import primitive
from descent.autodiff.primitives import defjvp, defvjp


def iterate(g: Callable, x, *parameters, tol: float = 1e-12, maxiter: int = 10_000):
    """Return the fixed point x = g(x, *parameters), by x <- g(x, *parameters).

    Parameters
    ----------
    g : callable
        A contraction in x, in plain NumPy.
    x : float or array
        Where to start.
    *parameters
        Further arguments of g.
    tol : float
        Largest change in the last step.
    maxiter : int
        Most steps.

    Raises
    ------
    ValueError
        If it takes more steps than that.

    Examples
    --------
    >>> round(float(iterate(np.cos, 1.0)), 6)
    0.739085
    """
    for _ in range(maxiter):
        following = g(x, *parameters)
        change = np.max(np.abs(following - x))
        if change <= tol:
            return following
        x = following
    raise ValueError(
        f"no fixed point within maxiter = {maxiter} steps: is g a contraction? raise maxiter or tol"
    )


def fixed_point(g: Callable, x, *parameters, tol: float = 1e-12, maxiter: int = 10_000):
    """Return the fixed point x = g(x, p) as one row of the list, with rules that do not unroll it.

    At the fixed point dx = g_x dx + g_p dp.  So the adjoint of p is g_p' u, where u = xbar + g_x' u:
    a second fixed-point iteration, with VJPs of one single evaluation of g.

    Parameters
    ----------
    g, x, *parameters, tol, maxiter
        As for `iterate`; the derivative is with respect to the parameters, x is only a start.

    Raises
    ------
    ValueError
        As `iterate`.

    References
    ----------
    B. Christianson, Reverse accumulation and attractive fixed points, Optimization Methods and
    Software 3 (1994), 311.

    Examples
    --------
    >>> from descent.autodiff import grad
    >>> heron = lambda x, a: (x + a / x) / 2
    >>> grad(lambda a: fixed_point(heron, 1.0, a))(4.0)
    0.25
    """
    if not parameters:
        raise ValueError(
            "parameters must hold at least one argument of g besides x: nothing is differentiated"
        )

    @primitive
    def solution(*p):
        return iterate(g, x, *p, tol=tol, maxiter=maxiter)

    def pull_back(k):
        def maker(y, *p):
            _, pullback = vjp(g, y, *p)

            def rule(ybar):
                u = iterate(lambda u: ybar + pullback(u)[0], ybar, tol=tol, maxiter=maxiter)
                return pullback(u)[1 + k]

            return rule

        return maker

    def push_forward(k):
        def rule(tangent, y, *p):
            still = [np.zeros(np.shape(part)) for part in p]
            still[k] = tangent

            def moved(ydot):
                return jvp(g, (y, *p), (ydot, *still))[1]

            return iterate(moved, np.zeros(np.shape(y)), tol=tol, maxiter=maxiter)

        return rule

    count = len(parameters)
    defvjp(solution, *(pull_back(k) for k in range(count)))
    defjvp(solution, *(push_forward(k) for k in range(count)))
    return solution(*parameters)


def eliminate(A, b) -> list:
    """Solve A x = b by Gaussian elimination on numbers, without pivoting.

    Every operation becomes a row of the list: an example of what a rule for `solve` saves.

    Parameters
    ----------
    A : nested lists or array, shape (n, n)
        Its leading minors must not be 0.
    b : sequence, length n

    Examples
    --------
    >>> eliminate([[2.0, 1.0], [1.0, 3.0]], [3.0, 4.0])
    [1.0, 1.0]
    """
    n = len(b)
    A, b = [[A[i][j] for j in range(n)] for i in range(n)], [b[i] for i in range(n)]
    for k in range(n):
        for i in range(k + 1, n):
            factor = A[i][k] / A[k][k]
            A[i] = A[i][: k + 1] + [A[i][j] - factor * A[k][j] for j in range(k + 1, n)]
            b[i] = b[i] - factor * b[k]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (b[i] - sum(A[i][j] * x[j] for j in range(i + 1, n))) / A[i][i]
    return x
