"""Bayesian models small enough to know the exact answer beside the approximation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.problems.logistic import DAMAGED, TEMPERATURES

GRID = 201  # points a side of the quadrature: the trapezoidal rule is exact to rounding for such a bell
REACH = 8.0  # of the quadrature, in standard deviations about the mode


@dataclass(frozen=True)
class Model:
    """Data, a prior and a likelihood; and the exact posterior.

    Attributes
    ----------
    inputs : array, shape (N, d)
    labels : array, shape (N,)
    log_joint : callable
        ln p(labels, w) for w of shape (..., d), in NumPy that `descent.autodiff` can trace.
    mean : array, shape (d,)
        Of the posterior.
    covariance : array, shape (d, d)
        Of the posterior.
    log_evidence : float
        ln p(labels), the logarithm of the evidence.
    gaussian : bool
        Whether the posterior is exactly Gaussian.
    """

    inputs: np.ndarray
    labels: np.ndarray
    log_joint: Callable
    mean: np.ndarray
    covariance: np.ndarray
    log_evidence: float
    gaussian: bool = False

    def log_posterior(self, w):
        """Return ln p(w | labels) for w of shape (..., d)."""
        return self.log_joint(w) - self.log_evidence


def log_normal(x, sigma):
    """Return the log-density of N(0, sigma^2) of independent entries, summed over the last axis.

    >>> round(float(log_normal(np.zeros(2), 1.0)), 4)
    -1.8379
    """
    return np.sum(-0.5 * (x / sigma) ** 2, axis=-1) - np.shape(x)[-1] * np.log(sigma * np.sqrt(2 * np.pi))


def linear_regression(inputs, labels, *, noise: float = 1.0, prior: float = 1.0) -> Model:
    """Return Bayesian linear regression, labels = inputs w + noise, with its exact posterior.

    Parameters
    ----------
    inputs : array, shape (N, d)
    labels : array, shape (N,)
    noise : float
        Standard deviation of each label, known.
    prior : float
        Standard deviation of each weight before data; their mean is 0.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, or noise or prior is not positive.

    References
    ----------
    C. Bishop, Pattern Recognition and Machine Learning (2006), sections 3.3.1 and 3.5.1.

    Examples
    --------
    >>> model = linear_regression([[1.0]], [2.0])
    >>> model.mean.tolist(), model.covariance.tolist()
    ([1.0], [[0.5]])
    """
    X, y = _checked(inputs, labels, noise=noise, prior=prior)
    n, d = X.shape
    precision = X.T @ X / noise**2 + np.eye(d) / prior**2
    mean = np.linalg.solve(precision, X.T @ y / noise**2)
    C = noise**2 * np.eye(n) + prior**2 * X @ X.T  # covariance of the labels
    log_evidence = -0.5 * (y @ np.linalg.solve(C, y) + np.linalg.slogdet(C)[1] + n * np.log(2 * np.pi))

    def log_joint(w):
        return log_normal(w @ X.T - y, noise) + log_normal(w, prior)

    return Model(X, y, log_joint, mean, np.linalg.inv(precision), float(log_evidence) + 0.0, gaussian=True)


def logistic_regression(inputs, labels, *, prior: float = 1.0) -> Model:
    """Return Bayesian logistic regression of two weights, with its posterior by quadrature.

    Parameters
    ----------
    inputs : array, shape (N, 2)
    labels : array, shape (N,)
        0 or 1.
    prior : float
        Standard deviation of each weight before data; their mean is 0.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If shapes do not match, a number is not finite, prior is not positive, or a label is not 0 or 1.

    References
    ----------
    C. Bishop, Pattern Recognition and Machine Learning (2006), section 4.5: no closed form exists.

    Examples
    --------
    >>> model = logistic_regression([[1.0, 0.0], [1.0, 0.0]], [0, 1])
    >>> (model.mean.round(6) + 0.0).tolist(), float(model.covariance[1, 1].round(6))
    ([0.0, 0.0], 1.0)
    """
    X, y = _checked(inputs, labels, noise=1.0, prior=prior)
    if X.shape[1] != 2:
        raise ValueError(f"inputs must have 2 columns for the quadrature, got shape {X.shape}")
    if not np.all((y == 0) | (y == 1)):
        raise ValueError(f"labels must be 0 or 1, got {y}")

    def log_joint(w):
        z = w @ X.T
        return np.sum(y * z - np.logaddexp(0.0, z), axis=-1) + log_normal(w, prior)

    mode, H = np.zeros(2), np.eye(2)
    for _ in range(30):  # Newton's method; -ln p is convex
        share = (1 + np.tanh(X @ mode / 2)) / 2
        H = X.T @ (X * (share * (1 - share))[:, None]) + np.eye(2) / prior**2
        mode = mode - np.linalg.solve(H, X.T @ (share - y) + mode / prior**2)
    return Model(X, y, log_joint, *_quadrature(log_joint, mode, np.linalg.inv(H)))


def _quadrature(log_joint, mode, covariance) -> tuple:
    """Return mean, covariance and log evidence by the trapezoidal rule around the mode."""
    t = np.linspace(-REACH, REACH, GRID)
    root = np.linalg.cholesky(covariance)
    w = mode + np.stack(np.meshgrid(t, t), axis=-1).reshape(-1, 2) @ root.T
    logs = log_joint(w)
    weights = np.exp(logs - logs.max())
    area = (t[1] - t[0]) ** 2 * np.linalg.det(root)
    evidence = float(logs.max() + np.log(area * weights.sum()))
    weights = weights / weights.sum()
    mean = weights @ w
    return mean, (weights[:, None] * (w - mean)).T @ (w - mean), evidence


def _checked(inputs, labels, *, noise, prior) -> tuple:
    X, y = np.asarray(inputs, dtype=float), np.asarray(labels, dtype=float)
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(f"inputs must have shape (N, d) and labels (N,), got {X.shape} and {y.shape}")
    if not (np.all(np.isfinite(X)) and np.all(np.isfinite(y))):
        raise ValueError("inputs and labels must be finite, got NaN or infinity among them")
    for name, value in (("noise", noise), ("prior", prior)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be positive and finite, got {value}")
    return X, y


def o_rings(prior: float = 2.0) -> Model:
    """Return the logistic regression of damaged O-rings: intercept at 70 F, slope for 10 F.

    References
    ----------
    Dalal, Fowlkes and Hoadley, JASA 84 (1989), 945: the data.

    Examples
    --------
    >>> o_rings().inputs.shape
    (23, 2)
    """
    inputs = np.stack([np.ones(len(TEMPERATURES)), (TEMPERATURES - 70) / 10], axis=1)
    return logistic_regression(inputs, DAMAGED, prior=prior)
