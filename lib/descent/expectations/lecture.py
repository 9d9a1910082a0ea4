"""What the notebook on gradients of expectations compares, ready to be wired to controls."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff import jvp
from descent.expectations.distributions import Gaussian
from descent.expectations.drawing import cost_values
from descent.expectations.estimators import Estimate, reparameterised, score_function
from descent.expectations.models import Model, linear_regression, o_rings
from descent.expectations.variational import mean_field
from descent.stepwise import stepwise

INTERVALS = 4000  # of the trapezoidal rule over 9 standard deviations to each side
SIZES = (4, 16, 64, 256, 1024)
REPEATS = 100  # gradients at each sample size
TRUE_WEIGHTS = np.array([0.5, -0.8])


@dataclass(frozen=True)
class Exact:
    """Exact mean and variances of both estimators for a Gaussian with mean theta.

    Attributes
    ----------
    x, density, values : array
        A grid, p(x; theta) and f(x) there.
    gradient : float
        d E[f(x)] / d theta.
    expectation : float
        E[f(x)].
    path_mean : float
        What the reparameterised estimator tends to: the gradient, if f has no jump.
    path_variance : float
        Of one sample of it.
    squares : tuple
        E[f^2 s^2], E[f s^2], E[s^2] with the score s.
    """

    x: np.ndarray
    density: np.ndarray
    values: np.ndarray
    gradient: float
    expectation: float
    path_mean: float
    path_variance: float
    squares: tuple

    @property
    def best_baseline(self) -> float:
        """E[f s^2] / E[s^2], the constant with the least variance."""
        return self.squares[1] / self.squares[2]

    def score_variance(self, baseline):
        """Variance of one sample of the score-function estimator: a parabola in the baseline."""
        a, b, c = self.squares
        return a - 2 * b * baseline + c * baseline**2 - self.gradient**2


@functools.lru_cache(maxsize=64)
def exact(f: Callable, theta: float, sigma: float) -> Exact:
    """Integrate by the trapezoidal rule what the estimators estimate.

    Parameters
    ----------
    f : callable
        Of arrays.
    theta, sigma : float
        Mean and standard deviation of x.

    Examples
    --------
    >>> here = exact(np.square, 1.5, 0.7)  # gradient 2 theta, variances t^4/s^2 + 14 t^2 + 15 s^2 and 4 s^2
    >>> round(here.gradient, 8), round(here.score_variance(0.0), 8), round(here.path_variance, 8)
    (3.0, 49.18163265, 1.96)
    >>> round(here.best_baseline, 8)  # t^2 + 3 s^2
    3.72
    """
    z = np.linspace(-9, 9, INTERVALS + 1)
    x = theta + sigma * z
    density = np.exp(Gaussian(theta, sigma).log_density(x))
    weights = density * sigma * (z[1] - z[0])
    values = cost_values(lambda x: f(x) + np.zeros(x.shape), x)
    _, slope = jvp(lambda x: f(x) + np.zeros(INTERVALS + 1), (x,), (np.ones_like(x),))
    s = z / sigma

    def mean(g):
        return float(weights @ g)

    path = mean(slope)
    squares = (mean(values**2 * s**2), mean(values * s**2), mean(s**2))
    return Exact(x, density, values, mean(values * s), mean(values), path, mean((slope - path) ** 2), squares)


@dataclass(frozen=True)
class TwoEstimates:
    """Both estimators from the same samples, beside the exact gradient.

    Attributes
    ----------
    f : callable
    theta, sigma, baseline : float
    exact : Exact
    score, path : Estimate
    """

    f: Callable
    theta: float
    sigma: float
    baseline: float
    exact: Exact
    score: Estimate
    path: Estimate


def two_estimates(
    f: Callable, theta: float, sigma: float, baseline: float, n: int, seed: int
) -> TwoEstimates:
    """Estimate d E[f(x)] / d theta for x ~ N(theta, sigma^2) in both ways, from the same noise.

    >>> both = two_estimates(np.square, 1.0, 0.5, 0.0, 50, 1)
    >>> bool(np.allclose(both.score.x, both.path.x)), round(both.exact.gradient, 6)
    (True, 2.0)
    """

    def one_number_each(x):
        return f(x) + np.zeros(n)

    def distribution(mean):
        return Gaussian(mean, sigma)

    here = exact(f, theta, sigma)
    rng = [np.random.default_rng(seed) for _ in range(2)]
    score = score_function(one_number_each, distribution, theta, n=n, rng=rng[0], baseline=baseline)
    path = reparameterised(f, distribution, theta, n=n, rng=rng[1])
    return TwoEstimates(f, theta, sigma, baseline, here, score, path)


@dataclass(frozen=True)
class Errors:
    """Errors of both estimators against the number of samples, measured and foretold.

    Attributes
    ----------
    baseline : float
    exact : Exact
    sizes : array
    score, path : array
        Root mean square error over repeated gradients, at each size.
    """

    baseline: float
    exact: Exact
    sizes: np.ndarray
    score: np.ndarray
    path: np.ndarray


def errors(f: Callable, theta: float, sigma: float, baseline: float, seed: int = 0) -> Errors:
    """Measure both estimators' root mean square error for sample sizes from 4 to 1024.

    >>> here = errors(np.square, 1.0, 1.0, 0.0)
    >>> bool(np.all(here.path < here.score))
    True
    """
    both = two_estimates(f, theta, sigma, baseline, REPEATS * SIZES[-1], seed)
    measured = []
    for estimate in (both.score, both.path):
        rows = estimate.samples.reshape(REPEATS, SIZES[-1])
        means = np.stack([rows[:, :n].mean(axis=1) for n in SIZES])
        measured.append(np.sqrt(np.mean((means - both.exact.gradient) ** 2, axis=1)))
    return Errors(baseline, both.exact, np.array(SIZES), *measured)


@functools.cache
def line_data(count: int, seed: int = 3) -> tuple:
    """Return inputs (1, t) and labels of a noisy line with weights (0.5, -0.8).

    >>> line_data(3)[0].shape
    (3, 2)
    """
    rng = np.random.default_rng(seed)
    t, noise = rng.uniform(-1, 3, 12), 0.5 * rng.standard_normal(12)
    X = np.stack([np.ones(12), t], axis=1)
    return X[:count], (X @ TRUE_WEIGHTS + noise)[:count]


@functools.cache
def line_model(count: int = 12, prior: float = 1.0) -> Model:
    """Return Bayesian regression of the first points of a noisy line.

    >>> line_model(0).mean.tolist()
    [0.0, 0.0]
    """
    return linear_regression(*line_data(count), noise=0.5, prior=prior)


@functools.cache
def models() -> dict:
    """Return the models on which variational inference is tried, by name.

    >>> list(models())
    ['line', 'centred line', 'O-rings']
    """
    X, y = line_data(12)
    centred = np.stack([X[:, 0], X[:, 1] - X[:, 1].mean()], axis=1)
    return {
        "line": line_model(),
        "centred line": linear_regression(centred, y, noise=0.5),
        "O-rings": o_rings(),
    }


@dataclass(frozen=True)
class Learned:
    """What the first points of a noisy line have taught.

    Attributes
    ----------
    count : int
        Points seen.
    model : Model
    t, y : array
        All points, seen or not.
    lines : array, shape (m, 2)
        Weights drawn from the posterior.
    """

    count: int
    model: Model
    t: np.ndarray
    y: np.ndarray
    lines: np.ndarray


@functools.lru_cache(maxsize=64)
def learned(count: int, prior: float) -> Learned:
    """Return the posterior after the first points, and lines drawn from it.

    >>> learned(3, 1.0).lines.shape
    (25, 2)
    """
    model = line_model(count, prior)
    X, y = line_data(12)
    z = np.random.default_rng(0).standard_normal((25, 2))
    lines = model.mean + z @ np.linalg.cholesky(model.covariance).T
    return Learned(count, model, X[:, 1], y, lines)


@stepwise
def climb(name: str, estimator: str, n: int, first_step: float, seed: int, steps: int = 300):
    """Fit a mean-field Gaussian to a named model, every fifth step kept.

    Parameters
    ----------
    name : str
        Of `models()`.
    estimator : {"reparameterised", "score function"}
    n : int
        Samples in each step.
    first_step : float
        As `step` of `mean_field`.
    seed : int
    steps : int

    Examples
    --------
    >>> climb("line", "reparameterised", 5, 0.5, 0, steps=10).nit
    2
    """
    estimators = {"reparameterised": reparameterised, "score function": score_function}
    start, rng = np.array([-1.0, 0.8]), np.random.default_rng(seed)
    options = {"n": n, "step": first_step, "steps": steps, "every": 5, "estimator": estimators[estimator]}
    run = mean_field(models()[name].log_joint, start, rng=rng, **options)
    yield from run
    return run.outcome
