"""Backtracking: start long, cut until a condition holds."""

import sys
from collections.abc import Callable

from descent.conditions import armijo, curvature, goldstein, strong_wolfe, wolfe
from descent.line_search.ray import Trial, slope_at_zero, value_at_zero
from descent.stepwise import converged, stepwise, stopped
from descent.stepwise.checks import check_choice, check_positive_finite, check_share, is_finite

CONDITIONS = ("armijo", "goldstein", "curvature", "wolfe", "strong_wolfe")
NEED_SLOPE = ("curvature", "wolfe", "strong_wolfe")


@stepwise(allow_nonfinite=True)
def backtracking(
    phi: Callable,
    dphi: Callable | None = None,
    alpha0: float = 1.0,
    *,
    phi0: float | None = None,
    dphi0: float | None = None,
    condition: str = "armijo",
    beta: float = 0.5,
    c1: float = 1e-4,
    c2: float = 0.9,
    rho: float = 0.25,
    maxiter: int = 10_000,
):
    """Cut the step, alpha <- beta alpha, until the condition holds.

    Armijo's condition is met in the end wherever phi is differentiable with phi'(0) < 0.
    The others need not be: the cuts can jump over their accepted set, or start below it.
    A trial at which phi is NaN or infinite is cut like any other.

    Parameters
    ----------
    phi, dphi : callable
        The function on the ray and its slope.  dphi may be None if dphi0 is given and the
        condition needs no slope.
    alpha0 : float
        First trial, positive.
    phi0, dphi0 : float, optional
        phi(0) and phi'(0) where they are known.
    condition : {"armijo", "goldstein", "curvature", "wolfe", "strong_wolfe"}
        When to stop; with the constants c1, c2, rho of `descent.conditions`.
    beta : float
        The cut, in (0, 1).
    maxiter : int
        Most trials.

    Returns
    -------
    Run of Trial
        Step 0 is alpha = 0; nfev counts the trials.

    Raises
    ------
    ValueError, TypeError
        If alpha0 <= 0, phi'(0) >= 0, phi(0) is not finite, or a constant is not in (0, 1).

    References
    ----------
    Merkulov, Line search (lecture notes), backtracking; Nocedal and Wright, Numerical
    Optimization (2006), algorithm 3.1.

    Examples
    --------
    >>> run = backtracking(lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1), alpha0=3.0)
    >>> run.alpha, run.nfev, run.success
    (1.5, 2, True)
    """
    check_choice("condition", condition, CONDITIONS)
    check_share(beta=beta, c1=c1, c2=c2, rho=rho)
    check_positive_finite(alpha0=alpha0)
    if condition in NEED_SLOPE and dphi is None:
        raise ValueError(f"condition {condition!r} needs the slope: give dphi")
    phi0, dphi0 = value_at_zero(phi, phi0), slope_at_zero(dphi, dphi0)
    # Below this step the decrease that the slope promises is lost in the rounding of phi.
    least = 16 * sys.float_info.epsilon * abs(phi0 / dphi0) / (rho if condition == "goldstein" else 1)

    best, trials, alpha = (0.0, phi0), [], alpha0
    yield Trial(*best, (0.0, alpha), 0.0, phi0, dphi0, "start")
    while True:
        value = phi(alpha)
        slope = dphi(alpha) if condition in NEED_SLOPE and is_finite(value) else None
        case = _verdict(condition, alpha, value, slope, phi0, dphi0, c1, c2, rho)
        if case == "accepted":
            yield Trial(alpha, value, (0.0, alpha), alpha, value, slope, case)
            return converged(f"the {condition} condition holds")
        if is_finite(value) and value < best[1]:
            best = (alpha, value)
        trials.append(case)
        yield Trial(*best, (0.0, beta * alpha), alpha, value, slope, case)
        alpha = beta * alpha
        if alpha <= least or alpha == 0:
            return stopped(_advice(condition, trials))


def _verdict(condition, alpha, value, slope, phi0, dphi0, c1, c2, rho) -> str:
    """Say whether the trial is accepted, or why it is not."""
    if not is_finite(value):
        return "not finite"
    if condition == "goldstein":
        if goldstein(alpha, value, phi0, dphi0, rho):
            return "accepted"
        return "too little decrease" if value > phi0 + rho * alpha * dphi0 else "too short"
    if condition == "curvature":
        return "accepted" if curvature(slope, dphi0, c2) else "too short"
    if not armijo(alpha, value, phi0, dphi0, c1):
        return "too little decrease"
    if condition == "wolfe":
        return "accepted" if wolfe(alpha, value, slope, phi0, dphi0, c1, c2) else "too short"
    if condition == "strong_wolfe" and not strong_wolfe(alpha, value, slope, phi0, dphi0, c1, c2):
        return "too short" if slope < 0 else "too steep"
    return "accepted"


def _advice(condition, cases) -> str:
    """Say why no trial was accepted, and what to try."""
    if set(cases) == {"not finite"}:
        return "phi was not finite at any trial: try a shorter direction or another start"
    if "too short" not in cases:
        return (
            "phi does not decrease along this direction as its slope says, down to steps that rounding "
            "hides: check the gradient, or take it that this is the attainable accuracy"
        )
    first = cases.index("too short")
    if first == 0:
        return (
            f"the first trial is already below the steps that the {condition} condition accepts, and cutting "
            "only shortens it: start from a larger alpha0"
        )
    return (
        f"the cuts jumped over the steps that the {condition} condition accepts: try beta nearer to 1, "
        "or a search that also lengthens its steps (more_thuente)"
    )
