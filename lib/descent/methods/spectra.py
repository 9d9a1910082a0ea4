"""The eigenvalues of the Hessian and of the Gauss-Newton matrix, while a network learns."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from descent.autodiff import hessian, jacobian
from descent.methods.least_squares import levenberg_marquardt
from descent.problems.network import NetworkFit, pupil
from descent.stepwise import Run, Step, converged, stepwise


@dataclass(frozen=True)
class Spectra(Step):
    """The curvature of |r|^2 / 2 at one point of a run.

    Attributes
    ----------
    fit : NetworkFit
    x : array, shape (n,)
        Weights.
    fun : float
        |r|^2 / 2.
    predictions : array, shape (m,)
    H, G : array, shape (n,)
        Eigenvalues of the Hessian and of J'J, the smallest first.
    difference : float
        |H - G| / |H|, Frobenius norms.
    """

    fit: NetworkFit
    x: np.ndarray
    fun: float
    predictions: np.ndarray
    H: np.ndarray
    G: np.ndarray
    difference: float


@stepwise
def spectra(fit: NetworkFit, run: Run):
    """Compute both spectra at each iterate of a run on a network.

    >>> fit = pupil(1)
    >>> step = spectra(fit, train_network(fit))[0]
    >>> step.H.shape, bool(step.G[0] >= -1e-12)
    ((4,), True)
    """
    bend, tilt = hessian(fit.f), jacobian(fit.model)
    for step in run:
        H, J = bend(step.x), tilt(step.x)
        G = J.T @ J
        difference = float(np.linalg.norm(H - G) / np.linalg.norm(H))
        values = np.linalg.eigvalsh((H + H.T) / 2), np.linalg.eigvalsh(G)
        yield Spectra(fit, step.x, float(step.fun), fit.model(step.x), *values, difference)
    return converged(run.message)


def train_network(fit: NetworkFit, *, maxiter: int = 60) -> Run:
    """Fit a network by Levenberg-Marquardt.

    >>> bool(train_network(pupil(3)).fun < 1e-20)
    True
    """
    return levenberg_marquardt(fit.residual, jacobian(fit.model), fit.x0, maxiter=maxiter)


@functools.lru_cache(maxsize=8)
def learn(hidden: int, noise: float, sigma: Callable) -> Run:
    """Return the film of both spectra while a network learns from another one.

    >>> learn(1, 0.2, np.tanh)[0].x.size
    4
    """
    fit = pupil(hidden, noise, sigma)
    return spectra(fit, train_network(fit))
