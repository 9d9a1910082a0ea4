"""The global extended Kalman filter: a full matrix of gains, learned from every pattern."""

from dataclasses import dataclass

import numpy as np

from descent.stochastic.gains import positive


@dataclass(frozen=True)
class GEKF:
    """Global extended Kalman filter: P is the posterior covariance of all weights together.

    With the batch's curvature R R' and gradient R c (both summed over its patterns):
    K = P R (I + R'P R)^-1,   w <- w - K c,   P <- P - K R'P + q I.
    So P^-1 gathers the curvature of all patterns, and the step is P_t g_t.

    Parameters
    ----------
    p0 : float
        First variance of every weight.
    q : float
        Variance by which a weight is taken to drift between updates, at least 0.

    References
    ----------
    Singhal and Wu, Training multilayer perceptrons with the extended Kalman algorithm, NIPS 1
    (1988); Schraudolph (2005), slide 22, where P is the posterior covariance.

    Examples
    --------
    >>> GEKF(p0=2.0).start(np.zeros(2))["P"].tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """

    p0: float = 0.3
    q: float = 0.0

    def __post_init__(self):
        positive(p0=self.p0)
        if not 0 <= self.q < np.inf:
            raise ValueError(f"q must be at least 0 and finite, got {self.q}")

    def start(self, w) -> dict:
        return {"P": self.p0 * np.eye(w.shape[-1]) * np.ones((*w.shape[:-1], 1, 1))}

    def update(self, w, here, t, P):
        R, c = here.whitened()
        PR = P @ R
        K = PR @ np.linalg.inv(np.eye(R.shape[-1]) + R.mT @ PR)
        less = K @ PR.mT
        P = np.subtract(P, less, out=less)  # one large array, not two
        if self.q:
            np.einsum("...ii->...i", P)[...] += self.q
        return w - (K @ c[..., None])[..., 0], {"P": P}
