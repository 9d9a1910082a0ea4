"""Distributions, small and plain: what can be drawn, and the logarithm of how likely it was.

Each entry of a sample is drawn for itself.  Parameters may be numbers, arrays, or values that
`descent.autodiff` traces.  Anything else with `shape`, `sample` and `log_density` is a
distribution too; `noise` and `from_noise` are for those that can be reparameterised.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from descent.autodiff.tape import raw

LOG_2PI = float(np.log(2 * np.pi))


def require(holds, name: str, value, allowed: str) -> None:
    """Refuse a parameter that is not allowed; NaN never is.

    >>> require(np.array([1.0, -2.0]) > 0, "sigma", [1.0, -2.0], "positive")
    Traceback (most recent call last):
    ValueError: sigma must be positive, got [1.0, -2.0]
    """
    if not np.all(holds):
        raise ValueError(f"{name} must be {allowed}, got {raw(value)}")


@dataclass(frozen=True)
class Gaussian:
    """The normal distribution, independent in each entry.

    Attributes
    ----------
    mean : float or array
    sigma : float or array
        Standard deviation, > 0.

    References
    ----------
    Mohamed, Rosca, Figurnov and Mnih, JMLR 21 (2020), section 5.1: location and scale as a path.

    Examples
    --------
    >>> round(float(Gaussian(0.0, 2.0).log_density(0.0)), 4)
    -1.6121
    """

    mean: Any
    sigma: Any = 1.0

    def __post_init__(self):
        require(np.isfinite(raw(self.mean)), "mean", self.mean, "finite")
        spread = raw(self.sigma)
        require(np.isfinite(spread) & (np.asarray(spread) > 0), "sigma", self.sigma, "positive and finite")

    @property
    def shape(self) -> tuple:
        return np.broadcast_shapes(np.shape(raw(self.mean)), np.shape(raw(self.sigma)))

    def sample(self, rng, shape: tuple) -> np.ndarray:
        return self.from_noise(self.noise(rng, shape))

    def log_density(self, x):
        z = (x - self.mean) / self.sigma
        return -0.5 * z * z - np.log(self.sigma) - 0.5 * LOG_2PI

    @staticmethod
    def noise(rng, shape: tuple) -> np.ndarray:
        """Draw noise that knows nothing of the parameters."""
        return rng.standard_normal(shape)

    def from_noise(self, noise):
        """Turn noise into a sample; this path can be differentiated."""
        return self.mean + self.sigma * noise


@dataclass(frozen=True)
class Bernoulli:
    """A coin: 1 with probability p, else 0, independent in each entry.

    Attributes
    ----------
    p : float or array
        Between 0 and 1, both excluded.

    Examples
    --------
    >>> round(float(np.exp(Bernoulli(0.3).log_density(1.0))), 6)
    0.3
    """

    p: Any

    def __post_init__(self):
        p = np.asarray(raw(self.p))
        require((p > 0) & (p < 1), "p", self.p, "between 0 and 1, both excluded")

    @property
    def shape(self) -> tuple:
        return np.shape(raw(self.p))

    def sample(self, rng, shape: tuple) -> np.ndarray:
        return (rng.random(shape) < raw(self.p)).astype(float)

    def log_density(self, x):
        return x * np.log(self.p) + (1 - x) * np.log(1 - self.p)


@dataclass(frozen=True)
class Categorical:
    """One of K classes, 0 .. K-1, with probabilities softmax(logits).

    Attributes
    ----------
    logits : array, shape (..., K)

    Examples
    --------
    >>> np.exp(Categorical(np.log([0.2, 0.8])).log_density(np.array([0, 1]))).round(6).tolist()
    [0.2, 0.8]
    """

    logits: Any

    def __post_init__(self):
        logits = raw(self.logits)
        if np.ndim(logits) < 1 or np.shape(logits)[-1] < 2:
            raise ValueError(f"logits must hold one number for each of at least 2 classes, got {logits}")
        require(np.isfinite(logits), "logits", logits, "finite")

    @property
    def shape(self) -> tuple:
        return np.shape(raw(self.logits))[:-1]

    def sample(self, rng, shape: tuple) -> np.ndarray:
        logits = raw(self.logits)
        return np.argmax(logits + rng.gumbel(size=(*shape, np.shape(logits)[-1])), axis=-1)

    def log_density(self, x):
        highest = np.max(raw(self.logits), axis=-1, keepdims=True)  # else exp overflows
        shifted = self.logits - highest
        log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
        chosen = np.eye(np.shape(raw(self.logits))[-1])[np.asarray(x, dtype=int)]
        return np.sum(chosen * log_p, axis=-1)
