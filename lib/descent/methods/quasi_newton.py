"""BFGS: an estimate of the inverse Hessian, learnt from gradients."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from descent.line_search import more_thuente
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import Iterate, descend
from descent.stepwise import stepwise


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def bfgs(
    f: Callable,
    grad: Callable | None,
    x0,
    *,
    line_search: Callable = partial(more_thuente, c1=1e-4, c2=0.9),
    gtol: float = 1e-5,
    maxiter: int = 10_000,
):
    """Minimise f by quasi-Newton steps, d = -H g, where H learns the inverse Hessian.

    After a step s that changed the gradient by y, the new H satisfies the secant equation
    H y = s and differs from the old one as little as it can.  The first H is the multiple
    s'y / y'y of the identity, which has the scale of the inverse Hessian along s.

    Parameters
    ----------
    f, grad : callable
        The function of a 1-D array and its gradient; grad=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    line_search : callable
        From `descent.line_search`.
    gtol : float
        Converged when max|g| <= gtol.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Iterate
        Each step holds H, shape (n, n).

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, f or grad is not finite there, or the gradient has
        another shape.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 16; Nocedal and Wright,
    Numerical Optimization (2006), section 6.1 and formula (6.20).

    Examples
    --------
    >>> A = np.diag([1.0, 100.0])
    >>> run = bfgs(lambda x: x @ A @ x / 2, lambda x: A @ x, np.array([1.0, 1.0]))
    >>> run.success, bool(np.max(abs(run.x)) < 1e-5)
    (True, True)
    """
    return (
        yield from descend(
            f,
            grad,
            x0,
            lambda here: (-here.grad if here.H is None else -here.H @ here.grad, ""),
            learn_inverse_hessian,
            line_search=line_search,
            first_trial=lambda here, d: (
                1.0 if here.H is not None else min(1.0, 1 / np.linalg.norm(here.grad))
            ),
            gtol=gtol,
            maxiter=maxiter,
        )
    )


def learn_inverse_hessian(before: Iterate, here: Iterate) -> Iterate:
    s, y = here.x - before.x, here.grad - before.grad
    H = before.H
    if not s @ y > np.finfo(float).eps * np.linalg.norm(s) * np.linalg.norm(y):
        return replace(here, H=H, remark="the slope did not rise along the step: H kept")
    if H is None:
        H = (s @ y) / (y @ y) * np.eye(s.size)
    return replace(here, H=inverse_update(H, s, y))


def inverse_update(H, s, y) -> np.ndarray:
    """Return the BFGS update of an inverse Hessian: H y = s afterwards.

    H + s s' / s'y - H y y'H / y'H y + (y'H y) u u',   u = s / s'y - H y / y'H y

    Parameters
    ----------
    H : array, shape (n, n)
        Symmetric and positive definite.
    s, y : array, shape (n,)
        Step and change of the gradient, s'y > 0.

    Returns
    -------
    array, shape (n, n)
        Symmetric and positive definite.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 16.

    Examples
    --------
    >>> inverse_update(np.eye(2), np.array([1.0, 0.0]), np.array([4.0, 0.0])).tolist()
    [[0.25, 0.0], [0.0, 1.0]]
    """
    Hy = H @ y
    sy, yHy = s @ y, y @ Hy
    u = s / sy - Hy / yHy
    return H + np.outer(s, s) / sy - np.outer(Hy, Hy) / yHy + yHy * np.outer(u, u)
