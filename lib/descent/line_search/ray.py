"""A function along a ray, and what a line search records of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.stepwise import Step
from descent.stepwise.checks import check_callable, check_real, is_finite


@dataclass(frozen=True)
class Trial(Step):
    """One step size tried by a line search.

    Attributes
    ----------
    x, fun : float
        The accepted step size and phi there; before that, the best so far (0 at worst).
    interval : (float, float)
        Where the search looks next: its lower and upper end.
    trial, value, slope : float
        The step size tried, phi and phi' there; slope is None where it was not needed.
    case : str
        What the search made of the trial.
    stage : 1, 2 or None
        More and Thuente's stage; None in searches without stages.
    """

    x: float
    fun: float
    interval: tuple
    trial: float
    value: float
    slope: float | None
    case: str
    stage: int | None = None

    @property
    def alpha(self):
        return self.x

    def row(self) -> dict:
        low, high = self.interval
        return {
            "trial": self.trial,
            "value": self.value,
            "slope": "" if self.slope is None else self.slope,
            "from": low,
            "to": high,
            "case": self.case,
            "best": self.x,
        }


def along(f: Callable, grad: Callable | None, x, direction) -> tuple:
    """Restrict f to the ray from x: return phi and its slope.

    phi(alpha) = f(x + alpha d), phi'(alpha) = grad f(x + alpha d)' d

    Parameters
    ----------
    f, grad : callable
        The function of an array and its gradient; grad may be None.
    x, direction : array, shape (n,)
        Start and direction of the ray.

    Returns
    -------
    phi, dphi : callable
        Functions of the step size alpha; dphi is None if grad is.

    Raises
    ------
    ValueError, TypeError
        If the shapes of x and direction differ, or f or grad cannot be called.

    References
    ----------
    Merkulov, Line search (lecture notes), Figure 13.

    Examples
    --------
    >>> phi, dphi = along(lambda x: x @ x, lambda x: 2 * x, np.array([1.0, 2.0]), np.array([-2.0, -4.0]))
    >>> float(phi(0.5)), dphi(0.0)
    (0.0, -20.0)
    """
    check_callable(f=f, **({} if grad is None else {"grad": grad}))
    x, direction = np.asarray(x, dtype=float), np.asarray(direction, dtype=float)
    if x.shape != direction.shape:
        raise ValueError(f"direction must have the shape of x, got {direction.shape} and {x.shape}")

    def phi(alpha):
        return f(x + alpha * direction)

    def dphi(alpha):
        return float(np.vdot(grad(x + alpha * direction), direction))

    return phi, None if grad is None else dphi


def value_at_zero(phi: Callable, phi0):
    """Return phi(0), measured (not counted as a trial) unless it is given."""
    phi0 = phi.uncounted(0.0) if phi0 is None else phi0
    check_real(phi0=phi0)
    if not is_finite(phi0):
        raise ValueError(f"phi(0) must be finite, got {phi0}: start where f is finite")
    return phi0


def slope_at_zero(dphi: Callable | None, dphi0):
    """Return phi'(0), measured unless it is given; it must be negative."""
    if dphi0 is None and dphi is None:
        raise ValueError("the slope at 0 is needed: give dphi, or dphi0 = phi'(0)")
    dphi0 = dphi.uncounted(0.0) if dphi0 is None else dphi0
    check_real(dphi0=dphi0)
    if not (dphi0 < 0 and is_finite(dphi0)):
        kind = "stationary at 0" if dphi0 == 0 else "no descent direction"
        raise ValueError(
            f"the slope phi'(0) must be negative, got {dphi0} ({kind}): search along d with g'd < 0"
        )
    return dphi0
