"""Nonlinear conjugate gradients."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from descent.line_search import more_thuente
from descent.methods.defaults import derivatives_by_autodiff
from descent.methods.iterates import Iterate, descend
from descent.stepwise import stepwise
from descent.stepwise.checks import check_choice, check_positive

LONGEST_TRIAL = 1e9

# From the new gradient g, the old one g0, their difference y and the old direction v.
BETAS = {
    "HS": lambda g, g0, y, v: max(0.0, (g @ y) / (v @ y)) if v @ y > 0 else 0.0,
    "PR+": lambda g, g0, y, v: max(0.0, (g @ y) / (g0 @ g0)),
    "FR": lambda g, g0, y, v: (g @ g) / (g0 @ g0),
}


@derivatives_by_autodiff
@stepwise(allow_nonfinite=True)
def conjugate_gradient(
    f: Callable,
    grad: Callable | None,
    x0,
    *,
    beta: str = "HS",
    restart: float | None = 0.2,
    line_search: Callable = partial(more_thuente, c1=1e-4, c2=0.25),
    gtol: float = 1e-5,
    maxiter: int = 10_000,
):
    """Minimise f along directions v <- beta v - g that are conjugate on a quadratic.

    With y the change of the gradient g (before: g0),

    Hestenes-Stiefel  beta = g'y / v'y,    Polak-Ribiere  beta = g'y / g0'g0,
    Fletcher-Reeves   beta = g'g / g0'g0,

    which are equal on a quadratic with exact search; it then ends in n steps.  On other
    functions the first two are cut at 0, where they start again from -g.

    Parameters
    ----------
    f, grad : callable
        The function of a 1-D array and its gradient; grad=None means `descent.autodiff`.
    x0 : array, shape (n,)
        Start.
    beta : {"HS", "PR+", "FR"}
        The formula.
    restart : float or None
        FR starts again from -g where successive gradients are far from orthogonal,
        |g'g0| > restart g'g (Powell); None leaves it to creep.
    line_search : callable
        From `descent.line_search`; conjugacy needs an accurate one (c2 well below 0.9).
    gtol : float
        Converged when max|g| <= gtol.
    maxiter : int
        Most steps.

    Returns
    -------
    Run of Iterate
        Each step holds the beta of the next direction.

    Raises
    ------
    ValueError, TypeError
        If x0 is not a finite 1-D array, f or grad is not finite there, the gradient has
        another shape, or beta is none of those named.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 17-18, whose gradients
    are one index late; Nocedal and Wright, Numerical Optimization (2006), section 5.2.

    Examples
    --------
    >>> A = np.diag([1.0, 100.0])
    >>> run = conjugate_gradient(lambda x: x @ A @ x / 2, lambda x: A @ x, np.array([1.0, 1.0]))
    >>> run.success, bool(np.max(abs(run.x)) < 1e-5)
    (True, True)
    """
    check_choice("beta", beta, BETAS)
    if restart is not None:
        check_positive(restart=restart)
    return (
        yield from descend(
            f,
            grad,
            x0,
            lambda here: ((here.beta or 0.0) * here.direction - here.grad, ""),
            partial(_learn_beta, beta, restart),
            line_search=line_search,
            first_trial=_first_trial,
            gtol=gtol,
            maxiter=maxiter,
        )
    )


def _learn_beta(name, restart, before: Iterate, here: Iterate) -> Iterate:
    g, g0 = here.grad, before.grad
    if name == "FR" and restart is not None and abs(g @ g0) > restart * (g @ g):
        return replace(here, beta=0.0, remark="restart: the gradients are far from orthogonal")
    return replace(here, beta=float(BETAS[name](g, g0, g - g0, here.direction)))


def _first_trial(here: Iterate, d) -> float:
    """Expect the change of f, to first order, that the last step promised; at most 4 alpha."""
    if here.beta is None:
        return min(1.0, 1 / float(np.linalg.norm(here.grad)))
    alpha, slope = _lengthened(here), float(here.grad @ d)
    if not slope < 0:
        return alpha  # not taken: d does not descend
    same_change = alpha * here.slope / slope
    return min(same_change, 4 * alpha, LONGEST_TRIAL)


def _lengthened(here: Iterate) -> float:
    """Return the last alpha, or more where its slope had hardly changed: it was too short."""
    slope = float(here.grad @ here.direction)
    if slope >= here.slope / 2:
        return here.alpha
    return here.alpha * min(10.0, here.slope / min(here.slope - slope, here.slope / 10))
