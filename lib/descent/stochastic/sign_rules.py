"""Local step sizes that grow and shrink by signs alone; made for batch learning."""

from dataclasses import dataclass

import numpy as np

from descent.stochastic.gains import positive, share


@dataclass(frozen=True)
class DeltaBarDelta:
    """Delta-bar-delta: add to a step size or take a share of it, w <- w - p g.

    With <g> <- theta <g> + (1 - theta) g:
    p <- p + kappa where g <g> > 0,   p <- (1 - phi) p where g <g> < 0.

    Parameters
    ----------
    p0 : float
        First step size of every weight.
    kappa, phi : float
        What is added, and the share that is taken, in (0, 1).
    theta : float
        Memory of the average, in [0, 1).

    References
    ----------
    Jacobs, Increased rates of convergence through learning rate adaptation, Neural Networks 1
    (1988); Schraudolph (2005), slide 27.

    Examples
    --------
    >>> DeltaBarDelta(p0=0.1).start(np.zeros(2))["p"].tolist()
    [0.1, 0.1]
    """

    p0: float = 0.1
    kappa: float = 0.01
    phi: float = 0.1
    theta: float = 0.7

    def __post_init__(self):
        positive(p0=self.p0, kappa=self.kappa, phi=self.phi)
        share(phi=self.phi, theta=self.theta)

    def start(self, w) -> dict:
        return {"p": np.full_like(w, self.p0), "average": np.zeros_like(w)}

    def update(self, w, here, t, p, average):
        g = here.gradient()
        agreement = g * average
        p = np.where(agreement > 0, p + self.kappa, np.where(agreement < 0, (1 - self.phi) * p, p))
        return w - p * g, {"p": p, "average": self.theta * average + (1 - self.theta) * g}


@dataclass(frozen=True)
class SilvaAlmeida:
    """Adaptive back-propagation: p <- up p where g_t g_{t-1} > 0, down p where < 0; w <- w - p g.

    Parameters
    ----------
    p0 : float
        First step size of every weight.
    up, down : float
        Factors, up > 1 > down > 0.

    References
    ----------
    Silva and Almeida, Acceleration techniques for the backpropagation algorithm, EURASIP
    Workshop on Neural Networks (1990); Schraudolph (2005), slide 27.

    Examples
    --------
    >>> sorted(SilvaAlmeida().start(np.zeros(2)))
    ['g_last', 'p']
    """

    p0: float = 0.1
    up: float = 1.2
    down: float = 0.8

    def __post_init__(self):
        _factors(self)

    def start(self, w) -> dict:
        return {"p": np.full_like(w, self.p0), "g_last": np.zeros_like(w)}

    def update(self, w, here, t, p, g_last):
        g = here.gradient()
        p = p * _factor(g * g_last, self)
        return w - p * g, {"p": p, "g_last": g}


@dataclass(frozen=True)
class SuperSAB:
    """SuperSAB: factors as in `SilvaAlmeida`, momentum, and a step is undone where the sign changed.

    With d the last step:  d <- -p g + beta d where g_t g_{t-1} >= 0,  d <- -d elsewhere;  w <- w + d.

    Parameters
    ----------
    p0 : float
        First step size of every weight.
    up, down : float
        Factors, up > 1 > down > 0.
    beta : float
        Momentum, in [0, 1).

    References
    ----------
    Tollenaere, SuperSAB: fast adaptive back propagation with good scaling properties, Neural
    Networks 3 (1990); Schraudolph (2005), slide 27.

    Examples
    --------
    >>> sorted(SuperSAB().start(np.zeros(2)))
    ['d', 'g_last', 'p']
    """

    p0: float = 0.1
    up: float = 1.05
    down: float = 0.5
    beta: float = 0.5

    def __post_init__(self):
        _factors(self)
        share(beta=self.beta)

    def start(self, w) -> dict:
        return {"p": np.full_like(w, self.p0), "g_last": np.zeros_like(w), "d": np.zeros_like(w)}

    def update(self, w, here, t, p, g_last, d):
        g = here.gradient()
        changed = g * g_last < 0
        p = p * _factor(g * g_last, self)
        d = np.where(changed, -d, -p * g + self.beta * d)
        return w + d, {"p": p, "g_last": np.where(changed, 0.0, g), "d": d}


@dataclass(frozen=True)
class RPROP:
    """Resilient propagation: the sign of g sets the direction, p alone the length.

    p <- up p where g_t g_{t-1} > 0, down p where < 0, within [smallest, largest];
    w <- w - p sign(g), but no step where the sign has just changed.

    Parameters
    ----------
    p0 : float
        First step of every weight, in units of the weights.
    up, down : float
        Factors, up > 1 > down > 0.
    smallest, largest : float
        Limits of p.

    References
    ----------
    Riedmiller and Braun, A direct adaptive method for faster backpropagation learning, IEEE
    ICNN (1993), in the variant without undoing of Igel and Huesken (2000); Schraudolph (2005),
    slide 27.

    Examples
    --------
    >>> RPROP(p0=0.01).start(np.zeros(1))["p"].tolist()
    [0.01]
    """

    p0: float = 0.01
    up: float = 1.2
    down: float = 0.5
    smallest: float = 1e-6
    largest: float = 50.0

    def __post_init__(self):
        _factors(self)
        positive(smallest=self.smallest, largest=self.largest)

    def start(self, w) -> dict:
        return {"p": np.full_like(w, self.p0), "g_last": np.zeros_like(w)}

    def update(self, w, here, t, p, g_last):
        g = here.gradient()
        p = np.clip(p * _factor(g * g_last, self), self.smallest, self.largest)
        g = np.where(g * g_last < 0, 0.0, g)
        return w - p * np.sign(g), {"p": p, "g_last": g}


def _factor(agreement, rule):
    return np.where(agreement > 0, rule.up, np.where(agreement < 0, rule.down, 1.0))


def _factors(rule):
    positive(p0=rule.p0, down=rule.down)
    if not rule.down < 1 < rule.up < np.inf:
        raise ValueError(f"up and down must satisfy up > 1 > down > 0, got {rule.up} and {rule.down}")
