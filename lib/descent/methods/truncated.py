"""Hessian-vector products at work: truncated Newton and Hutchinson's trace."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from descent.line_search import more_thuente
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import descend
from descent.stepwise import Counted, Step, converged, stepwise


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
    the method superlinear, or at a direction of negative curvature, v'H v <= 0.  No matrix is
    formed: memory stays O(n).

    Parameters
    ----------
    f, grad : callable
        The function of a 1-D array and its gradient; grad=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    hvp : callable, optional
        hvp(x, v) -> H(x) v; None means `descent.autodiff.hvp`.
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
    ValueError
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
    if cg_steps is not None and cg_steps < 1:
        raise ValueError(f"cg_steps must be at least 1, got {cg_steps}")
    products = Counted(hvp or _by_autodiff(f))
    return (
        yield from descend(
            f,
            grad,
            x0,
            lambda here: solve_newton(lambda v: products(here.x, v), here.grad, cg_steps),
            lambda before, here: replace(here, nhev=products.calls),
            line_search=line_search,
            first_trial=lambda here, d: 1.0,
            gtol=gtol,
            maxiter=maxiter,
        )
    )


def _by_autodiff(f) -> Callable:
    from descent import autodiff

    return lambda x, v: autodiff.hvp(f.function, x, v)


def solve_newton(product: Callable, g, cg_steps: int | None = None) -> tuple:
    """Solve H d = -g by conjugate gradients, and say where that was cut off.

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
    d : array, shape (n,)
        A direction of descent.
    remark : str
        Number of steps, and negative curvature if it was met.

    References
    ----------
    Nocedal and Wright, Numerical Optimization (2006), algorithm 7.1.

    Examples
    --------
    >>> d, remark = solve_newton(lambda v: 2 * v, np.array([2.0, 4.0]))
    >>> d.tolist(), remark
    ([-1.0, -2.0], '1 CG step')
    """
    d, residual = np.zeros_like(g), g
    v, size = -g, float(g @ g)
    enough = min(0.01, np.sqrt(size)) * size  # of |residual|^2
    most = 2 * g.size if cg_steps is None else cg_steps
    for k in range(1, most + 1):
        Hv = np.asarray(product(v), dtype=float)
        curvature = float(v @ Hv)
        if not curvature > np.finfo(float).eps * float(v @ v):
            return (d if k > 1 else -g), f"negative curvature at CG step {k}"
        alpha = size / curvature
        d = d + alpha * v
        residual = residual + alpha * Hv
        before, size = size, float(residual @ residual)
        if size <= enough:
            break
        v = size / before * v - residual
    return d, f"{k} CG step{'s' * (k > 1)}"


@dataclass(frozen=True)
class TraceEstimate(Step):
    """Mean and standard error of the samples v'A v so far; `x` is the mean."""

    samples: int
    sample: float
    x: float
    standard_error: float

    @property
    def fun(self) -> float:
        return self.standard_error


@stepwise
def hutchinson_trace(product: Callable, n: int, *, samples: int = 100, rng=None, distribution: str = "signs"):
    """Estimate the trace of a matrix from products with random vectors: tr A = E v'A v.

    With random signs the variance of one sample is 2 (|A|_F^2 - sum a_ii^2) for a symmetric
    A: 0 if A is diagonal.  With normal numbers it is 2 |A|_F^2.

    Parameters
    ----------
    product : callable
        v -> A v, for v of shape (n,).
    n : int
        Size of the matrix.
    samples : int
        Number of products.
    rng : numpy.random.Generator, optional
        Source of the random vectors.
    distribution : {"signs", "normal"}
        Of the entries of v.

    Returns
    -------
    Run of TraceEstimate
        x is the estimate, fun its standard error.

    Raises
    ------
    ValueError
        If samples < 2, n < 1, or the distribution is none of those named.

    References
    ----------
    Hutchinson, Communications in Statistics 19 (1990).

    Examples
    --------
    >>> run = hutchinson_trace(lambda v: np.array([1.0, 2.0]) * v, 2, samples=5, rng=np.random.default_rng(0))
    >>> run.x, run.fun
    (3.0, 0.0)
    """
    if samples < 2 or n < 1:
        raise ValueError(f"samples must be at least 2 and n at least 1, got {samples} and {n}")
    if distribution not in ("signs", "normal"):
        raise ValueError(f'distribution must be "signs" or "normal", got {distribution!r}')
    rng = np.random.default_rng() if rng is None else rng
    mean = squares = 0.0  # of the samples; sum of squared deviations (Welford)
    for k in range(1, samples + 1):
        v = rng.choice([-1.0, 1.0], n) if distribution == "signs" else rng.standard_normal(n)
        sample = float(v @ product(v))
        before, mean = mean, mean + (sample - mean) / k
        squares += (sample - before) * (sample - mean)
        error = (squares / (k - 1) / k) ** 0.5 if k > 1 else float("inf")
        yield TraceEstimate(k, sample, mean, error)
    return converged("all samples are drawn", samples=(samples, samples))
