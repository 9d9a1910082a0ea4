"""Local step sizes that descend themselves, one step ahead: slides 25, 29 and 30."""

from dataclasses import dataclass

import numpy as np

from descent.stochastic.gains import positive, share


def _with_last_gradient(w, p0: float) -> dict:
    return {"p": np.full_like(w, p0), "g_last": np.zeros_like(w)}


@dataclass(frozen=True)
class AdditiveMetaDescent:
    """Gradient descent in the step sizes, as it is first derived: it does not work.

    p_{t+1} = p_t + mu g_{t+1} g_t,   w <- w - p g, all products entry by entry.  p may turn
    negative, the product is noisy, and its size goes with the square of the gradient's.

    Parameters
    ----------
    p0 : float
        First step size of every weight.
    mu : float
        Step size of the step sizes.

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slides 25-26.

    Examples
    --------
    >>> sorted(AdditiveMetaDescent().start(np.zeros(2)))
    ['g_last', 'p']
    """

    p0: float = 0.1
    mu: float = 0.01

    def __post_init__(self):
        positive(p0=self.p0, mu=self.mu)

    def start(self, w) -> dict:
        return _with_last_gradient(w, self.p0)

    def update(self, w, here, t, p, g_last):
        g = here.gradient()
        p = p + self.mu * g * g_last
        return w - p * g, {"p": p, "g_last": g}


@dataclass(frozen=True)
class ALAP:
    """Almeida's adaptation: the product of gradients, normalised linearly.

    p_{t+1} = p_t max(1/2, 1 + mu g_{t+1} <g_t> / <g_t g_t>),   w <- w - p g,
    with running averages <.> of memory gamma.

    Parameters
    ----------
    p0 : float
        First step size of every weight.
    mu : float
        Step size of ln p.
    gamma : float
        Memory of both averages, in [0, 1).

    References
    ----------
    Almeida, Langlois, Amaral and Plakhov, Parameter adaptation in stochastic optimization
    (1999); Schraudolph (2005), slide 29.

    Examples
    --------
    >>> sorted(ALAP().start(np.zeros(2)))
    ['average', 'p', 'square']
    """

    p0: float = 0.1
    mu: float = 0.01
    gamma: float = 0.9

    def __post_init__(self):
        positive(p0=self.p0, mu=self.mu)
        share(gamma=self.gamma)

    def start(self, w) -> dict:
        return {"p": np.full_like(w, self.p0), "average": np.zeros_like(w), "square": np.zeros_like(w)}

    def update(self, w, here, t, p, average, square):
        g = here.gradient()
        # where nothing has been averaged yet both are 0, and p stays
        p = p * np.maximum(0.5, 1 + self.mu * g * average / np.maximum(square, 1e-300))
        average = self.gamma * average + (1 - self.gamma) * g
        square = self.gamma * square + (1 - self.gamma) * g * g
        return w - p * g, {"p": p, "average": average, "square": square}


@dataclass(frozen=True)
class ExponentiatedGradient:
    """Descent in ln p, exponentiated and made linear again.

    p_{t+1} = p_t max(1/2, 1 + mu p_t g_{t+1} g_t),   w <- w - p g.

    Parameters
    ----------
    p0, mu : float
        As of `AdditiveMetaDescent`; p g g has the unit of the loss, so mu need not be tuned to the weights'.

    References
    ----------
    Schraudolph (2005), slide 30.

    Examples
    --------
    >>> sorted(ExponentiatedGradient().start(np.zeros(2)))
    ['g_last', 'p']
    """

    p0: float = 0.1
    mu: float = 0.1

    def __post_init__(self):
        positive(p0=self.p0, mu=self.mu)

    def start(self, w) -> dict:
        return _with_last_gradient(w, self.p0)

    def update(self, w, here, t, p, g_last):
        g = here.gradient()
        p = p * np.maximum(0.5, 1 + self.mu * p * g * g_last)
        return w - p * g, {"p": p, "g_last": g}
