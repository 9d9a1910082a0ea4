"""Truncated Newton: Hessian-vector products at work."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent.line_search import more_thuente
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import descend
from descent.methods.products import product_with
from descent.stepwise import Step, converged, stepwise, stopped
from descent.stepwise.checks import check_count
from descent.stepwise.counting import LearnerError


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def truncated_newton(
    f: Callable,
    grad: Callable | None,
    x0,
    *,
    hvp: Callable | None = None,
    cg_steps: int | None = None,
    line_search: Callable = more_thuente,
    gtol: float = 1e-5,
    maxiter: int = 1000,
):
    """Solve Newton's equation H d = -g roughly, by conjugate gradients on products H v.

    The solution is cut off when its residual is below min(1/10, |g|^(1/2)) |g|, which makes
    the method superlinear, or after a direction of negative curvature.  No matrix is formed:
    memory stays O(n).

    Parameters
    ----------
    f, grad : callable
        The function of a 1-D array and its gradient; grad=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    hvp : callable, optional
        hvp(x, v) -> H(x) v; None means `descent.autodiff`.
    cg_steps : int, optional
        Most conjugate-gradient steps for one direction; 2 n if None.
    line_search : callable
        From `descent.line_search`, tried first at alpha = 1.
    gtol : float
        Converged when max|g| <= gtol.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Iterate
        nhev of a step counts the products; its remark says where one was cut off.

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, f or grad is not finite there, or the gradient has
        another shape.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 59; Nocedal and Wright,
    Numerical Optimization (2006), algorithm 7.1.

    Examples
    --------
    >>> A = np.diag([1.0, 10.0, 100.0])
    >>> run = truncated_newton(lambda x: x @ A @ x / 2, lambda x: A @ x, np.ones(3), hvp=lambda x, v: A @ v)
    >>> run.success, bool(np.max(abs(run.x)) < 1e-4)
    (True, True)
    """
    if cg_steps is not None:
        check_count(cg_steps=cg_steps)

    def towards_minimum(here):
        run = newton_by_cg(lambda v: hvp(here.x, v), here.grad, cg_steps=cg_steps)
        if run.error or hvp.refusal:
            raise LearnerError(hvp.refusal or run.message, run.error)
        return run.x, run.message

    return (
        yield from descend(
            f,
            grad,
            x0,
            towards_minimum,
            lambda before, here: replace(here, nhev=hvp.calls),
            line_search=line_search,
            first_trial=lambda here, d: 1.0,
            gtol=gtol,
            maxiter=maxiter,
        )
    )


@dataclass(frozen=True)
class Solving(Step):
    """One conjugate-gradient step on the way to the direction of Newton's method.

    Attributes
    ----------
    x : array, shape (n,)
        The direction so far; 0 at first.
    residual : array, shape (n,)
        H x + g.
    v : array, shape (n,)
        Where this step went.
    curvature : float
        v'H v / v'v there; NaN at first.
    """

    x: np.ndarray
    residual: np.ndarray
    v: np.ndarray
    curvature: float

    @property
    def fun(self) -> float:
        return float(np.linalg.norm(self.residual))


@stepwise(allow_nonfinite=True)
def newton_by_cg(product: Callable, g, *, cg_steps: int | None = None):
    """Solve H d = -g by conjugate gradients on products, until the residual is small enough.

    That is below min(1/10, |g|^(1/2)) |g|.  A direction with v'H v < 0 ends it, too: along it
    the quadratic model has no minimum, so |v'H v| gives the length of this last step.

    Parameters
    ----------
    product : callable
        v -> H v.
    g : array, shape (n,)
        Gradient.
    cg_steps : int, optional
        Most steps; 2 n if None.

    Returns
    -------
    Run of Solving
        x is a direction of descent.

    Raises
    ------
    ValueError, TypeError
        If cg_steps < 1.

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), algorithm 7.1, which leaves out that step.

    Examples
    --------
    >>> run = newton_by_cg(lambda v: np.array([1.0, -1.0]) * v, np.array([0.0, 2.0]))
    >>> run.x.tolist(), run.message
    ([0.0, -2.0], 'negative curvature at CG step 1')
    """
    if cg_steps is not None:
        check_count(cg_steps=cg_steps)
    g = np.asarray(g, dtype=float)
    d, residual, v, size = np.zeros_like(g), g, -g, float(g @ g)
    enough = min(0.01, np.sqrt(size)) * size  # of |residual|^2
    largest = 0.0  # |H v| / |v| so far: what rounding is measured by
    yield Solving(d, residual, v, np.nan)
    for k in range(1, (cg_steps or 2 * g.size) + 1):
        Hv = product_with(product, v)
        curvature = float(v @ Hv) / float(v @ v)
        largest = max(largest, float(np.linalg.norm(Hv) / np.linalg.norm(v)))
        if not abs(curvature) > np.finfo(float).eps * largest:  # no length to go, or not a number
            yield Solving(d if k > 1 else -g, residual, v, curvature)
            return stopped(f"no curvature at CG step {k}: v'H v = {float(v @ Hv):.3g}")
        alpha = size / abs(float(v @ Hv))
        d, residual = d + alpha * v, residual + alpha * Hv
        yield Solving(d, residual, v, curvature)
        if curvature < 0:
            return stopped(f"negative curvature at CG step {k}")
        before, size = size, float(residual @ residual)
        if size <= enough:
            return converged(f"{k} CG step{'s' * (k > 1)}", residual=(size**0.5, enough**0.5))
        v = size / before * v - residual
    return stopped(f"cut off after {k} CG step{'s' * (k > 1)}")
