"""Variational inference: fit a simple distribution to a posterior by climbing a bound."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.expectations.distributions import Gaussian
from descent.expectations.drawing import check_draw
from descent.expectations.estimators import reparameterised
from descent.stepwise import converged, stepwise, stopped
from descent.stepwise.steps import Step

LOG_2PI_E = float(np.log(2 * np.pi * np.e))
MEASURED_WITH = 2000  # draws by which the bound of a kept step is measured, the same for all steps


def elbo(log_joint: Callable, mean, log_sigma, noise):
    """Return the evidence lower bound of a mean-field Gaussian, averaged over given noise.

    ELBO = E_q[ln p(data, w)] + H[q] <= ln p(data), with q = N(mean, sigma^2) entry by entry,
    w = mean + sigma noise, and the entropy H[q] = sum(log_sigma + ln(2 pi e) / 2).

    Parameters
    ----------
    log_joint : callable
        ln p(data, w) for w of shape (n, d); returns n numbers.
    mean, log_sigma : array, shape (d,)
    noise : array, shape (n, d)
        Standard normal.

    Returns
    -------
    float

    References
    ----------
    D. P. Kingma and M. Welling, Auto-encoding variational Bayes, ICLR (2014), sections 2.2-2.4;
    C. Bishop, Pattern Recognition and Machine Learning (2006), section 10.1.

    Examples
    --------
    >>> from descent.expectations.models import log_normal
    >>> noise = matched_noise(np.random.default_rng(0), 100, 2)
    >>> bound = elbo(lambda w: log_normal(w, 1.0), np.zeros(2), np.zeros(2), noise)
    >>> bool(abs(bound) < 1e-12)  # q is the posterior, and ln p(data) = 0
    True
    """
    w = mean + np.exp(log_sigma) * noise
    return np.mean(log_joint(w)) + np.sum(log_sigma) + 0.5 * LOG_2PI_E * np.shape(log_sigma)[0]


def matched_noise(rng, n: int, d: int) -> np.ndarray:
    """Draw standard normal noise whose sample has mean 0 and covariance I, exactly.

    Averages of quadratics are then exact, and others far less noisy.

    >>> noise = matched_noise(np.random.default_rng(1), 50, 2)
    >>> bool(np.allclose(noise.T @ noise / 50, np.eye(2)) and np.allclose(noise.mean(axis=0), 0))
    True
    """
    noise = rng.standard_normal((n, d))
    noise -= noise.mean(axis=0)
    return np.linalg.solve(np.linalg.cholesky(noise.T @ noise / n), noise.T).T


@dataclass(frozen=True)
class MeanFieldStep(Step):
    """One kept state of the climb.

    Attributes
    ----------
    t : int
        Steps so far.
    mean, sigma : array, shape (d,)
        Of q, where the climb is.
    x : array, shape (2, d)
        Mean and sigma averaged over the latter half of the steps: less noisy than the last ones.
    elbo : float
        The bound at x.
    fun : float
        -elbo, which is minimised.
    """

    t: int
    mean: np.ndarray
    sigma: np.ndarray
    x: np.ndarray
    elbo: float
    fun: float


def gaussian_of(phi) -> Gaussian:
    """Return q from its parameters phi = (mean, log_sigma), shape (2, d).

    >>> gaussian_of(np.zeros((2, 1))).sigma.tolist()
    [1.0]
    """
    return Gaussian(phi[0], np.exp(phi[1]))


@stepwise
def mean_field(
    log_joint: Callable,
    mean0,
    *,
    sigma0: float = 1.0,
    estimator: Callable = reparameterised,
    n: int = 10,
    step: float = 0.5,
    steps: int = 2000,
    every: int = 20,
    tol: float = 0.1,
    rng,
):
    """Fit a mean-field Gaussian q to a posterior by stochastic ascent of the evidence lower bound.

    The gradient of E_q[ln p(data, w)] comes from n samples, that of the entropy is known: (0, 1).
    Steps are AdaGrad's, step * g / sqrt(sum of g^2 so far), entry by entry; the answer is the
    average over the latter half of the steps.

    Parameters
    ----------
    log_joint : callable
        ln p(data, w) for w of shape (n, d); returns n numbers.
    mean0 : array, shape (d,)
        Start of the mean.
    sigma0 : float
        Start of each sigma.
    estimator : callable
        `reparameterised`, or `score_function` (perhaps with a baseline, by functools.partial).
    n : int
        Samples in each step.
    step : float
        Length of the first step in each entry of (mean, ln sigma).
    steps : int
        How many to take.
    every : int
        Keep each so many.
    tol : float
        Converged if the mean gradient over the latter half of the steps, times sigma for the mean,
        is no longer than tol: what a shift by one sigma would still gain.
    rng : numpy Generator

    Returns
    -------
    Run of MeanFieldStep

    Raises
    ------
    ValueError
        If mean0 is no finite 1-D array, sigma0 or step is not positive, or n < 2.

    References
    ----------
    A. Kucukelbir et al., Automatic differentiation variational inference, JMLR 18 (2017), section 2;
    J. Duchi, E. Hazan and Y. Singer, JMLR 12 (2011), 2121: AdaGrad.

    Examples
    --------
    >>> from descent.expectations.models import linear_regression
    >>> model = linear_regression([[1.0], [1.0]], [1.0, 2.0])
    >>> run = mean_field(model.log_joint, [0.0], rng=np.random.default_rng(0))
    >>> run.success, bool(abs(run.last.elbo - model.log_evidence) < 1e-2)
    (True, True)
    """
    phi = _start(mean0, sigma0)
    check_draw(n, rng)
    for name, value in (("step", step), ("steps", steps), ("every", every), ("tol", tol)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be positive and finite, got {value}")
    noise = matched_noise(np.random.default_rng(0), MEASURED_WITH, phi.shape[1])
    entropy = np.stack([np.zeros(phi.shape[1]), np.ones(phi.shape[1])])
    squares, path, gradients = np.zeros_like(phi), [phi], []
    yield _kept(log_joint, path, noise)
    for t in range(1, steps + 1):
        try:
            gradients.append(estimator(log_joint, gaussian_of, phi, n=n, rng=rng).mean + entropy)
        except (ValueError, ArithmeticError) as error:
            return stopped(f"step {t}: {error}: try a smaller step or another start", error)
        squares = squares + gradients[-1] ** 2
        phi = phi + step * gradients[-1] / np.sqrt(np.where(squares > 0, squares, 1.0))
        path.append(phi)
        if t % every == 0 or t == steps:
            yield _kept(log_joint, path, noise)
    rest = np.mean(gradients[steps // 2 :], axis=0) * np.stack([np.exp(phi[1]), np.ones(phi.shape[1])])
    left = float(np.max(np.abs(rest)))
    if left > tol:
        return stopped("the bound still rises: raise steps or step", mean_gradient=(left, tol))
    return converged("the mean gradient has vanished", mean_gradient=(left, tol))


def _start(mean0, sigma0) -> np.ndarray:
    mean = np.asarray(mean0, dtype=float)
    if mean.ndim != 1 or not np.all(np.isfinite(mean)):
        raise ValueError(f"mean0 must be a finite 1-D array, got {mean0}")
    if not 0 < sigma0 < np.inf:
        raise ValueError(f"sigma0 must be positive and finite, got {sigma0}")
    return np.stack([mean, np.full_like(mean, np.log(sigma0))])


def _kept(log_joint, path: list, noise) -> MeanFieldStep:
    """Return what is kept of the climb so far, with the bound measured."""
    average = np.mean(path[len(path) // 2 :], axis=0)
    bound = float(elbo(log_joint, *average, noise))
    last, x = np.copy(path[-1]), np.copy(average)
    last[1], x[1] = np.exp(last[1]), np.exp(x[1])
    return MeanFieldStep(len(path) - 1, *last, x, bound, -bound)


def exact_bound(model) -> tuple:
    """Return the best mean-field sigma and bound where the posterior is Gaussian.

    The best q has the posterior's mean, and 1/sigma_i^2 is the i-th diagonal entry of its
    precision L; the bound lacks (sum ln L_ii - ln det L) / 2 of the log evidence, the divergence
    from q to the posterior.

    References
    ----------
    C. Bishop, Pattern Recognition and Machine Learning (2006), section 10.1.2.

    Examples
    --------
    >>> from descent.expectations.models import linear_regression
    >>> model = linear_regression([[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0])
    >>> bool(abs(exact_bound(model)[1] - model.log_evidence) < 1e-12)  # a diagonal posterior: no gap
    True
    """
    precision = np.linalg.inv(model.covariance)
    gap = 0.5 * (np.sum(np.log(np.diag(precision))) - np.linalg.slogdet(precision)[1])
    return 1 / np.sqrt(np.diag(precision)), float(model.log_evidence - gap)
