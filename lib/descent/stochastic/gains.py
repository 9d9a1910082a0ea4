"""Schedules of one global step size, and the rules that use one: SGD and momentum."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def annealed(eta0: float, half_life: float) -> Callable:
    """Return the schedule eta_t = eta0 / (1 + t / half_life).

    Parameters
    ----------
    eta0 : float
        First step size, positive.
    half_life : float
        Steps until it is halved, positive.

    Returns
    -------
    callable
        t -> eta_t, for t = 0, 1, ...

    Examples
    --------
    >>> eta = annealed(1.0, 10)
    >>> eta(0), eta(10), eta(30)
    (1.0, 0.5, 0.25)
    """
    positive(eta0=eta0, half_life=half_life)
    return lambda t: eta0 / (1 + t / half_life)


def robbins_monro(eta0: float, power: float = 1.0) -> Callable:
    """Return the schedule eta_t = eta0 / (t + 1)^power.

    The sum of eta_t diverges and that of eta_t^2 converges for 1/2 < power <= 1, which is what
    Robbins and Monro ask for; any positive power is taken, so that the others can be seen to fail.

    Parameters
    ----------
    eta0 : float
        First step size, positive.
    power : float
        How fast it falls, positive.

    Returns
    -------
    callable
        t -> eta_t, for t = 0, 1, ...

    References
    ----------
    Robbins and Monro, A stochastic approximation method, Annals of Mathematical Statistics 22
    (1951); Schraudolph (2005), slide 23.

    Examples
    --------
    >>> eta = robbins_monro(2.0)
    >>> eta(0), eta(1), eta(3)
    (2.0, 1.0, 0.5)
    """
    positive(eta0=eta0, power=power)
    return lambda t: eta0 / (t + 1) ** power


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: w_{t+1} = w_t - eta_t g_t.

    Parameters
    ----------
    eta : float or callable
        A constant step size, or a schedule t -> eta_t.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 20 and 23.

    Examples
    --------
    >>> SGD(0.1).start(np.zeros(3))
    {}
    """

    eta: float | Callable = 0.1

    def __post_init__(self):
        _step_size(self.eta)

    def start(self, w) -> dict:
        return {}

    def update(self, w, here, t):
        return w - gain(self.eta, t) * here.gradient(), {}


@dataclass(frozen=True)
class Momentum:
    """Descent with momentum: v_{t+1} = beta v_t - eta_t g_t,  w_{t+1} = w_t + v_{t+1}.

    Parameters
    ----------
    eta : float or callable
        A constant step size, or a schedule t -> eta_t.
    beta : float
        Share of the last step that goes on, in [0, 1).

    References
    ----------
    Polyak, Some methods of speeding up the convergence of iteration methods, USSR Computational
    Mathematics 4 (1964).

    Examples
    --------
    >>> Momentum(0.1).start(np.zeros(2))["v"].tolist()
    [0.0, 0.0]
    """

    eta: float | Callable = 0.1
    beta: float = 0.9

    def __post_init__(self):
        _step_size(self.eta)
        share(beta=self.beta)

    def start(self, w) -> dict:
        return {"v": np.zeros_like(w)}

    def update(self, w, here, t, v):
        v = self.beta * v - gain(self.eta, t) * here.gradient()
        return w + v, {"v": v}


def gain(eta, t) -> float:
    return eta(t) if callable(eta) else eta


def _step_size(eta):
    if not callable(eta):
        positive(eta=eta)


def positive(**numbers):
    for name, value in numbers.items():
        if isinstance(value, str) or np.ndim(value):
            raise TypeError(f"{name} must be a number, got {name} = {value!r}")
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be positive and finite, got {name} = {value}")


def share(**numbers):
    for name, value in numbers.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} must be in [0, 1), got {name} = {value}")
