"""Stochastic meta-descent: local step sizes with the long view."""

from dataclasses import dataclass

import numpy as np

from descent.stochastic.gains import positive

CURVATURES = ("gauss_newton", "hessian")


@dataclass(frozen=True)
class SMD:
    """Stochastic meta-descent: step sizes p with the long view v = dw / d ln p.

    p_t = p_{t-1} max(1/2, 1 - mu g_t v_t)
    w_{t+1} = w_t - p_t g_t
    v_{t+1} = lambda v_t - p_t (g_t + lambda C_t v_t),   products entry by entry

    Parameters
    ----------
    p0 : float
        First step size of every weight.
    mu : float
        Step size of ln p; 0 keeps p as it is.
    lambda_ : float
        How long a step size is held responsible, in [0, 1]; 0 looks one step ahead.
    curvature : {"gauss_newton", "hessian"}
        What C is.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 32-36.

    Examples
    --------
    >>> SMD().start(np.zeros(1))
    {'p': array([1.]), 'v': array([0.])}
    """

    p0: float = 1.0
    mu: float = 0.5
    lambda_: float = 0.998
    curvature: str = "gauss_newton"

    def __post_init__(self):
        positive(p0=self.p0)
        if not 0 <= self.mu < np.inf:
            raise ValueError(f"mu must be at least 0 and finite, got {self.mu}")
        if not 0 <= self.lambda_ <= 1:
            raise ValueError(f"lambda_ must be in [0, 1], got {self.lambda_}")
        if self.curvature not in CURVATURES:
            raise ValueError(f'curvature must be "gauss_newton" or "hessian", got {self.curvature!r}')

    def start(self, w) -> dict:
        return {"p": np.full_like(w, self.p0), "v": np.zeros_like(w)}

    def update(self, w, here, t, p, v):
        g, Cv = getattr(here, self.curvature)(v)
        p = p * np.maximum(0.5, 1 - self.mu * g * v)
        return w - p * g, {"p": p, "v": self.lambda_ * v - p * (g + self.lambda_ * Cv)}
