"""Gauss-Newton and Levenberg-Marquardt: minimise f(x) = |r(x)|^2 / 2."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from descent.line_search import backtracking
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import check_start, contradiction, follow, no_gradient
from descent.methods.residuals import Gradient, Residuals
from descent.stepwise import converged, stepwise, stopped
from descent.stepwise.checks import check_callable, check_positive

EPSILON = np.finfo(float).eps
TINY = 1e-150
NO_STEP_LEFT = "no step is left that changes x, and none was as small as xtol and ftol ask: raise them"
LOST_IN_ROUNDING = "the decrease is relatively small"
OFTEN_REJECTED = 2.0**5  # five trials in a row
LEAST_RATIO = 1e-3  # of the actual decrease to the foreseen one, for a step to be accepted


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def gauss_newton(
    residual: Callable,
    jac: Callable | None,
    x0,
    *,
    line_search: Callable = backtracking,
    xtol: float = 1e-10,
    ftol: float = 1e-14,
    maxiter: int = 1000,
):
    """Solve the linear least-squares problem J p = -r, and search along p.

    J'J stands for the Hessian of |r|^2 / 2, from which the residuals' own curvature is
    missing: equal to it where r = 0 or the model is linear.  Where J has deficient rank, p
    is the shortest solution.

    Parameters
    ----------
    residual, jac : callable
        r(x), shape (m,), and J(x), shape (m, n); jac=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    line_search : callable
        From `descent.line_search`, tried first at alpha = 1.
    xtol : float
        Converged when no parameter would change by more than this share.
    ftol : float
        Or when a step lowers |r|^2 by no more than this share and no parameter by more than
        its square root, which is what such a decrease corresponds to.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Iterate
        fun is |r|^2 / 2; nfev counts residuals, njev Jacobians.

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, or the residual or the Jacobian is not finite there
        or has a wrong shape.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 14, where G = H holds at
    the minimum only if the residuals vanish there; Nocedal and Wright (2006), section 10.3.

    Examples
    --------
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> y = 3 * np.exp(-t)
    >>> run = gauss_newton(
    ...     lambda b: b[0] * np.exp(-b[1] * t) - y,
    ...     lambda b: np.stack([np.exp(-b[1] * t), -b[0] * t * np.exp(-b[1] * t)], axis=1),
    ...     np.array([1.0, 0.5]),
    ... )
    >>> np.round(run.x, 8).tolist()
    [3.0, 1.0]
    """
    check_callable(line_search=line_search)
    x = check_start(x0, xtol=xtol, ftol=ftol)
    model = Residuals(residual, jac, x)
    gradient, here = Gradient(model), model.iterate(x)
    scale, start = parameter_scale(x, *model.at(x)), here.fun
    yield here
    while here.fun > EPSILON**2 * start:
        r, J = model.at(here.x)
        p, _, rank, _ = np.linalg.lstsq(J, -r, rcond=None)
        step = float(np.max(np.abs(p) / scale))
        if step <= xtol:
            return converged("the step is relatively small" + _on_rank(rank, x), step=(step, xtol))
        there, problem = follow(model, gradient, here, p, line_search, 1.0, True)
        if there is None and step <= ftol**0.5 and not problem.error:
            return converged(LOST_IN_ROUNDING + _on_rank(rank, x), step=(step, ftol**0.5))
        if there is None:
            return problem
        decrease = here.fun - there.fun
        here, scale = there, np.maximum(np.abs(there.x), scale / 2)
        yield here
        if step <= ftol**0.5 and decrease <= ftol * here.fun:
            return converged(LOST_IN_ROUNDING + _on_rank(rank, x), decrease=(decrease, ftol * here.fun))
    return converged("the residuals are down to rounding", fun=(here.fun, EPSILON**2 * start))


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def levenberg_marquardt(
    residual: Callable,
    jac: Callable | None,
    x0,
    *,
    damping: float = 1e-3,
    xtol: float = 1e-10,
    ftol: float = 1e-14,
    maxiter: int = 5000,
):
    """Damp the Gauss-Newton step: minimise |J p + r|^2 + lambda |r|^2 sum (p_j / b_j)^2.

    b_j measures parameter j: its size, or half of its last measure if that is larger.
    lambda is therefore a pure number: how much a relative change of the parameters costs.
    It falls by up to a factor 3 after a step that the linear model foresaw well, and rises
    by 2, 4, 8, ... after steps that are rejected (Nielsen).

    Parameters
    ----------
    residual, jac : callable
        r(x), shape (m,), and J(x), shape (m, n); jac=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    damping : float
        The first lambda, positive.
    xtol : float
        Converged when no parameter would change by more than this share.
    ftol : float
        Or when a step lowers |r|^2, in the model and in fact, by no more than this share and
        no parameter by more than its square root.
    maxiter : int
        Most trial steps.

    Returns
    -------
    Run of Iterate
        One step a trial; where it was rejected, x stays and alpha is 0.  `direction` is the
        trial step, `damping` its lambda; fun is |r|^2 / 2.

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, or the residual or the Jacobian is not finite there
        or has a wrong shape.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 15; Nielsen, Damping
    parameter in Marquardt's method, IMM-REP-1999-05; More, The Levenberg-Marquardt
    algorithm: implementation and theory (1978).

    Examples
    --------
    >>> t = np.array([0.0, 1.0, 2.0])
    >>> run = levenberg_marquardt(
    ...     lambda b: b[0] * np.exp(-b[1] * t) - 3 * np.exp(-t),
    ...     lambda b: np.stack([np.exp(-b[1] * t), -b[0] * t * np.exp(-b[1] * t)], axis=1),
    ...     np.array([10.0, 5.0]),
    ... )
    >>> np.round(run.x, 8).tolist()
    [3.0, 1.0]
    """
    check_positive(damping=damping)
    x = check_start(x0, xtol=xtol, ftol=ftol)
    model = Residuals(residual, jac, x)
    here = replace(model.iterate(x), damping=damping)
    raise_by, scale, start = 2.0, parameter_scale(x, *model.at(x)), here.fun
    yield here
    while np.any(here.grad) and here.fun > EPSILON**2 * start:
        r, J = model.at(here.x)
        p, foreseen = damped_step(J, r, scale, damping)
        trial = here.x + p
        decrease = here.fun - model(trial)
        ratio = decrease / foreseen if foreseen > 0 and np.isfinite(decrease) else -1.0
        step = float(np.max(np.abs(p) / scale))
        if ratio > LEAST_RATIO:
            there = model.iterate(trial, alpha=1.0, direction=p, damping=damping)
            if not np.all(np.isfinite(there.grad)):
                return no_gradient(trial)
            here = there
            scale = np.maximum(np.abs(trial), scale / 2)
            damping, raise_by = damping * max(1 / 3, 1 - (2 * ratio - 1) ** 3), 2.0
        else:
            here = model.rejected(here, direction=p, damping=damping)
            damping, raise_by = damping * raise_by, 2 * raise_by
        yield here
        rank = np.linalg.matrix_rank(J * scale) if step <= ftol**0.5 else x.size
        if step <= xtol and not np.isfinite(decrease):
            return stopped("the residuals are not finite at any step from x: try another start")
        if step <= xtol:
            wrong = contradiction(model, here, p) if raise_by > OFTEN_REJECTED else None
            return wrong or converged("the step is relatively small" + _on_rank(rank, x), step=(step, xtol))
        if np.array_equal(trial, here.x) and here.alpha == 0:
            return stopped(NO_STEP_LEFT, step=(step, xtol))
        largest = max(abs(decrease), foreseen)
        if step <= ftol**0.5 and ratio <= 2 and largest <= ftol * here.fun:
            return converged(LOST_IN_ROUNDING + _on_rank(rank, x), decrease=(largest, ftol * here.fun))
    if here.max_grad > 0:
        return converged("the residuals are down to rounding", fun=(here.fun, EPSILON**2 * start))
    return converged("the gradient J'r is 0", max_gradient=(0.0, 0.0))


def _on_rank(rank: int, x) -> str:
    if rank == x.size:
        return ""
    return f"; the Jacobian has rank {rank} for {x.size} parameters, so the data do not determine all of them"


def parameter_scale(x, r, J) -> np.ndarray:
    """Return a measure of each parameter: its size, or where it is 0, what would explain r."""
    explains = np.linalg.norm(r) / np.maximum(np.linalg.norm(J, axis=0), TINY)
    scale = np.where(x != 0, np.abs(x), explains)
    return np.where((scale > TINY) & (scale < 1 / TINY), scale, 1.0)


def damped_step(J, r, scale, damping) -> tuple:
    """Return the Levenberg-Marquardt step and the decrease that the linear model foresees.

    Minimises |J p + r|^2 + damping |r|^2 |p / scale|^2 as one least-squares problem: its
    normal equations would square the condition number.

    Parameters
    ----------
    J : array, shape (m, n)
        Jacobian.
    r : array, shape (m,)
        Residuals.
    scale : array, shape (n,)
        What counts as one unit of each parameter.
    damping : float
        lambda; 0 gives the Gauss-Newton step, large values a short scaled gradient step.

    Returns
    -------
    p : array, shape (n,)
    foreseen : float
        |r|^2 / 2 - |J p + r|^2 / 2.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 15.

    Examples
    --------
    >>> p, foreseen = damped_step(np.eye(2), np.array([1.0, 2.0]), np.ones(2), 0.0)
    >>> p.tolist(), round(float(foreseen), 12)
    ([-1.0, -2.0], 2.5)
    """
    weight = np.sqrt(damping) * np.linalg.norm(r)
    stacked = np.concatenate([J * scale, weight * np.eye(scale.size)])
    target = np.concatenate([-r, np.zeros(scale.size)])
    p = scale * np.linalg.lstsq(stacked, target, rcond=None)[0]
    change = J @ p
    return p, float(-(r @ change) - change @ change / 2)
