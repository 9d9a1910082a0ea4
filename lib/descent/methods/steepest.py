"""Steepest descent under a norm."""

from collections.abc import Callable

import numpy as np

from descent.differentials.norms import NORMS
from descent.line_search import backtracking
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import check_start, descend
from descent.stepwise import stepwise
from descent.stepwise.checks import check_positive_finite


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def steepest_descent(
    f: Callable,
    grad: Callable | None,
    x0,
    *,
    norm="l2",
    line_search: Callable = backtracking,
    alpha0: float = 1.0,
    gtol: float = 1e-5,
    maxiter: int = 10_000,
):
    """Go down the direction that is steepest under a norm.

    The steepest direction minimises g'd + ||d||^2 / 2: -g under the Euclidean norm, one
    coordinate under the l1 norm, the signs of g under the maximum norm, and -P^-1 g under
    ||d|| = (d'P d)^(1/2).

    Parameters
    ----------
    f, grad : callable
        The function of a 1-D array and its gradient; grad=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    norm : {"l2", "l1", "max"} or array, shape (n, n)
        The norm; an array is P, symmetric and positive definite.
    line_search : callable
        From `descent.line_search`.
    alpha0 : float
        First trial of each line search.
    gtol : float
        Converged when max|g| <= gtol.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Iterate

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, f or grad is not finite there, the gradient has
        another shape, or the norm is none of those named.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 10-11; Boyd and
    Vandenberghe, Convex Optimization (2004), section 9.4.

    Examples
    --------
    >>> run = steepest_descent(lambda x: x @ x, lambda x: 2 * x, np.array([1.0, 2.0]))
    >>> run.x.tolist(), run.nit, run.nfev, run.njev
    ([0.0, 0.0], 1, 3, 2)
    """
    check_positive_finite(alpha0=alpha0)
    x = check_start(x0)
    steepest = _direction(norm, x.size)
    return (
        yield from descend(
            f,
            grad,
            x,
            lambda here: (steepest(here.grad), ""),
            line_search=line_search,
            first_trial=lambda here, d: alpha0,
            gtol=gtol,
            maxiter=maxiter,
            trust_slope=False,
        )
    )


def _direction(norm, n: int) -> Callable:
    """Return the function g -> steepest direction under the norm."""
    if isinstance(norm, str):
        if norm not in NORMS:
            raise ValueError(f'norm must be "l2", "l1", "max" or a matrix P, got {norm!r}')
        return NORMS[norm].steepest
    P = np.asarray(norm, dtype=float)
    if P.shape != (n, n) or not np.allclose(P, P.T):  # NaN is close to nothing
        raise ValueError(f"norm must be a symmetric matrix of shape ({n}, {n}), got shape {P.shape}:\n{P}")
    try:
        np.linalg.cholesky(P)
    except np.linalg.LinAlgError:
        raise ValueError(
            f"norm must be a positive definite matrix, got eigenvalues {np.linalg.eigvalsh(P)}"
        ) from None
    return lambda g: -np.linalg.solve(P, g)
