"""Two ways to the gradient of an expectation E[f(x)] under p(x; theta), from samples alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff import linearize
from descent.autodiff.tape import Traced
from descent.expectations.drawing import at, check_draw, check_path, cost_values, draw, log_density_of, total


@dataclass(frozen=True)
class Estimate:
    """A gradient by Monte Carlo: what each sample says, and what they say together.

    Attributes
    ----------
    samples : array, shape (n, *theta.shape)
        The estimate of each sample alone.
    x : array, shape (n, ...)
        What was drawn.

    Examples
    --------
    >>> estimate = Estimate(np.array([1.0, 3.0]), np.zeros(2))
    >>> float(estimate.mean), float(estimate.variance), float(estimate.standard_error)
    (2.0, 2.0, 1.0)
    """

    samples: np.ndarray
    x: np.ndarray

    @property
    def mean(self):
        """The estimate of the gradient."""
        return np.mean(self.samples, axis=0)

    @property
    def variance(self):
        """Variance of one sample's estimate."""
        return np.var(self.samples, axis=0, ddof=1)

    @property
    def standard_error(self):
        """Standard deviation of the mean: it falls as 1/sqrt(n)."""
        return np.sqrt(self.variance / len(self.samples))


def score_function(f: Callable, distribution: Callable, theta, *, n: int, rng, baseline=0.0) -> Estimate:
    """Estimate the gradient of E[f(x)] by the score: (f(x) - b) d log p(x; theta)/d theta.

    The score has mean 0, so any b that does not look at x leaves the mean as it is.  f is only
    evaluated: it may have steps, and x may be discrete.

    Parameters
    ----------
    f : callable
        Takes samples of shape (n, ...) and returns n numbers.
    distribution : callable
        theta -> a distribution with `shape`, `sample` and `log_density`.
    theta : float or array
        The parameters.
    n : int
        Number of samples, >= 2.
    rng : numpy Generator
    baseline : float, array or callable
        b: a number, or a function of (values, scores) such as `leave_one_out`.

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError
        If the distribution lacks a log-density, or rng is no Generator.
    ValueError
        If n < 2, the log-density does not depend on theta, or a value is NaN.

    References
    ----------
    R. J. Williams, Machine Learning 8 (1992), 229, Theorem 1; Mohamed, Rosca, Figurnov and Mnih,
    JMLR 21 (2020), section 4.

    Examples
    --------
    >>> from descent.expectations import Bernoulli
    >>> rng = np.random.default_rng(0)
    >>> estimate = score_function(lambda x: x, Bernoulli, 0.3, n=1000, rng=rng)
    >>> bool(abs(estimate.mean - 1) < 4 * estimate.standard_error)
    True
    """
    x = draw(distribution, theta, n, rng)
    values = cost_values(f, x)
    scores = per_sample(
        lambda t: total(log_density_of(distribution(t))(x)), theta, "the log-density does not depend on theta"
    )
    values = values.reshape(n, *[1] * (scores.ndim - 1))
    b = baseline(values, scores) if callable(baseline) else baseline
    return Estimate((values - b) * scores, x)


def reparameterised(f: Callable, distribution: Callable, theta, *, n: int, rng) -> Estimate:
    """Estimate the gradient of E[f(x)] along the path x = g(noise, theta): f'(x) dx/d theta.

    The noise knows nothing of theta, so the derivative may go inside the expectation.  f must be
    differentiable, and x continuous.

    Parameters
    ----------
    f : callable
        As for `score_function`, in NumPy that `descent.autodiff` can trace.
    distribution : callable
        theta -> a distribution with `shape`, `noise` and `from_noise`.
    theta : float or array
        The parameters.
    n : int
        Number of samples, >= 2.
    rng : numpy Generator

    Returns
    -------
    Estimate

    Raises
    ------
    TypeError
        If the distribution cannot be reparameterised: a discrete one never can.
    ValueError
        If n < 2, the cost does not depend on theta, or a value is NaN.

    References
    ----------
    D. P. Kingma and M. Welling, ICLR (2014), section 2.4; Mohamed, Rosca, Figurnov and Mnih,
    JMLR 21 (2020), section 5.

    Examples
    --------
    >>> from descent.expectations import Gaussian
    >>> rng = np.random.default_rng(0)
    >>> reparameterised(lambda x: 3 * x, Gaussian, 0.5, n=2, rng=rng).samples.tolist()
    [3.0, 3.0]
    """
    now = at(distribution, theta)
    check_path(now)
    check_draw(n, rng)
    noise = now.noise(rng, (n, *now.shape))
    x = now.from_noise(noise)
    cost_values(f, x)
    path = per_sample(
        lambda t: f(distribution(t).from_noise(noise)), theta, "the cost does not depend on theta"
    )
    return Estimate(path, x)


def leave_one_out(values: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return for each sample the mean cost of all others: a baseline that does not look at x.

    Parameters
    ----------
    values : array, shape (n,) or (n, 1, ...)
        Costs of the samples.
    scores : array, shape (n, *theta.shape)
        Not used: every parameter gets the same baseline.

    Returns
    -------
    array
        In the shape of values.

    Examples
    --------
    >>> leave_one_out(np.array([1.0, 2.0, 6.0]), np.zeros(3)).tolist()
    [4.0, 3.5, 1.5]
    """
    return (np.sum(values, axis=0) - values) / (len(values) - 1)


def optimal(values: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return for each sample the best constant, E[f s^2] / E[s^2], as all others estimate it.

    Parameters
    ----------
    values : array, shape (n,) or (n, 1, ...)
        Costs of the samples.
    scores : array, shape (n, *theta.shape)
        Of the samples.

    Returns
    -------
    array
        In the shape of scores.

    References
    ----------
    Greensmith, Bartlett and Baxter, JMLR 5 (2004), 1471, section 4.2.

    Examples
    --------
    >>> optimal(np.array([1.0, 2.0, 6.0]), np.array([1.0, 2.0, 0.0])).tolist()
    [2.0, 1.0, 1.8]
    """
    weighted, weights = values * scores**2, scores**2
    return (np.sum(weighted, axis=0) - weighted) / (np.sum(weights, axis=0) - weights)


def per_sample(f: Callable, theta, complaint: str) -> np.ndarray:
    """Return the gradient of each of the n numbers f(theta), one forward sweep for each parameter.

    >>> per_sample(lambda t: t * np.array([1.0, 2.0]), 3.0, "").tolist()
    [1.0, 2.0]
    """
    depends = []

    def watched(t):
        result = f(t)
        depends.append(isinstance(result, Traced))
        return result

    theta = np.asarray(theta, dtype=float)[()]
    _, push = linearize(watched, theta)
    if not depends[-1]:
        raise ValueError(f"{complaint}: its gradient would be 0 for every sample")
    directions = np.eye(np.size(theta)).reshape(np.size(theta), *np.shape(theta))
    columns = [push(direction[()]) for direction in directions]
    gradient = np.stack(columns, axis=-1).reshape(-1, *np.shape(theta))
    if not np.all(np.isfinite(gradient)):
        raise ValueError(f"a sample's gradient is not finite at theta = {theta}: is f smooth at every x?")
    return gradient
