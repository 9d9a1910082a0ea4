"""Drawing samples, and refusing what cannot be drawn, scored or averaged."""

from collections.abc import Callable

import numpy as np


def total(log_densities):
    """Add the log-densities of the entries of each sample.

    >>> total(np.ones((2, 3))).tolist()
    [3.0, 3.0]
    """
    axes = tuple(range(1, np.ndim(log_densities)))
    return np.sum(log_densities, axis=axes) if axes else log_densities


def draw(distribution: Callable, theta, n: int, rng) -> np.ndarray:
    """Draw n samples at theta.

    >>> from descent.expectations import Gaussian
    >>> draw(Gaussian, np.zeros(2), 5, np.random.default_rng(0)).shape
    (5, 2)
    """
    check_draw(n, rng)
    now = at(distribution, theta)
    log_density_of(now)
    return now.sample(rng, (n, *now.shape))


def at(distribution: Callable, theta):
    """Return the distribution at theta, which must be finite.

    >>> from descent.expectations import Bernoulli
    >>> at(Bernoulli, 0.5)
    Bernoulli(p=0.5)
    """
    if not callable(distribution):
        raise TypeError(
            f"distribution must be a function of theta, such as Gaussian, got {distribution!r:.60}"
        )
    if isinstance(theta, str) or not np.all(np.isfinite(theta)):
        raise ValueError(f"theta must be finite, got {theta}")
    return distribution(theta)


def check_draw(n: int, rng) -> None:
    """Refuse fewer than 2 samples, and what is no generator of random numbers.

    >>> check_draw(1, np.random.default_rng(0))
    Traceback (most recent call last):
    ValueError: n must be an integer of at least 2, got 1
    """
    if not isinstance(n, (int, np.integer)) or n < 2:
        raise ValueError(f"n must be an integer of at least 2, got {n!r}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy Generator such as np.random.default_rng(0), got {rng!r}")


def log_density_of(distribution) -> Callable:
    """Return the log-density of a distribution.

    >>> log_density_of(5)
    Traceback (most recent call last):
    TypeError: the score function needs a log-density, but int has no method log_density(x)
    """
    if not hasattr(distribution, "log_density"):
        name = type(distribution).__name__
        raise TypeError(f"the score function needs a log-density, but {name} has no method log_density(x)")
    return distribution.log_density


def check_path(distribution) -> None:
    """Refuse a distribution that is not made from noise by a differentiable path.

    >>> from descent.expectations import Gaussian
    >>> check_path(Gaussian(0.0))
    """
    if not (hasattr(distribution, "noise") and hasattr(distribution, "from_noise")):
        name = type(distribution).__name__
        raise TypeError(
            f"{name} cannot be reparameterised: it has no from_noise(noise). A discrete variable jumps as "
            f"theta moves, so its path has no derivative: use score_function"
        )


def cost_values(f: Callable, x: np.ndarray) -> np.ndarray:
    """Return f of all samples, n finite numbers.

    >>> cost_values(lambda x: x.sum(axis=1), np.ones((2, 3))).tolist()
    [3.0, 3.0]
    """
    if not callable(f):
        raise TypeError(f"f must be a function of the samples, got {f!r:.60}")
    values = np.asarray(f(x), dtype=float)
    if values.shape != x.shape[:1]:
        raise ValueError(f"f must return one number for each of {len(x)} samples, got shape {values.shape}")
    if bad := np.flatnonzero(~np.isfinite(values)).tolist():
        raise ValueError(f"f must be finite at every sample, but f({x[bad[0]]}) is {values[bad[0]]}")
    return values
